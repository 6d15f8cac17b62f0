"""Owns a served floor for browser tests: a morning already played into the store, and a clock that starts there."""

import itertools
from dataclasses import dataclass
from pathlib import Path
from random import Random
from sqlite3 import Connection

from lobby_stage import MINUTE, TEN
from serving import Call, Serving
from watched_stage import MEAN_10

from counter import auth, desk
from counter.desk_errors import NobodyEligible
from db import counters, sessions, settings, staff, tickets
from db.people_records import Role, Staff
from db.store import Store
from db.ticket_records import Ticket, TicketClass, TicketState
from db.waiting import waiting
from kiosk import issuing
from lobby import sample

PIN = "2468"
MANAGER = "周敏"
CLERKS = {1: "何俊", 2: "林静怡", 3: "陈露", 4: "赵磊"}
FREE = "孙倩"
NOW = TEN + 24 * MINUTE


class FloorServing(Serving):
    """A server over a seeded store, whose clock starts at `NOW` and runs `speed` times as fast."""

    def __init__(self, folder: Path, speed: float = 1.0) -> None:
        super().__init__(folder)
        self._speed = speed

    def call(self, port: int) -> Call:
        """What starts it."""
        return "hand_clock:serve_from", (str(self.folder), port, self._speed, NOW)

    def token(self, name: str) -> str:
        """Sign somebody in who is there already."""
        with self.client() as client:
            answer = client.post("/api/v1/sessions", json={"staff": name, "pin": PIN})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])


@dataclass(frozen=True, slots=True)
class Morning:
    """What a morning was like: how many come an hour, how many counters are open, how many VIPs came just now."""

    an_hour: int
    open_counters: int
    vips: int


CALM = Morning(an_hour=14, open_counters=4, vips=1)
CROWDED = Morning(an_hour=34, open_counters=3, vips=4)


def seed(folder: Path, morning: Morning) -> None:
    """A store at 10:24: opened at 9, some served, some waiting; its services last ten minutes."""
    store = Store(folder)
    try:
        store.write(lambda conn: _play(conn, morning))
    finally:
        store.close()


def _play(conn: Connection, morning: Morning) -> None:
    sample.create_if_new(conn, NOW)
    for code in settings.services(conn):
        settings.learn(conn, code, MEAN_10)
    pin = auth.hash_pin(PIN)
    staff.add_staff(conn, MANAGER, Role.ADMIN, pin)
    people = {number: _clerk(conn, name, pin) for number, name in CLERKS.items() if number <= morning.open_counters}
    sessions.add(conn, _clerk(conn, FREE, pin).id, NOW, 86_400, 86_400)
    random, now, free_at = Random(7), TEN - 60 * MINUTE, {}
    for number, person in people.items():
        desk.open_counter(conn, number, person, now)
        free_at[number] = now
    keys = itertools.count(1)
    coming = sorted(now + random.random() * (NOW - now) for _ in range(morning.an_hour * 84 // 60))
    services = list(settings.services(conn))
    moments = itertools.count(int(now), 20)
    while (at := float(next(moments))) < NOW - 20:
        while coming and coming[0] <= at:
            issuing.issue(
                conn, issuing.Wish(f"seed-{next(keys)}", random.choice(services)), None, "device:kiosk", coming.pop(0)
            )
        for number, person in people.items():
            if at >= free_at[number]:
                free_at[number] = at + _next(conn, number, person, at, random)
    for n in range(morning.vips):
        _vip(conn, n, NOW - 300 + 40 * n)


def _next(conn: Connection, number: int, person: Staff, at: float, random: Random) -> float:
    """Finish, call the next, begin: for how long."""
    if tickets.at_counter(conn, number) is not None:
        desk.finish(conn, number, person, at)
    if not any(_can(conn, number, ticket) for ticket in waiting(conn)):
        return 20
    try:
        desk.call_next(conn, number, person, at)
    except NobodyEligible:
        return 20
    desk.start(conn, number, person, at + 15)
    return random.uniform(240, 900)


def _can(conn: Connection, number: int, ticket: Ticket) -> bool:
    counter = counters.get(conn, number)
    return counter is not None and ticket.service in counter.skills


def _clerk(conn: Connection, name: str, pin: str) -> Staff:
    return Staff(staff.add_staff(conn, name, Role.COUNTER, pin), name, Role.COUNTER)


def _vip(conn: Connection, n: int, at: float) -> None:
    tier = ("gold", "silver", "diamond")[n % 3]
    number = tickets.next_number(conn, "2026-11-21", "V")
    ticket = Ticket(
        0, number, f"vip-token-{n}", "2026-11-21", "plan", TicketClass.VIP, TicketState.WAITING, "zh", at,
        tier=tier, head_start_s=360.0, due_at=at + 600,
    )  # fmt: skip
    tickets.insert(conn, ticket, f"vip-{n}")
