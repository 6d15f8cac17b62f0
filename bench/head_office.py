"""Owns the proof that a head office takes in what thousands of stores tell it: lines per second, and from call to wall.

Two head-office processes on a PostgreSQL and a Redis of their own;
each store is the real link over a real socket, reading a day's journal that all of them share. First every store tells
a day of 500 tickets, as many at once as two cores can stand; then all of them are on line, calls happen as often as at
such stores' busiest hour, and a wall at the other process waits for each. The bare limit is one connection's pipelined
inserts of the same lines into the same table.
"""

# ruff: noqa: E402 — gevent comes first
from gevent import monkey

monkey.patch_all()

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from tempfile import TemporaryDirectory
from typing import Any

import gevent
import psycopg
import socketio
from gevent.event import Event as Signal
from gevent.pool import Pool

from bench.forking import Forked, fork
from bench.harness import Aim, Machine, finish, median, number, options, percentile, table
from chain import moment
from chain.dial import Signals, SocketLine
from chain.mailbox import Work
from chain.office import migrating, people, stores
from chain.office.database import Database
from chain.session import Session
from db import events
from db.chain import ChainLink
from db.event_records import Event, EventKind
from db.store import Store
from lobby import sample
from lobby.tryout import LocalPostgres, LocalRedis

STORES, QUICK_STORES = 2_000, 16
TICKETS = 500
AT_ONCE = 32
BUSIEST_SHARE = 1 / 8
"""Of a day's calls, in its busiest hour."""
LIVE_S, QUICK_LIVE_S = 60.0, 5.0
BARE_LINES, QUICK_BARE_LINES = 100_000, 10_000
SETTLE_S = 3.0
LEAST_SHARE, LONGEST_P99_MS = 0.3, 2_000.0
PERSON, PASSWORD = "bench", "a long word of ours"
SEED = 20261122


@dataclass(frozen=True, slots=True)
class Taken:
    """What a head office took in: lines a second, in all and barely; delays from call to wall in ms, of how many calls;
    memory of a store on line and of a process without stores, in kB; bytes that all lines take on the disk.
    """

    lines: int
    took_s: float
    bare: float
    delays_ms: list[float]
    calls: int
    store_kb: float
    empty_kb: float
    stored: float

    @property
    def rate(self) -> float:
        """Lines a second."""
        return self.lines / self.took_s

    @property
    def line_bytes(self) -> float:
        """On the disk, with its index."""
        return self.stored / self.lines


def main() -> int:
    """Measure and tell."""
    given = options("A head office takes in what its stores tell.")
    count = QUICK_STORES if given.quick else STORES
    machine = Machine()
    taken = _measure(count, quick=given.quick)
    _show(taken, count)
    print(f"\nothers used {machine.others():.0%} of the CPUs")
    late_ms, unseen = percentile(taken.delays_ms, 0.99), taken.calls - len(taken.delays_ms)
    aims = [
        Aim("bare inserts in the time of one told line", taken.bare / taken.rate, 1 / LEAST_SHARE, ""),
        Aim("a call on the wall of the other process, p99", late_ms, LONGEST_P99_MS, "ms"),
        Aim("calls that no wall showed", float(unseen), 0.0, ""),
    ]
    figures = {
        "stores": count,
        "lines_per_s": taken.rate,
        "bare_per_s": taken.bare,
        "delay_p50_ms": median(taken.delays_ms),
    }
    return finish(given, "chain", figures, aims)


def _measure(count: int, *, quick: bool) -> Taken:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="lobbyline-", ignore_cleanup_errors=True)))
        postgres, redis = LocalPostgres(folder / "postgres"), LocalRedis(folder / "redis")
        stack.callback(postgres.stop)
        stack.callback(redis.stop)
        url = postgres.url()
        migrating.upgrade(url)
        bare = _bare(url, QUICK_BARE_LINES if quick else BARE_LINES)
        offices = [stack.enter_context(_office(url, redis.url)) for _ in range(2)]
        paper = stack.enter_context(closing(_Paper(folder / "paper")))
        links = _links(url, [office[0] for office in offices], count)
        lines, took_s = _tell_a_day(paper, links)
        empty_kb = [_memory_kb(pid) for _, pid in offices]
        delays_ms, connected_kb, calls = _live(paper, links, offices, QUICK_LIVE_S if quick else LIVE_S)
        store_kb = max(0.0, sum(connected_kb) - sum(empty_kb)) / count
        return Taken(lines, took_s, bare, delays_ms, calls, store_kb, max(empty_kb), _stored(url))


