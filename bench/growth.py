"""Owns measuring whether a number and a call cost more as the lobby fills and as the store's past grows.

A lobby of 10 to 10,000 people is written as rows and served; then a kiosk issues and a counter calls, by turns, one
request at a time, while a display and that counter's screen follow. The past is one simulated day, made by
`bench/past_store.py`, that is written again and again, each time a day later, with quotes and journal, up to yesterday,
and what reports keep of each. Stores of a long and a short past are served side by side and asked by turns, so that
whatever else the machine does meets both.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import past_store
from bench.busy import Cast, cast, issue
from bench.clients import Http
from bench.harness import Served, Spread, served, spread_ms, store_folder
from bench.watchers import Phones
from counter.present import load
from db import calendar
from db.store import Store
from display import past
from lobby import sample

COUNTER = 2
PAUSE_S = 0.03
QUIET, LOOK_S, PATIENCE_S = 0.1, 0.5, 60.0
_DAY_S = 86_400
_TIMES = frozenset(
    {"issued_at", "due_at", "slot_at", "first_called_at", "called_at", "started_at", "ended_at", "at", "queued_at",
     "leg_due_at", "moved_to", "placed_at", "held_at", "step_done_at", "call_began_at"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request costs: an issue and a call over HTTP, and reading the lobby as each of them does, in ms."""

    size: int
    issue: Spread
    call: Spread
    read: Spread


def measure_waiting(size: int, rounds: int) -> Cost:
    """With so many people waiting."""
    with _store() as (folder, who):
        _fill(folder, size)
        return _measure([_Lobby(folder, who, size)], rounds)[0]


def measure_pasts(spans: Sequence[int], rounds: int) -> list[Cost]:
    """After so many days each; the size is the number of tickets."""
    with ExitStack() as stack:
        lobbies = []
        for days in spans:
            folder, who = stack.enter_context(_store())
            lobbies.append(_Lobby(folder, who, write_past(folder, days)))
            _fill(folder, 20)
        return _measure(lobbies, rounds)


@contextmanager
def _store() -> Iterator[tuple[Path, Cast]]:
    with store_folder() as folder:
        yield folder, cast(folder)


def _fill(folder: Path, size: int) -> None:
    """People who came one second after the other; each tenth is a VIP with a gold card."""
    store, now = Store(folder), time.time()
    codes = [service.code for service in sample.SERVICES]

    def work(conn: sqlite3.Connection) -> None:
        day = calendar.business_day(now, load(conn, now).settings)
        conn.executemany(
            "INSERT INTO tickets (number, token, request_key, business_day, service, class, language, issued_at, tier,"
            " due_at, head_start_s) VALUES (?, ?, ?, ?, ?, ?, 'zh', ?, ?, ?, ?)",
            [
                (f"B{n:05}", f"w{n}", f"w{n}", day, codes[n % len(codes)], *_class(n, now - size + n))
                for n in range(size)
            ],
        )

    store.write(work)
    store.close()


def _class(n: int, issued_at: float) -> tuple[str, float, str | None, float | None, float]:
    if n % 10:
        return "ordinary", issued_at, None, None, 0.0
    return "vip", issued_at, "gold", issued_at + 600.0, 300.0


def write_past(folder: Path, days: int) -> int:
    """Give a new sample store so many days before today; returns how many tickets they have."""
    store = Store(folder)
    first = (datetime.now(UTC) - timedelta(days=days + 1)).date()
    past_store.write(store, first, 1)

    def copy(conn: sqlite3.Connection) -> int:
        last_id = int(conn.execute("SELECT max(id) FROM tickets").fetchone()[0])
        for table, of in (("tickets", "id <= :last"), ("quotes", "ticket_id <= :last"), ("events", "seq <= :seq")):
            columns = [row["name"] for row in conn.execute(f"PRAGMA table_info({table})") if row["name"] != "seq"]
            seq = conn.execute("SELECT max(seq) FROM events").fetchone()[0]
            chosen = ", ".join(_later(column) for column in columns)
            statement = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} WHERE {of}"
            for n in range(1, days):
                conn.execute(statement, {"n": n, "ids": n * last_id, "s": n * _DAY_S, "last": last_id, "seq": seq})
        return last_id * days

    tickets = store.write(copy)
    with store.read() as conn:
        over = past.missing(conn, time.time())
    for day in over:
        past.keep(store, day, time.time())
    store.close()
    return tickets


def _later(column: str) -> str:
    """A column's value some days later; tokens and keys are nobody else's, numbers are their own day's."""
    if column in {"id", "ticket_id"}:
        return f"{column} + :ids"
    if column in {"token", "request_key"}:
        return f"{column} || '-' || :n"
    if column == "business_day":
        return "date(business_day, '+' || :n || ' days')"
    return f"{column} + :s" if column in _TIMES else column


class _Lobby:
    """A store that somebody comes to, is called in, and is sent back to wait; and what that took, in s."""

    def __init__(self, folder: Path, who: Cast, size: int) -> None:
        self._folder, self._who, self._size = folder, who, size
        self._issued: list[float] = []
        self._called: list[float] = []

    def serve(self, stack: ExitStack) -> None:
        """Until the stack is left."""
        store = stack.enter_context(served(self._folder))
        _settle(store)
        token = self._who.counters[COUNTER - 1]
        stack.enter_context(Phones(store.port, ["", f"{token}@{COUNTER}"]))
        self._kiosk = stack.enter_context(Http(store.port, self._who.kiosks[0]))
        self._desk = stack.enter_context(Http(store.port, token))

    def take_turn(self) -> None:
        """One after the other, with rests that let the news reach the screens."""
        self._issued.append(issue(self._kiosk).took)
        time.sleep(PAUSE_S)
        self._called.append(self._act("call-next"))
        time.sleep(PAUSE_S)
        self._act("return")
        time.sleep(PAUSE_S)

    def _act(self, action: str) -> float:
        return self._desk.post(f"/api/v1/counters/{COUNTER}/{action}").took

    def cost(self, rounds: int) -> Cost:
        """What it took, and what reading the lobby takes now."""
        reads = spread_ms(_reads(self._folder, rounds))
        return Cost(self._size, spread_ms(self._issued), spread_ms(self._called), reads)


def _measure(lobbies: Sequence[_Lobby], rounds: int) -> list[Cost]:
    with ExitStack() as stack:
        for lobby in lobbies:
            lobby.serve(stack)
        for _ in range(rounds):
            for lobby in lobbies:
                lobby.take_turn()
    return [lobby.cost(rounds) for lobby in lobbies]


def _reads(folder: Path, rounds: int) -> list[float]:
    store, taken = Store(folder), []
    for _ in range(rounds):
        with store.read() as conn:
            began = time.perf_counter()
            load(conn, time.time())
            taken.append(time.perf_counter() - began)
    store.close()
    return taken


def _settle(store: Served) -> None:
    """Wait until the server has done what it does at a start, such as counting past days."""
    until = time.monotonic() + PATIENCE_S
    busy = 1.0
    while busy > QUIET and time.monotonic() < until:
        before = store.cpu_s()
        time.sleep(LOOK_S)
        busy = (store.cpu_s() - before) / LOOK_S
