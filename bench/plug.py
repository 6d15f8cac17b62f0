"""Owns pulling the plug: a server under load is killed at a random moment, again and again, and nothing may be missing.

The same folder and port for all lives of the server. After each kill the next one starts on what the killed one left,
and a connection beside it looks whether everything that was answered is there, once.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import httpx

from bench.busy_lobby import Answered, Person, Script, counter, door, kiosk, office
from bench.forking import Forked, fork
from bench.harness import store_folder
from db import appointments, sessions, staff
from db.booking_records import Appointment
from db.connection import open_reader
from db.people_records import DeviceKind, Role
from db.store import FILE, Store
from lobby import sample

PROGRAM = Path(sys.executable).with_name("lobbyline")
COUNTERS = (4, 5)
BOOKED, DAYS_AHEAD = 4_000, 7
LONGEST_START_S, LONGEST_STOP_S = 60.0, 20.0
LOOK_S = 0.02
TOLD_EVERY = 20
EARLY_SHARE, LATEST_EARLY_S = 0.1, 0.8
SHORTEST_LIFE_S, LONGEST_LIFE_S = 0.05, 1.0


class _Process(Protocol):
    pid: int

    def wait(self, timeout: float) -> int: ...


_Start = Callable[[Path, int, Path], _Process]
"""Of a server: its folder, port and log."""


@dataclass
class Survived:
    """What became of the killed servers: counts, faults in words, and how long the next one took to start, in s."""

    kills: int = 0
    while_starting: int = 0
    answered: int = 0
    repeats: int = 0
    faults: list[str] = field(default_factory=list)
    starts_s: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Cast:
    answered: Answered
    scripts: list[tuple[Script, str]]
    """With the token of each."""


def pull(kills: int, seed: int) -> Survived:
    """Kill that many servers, a tenth of them while they start; the last one of all is asked to end."""
    dice, survived = random.Random(seed), Survived()
    with store_folder() as folder:
        store, log = folder / "store", folder / "log"
        cast = _cast(store)
        port = _Life(_forked, store, 0, log).serve(survived, cast, SHORTEST_LIFE_S)
        while survived.kills < kills:
            life = _Life(_forked, store, port, log)
            if dice.random() < EARLY_SHARE:
                time.sleep(dice.uniform(0, LATEST_EARLY_S))
                survived.while_starting += 1
                life.end(signal.SIGKILL)
            else:
                life.serve(survived, cast, dice.uniform(SHORTEST_LIFE_S, LONGEST_LIFE_S))
            survived.kills += 1
            if survived.kills % TOLD_EVERY == 0:
                print(f"{survived.kills} of {kills} killed", file=sys.stderr, flush=True)
            survived.faults += missing(store, cast.answered)
        survived.faults += _end(_Life(_program, store, port, log), cast, store)
    told = cast.answered
    survived.answered = len(told.tickets) + len(told.cancelled) + len(told.bookings) + len(told.calls)
    survived.repeats = told.repeats
    return survived


def _end(last: "_Life", cast: _Cast, store: Path) -> Iterator[str]:
    """What was not answered is asked again, and `lobbyline serve` is asked to end while it works."""
    last.serve(Survived(), cast, LONGEST_LIFE_S, signal.SIGTERM)
    yield from missing(store, cast.answered)
    if last.code != 0 or "Traceback" in last.said():
        yield f"the last server ended with {last.code}: {last.said()[-500:]}"


class _Life:
    """One server process, from its start to its end."""

    def __init__(self, start: _Start, store: Path, port: int, log: Path) -> None:
        log.unlink(missing_ok=True)
        self._port, self._log = port, log
        self._began = time.monotonic()
        self._process = start(store, port, log)
        self._is_over = threading.Event()
        self.code: int | None = None

    def serve(self, survived: Survived, cast: _Cast, seconds: float, how: signal.Signals = signal.SIGKILL) -> int:
        """Work for so long, then be ended; the port."""
        survived.starts_s.append(self.wait())
        people = self.send(cast)
        time.sleep(seconds)
        self.end(how)
        for person in people:
            person.join()
        return self._port

    def wait(self) -> float:
        """Until it serves; how long that took, in s."""
        while "ready http" not in self.said():
            if time.monotonic() - self._began > LONGEST_START_S or _has_ended(self._process.pid):
                raise RuntimeError(f"the server did not start: {self.said()}")
            time.sleep(LOOK_S)
        self._port = int(self.said().partition("ready ")[2].split()[0].rstrip("/").rpartition(":")[2])
        return time.monotonic() - self._began

    def send(self, cast: _Cast) -> list[Person]:
        """The cast begins."""
        people = [Person(self._port, token, script, self._is_over) for script, token in cast.scripts]
        if not cast.answered.has_slots:
            cast.answered.slots.extend(_slots(self._port, cast.scripts[-1][1]))
            cast.answered.has_slots = True
        for person in people:
            person.start()
        return people

    def end(self, how: signal.Signals) -> None:
        """Send the signal and wait until the process is gone."""
        os.kill(self._process.pid, how)
        self.code = self._process.wait(LONGEST_STOP_S)
        self._is_over.set()

    def said(self) -> str:
        """What it has printed."""
        return self._log.read_text() if self._log.exists() else ""


def _forked(store: Path, port: int, log: Path) -> Forked:
    process = fork("bench.oracleless:serve", str(store), port, str(log))
    process.stdout.close()
    return process


def _program(store: Path, port: int, log: Path) -> "subprocess.Popen[bytes]":
    words = [str(PROGRAM), "serve", "--port", str(port), "--data", str(store)]
    with log.open("wb") as file:
        return subprocess.Popen(words, stdout=file, stderr=subprocess.STDOUT)


def _has_ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _cast(folder: Path) -> _Cast:
    """Two kiosks, a door for bookings, two counters, an office, in a new sample store."""
    store, now = Store(folder), time.time()
    answered = Answered()

    def set_up(conn: sqlite3.Connection) -> list[tuple[Script, str]]:
        sample.create_if_new(conn, now)
        codes = [f"{n:06d}" for n in range(100_000, 100_000 + BOOKED)]
        phones = (f"137{n:08d}" for n in range(BOOKED))
        visits = [Appointment(code, next(phones), "赵敏", "plan", now + 1800, "hotline") for code in codes]
        appointments.put(conn, visits)
        cast = [(Script(kiosk(answered, name), answered), _device(conn, name)) for name in ("left", "right")]
        cast.append((Script(door(answered, iter(codes)), answered), _device(conn, "door")))
        cast += [
            (Script(counter(answered, number), answered), _session(conn, f"clerk {number}", now)) for number in COUNTERS
        ]
        cast.append((Script(office(answered, iter(answered.slots), "office"), answered), _session(conn, "office", now)))
        return cast

    try:
        return _Cast(answered, store.write(set_up))
    finally:
        store.close()


def _device(conn: sqlite3.Connection, name: str) -> str:
    return staff.add_device(conn, DeviceKind.KIOSK, name, {})[1]


def _session(conn: sqlite3.Connection, name: str, now: float) -> str:
    return sessions.add(conn, staff.add_staff(conn, name, Role.COUNTER, None), now, 86_400, 86_400)


def _slots(port: int, token: str) -> Iterator[str]:
    """What can be booked in the days to come."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False, timeout=20) as client:
        for n in range(1, DAYS_AHEAD):
            day = (datetime.now(UTC) + timedelta(days=n)).date().isoformat()
            answer = client.get("/api/v1/slots", params={"service": "plan", "date": day}).json()
            yield from (slot["slot_at"] for slot in answer["slots"])