def _show(taken: Taken, count: int) -> None:
    title = f"{count:,} stores tell a day of {TICKETS} tickets: {taken.lines:,} lines in {number(taken.took_s)} s"
    table(title, ["", "lines/s", "× bare"], [
        ["pipelined inserts (bare limit)", number(taken.bare), "1"],
        ["the chain, two processes", number(taken.rate), number(taken.rate / taken.bare)],
    ])  # fmt: skip
    table(f"{taken.calls:,} calls while all {count:,} are on line", ["", ""], [
        ["call to wall, p50, ms", number(median(taken.delays_ms))],
        ["call to wall, p99, ms", number(percentile(taken.delays_ms, 0.99))],
        ["memory per store on line, kB", number(taken.store_kb)],
        ["memory of a process without stores, MB", number(taken.empty_kb / 1024)],
        ["disk per line, bytes", number(taken.line_bytes)],
    ])  # fmt: skip
    _on_paper(taken.lines / count, taken.rate, taken.store_kb, taken.line_bytes)


def _on_paper(lines_per_day: float, rate: float, per_store_kb: float, line_bytes: float) -> None:
    """What a hundred thousand stores need, if all grows as it was measured."""
    many = 100_000
    busiest = many * lines_per_day * BUSIEST_SHARE / 3600
    table(f"On paper: {many:,} such stores", ["", ""], [
        ["lines/s in the busiest hour", number(busiest)],
        ["machines like this one for that", number(busiest / rate)],
        ["memory for their lines, GB", number(many * per_store_kb / 2**20)],
        ["disk for a year of their journals, TB", number(many * lines_per_day * 365 * line_bytes / 1e12)],
    ])  # fmt: skip


class _Paper:
    """A store for all of them: one journal of one day, which nobody changes."""

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)
        self._store.write(_a_day)
        self.read = self._store.read

    def write(self, _: Any) -> None:
        """What a link notes for people to read is noted nowhere."""

    def close(self) -> None:
        self._store.close()


def _a_day(conn: Connection) -> None:
    began = time.time() - 10 * 3600
    sample.create_if_new(conn, began)
    for n in range(TICKETS):
        at, ticket, counter = began + 70 * n, f"A{n + 1:03}", n % 6 + 1
        said: dict[str, Any] = {"class": "ordinary", "service": "plan"}
        called: dict[str, Any] = {"rule": "order", "waited_s": 600, **said}
        for after_s, kind, actor, data in (
            (0, EventKind.ISSUED, "device:kiosk", {"people_ahead": n % 20, **said}),
            (1, EventKind.PRINTED, "device:printer", {"state": "printed", "attempts": 1}),
            (600, EventKind.CALLED, "staff:Lin", {"counter": counter, **called}),
            (630, EventKind.STARTED, "staff:Lin", {"counter": counter}),
            (1000, EventKind.COMPLETED, "staff:Lin", {"counter": counter, "outcome": "done", "wrap_up": False}),
        ):
            events.append(conn, at + after_s, kind, actor, ticket=ticket, **data)


def _bare(url: str, lines: int) -> float:
    words = [sys.executable, "-m", "bench.bare_rows", url, str(lines)]
    root = Path(__file__).parents[1]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=600, cwd=root)
    return float(json.loads(done.stdout))


@contextmanager
def _office(database: str, redis: str) -> Iterator[tuple[str, int]]:
    """A process of the head office: its address and its process."""
    words = ["headoffice", "serve", "--port", "0", "--database", database, "--redis", redis]
    process: Forked = fork("lobby.program:main", words, "lobbyline")
    try:
        with process.stdout:
            said = next(line for line in process.stdout if line.startswith("ready "))
        yield said.split()[1].rstrip("/"), process.pid
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(20)


def _links(database: str, urls: list[str], count: int) -> list[ChainLink]:
    """The stores, half of them at each process; and somebody who looks at the wall."""
    with closing(Database(database, 1)) as opened, opened.transaction() as conn:
        people.add(conn, PERSON, people.OfficeRole.VIEWER, people.hash_password(PASSWORD))
        tokens = [stores.add(conn, f"store {n}", f"region {n % 20}") for n in range(count)]
    return [ChainLink(urls[n % 2], token, None, False, 0.0, 0, 0, None, None) for n, token in enumerate(tokens)]


