"""Owns the rows of appointments: bookings and their guarded state changes."""

import sqlite3
from collections.abc import Iterable

from db.records import Appointment, AppointmentState


def by_code(conn: sqlite3.Connection, code: str) -> Appointment | None:
    """The booking with this code."""
    row = conn.execute("SELECT * FROM appointments WHERE code = ?", (code,)).fetchone()
    return _appointment(row) if row else None


def of_phone(conn: sqlite3.Connection, phone: str) -> list[Appointment]:
    """Every booking of a phone that is not cancelled, by slot."""
    rows = conn.execute(
        "SELECT * FROM appointments WHERE phone = ? AND state <> 'cancelled' ORDER BY slot_at", (phone,)
    )
    return [_appointment(row) for row in rows]


def everyone(conn: sqlite3.Connection) -> dict[str, Appointment]:
    """Every booking by code."""
    return {row["code"]: _appointment(row) for row in conn.execute("SELECT * FROM appointments")}


def put(conn: sqlite3.Connection, appointments: Iterable[Appointment]) -> None:
    """Add bookings, or replace those not yet used."""
    conn.executemany(
        "INSERT INTO appointments (code, phone, name, service, slot_at, channel) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (code) DO UPDATE SET phone = excluded.phone, name = excluded.name, service = excluded.service,"
        " slot_at = excluded.slot_at, channel = excluded.channel WHERE state = 'booked'",
        ((a.code, a.phone, a.name, a.service, a.slot_at, a.channel) for a in appointments),
    )


def move(conn: sqlite3.Connection, code: str, expected: AppointmentState, to: AppointmentState) -> bool:
    """From one state to another."""
    statement = "UPDATE appointments SET state = ? WHERE code = ? AND state = ?"
    return conn.execute(statement, (to, code, expected)).rowcount == 1


def missed(conn: sqlite3.Connection, before: float) -> list[Appointment]:
    """Bookings of before a moment that nobody came for."""
    rows = conn.execute("SELECT * FROM appointments WHERE state = 'booked' AND slot_at < ?", (before,))
    return [_appointment(row) for row in rows]


def expected(conn: sqlite3.Connection, first: float, last: float) -> list[tuple[float, str]]:
    """Slot and service of the bookings between two moments that have not checked in."""
    rows = conn.execute(
        "SELECT slot_at, service FROM appointments WHERE state = 'booked' AND slot_at BETWEEN ? AND ? ORDER BY slot_at",
        (first, last),
    )
    return [(row["slot_at"], row["service"]) for row in rows]


def _appointment(row: sqlite3.Row) -> Appointment:
    return Appointment(
        row["code"],
        row["phone"],
        row["name"],
        row["service"],
        row["slot_at"],
        row["channel"],
        AppointmentState(row["state"]),
    )
