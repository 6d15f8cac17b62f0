"""Owns what a store learns from its own past: service times, habits, how far its quotes can be trusted; and what a
forecast starts from.
"""

import sqlite3
from collections.abc import Mapping
from datetime import date

from counter import calibration
from counter.amendment import RuleBook
from counter.calibration import Correction
from counter.habits import Habits, Visit
from counter.habits import learn as learn_habits
from counter.present import load, usable
from counter.service_times import fit, prior
from counter.situation import Situation
from db import appointments, calendar, counters, quotes, settings, tickets
from db.ticket_records import TicketClass

SERVICES_LEARNT_FROM = 400
QUOTES_LEARNT_FROM = 400
DAY_S = 86_400.0
LEARNT_FROM_S = 28 * DAY_S
BOOKED_AHEAD_S = 4 * 3600.0
USUAL_PAUSE_S = 15 * 60.0


def service_times(conn: sqlite3.Connection) -> None:
    """Fit every service's time to the last services of this store."""
    for code, service in usable(settings.set_up(conn)).services.items():
        time = fit(tickets.recent_services(conn, code, SERVICES_LEARNT_FROM), prior(service))
        if time.known:
            settings.learn(conn, code, time)


def situation(conn: sqlite3.Connection, now: float, habits: Habits) -> Situation:
    """What the forecast starts from."""
    present = load(conn, now)
    services = present.services.values()
    return Situation(
        now=now,
        day_start=calendar.day_start(now, present.settings),
        closes_at=calendar.closes_at(now, present.settings),
        lobby=present.lobby,
        rules=present.settings.rules,
        times={service.code: service.learnt or prior(service) for service in services},
        habits=habits,
        tiers=tuple(present.tiers.values()),
        bookings=appointments.slots_expected(
            conn, now - present.settings.rules.appointment_grace_s, now + BOOKED_AHEAD_S
        ),
        pauses=tuple(
            (counter.number, counter.pauses_at, USUAL_PAUSE_S)
            for counter in present.lobby.counters
            if counter.pauses_at is not None
        ),
    )


def habits(conn: sqlite3.Connection, now: float, weekday: int | None = None) -> Habits:
    """What the last four weeks and today so far teach; of a `weekday` (Monday 0), by default today's."""
    store = settings.load(conn)
    today, first = calendar.business_day(now, store), calendar.business_day(now - LEARNT_FROM_S, store)
    retired = {service.code for service in settings.services(conn).values() if service.retired}
    rows = [row for row in tickets.visits(conn, first) if row["service"] not in retired]
    starts = {day: calendar.start_of(day, store) for day in sorted({row["business_day"] for row in rows})}
    asked = date.fromisoformat(today).weekday() if weekday is None else weekday
    return learn_habits(
        [_visit(row, starts) for row in rows],
        seen_s={day: min(DAY_S, now - start) for day, start in starts.items()},
        weekday=[day for day in starts if day != today and date.fromisoformat(day).weekday() == asked],
    )


def corrections(conn: sqlite3.Connection, now: float) -> dict[TicketClass, Correction]:
    """How the plain forecast is to be corrected for each class, from what became of the last quotes."""
    return {
        kind: calibration.learn(quotes.scored(conn, kind, now - LEARNT_FROM_S, QUOTES_LEARNT_FROM))
        for kind in TicketClass
    }


def rule_book(conn: sqlite3.Connection) -> RuleBook:
    """Everything that decides who is called next, as it is stored."""
    rows = settings.set_up(conn)
    return RuleBook(
        rules=rows.settings.rules,
        counters={counter.number: counter for counter in counters.everyone(conn)},
        services=rows.services,
        tiers=rows.tiers,
    )


def _visit(row: sqlite3.Row, starts: Mapping[str, float]) -> Visit:
    return Visit(
        day=row["business_day"],
        since_s=row["issued_at"] - starts[row["business_day"]],
        stream=(TicketClass(row["class"]), row["tier"], row["service"]),
        waited_s=row["waited_s"] or 0.0,
        walk_s=row["walk_s"],
        has_left=bool(row["has_left"]),
        gap_s=row["gap_s"],
    )
