"""Owns a store with a past: simulated days written as tickets, quotes, ratings, bookings and journal, as they happen.

The days come from the product's own simulator under its own rule; nothing here uses what reports are made with.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from sqlite3 import Connection
from typing import Any
from zoneinfo import ZoneInfo

from counter.scenario import Scenario, draw, known_times
from counter.simulation import Pause, simulate
from db import calendar, settings, staff
from db.calendar import DAY_BEGINS
from db.people_records import Role
from db.setting_records import Rules
from db.store import Store
from db.ticket_records import Ticket, TicketState
from lobby import crowd, sample

ZONE = ZoneInfo("Asia/Shanghai")
OPENS_S, CLOSES_S = 8.75 * 3600.0, 19.5 * 3600.0
PEOPLE = ("林静怡", "周伟", "陈洁", "吴磊", "赵敏", "孙悦")
RULES = Rules()
Line = tuple[float, str, str | None, int | None, str, str | None, str]


def today() -> date:
    """The sample store's business day now: in the small hours it is still yesterday's."""
    return (datetime.now(ZONE) - DAY_BEGINS).date()


@dataclass(frozen=True, slots=True)
class Past:
    """What kind of days: the load at the peak; shares of 1; how long people wait before they leave; whether counters
    pause for lunch, in turn.
    """

    load: float = 1.0
    vip_share: float = 0.15
    patience_s: float = 45 * 60.0
    no_shows: float = 0.03
    rated: float = 0.15
    lunch: bool = True


def write(store: Store, first: date, days: int, past: Past | None = None, seed: int = 1) -> None:
    """Let days go by in a new sample store, one after another from `first` on; Sundays bring fewer people."""
    kind = past or Past()
    store.write(_people)
    for n in range(days):
        day = first + timedelta(days=n)
        store.write(lambda conn, day=day: _day(conn, day, kind, Random(f"{seed} {day}")))  # type: ignore[misc]


def _people(conn: Connection) -> None:
    sample.create_if_new(conn, 0.0)
    known = {person.name for person in staff.all_staff(conn)}
    for name in PEOPLE:
        if name not in known:
            staff.add_staff(conn, name, Role.COUNTER, None)


def _day(conn: Connection, day: date, past: Past, random: Random) -> None:
    store = settings.load(conn)
    midnight = calendar.start_of(str(day), store) - calendar.DAY_BEGINS.total_seconds()
    came = [_with_fate(ticket, past, random) for ticket in _simulated(day, past, random)]
    first_id = int(conn.execute("SELECT coalesce(max(id), 0) + 1 FROM tickets").fetchone()[0])
    journal = _counters(day, past)
    for n, ticket in enumerate(came):
        at = replace(ticket, id=first_id + n, number=f"{'V' if ticket.tier else 'A'}{n + 1:03d}")
        _write_ticket(conn, at, str(day), midnight, random, past)
        journal += _lines(at, day)
    conn.executemany(
        "INSERT INTO events (at, kind, ticket, counter, actor, rule, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(midnight + at, *rest) for at, *rest in sorted(journal, key=lambda line: line[0])],
    )
    _bookings(conn, day, midnight, random)


def _simulated(day: date, past: Past, random: Random) -> Sequence[Ticket]:
    load = past.load * (0.6 if day.weekday() == 6 else 1.0) * random.uniform(0.9, 1.1)
    services = {service.code: service for service in sample.SERVICES}
    scenario = Scenario(
        services={code: (services[code], share) for code, share in crowd.SHARES.items()},
        tiers=[(tier, crowd.TIERS.count(tier.code)) for tier in sample.TIERS],
        counters=len(sample.COUNTERS),
        load=load,
        vip_share=past.vip_share,
        patience_s=past.patience_s,
    )
    people = [replace(one, walk_s=random.uniform(8, 40)) for one in draw(scenario, RULES, random.random())]
    return simulate(people, sample.COUNTERS, RULES, known_times(services, RULES, 200), _lunches(past)).tickets


def _lunches(past: Past) -> list[Pause]:
    numbers = [counter.number for counter in sample.COUNTERS] if past.lunch else []
    return [Pause(number, (11.5 + 0.5 * n) * 3600.0, 1800.0) for n, number in enumerate(numbers)]


def _with_fate(ticket: Ticket, past: Past, random: Random) -> Ticket:
    """Some who were called are not there; their counter is as long without the next one as if they had come."""
    if ticket.first_called_at is None or random.random() >= past.no_shows:
        return ticket
    return replace(ticket, state=TicketState.NO_SHOW, started_at=None)


def _write_ticket(conn: Connection, ticket: Ticket, day: str, midnight: float, random: Random, past: Past) -> None:
    def when(at: float | None) -> float | None:
        return None if at is None else midnight + at

    conn.execute(
        "INSERT INTO tickets (id, number, token, request_key, business_day, service, class, state, language, issued_at,"
        " tier, head_start_s, due_at, slot_at, counter, first_called_at, called_at, started_at, ended_at, calls)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'zh', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (ticket.id, ticket.number, f"t{ticket.id}", f"k{ticket.id}", day, ticket.service, ticket.ticket_class,
         ticket.state, when(ticket.issued_at), ticket.tier, ticket.head_start_s, when(ticket.due_at),
         when(ticket.slot_at), ticket.counter, when(ticket.first_called_at), when(ticket.called_at),
         when(ticket.started_at), when(ticket.ended_at), ticket.calls),
    )  # fmt: skip
    if ticket.first_called_at is not None:
        waited = ticket.first_called_at - ticket.issued_at
        middle = max(30.0, waited * random.uniform(0.6, 1.5))
        conn.execute(
            "INSERT INTO quotes (ticket_id, at, people_ahead, low_s, mid_s, high_s, wait_s)"
            " VALUES (?, ?, 3, ?, ?, ?, ?)",
            (ticket.id, when(ticket.issued_at), middle * 0.6, middle, middle * 1.6, waited),
        )
    if ticket.state == TicketState.COMPLETED and random.random() < past.rated:
        score = random.choices([1, 2, 3, 4, 5], [1, 1, 3, 10, 20])[0]
        conn.execute("INSERT INTO ratings VALUES (?, ?, '', ?)", (ticket.id, score, when(ticket.ended_at)))


def _counters(day: date, past: Past) -> list[Line]:
    """Everybody changes place from day to day."""
    found: list[Line] = []
    for counter in sample.COUNTERS:
        actor = f"staff:{_person(day, counter.number)}"
        found.append((OPENS_S, "counter_opened", None, counter.number, actor, None, "{}"))
        found.append((CLOSES_S + 3600.0, "counter_closed", None, counter.number, actor, None, "{}"))
    for pause in _lunches(past):
        actor = f"staff:{_person(day, pause.counter)}"
        found.append((pause.starts_at, "counter_paused", None, pause.counter, actor, None, '{"reason": "lunch"}'))
        found.append((pause.starts_at + pause.length_s, "counter_back", None, pause.counter, actor, None, "{}"))
    return found


def _person(day: date, counter: int) -> str:
    return PEOPLE[(counter + day.toordinal()) % len(PEOPLE)]


def _lines(ticket: Ticket, day: date) -> Iterator[Line]:
    yield ticket.issued_at, "issued", ticket.number, None, "device:kiosk", None, "{}"
    if ticket.first_called_at is None:
        if ticket.ended_at is not None:
            yield ticket.ended_at, "cancelled", ticket.number, None, "holder", None, "{}"
        return
    actor = f"staff:{_person(day, ticket.counter or 0)}"
    data = json.dumps({"class": ticket.ticket_class, "service": ticket.service})
    yield ticket.first_called_at, "called", ticket.number, ticket.counter, actor, "order", data
    if ticket.started_at is not None:
        yield ticket.started_at, "started", ticket.number, ticket.counter, actor, None, "{}"
    if ticket.ended_at is not None:
        yield ticket.ended_at, ticket.state, ticket.number, ticket.counter, actor, None, "{}"


def _bookings(conn: Connection, day: date, midnight: float, random: Random) -> None:
    """Ten visits a day, one of which nobody comes to."""
    rows: list[tuple[Any, ...]] = []
    for n in range(10):
        state = "no_show" if n == 0 else "completed" if random.random() < 0.9 else "cancelled"
        rows.append((f"{day:%y%m%d}{n}", f"13{day:%y%m%d}{n:03d}", midnight + (9 + n) * 3600.0, state))
    conn.executemany(
        "INSERT INTO appointments (code, phone_hash, phone_tail, phone_sealed, name, service, slot_at, channel, state)"
        " VALUES (?1, hash_phone(?2), hash_phone_tail(?2), seal_phone(?2), '', 'plan', ?3, 'web', ?4)",
        rows,
    )
