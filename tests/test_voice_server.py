"""Spoken calls on a real server: their sound over HTTP, the command line, and an engine that hangs."""

import io
import time
import wave
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from serving import Serving

_keys = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("voice") / "store") as serving:
        serving.command("voice", "set", "--engine", "espeak")
        serving.no_patience()
        yield serving


@pytest.fixture(scope="module")
def clerk(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.sign_in("clerk", counter=4)) as client:
        yield client


def _called(server: Serving, clerk: httpx.Client, **ticket: str) -> dict[str, Any]:
    """Somebody takes a number and is called; the call as the board shows it."""
    key = next(_keys)
    with server.client(server.device("kiosk", f"kiosk {key}")["token"]) as kiosk:
        wish = {"request_key": f"voice-{key}", "service": "plan", **ticket}
        assert kiosk.post("/api/v1/tickets", json=wish).status_code == 201
    assert clerk.post("/api/v1/counters/4/call-next").status_code == 200
    newest: dict[str, Any] = clerk.get("/api/v1/board").json()["calls"][0]
    clerk.post("/api/v1/counters/4/no-show")
    return newest


def _length_s(sound: bytes) -> float:
    with wave.open(io.BytesIO(sound)) as opened:
        return float(opened.getnframes() / opened.getframerate())


def test_a_display_fetches_the_sound_of_a_call(server: Serving, clerk: httpx.Client) -> None:
    call = _called(server, clerk, language="en")
    with server.client(server.device("display", "hall")["token"]) as display:
        sound = display.get(call["audio_url"])
        assert sound.headers["Content-Type"] == "audio/wav"
        assert 2 < _length_s(sound.content) < 6
        assert display.get("/api/v1/calls/1/audio").json()["code"] == "no_sound"
    assert list((server.folder / "voice").glob("*.wav"))


def test_nobody_else_fetches_it(server: Serving, clerk: httpx.Client) -> None:
    call = _called(server, clerk)
    for kind in ("kiosk", "api"):
        with server.client(server.device(kind, f"{kind} that asks")["token"]) as device:
            assert device.get(call["audio_url"]).status_code == 401
    with server.client() as stranger:
        assert stranger.get(call["audio_url"]).status_code == 401
        assert stranger.get("/api/v1/voice/sample").status_code == 401
    assert clerk.get("/api/v1/voice/sample").status_code == 403


def test_the_command_line_sets_the_voice(server: Serving) -> None:
    hours = ("--hours", "22:00-08:00=0", "--hours", "08:00-10:00=70,90")
    server.command("voice", "set", "--languages", "both", "--times", "2", *hours)
    shown = server.command("voice", "show")
    assert (shown["engine"], shown["speaks"], shown["languages"], shown["times"]) == ("espeak", "espeak", "both", 2)
    assert shown["hours"] == [
        {"from": "22:00", "to": "08:00", "volume": 0, "speed": 100},
        {"from": "08:00", "to": "10:00", "volume": 70, "speed": 90},
    ]
    assert "“9” is no time of day" in server.command("voice", "set", "--hours", "9-12=70", fails=True)
    server.command("voice", "set", "--languages", "ticket", "--times", "1", "--hours", "")


def test_a_display_is_chosen_for_sound(server: Serving) -> None:
    display = server.device("display", "by the window")["id"]

    def heard() -> str:
        with server.client() as anybody:
            return str(anybody.get("/api/v1/board").json()["voice"]["displays"][str(display)])

    assert heard() == "voice"
    assert server.command("device", "set", "--name", "by the window", "--sound", "off") == {"changed": True}
    assert heard() == "off"
    assert "by the window" in server.command("device", "set", "--name", "nowhere", "--sound", "off", fails=True)


def test_a_technician_hears_a_call_from_a_file(server: Serving, tmp_path: Path) -> None:
    file = tmp_path / "call.wav"
    arguments = ("voice", "test", "--number", "V101", "--counter", "12", "--output", str(file))
    told = server.command(*arguments)
    assert told["spoken_by"] == "espeak"
    assert told["seconds"] == pytest.approx(_length_s(file.read_bytes()), abs=0.1)
    assert 5 < _length_s(file.read_bytes()) < 12


def test_an_engine_that_hangs_holds_no_call_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = tmp_path / "bin" / "espeak-ng"
    stuck.parent.mkdir()
    stuck.write_text("#!/bin/sh\nexec sleep 20\n")
    stuck.chmod(0o755)
    monkeypatch.setenv("PATH", str(stuck.parent), prepend=":")
    with Serving(tmp_path / "store") as server:
        server.command("voice", "set", "--engine", "espeak")
        with (
            server.client(server.sign_in("clerk", counter=4)) as clerk,
            server.client(server.device("display", "hall")["token"]) as display,
        ):
            began = time.monotonic()
            call = _called(server, clerk)
            asked = time.monotonic()
            assert asked - began < 2
            assert display.get(call["audio_url"]).json()["code"] == "no_sound"
            assert 2.5 < time.monotonic() - asked < 4.5
