"""Owns the rows of appointments: bookings and their guarded state changes.

The database holds a place of a slot for one booking, and lets one phone have one visit at a time.
"""

import dataclasses
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from db import phones
from db.booking_records import Appointment, AppointmentState

_FIELDS = [field.name for field in dataclasses.fields(Appointment)]
_PLAIN = [field for field in _FIELDS if field != "phone"]
_AT_REST = ["phone_hash", "phone_tail", "phone_sealed"]
_COLUMNS = [*_PLAIN, *_AT_REST]
_READ = "SELECT *, open_phone(phone_sealed) AS phone FROM appointments"
_ACTIVE = "('booked', 'checked_in')"
LONGEST_S = 4 * 3600
"""No slot is longer; so a booking that reaches into a time begins at most this long before it."""


def by_code(conn: sqlite3.Connection, code: str) -> Appointment | None:
    """The booking with this code."""
    return _one(conn, "code = ?", code)


def by_request_key(conn: sqlite3.Connection, request_key: str) -> Appointment | None:
    """The booking a request already made."""
    return _one(conn, "request_key = ?", request_key)


def of_phone(conn: sqlite3.Connection, phone: str, *, cancelled: bool = False) -> list[Appointment]:
    """Every booking of a phone, by slot; those that were cancelled only if asked for."""
    return _many(conn, "phone_hash = hash_phone(?) AND (? OR state <> 'cancelled') ORDER BY slot_at", phone, cancelled)


def everyone(conn: sqlite3.Connection) -> dict[str, Appointment]:
    """Every booking by code."""
    return {row["code"]: _appointment(row) for row in conn.execute(_READ)}


def between(conn: sqlite3.Connection, begins: float, ends: float) -> list[Appointment]:
    """Every booking whose slot begins in a span of time, by slot."""
    return _many(conn, "slot_at >= ? AND slot_at < ? ORDER BY slot_at, booked_at, code", begins, ends)


def active_during(conn: sqlite3.Connection, begins: float, ends: float) -> list[Appointment]:
    """Bookings still to come, or checked in, whose slot reaches into a span of time."""
    where = f"state IN {_ACTIVE} AND slot_at > ? AND slot_at < ? AND slot_at + length_s > ?"
    return _many(conn, where, begins - LONGEST_S, ends, begins)


def of_phone_during(conn: sqlite3.Connection, phone: str, begins: float, ends: float) -> list[Appointment]:
    """A phone's active bookings that reach into a span of time."""
    where = f"phone_hash = hash_phone(?) AND state IN {_ACTIVE} AND slot_at < ? AND slot_at + length_s > ?"
    return _many(conn, where, phone, ends, begins)


def insert(conn: sqlite3.Connection, booking: Appointment, request_key: str | None) -> None:
    """Add one booking with its place."""
    columns, values = [*_COLUMNS, "request_key"], [*_values(conn, booking), request_key]
    conn.execute(f"INSERT INTO appointments ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", values)


def change(conn: sqlite3.Connection, booking: Appointment) -> bool:
    """Replace what is known of a booking that nobody has checked in yet; a phone that cannot be read stays as it is."""
    values = dict(zip(_COLUMNS, _values(conn, booking), strict=True))
    kept = {"code", "state", *([] if booking.phone else _AT_REST)}
    changed = {column: value for column, value in values.items() if column not in kept}
    assignments = ", ".join(f"{column} = ?" for column in changed)
    statement = f"UPDATE appointments SET {assignments} WHERE code = ? AND state = 'booked'"
    return conn.execute(statement, (*changed.values(), booking.code)).rowcount == 1


def put(conn: sqlite3.Connection, appointments: Iterable[Appointment]) -> None:
    """Add bookings, or replace those not yet used."""
    put_rows(conn, [row_of(conn, booking) for booking in appointments])


def row_of(conn: sqlite3.Connection, booking: Appointment) -> list[object]:
    """A booking as values that JSON can carry, the phone at rest as the last of them."""
    return [*(getattr(booking, column) for column in _PLAIN), phones.at_rest_with_tail(conn, booking.phone)]


def put_rows(conn: sqlite3.Connection, rows: Iterable[Sequence[Any]]) -> None:
    """Like `put`, of bookings as `row_of` gives them."""
    conn.executemany(
        f"INSERT INTO appointments ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
        f" ON CONFLICT (code) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in _COLUMNS[1:])} WHERE state = 'booked'",
        (_as_kept(row) for row in rows),
    )


