"""Owns the proof that a server does not grow old: a month of business days in fast time, in one process.

The real application on a real store and a clock that is set by hand. Every day brings as many customers as the last:
they take a number over HTTP, are called, served and finished, screens are read, and at 04:00 the day is closed and its
facts are kept. What must not grow from the first days to the last: time per action, memory, open files, threads.
Memory may grow by as much as caches of a fixed size take; the database by its rows.
"""

import gc
import os
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.harness import Aim, finish, median, number, options, store_folder, table
from counter.day import close_earlier_days
from counter.web import Context
from db import sessions, staff
from db.people_records import DeviceKind, Role
from db.store import Store
from display import past
from lobby import sample
from lobby.app import create_app

DAYS, CUSTOMERS = 30, 200
QUICK_DAYS, QUICK_CUSTOMERS = 2, 30
BEGINS, DAY_S, GAP_S = 1_795_222_800.0, 86_400.0, 120.0
COUNTERS = (4, 5)
SLOWER, GROWN_MB = 1.5, 40.0


@dataclass(frozen=True, slots=True)
class Day:
    """At a day's end: median ms of an action, resident memory and database in MB, open files, threads."""

    action_ms: float
    memory_mb: float
    database_mb: float
    files: int
    threads: int


class Month:
    """A store whose days are played one after another."""

    def __init__(self, folder: Path) -> None:
        self._store, self._now = Store(folder), BEGINS
        self._store.write(lambda conn: sample.create_if_new(conn, self._now))
        context = Context(self._store, lambda: self._now, "http://127.0.0.1")
        self._client = create_app(context, "control").test_client()
        self._kiosk = self._store.write(lambda conn: staff.add_device(conn, DeviceKind.KIOSK, "k", {})[1])
        self._people = [
            self._store.write(lambda conn, n=n: staff.add_staff(conn, f"clerk {n}", Role.MANAGER, None))  # type: ignore[misc]
            for n in COUNTERS
        ]
        self._took: list[float] = []

    def play(self, n: int, customers: int) -> Day:
        """One day."""
        self._now, self._took = BEGINS + n * DAY_S, []
        until = self._now + DAY_S
        tokens = [
            self._store.write(lambda conn, one=one: sessions.add(conn, one, self._now, DAY_S, DAY_S))  # type: ignore[misc]
            for one in self._people
        ]
        for counter, token in zip(COUNTERS, tokens, strict=True):
            self._post(f"/api/v1/counters/{counter}/open", token)
        for customer in range(customers):
            self._now += GAP_S
            body = {"request_key": f"{n}-{customer}", "service": ("plan", "billing")[customer % 2]}
            self._post("/api/v1/tickets", self._kiosk, body)
            at = customer % len(COUNTERS)
            for action in ("call-next", "start", "finish"):
                self._now += GAP_S / 4
                self._post(f"/api/v1/counters/{COUNTERS[at]}/{action}", tokens[at])
            self._client.get("/api/v1/board")
            self._client.get("/api/v1/floor", headers={"Authorization": f"Bearer {tokens[0]}"})
        self._now = until
        self._store.write(lambda conn: close_earlier_days(conn, self._now))
        with self._store.read() as conn:
            over = past.missing(conn, self._now)
        for day in over:
            past.keep(self._store, day, self._now)
        return self._state()

    def _post(self, path: str, token: str, body: dict[str, str] | None = None) -> None:
        began = time.perf_counter()
        answer = self._client.post(path, json=body or {}, headers={"Authorization": f"Bearer {token}"})
        self._took.append(time.perf_counter() - began)
        if not 200 <= answer.status_code < 300:
            raise RuntimeError(f"{path}: {answer.text}")

    def _state(self) -> Day:
        gc.collect()
        resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 — the folder of this very process
        size = self._store.path.stat().st_size
        return Day(median(self._took) * 1e3, resident / 1e6, size / 1e6, files, threading.active_count())

    def close(self) -> None:
        """Close the store."""
        self._store.close()


def main() -> int:
    """Run it; the exit code."""
    given = options("A month of days in one process: nothing grows but the database.")
    number_of_days, customers = (QUICK_DAYS, QUICK_CUSTOMERS) if given.quick else (DAYS, CUSTOMERS)
    with store_folder() as folder, closing(Month(folder)) as month:
        days = [month.play(n, customers) for n in range(number_of_days)]
    first, last = days[1], days[-1]
    shown = [(n, day) for n, day in enumerate(days, 1) if n in {1, 2, 5, 10, 20, len(days)}]
    rows = [
        (str(n), *map(number, (day.action_ms, day.memory_mb, day.database_mb)), str(day.files), str(day.threads))
        for n, day in shown
    ]
    table(
        f"{customers} customers a day", ("day", "ms per action", "memory MB", "database MB", "files", "threads"), rows
    )
    aims = [
        Aim("time per action, last day to second", last.action_ms / first.action_ms, SLOWER, "times"),
        Aim("memory grown since the second day", last.memory_mb - first.memory_mb, GROWN_MB, "MB"),
        Aim("open files more than on the second day", last.files - first.files, 0, "files"),
        Aim("threads more than on the second day", last.threads - first.threads, 0, "threads"),
    ]
    figures = {"days": len(days), "customers": customers, "action_ms": last.action_ms, "memory_mb": last.memory_mb}
    return finish(given, "uptime", figures, aims)


if __name__ == "__main__":
    sys.exit(main())
