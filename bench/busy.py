"""Owns measuring a store that works as fast as it can: kiosks issue, counters call, start and finish, screens follow.

Every kiosk and counter is a keep-alive connection in a thread of one process, and asks again as soon as it is answered;
a counter that finds nobody asks again after a moment. Each counter has its screen open; displays and phones make up
the rest of the crowd. Times are of answered requests; delivery runs from just before a call is sent until each client
of the crowd has read it.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from sqlite3 import Connection
from uuid import uuid4

from bench.clients import Answer, Http, RefusedError
from bench.harness import Served, Spread, spread_ms
from bench.watchers import Phones
from counter import auth, desk
from db import counters, staff
from db.connection import open_reader
from db.people_records import DeviceKind, Role, Staff
from db.store import FILE, Store
from lobby import sample

KIOSKS, COUNTERS = 8, 30
SERVICES = cycle(("plan", "device", "billing", "support", "other"))
NOBODY_S = 0.02


@dataclass(frozen=True, slots=True)
class Cast:
    """Who works: tokens of the kiosks, and of whoever sits at each counter."""

    kiosks: Sequence[str]
    counters: Sequence[str]


@dataclass(frozen=True, slots=True)
class Busy:
    """A busy store followed by `crowd` displays and phones: times in ms, rates per second, shares of one CPU."""

    crowd: int
    issue: Spread
    call: Spread
    delivery: Spread
    issued_per_s: float
    calls_per_s: float
    server_busy: float
    client_busy: float
    arrived: int
    expected: int


def cast(folder: Path) -> Cast:
    """A new sample store with so many kiosks, and somebody at each of so many counters."""
    store = Store(folder)
    now = time.time()
    store.write(lambda conn: sample.create_if_new(conn, now))
    seats = [store.write(lambda conn, n=n: _sit_down(conn, n, now)) for n in range(1, COUNTERS + 1)]  # type: ignore[misc]
    kiosks = [store.write(lambda conn, n=n: _kiosk(conn, n)) for n in range(1, KIOSKS + 1)]  # type: ignore[misc]
    store.close()
    return Cast(kiosks, seats)


def _sit_down(conn: Connection, number: int, now: float) -> str:
    """Somebody opens a counter, which is new if the sample has none of this number; returns their session's token."""
    if counters.get(conn, number) is None:
        counters.add(conn, replace(sample.COUNTERS[number % len(sample.COUNTERS)], number=number))
    name = f"bench {number}"
    person = Staff(staff.add_staff(conn, name, Role.COUNTER, None), name, Role.COUNTER)
    desk.open_counter(conn, number, person, now)
    return auth.open_session(conn, person, now)


def _kiosk(conn: Connection, number: int) -> str:
    return staff.add_device(conn, DeviceKind.KIOSK, f"bench {number}", {})[1]


def measure_busy(store: Served, who: Cast, displays: int, phones: int, seconds: float) -> Busy:
    """So many seconds of work, followed by so many displays and phones."""
    with ExitStack() as stack:
        kiosks = [stack.enter_context(Http(store.port, token)) for token in who.kiosks]
        desks = [stack.enter_context(Http(store.port, token)) for token in who.counters]
        held = [issue(kiosks[0]).body["token"] for n in range(phones)]
        seats = [f"{token}@{number}" for number, token in enumerate(who.counters, 1)]
        stack.enter_context(Phones(store.port, seats))
        crowd = stack.enter_context(Phones(store.port, [""] * displays + held))
        time.sleep(1.0)
        crowd.begin()
        until = time.monotonic() + seconds
        cpu, own = store.cpu_s(), time.process_time()
        with ThreadPoolExecutor(len(kiosks) + len(desks)) as threads:
            issuing = [threads.submit(_issue_until, kiosk, until) for kiosk in kiosks]
            calling = [threads.submit(_serve_until, at, n, until) for n, at in enumerate(desks, 1)]
            issued = [answer for each in issuing for answer in each.result()]
            calls = [answer for each in calling for answer in each.result()]
        cpu, own = store.cpu_s() - cpu, time.process_time() - own
        receipts = crowd.noted().receipts
    versions = _versions(store.folder)
    got = [(call, receipts.get(versions[call.body["current"]["number"]], [])) for call in calls]
    return Busy(
        crowd=displays + phones,
        issue=spread_ms([answer.took for answer in issued]),
        call=spread_ms([answer.took for answer in calls]),
        delivery=spread_ms([at - call.sent_at for call, times in got for at in times]),
        issued_per_s=len(issued) / seconds,
        calls_per_s=len(calls) / seconds,
        server_busy=cpu / seconds,
        client_busy=own / seconds,
        arrived=sum(len(times) for _, times in got),
        expected=(displays + phones) * len(calls),
    )


def issue(kiosk: Http) -> Answer:
    """A number for a walk-in."""
    return kiosk.post("/api/v1/tickets", {"request_key": uuid4().hex, "service": next(SERVICES)})


def _issue_until(kiosk: Http, until: float) -> list[Answer]:
    answers = []
    while time.monotonic() < until:
        answers.append(issue(kiosk))
    return answers


def _serve_until(desk_of: Http, number: int, until: float) -> list[Answer]:
    """Calls of one counter; whoever is called comes at once, and is served at once."""
    calls = []
    while time.monotonic() < until:
        try:
            calls.append(desk_of.post(f"/api/v1/counters/{number}/call-next"))
        except RefusedError:
            time.sleep(NOBODY_S)
            continue
        for step in ("start", "finish"):
            desk_of.post(f"/api/v1/counters/{number}/{step}")
    return calls


def _versions(folder: Path) -> dict[str, int]:
    """The journal's number of each number's call, by which the crowd was told."""
    conn = open_reader(folder / FILE)
    rows = conn.execute("SELECT ticket, seq FROM events WHERE kind = 'called'").fetchall()
    conn.close()
    return {row["ticket"]: row["seq"] for row in rows}