def move(conn: sqlite3.Connection, code: str, expected: AppointmentState, to: AppointmentState) -> bool:
    """From one state to another."""
    statement = "UPDATE appointments SET state = ? WHERE code = ? AND state = ?"
    return conn.execute(statement, (to, code, expected)).rowcount == 1


def remind(conn: sqlite3.Connection, code: str, at: float | None, by: str | None) -> bool:
    """Write down who reminded the customer, and when; None for both takes it back. False where nothing changed."""
    statement = (
        "UPDATE appointments SET reminded_at = ?, reminded_by = ? WHERE code = ? AND state = 'booked'"
        " AND (reminded_at IS NULL) <> (? IS NULL)"
    )
    return conn.execute(statement, (at, by, code, at)).rowcount == 1


def missed(conn: sqlite3.Connection, before: float) -> list[Appointment]:
    """Bookings of before a moment that nobody came for."""
    return _many(conn, "state = 'booked' AND slot_at < ?", before)


def left_open(conn: sqlite3.Connection, before: float) -> list[tuple[Appointment, bool]]:
    """Bookings of before a moment that were checked in and whose ticket has ended, with whether it had been served."""
    rows = conn.execute(
        "SELECT a.*, open_phone(a.phone_sealed) AS phone, (SELECT t.started_at IS NOT NULL FROM tickets t WHERE t.appointment_code = a.code ORDER BY t.id DESC LIMIT 1) AS was_served"
        " FROM appointments a WHERE a.state = 'checked_in' AND a.slot_at < ? AND NOT EXISTS"
        " (SELECT 1 FROM tickets t WHERE t.appointment_code = a.code AND t.state IN ('waiting', 'called', 'serving', 'on_hold'))",
        (before,),
    )
    return [(_appointment(row), bool(row["was_served"])) for row in rows]


def expected(conn: sqlite3.Connection, begins: float, ends: float) -> list[tuple[Appointment, str | None]]:
    """Whose slot begins in a span of time and who has not been called yet: with the waiting ticket's number, if any."""
    rows = conn.execute(
        "SELECT a.*, open_phone(a.phone_sealed) AS phone, t.number AS number FROM appointments a"
        " LEFT JOIN tickets t ON t.appointment_code = a.code AND t.state = 'waiting'"
        " WHERE a.slot_at >= ? AND a.slot_at <= ? AND (a.state = 'booked' OR t.number IS NOT NULL) ORDER BY a.slot_at, a.code",
        (begins, ends),
    )
    return [(_appointment(row), row["number"]) for row in rows]


def of_phone_ending(conn: sqlite3.Connection, digits: str, since: float) -> list[Appointment]:
    """Bookings from a moment on whose phone ends in these four digits or more, by slot."""
    found = _many(conn, "slot_at >= ? AND phone_tail = hash_phone_tail(?) ORDER BY slot_at", since, digits)
    return [booking for booking in found if booking.phone.endswith(digits)]


def numbers(conn: sqlite3.Connection, codes: Iterable[str]) -> Mapping[str, str]:
    """The newest ticket number of each booking that has one, by code."""
    wanted = list(codes)
    rows = conn.execute(
        "SELECT appointment_code, number FROM tickets WHERE appointment_code IN"
        f" ({', '.join('?' * len(wanted))}) ORDER BY id",
        wanted,
    )
    return {row["appointment_code"]: row["number"] for row in rows}


def _values(conn: sqlite3.Connection, booking: Appointment) -> list[object]:
    return _as_kept(row_of(conn, booking))


def _as_kept(row: Sequence[Any]) -> list[object]:
    *plain, phone = row
    return [*plain, *map(phones.from_hex, phone)]


def _one(conn: sqlite3.Connection, where: str, value: str) -> Appointment | None:
    row = conn.execute(f"{_READ} WHERE {where}", (value,)).fetchone()
    return _appointment(row) if row else None


def _many(conn: sqlite3.Connection, where: str, *values: object) -> list[Appointment]:
    return [_appointment(row) for row in conn.execute(f"{_READ} WHERE {where}", values)]


def slots_expected(conn: sqlite3.Connection, first: float, last: float) -> list[tuple[float, str]]:
    """Slot and service of the bookings between two moments that have not checked in."""
    rows = conn.execute(
        "SELECT slot_at, service FROM appointments WHERE state = 'booked' AND slot_at BETWEEN ? AND ? ORDER BY slot_at",
        (first, last),
    )
    return [(row["slot_at"], row["service"]) for row in rows]


def _appointment(row: sqlite3.Row) -> Appointment:
    values = {field: row[field] for field in _FIELDS}
    return Appointment(**{**values, "state": AppointmentState(row["state"])})