def missing(folder: Path, told: Answered) -> Iterator[str]:
    """What the database lacks or has twice of all that was answered, in words."""
    with closing(open_reader(folder / FILE)) as conn:
        [sound] = conn.execute("PRAGMA integrity_check(1)").fetchone()
        if sound != "ok":
            yield f"integrity: {sound}"
        if conn.execute("PRAGMA foreign_key_check").fetchone():
            yield "a foreign key leads nowhere"
        yield from _lost(conn, told)
        yield from _doubled(conn)
    if told.changed_numbers:
        yield f"{told.changed_numbers} repeated keys gave another number"


def _lost(conn: sqlite3.Connection, told: Answered) -> Iterator[str]:
    numbers = dict(conn.execute("SELECT request_key, number FROM tickets").fetchall())
    cancelled = {token for (token,) in conn.execute("SELECT token FROM tickets WHERE state = 'cancelled'")}
    booked = {code for (code,) in conn.execute("SELECT code FROM appointments")}
    called = set(conn.execute("SELECT ticket, counter FROM events WHERE kind = 'called'").fetchall())
    [newest] = conn.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
    yield from (f"{number} of {key} is lost" for key, number in told.tickets.items() if numbers.get(key) != number)
    yield from (f"the cancelling of {token} is lost" for token in told.cancelled - cancelled)
    yield from (f"booking {code} is lost" for code in told.bookings - booked)
    yield from (f"the call {call} is lost" for call in told.calls - {tuple(row) for row in called})
    if told.version > newest:
        yield f"the journal ends at {newest}, {told.version} was told"


def _doubled(conn: sqlite3.Connection) -> Iterator[str]:
    several = "HAVING count(*) > 1"
    at_counters = "state IN ('called', 'serving')"
    twice = {
        "a number twice": f"SELECT 1 FROM tickets GROUP BY business_day, number {several}",
        "a key twice": f"SELECT 1 FROM tickets GROUP BY request_key {several}",
        "two at one counter": f"SELECT 1 FROM tickets WHERE {at_counters} GROUP BY counter {several}",
        "called twice": f"SELECT 1 FROM events WHERE kind = 'called' GROUP BY ticket {several}",
        "issued twice": f"SELECT 1 FROM events WHERE kind = 'issued' GROUP BY ticket {several}",
        "a gap in the journal": "SELECT 1 FROM (SELECT count(*) AS n, max(seq) AS last FROM events) WHERE n <> last",
    }
    yield from (what for what, query in twice.items() if conn.execute(query).fetchone())
