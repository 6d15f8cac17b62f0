"""Owns the proof that a year of tickets is reported on within a second, while the lobby goes on.

Usage: bench/reports.py [--quick] [--json] [--check]. A year of 500 tickets a day (with --quick two months) is written
as it would have happened, and asked for over HTTP in every grouping; meanwhile one program reads the public board. The
bare limit is SQLite counting the same tickets.
"""

import sqlite3
import sys
import threading
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import httpx

from bench import past_store
from bench.harness import Aim, Machine, Served, finish, median, number, options, percentile, served_store, table
from db.store import Store
from display.reports import By

FULL_DAYS, QUICK_DAYS = 365, 60
ROUNDS = 3
BUSY = past_store.Past(load=1.28)
LIMIT_S = 1.0
LIMIT_BOARD_MS = 250.0
WAIT_FOR_FACTS_S = 300.0


def main() -> int:
    """Measure and tell."""
    given = options("A year is reported on.")
    days = QUICK_DAYS if given.quick else FULL_DAYS
    machine = Machine()
    last = past_store.today()
    first = last - timedelta(days=days)
    with served_store(lambda folder: _write(folder, first, days)) as served:
        kept_s = _wait_for_facts(served.folder, days)
        count, bare_s = _bare(served.folder)
        token = _manager(served)
        with httpx.Client(base_url=f"http://127.0.0.1:{served.port}/api/v1", trust_env=False, timeout=60) as client:
            client.headers["Authorization"] = f"Bearer {token}"
            span = {"from": str(first), "to": str(last)}
            board = _Board(served.port)
            times = {by.value: _ask(client, "/reports/figures", {**span, "by": by.value}) for by in By}
            times["inspection"] = _ask(client, "/reports/inspection", span)
            waits_ms = board.end()
    rows = [[name, number(took), number(took / bare_s)] for name, took in times.items()]
    title = (
        f"{count:,} tickets of {days} days; bare: counting them {number(bare_s)} s; derived once in {number(kept_s)} s"
    )
    table(title, ["", "answer s", "× bare"], rows)
    print(f"\nothers used {machine.others():.0%} of the CPUs")
    slowest = max(times, key=lambda name: times[name])
    aims = [
        Aim(f"{count:,} tickets, slowest report ({slowest})", times[slowest], LIMIT_S, "s"),
        Aim("the public board meanwhile, p99", percentile(waits_ms, 0.99), LIMIT_BOARD_MS, "ms"),
    ]
    figures = {"tickets": count, "bare_s": bare_s, "derived_s": kept_s, "answers_s": times}
    return finish(given, "reports", figures, aims)


def _write(folder: Path, first: date, days: int) -> None:
    store = Store(folder)
    past_store.write(store, first, days, BUSY)
    store.close()


def _wait_for_facts(folder: Path, days: int) -> float:
    """How long the server took to derive the facts of all past days."""
    begun = time.monotonic()
    with closing(sqlite3.connect(folder / "lobbyline.db")) as conn:
        while conn.execute("SELECT count(*) FROM day_facts").fetchone()[0] < days:
            if time.monotonic() > begun + WAIT_FOR_FACTS_S:
                raise RuntimeError("the facts of past days were not kept")
            time.sleep(0.2)
    return time.monotonic() - begun


def _bare(folder: Path) -> tuple[int, float]:
    """Count the tickets by reading every row: how many, and the median of some tries in s."""
    took = []
    with closing(sqlite3.connect(folder / "lobbyline.db")) as conn:
        for _ in range(ROUNDS):
            begun = time.monotonic()
            count = conn.execute("SELECT count(*) FROM tickets WHERE issued_at > 0 AND state <> ''").fetchone()[0]
            took.append(time.monotonic() - begun)
    return count, median(took)


def _manager(served: Served) -> str:
    served.command("staff", "add", "--name", "Bench", "--role", "manager", "--pin", "2468")
    signed_in = httpx.post(
        f"http://127.0.0.1:{served.port}/api/v1/sessions", json={"staff": "Bench", "pin": "2468"}, trust_env=False
    )
    return str(signed_in.json()["token"])


def _ask(client: httpx.Client, path: str, query: dict[str, str]) -> float:
    """The median of some answers, in s."""
    took = []
    for _ in range(ROUNDS):
        begun = time.monotonic()
        client.get(path, params=query).raise_for_status()
        took.append(time.monotonic() - begun)
    return median(took)


class _Board:
    """Somebody who looks at the lobby all the time; each answer is timed."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/api/v1/board"
        self._ended = threading.Event()
        self._waits_ms: list[float] = []
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def end(self) -> list[float]:
        """Stop; how long each answer took, in ms."""
        self._ended.set()
        self._thread.join()
        return self._waits_ms

    def _look(self) -> None:
        with httpx.Client(trust_env=False, timeout=60) as client:
            while not self._ended.wait(0.02):
                begun = time.monotonic()
                client.get(self._url).raise_for_status()
                self._waits_ms.append((time.monotonic() - begun) * 1000)


if __name__ == "__main__":
    sys.exit(main())