def _nothing_to_do(*_: object) -> Work:
    return lambda _: {}


def _dial(paper: _Paper, link: ChainLink) -> tuple[Session, SocketLine]:
    signals = Signals()
    line = SocketLine(link, Path(), signals)
    session = Session(paper, time.time, line, link, _nothing_to_do, signals)  # type: ignore[arg-type]
    session.introduce("bench")
    return session, line


def _tell_a_day(paper: _Paper, links: list[ChainLink]) -> tuple[int, float]:
    """Every store tells its whole journal; how many lines, in how many s."""
    told = []

    def tell(link: ChainLink) -> None:
        session, line = _dial(paper, link)
        while session.tell():  # what the link does in its loop
            pass
        told.append(session.acked)
        line.hang_up()

    began = time.monotonic()
    pool = Pool(AT_ONCE)
    for _ in pool.imap_unordered(tell, links):
        pass
    return sum(told), time.monotonic() - began


def _live(
    paper: _Paper, links: list[ChainLink], offices: list[tuple[str, int]], seconds: float
) -> tuple[list[float], list[float], int]:
    """Calls as in the busiest hour: delays to the wall in ms, memory of the processes in kB, how many calls."""
    dice = random.Random(SEED)
    opened = list(Pool(AT_ONCE).imap_unordered(lambda link: _dial(paper, link), links))
    memory = [_memory_kb(pid) for _, pid in offices]
    with paper.read() as conn:
        present = moment.read(conn, time.time())
    wall = _Wall(offices[1][0])
    gap_s = 3600 / (len(links) * TICKETS * BUSIEST_SHARE)
    dice.shuffle(opened)  # each in its turn: a wall may pass over a call that the same store's next follows at once
    began, calls = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        session, _ = opened[calls % len(opened)]
        calls += 1
        gevent.spawn(_call, session, present, f"C{calls}", wall)
        gevent.sleep(dice.expovariate(1 / gap_s))
    gevent.sleep(SETTLE_S)
    wall.close()
    for _, line in opened:
        line.hang_up()
    return list(wall.delays_ms.values()), memory, calls


def _call(session: Session, present: Any, ticket: str, wall: "_Wall") -> None:
    """One call at a store: the line that says so, and the moment it leads to."""
    seq = session.acked + 1  # a line of this store alone
    event = Event(seq, time.time(), EventKind.CALLED, ticket, 1, "staff:Lin", "order", {"service": "plan"})
    last_call = {"number": ticket, "counter": 1, "seq": seq, "at": event.at}
    wall.called[ticket] = time.monotonic()
    session.push([event], seq, present.model_copy(update={"last_call": last_call}))


class _Wall:
    """A wall that is open in a browser: when each call was seen."""

    def __init__(self, url: str) -> None:
        self.called: dict[str, float] = {}
        self.delays_ms: dict[str, float] = {}
        self._client = socketio.Client()
        self._client.on("stores", self._see)
        ready = Signal()
        self._client.on("wall", lambda _: ready.set())
        self._client.connect(url, headers={"Cookie": _cookie(url)}, transports=["websocket"])
        self._client.emit("watch")
        ready.wait(30)

    def _see(self, data: Any) -> None:
        now = time.monotonic()
        for row in data["stores"]:
            ticket = row["moment"]["last_call"] and row["moment"]["last_call"]["number"]
            if ticket in self.called and ticket not in self.delays_ms:
                self.delays_ms[ticket] = (now - self.called[ticket]) * 1000

    def close(self) -> None:
        self._client.disconnect()


def _cookie(url: str) -> str:
    import httpx  # noqa: PLC0415

    with httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
        token = client.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
        client.post("/sign-in", data={"name": PERSON, "password": PASSWORD, "csrf_token": token})
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def _memory_kb(pid: int) -> float:
    return float(Path(f"/proc/{pid}/status").read_text().partition("VmRSS:")[2].split()[0])


def _stored(database: str) -> float:
    """What the journals take on the disk, in bytes."""
    with psycopg.connect(database) as conn:
        row = conn.execute(
            "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'events'::regclass"
        ).fetchone()
    assert row is not None
    return float(row[0])
