"""Owns reading days' facts: kept ones, else derived from the rows; and keeping those of days that are over."""

import json
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta

from db import calendar, counters, day_facts, settings, tickets
from db.setting_records import Settings
from db.store import Store
from display.arrivals import WEEKS, Expected, expected
from display.attendance import Line, attendance
from display.ticket_facts import FORM, HOUR_S, Facts, Source, derive, pack, unpack

_STAFF = "staff:"


def read(conn: sqlite3.Connection, first_day: str, last_day: str, now: float) -> list[Facts]:
    """The facts of every business day of a span on which somebody took a number, in order."""
    kept = day_facts.between(conn, first_day, last_day, FORM)
    return [
        unpack(kept[day]) if day in kept else of_rows(conn, day, now)
        for day in day_facts.days_with_tickets(conn, first_day, last_day)
    ]


def read_with_expected(
    conn: sqlite3.Connection, first_day: str, last_day: str, now: float
) -> tuple[list[Facts], Expected]:
    """The facts of a span, and how many customers the weeks before let expect."""
    earlier = str(date.fromisoformat(first_day) - timedelta(weeks=WEEKS))
    known = read(conn, earlier, last_day, now)
    return [facts for facts in known if facts.day >= first_day], expected(known)


def of_rows(conn: sqlite3.Connection, day: str, now: float) -> Facts:
    """A day's facts straight from its tickets and the journal."""
    store = settings.load(conn)
    begins = calendar.start_of(day, store)
    ends = _ends(day, store)
    journal = journal_of(conn, begins, ends)
    return derive(
        Source(
            day=day,
            day_ends=ends,
            tickets=tickets.of_day(conn, day),
            attendance=attendance(journal, ends),
            counters=counters.ever(conn),
            quotes=day_facts.quotes_of(conn, day),
            scores=day_facts.scores_of(conn, day),
            bookings=day_facts.bookings_by_state(conn, begins, ends),
            hour_of=_hours(store),
            now=min(now, ends),
        )
    )


def journal_of(conn: sqlite3.Connection, begins: float, ends: float) -> list[Line]:
    """The journal of a span of time as if what was undone had never happened."""
    rows = day_facts.journal_between(conn, begins, ends)
    undone = {line["seq"] for row in rows if row["undo"] for line in json.loads(row["undo"]).get("undid", ())}
    return [_line(row) for row in rows if row["seq"] not in undone]


def missing(conn: sqlite3.Connection, now: float) -> list[str]:
    """Days that are over and whose facts are not kept yet."""
    return day_facts.missing(conn, calendar.business_day(now, settings.load(conn)), FORM)


def keep(store: Store, day: str, now: float) -> None:
    """Derive and keep one day's facts; only for a day that is over and closed."""
    with store.read() as conn:
        stored = pack(of_rows(conn, day, now))
    store.write(lambda conn: day_facts.save(conn, stored))


def _ends(day: str, store: Settings) -> float:
    return calendar.start_of(str(date.fromisoformat(day) + timedelta(days=1)), store)


def _line(row: sqlite3.Row) -> Line:
    actor = str(row["actor"])
    staff = actor.removeprefix(_STAFF) if actor.startswith(_STAFF) else ""
    return Line(row["at"], row["kind"], row["ticket"], row["counter"], staff)


class _Hours(dict[int, int]):
    """The local hour by the hour since the epoch; in zones that are half an hour off, by the half hour."""

    def __init__(self, store: Settings) -> None:
        super().__init__()
        self._store = store

    def __missing__(self, half: int) -> int:
        self[half] = calendar.local(half * HOUR_S / 2, self._store).hour
        return self[half]


def _hours(store: Settings) -> Callable[[float], int]:
    hours = _Hours(store)
    return lambda at: hours[int(at // (HOUR_S / 2))]
