"""Owns reading the screens of this room from the rows: board, ticket, floor."""

import sqlite3
from typing import Any

from counter import punctuality, views
from counter.moment import Present
from db import appointments, calendar, print_jobs, staff, tickets
from db.errors import UnknownTicket
from db.records import DeviceKind, Message, Ticket, TicketState
from display.board import board
from display.floor import floor


def read_board(conn: sqlite3.Connection, present: Present) -> dict[str, Any]:
    """The public snapshot."""
    return board(present, tickets.issued_count(conn, calendar.business_day(present.now, present.settings)))


def read_ticket(conn: sqlite3.Connection, token: str, present: Present) -> dict[str, Any]:
    """The snapshot of one ticket's holder. Raises `UnknownTicket`."""
    shown = tickets.by_token(conn, token)
    if shown is None:
        raise UnknownTicket
    view = views.ticket(shown, present, print_jobs.state_of(conn, shown.id), _notes(conn, shown, present))
    return {**views.head(present), "ticket": view}


def _notes(conn: sqlite3.Connection, shown: Ticket, present: Present) -> tuple[Message, ...]:
    """While somebody with an appointment waits: what being early, on time or late means for them now."""
    if shown.state != TicketState.WAITING or shown.appointment_code is None:
        return ()
    booking = appointments.by_code(conn, shown.appointment_code)
    return (punctuality.note(shown, booking.slot_at, present.settings, present.now),) if booking else ()


def read_floor(conn: sqlite3.Connection, present: Present) -> dict[str, Any]:
    """The floor manager's snapshot."""
    today = tickets.day_so_far(conn, calendar.business_day(present.now, present.settings))
    printers = staff.devices(conn, DeviceKind.PRINTER)
    return floor(present, dict(today), printers, print_jobs.unprinted(conn))
