"""Owns the rows of appointments: bookings and their guarded state changes."""

import sqlite3
from collections.abc import Iterable, Sequence

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
    put_rows(conn, (row_of(booking) for booking in appointments))


def row_of(booking: Appointment) -> list[object]:
    """What a list says of a booking, as plain values; its state is not among them."""
    return [booking.code, booking.phone, booking.name, booking.service, booking.slot_at, booking.channel]


def put_rows(conn: sqlite3.Connection, rows: Iterable[Sequence[object]]) -> None:
    """Like `put`, of bookings as `row_of` gives them."""
    conn.executemany(
        "INSERT INTO appointments (code, phone, name, service, slot_at, channel) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (code) DO UPDATE SET phone = excluded.phone, name = excluded.name, service = excluded.service,"
        " slot_at = excluded.slot_at, channel = excluded.channel WHERE state = 'booked'",
        rows,
    )


def move(conn: sqlite3.Connection, code: str, expected: AppointmentState, to: AppointmentState) -> bool:
    """From one state to another."""
    statement = "UPDATE appointments SET state = ? WHERE code = ? AND state = ?"
    return conn.execute(statement, (to, code, expected)).rowcount == 1


def missed(conn: sqlite3.Connection, before: float) -> list[Appointment]:
    """Bookings of before a moment that nobody came for."""
    rows = conn.execute("SELECT * FROM appointments WHERE state = 'booked' AND slot_at < ?", (before,))
    return [_appointment(row) for row in rows]


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
