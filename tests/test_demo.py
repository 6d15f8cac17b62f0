"""The demo, as a user starts it: real processes, the real API, and a journal that must add up."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

BANK_LOG = Path(__file__).parents[2] / "shared/data/bank-log.csv"
PROGRAM = (sys.executable, "-c", "from lobby.program import main; main()", "demo", "--port", "0")
START_S = 60.0


def play(*options: str) -> dict[str, float]:
    """A whole demo; its last line says what became of everybody."""
    done = subprocess.run(
        [*PROGRAM, "--json", "--stop-when-done", *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    summary: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return summary


@contextmanager
def living(*options: str) -> Iterator[tuple[subprocess.Popen[bytes], list[str]]]:
    """A demo that lives on, and what it has said up to its `ready` line."""
    process = subprocess.Popen([*PROGRAM, *options], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield process, list(lines_until_ready(process.stdout.fileno()))
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def lines_until_ready(descriptor: int) -> Iterator[str]:
    text = ""
    while "\nready " not in text or not text.endswith("\n"):
        readable, _, _ = select.select([descriptor], [], [], START_S)
        assert readable, f"not ready after {START_S} s: {text}"
        text += os.read(descriptor, 4096).decode()
    yield from text.splitlines()


def url_of(lines: list[str]) -> str:
    return lines[-1].removeprefix("ready ").rstrip("/")


def wait_until_gone(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/healthz", trust_env=False)
        except httpx.TransportError:
            return
        time.sleep(0.1)
    pytest.fail(f"{url} still serves")


def test_a_seeded_hour_ends_with_every_customer_seen_to() -> None:
    summary = play("--speed", "1000", "--hours", "1", "--seed", "5")
    assert summary["arrived"] == summary["held"] == summary["issued"] > 20
    assert summary["issued"] == summary["served"] + summary["cancelled"] + summary["no_show"] + summary["expired"]


@pytest.mark.timeout(240)
@pytest.mark.skipif(not BANK_LOG.exists(), reason=f"{BANK_LOG} is not here: it is only for tests, and not shipped")
def test_a_banks_day_loses_nobody() -> None:
    """517 real customers of the fifth of February 1999, with as many counters as there were servers."""
    bench = Path(__file__).parents[1] / "bench/day.py"
    day = [sys.executable, str(bench), "--quick", "--check", "--json", "--speed", "1500"]
    played = subprocess.run(day, capture_output=True, text=True, check=False)
    assert played.returncode == 0, played.stdout + played.stderr
    assert json.loads(played.stdout)["arrived"] == 517


def test_the_lobby_lives_by_itself_and_every_screen_has_a_link() -> None:
    with living("--speed", "60") as (_, lines):
        assert {line.split()[0] for line in lines[1:-1]} == {"manager", "kiosk", "display", "floor", "counter"}
        assert sum("/counter?number=" in line and "PIN" in line for line in lines) == 6
        deadline = time.monotonic() + 30
        while not httpx.get(f"{url_of(lines)}/api/v1/board", trust_env=False).json()["calls"]:
            assert time.monotonic() < deadline, "nobody was called"
            time.sleep(0.2)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_it_ends_no_server_stays_behind(how: signal.Signals, tmp_path: Path) -> None:
    with living("--data", str(tmp_path)) as (process, lines):
        process.send_signal(how)
        assert process.wait(20) == (0 if how != signal.SIGKILL else -how)
        wait_until_gone(url_of(lines))


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "lobbyline.db").write_text("a real store")
    refused = subprocess.run([*PROGRAM, "--data", str(tmp_path)], capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "is not empty; a demo needs a folder of its own" in refused.stderr
    assert (tmp_path / "lobbyline.db").read_text() == "a real store"
