"""Owns that an undo leaves a store that works, by the checks of the pages: who runs it, counters, services, visits."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from db import counters, people, settings, staff
from db.counter_records import CounterState
from db.people_records import Role
from db.setting_rows import RowChange
from lobby import opening, services
from lobby.counter_errors import CounterInUse, LastCounter
from lobby.people_errors import LastAdministrator
from lobby.service_errors import LastService

_OPENING = {"hours", "special_days", "timezone"}


@contextmanager
def kept(conn: sqlite3.Connection, rows: Sequence[RowChange], now: float) -> Iterator[None]:
    """Around putting rows back.

    Raises `LastAdministrator`, `CounterInUse`, `LastCounter`, `LastService`, `BookingsOfService`, `BookingsOutside`.
    """
    for one in rows:
        _require_an_administrator(conn, one)
        _require_closed(conn, one)
    is_about_hours = any(one.table == "settings" and one.key[0] in _OPENING for one in rows)
    outside = opening.outside(conn, now) if is_about_hours else ()
    offered = {code for code, one in settings.services(conn).items() if not one.retired}
    yield
    _require_somewhere_to_go(conn, offered, now)
    if is_about_hours:
        opening.require_inside(conn, outside, now)


def _require_an_administrator(conn: sqlite3.Connection, one: RowChange) -> None:
    """Before a role goes: the database would refuse it too."""
    was_made_one = one.table == "staff" and (one.after or {}).get("role") == Role.ADMIN
    if was_made_one and (one.before or {}).get("role") != Role.ADMIN and not people.has_other_admin(conn, one.key[0]):
        person = staff.staff_by_id(conn, one.key[0])
        raise LastAdministrator(name=person.name if person else "")


def _require_closed(conn: sqlite3.Connection, one: RowChange) -> None:
    """Before a counter goes."""
    goes = one.table == "counters" and (one.before is None or one.before["retired_at"] is not None)
    counter = counters.get(conn, one.key[0]) if goes else None
    if counter is not None and counter.state != CounterState.CLOSED:
        raise CounterInUse(counter=counter.number)


def _require_somewhere_to_go(conn: sqlite3.Connection, offered: set[str], now: float) -> None:
    known = settings.services(conn)
    if all(one.retired for one in known.values()):
        raise LastService
    if not counters.everyone(conn):
        raise LastCounter
    for code in offered & known.keys():
        if known[code].retired:
            services.require_no_bookings(conn, known[code], now)
