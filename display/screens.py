"""Owns reading the screens of this room from the rows: board, ticket, floor."""

import sqlite3
from typing import Any

from counter import punctuality, views
from counter.moment import Present
from db import appointments, calendar, help_calls, print_jobs, quotes, ratings, staff, tickets
from db.errors import UnknownTicket
from db.records import DeviceKind, Message, Ticket, TicketState
from display.board import board
from display.floor import floor


def read_board(conn: sqlite3.Connection, present: Present) -> dict[str, Any]:
    """The public snapshot."""
    issued = tickets.issued_count(conn, calendar.business_day(present.now, present.settings))
    return board(present, issued, help_calls.recent(conn, present.now - help_calls.COMING_S))


def read_ticket(conn: sqlite3.Connection, token: str, present: Present) -> dict[str, Any]:
    """The snapshot of one ticket's holder. Raises `UnknownTicket`."""
    return {**views.head(present), "ticket": ticket_view(conn, token, present)}


def ticket_view(conn: sqlite3.Connection, token: str, present: Present) -> dict[str, Any]:
    """A ticket as its holder may see it. Raises `UnknownTicket`."""
    shown = tickets.by_token(conn, token)
    if shown is None:
        raise UnknownTicket
    rating = ratings.of_ticket(conn, shown.id) if shown.state == TicketState.COMPLETED else None
    return views.ticket(shown, present, print_jobs.state_of(conn, shown.id), _notes(conn, shown, present), rating)


def _notes(conn: sqlite3.Connection, shown: Ticket, present: Present) -> tuple[Message, ...]:
    """While somebody with an appointment waits for it: what being early, on time or late means for them now."""
    if shown.state != TicketState.WAITING or shown.appointment_code is None or shown.queued_at is not None:
        return ()
    booking = appointments.by_code(conn, shown.appointment_code)
    return (punctuality.note(shown, booking.slot_at, present.settings, present.now),) if booking else ()


def read_floor(conn: sqlite3.Connection, present: Present) -> dict[str, Any]:
    """The floor manager's snapshot."""
    day = calendar.business_day(present.now, present.settings)
    printers = staff.devices(conn, DeviceKind.PRINTER)
    accuracy = quotes.accuracy(conn, day, day)
    asked = help_calls.recent(conn, present.now)
    return {
        **floor(present, dict(tickets.day_so_far(conn, day)), printers, print_jobs.unprinted(conn), accuracy),
        "help": [views.help_call(called, present.settings) for called in asked],
    }
