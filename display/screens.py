"""Owns reading the screens of this room from the rows: board, ticket, floor."""

import sqlite3
from typing import Any

from counter import views
from counter.moment import Present
from db import calendar, help_calls, print_jobs, staff, tickets
from db.errors import UnknownTicket
from db.records import DeviceKind
from display.board import board
from display.floor import floor


def read_board(conn: sqlite3.Connection, present: Present) -> dict[str, Any]:
    """The public snapshot."""
    issued = tickets.issued_count(conn, calendar.business_day(present.now, present.settings))
    return board(present, issued, help_calls.recent(conn, present.now - help_calls.COMING_S))


def read_ticket(conn: sqlite3.Connection, token: str, present: Present) -> dict[str, Any]:
    """The snapshot of one ticket's holder. Raises `UnknownTicket`."""
    shown = tickets.by_token(conn, token)
    if shown is None:
        raise UnknownTicket
    view = views.ticket(shown, present, print_jobs.state_of(conn, shown.id))
    return {**views.head(present), "ticket": view}


def read_floor(conn: sqlite3.Connection, present: Present) -> dict[str, Any]:
    """The floor manager's snapshot."""
    today = tickets.day_so_far(conn, calendar.business_day(present.now, present.settings))
    printers = staff.devices(conn, DeviceKind.PRINTER)
    asked = help_calls.recent(conn, present.now)
    return {
        **floor(present, dict(today), printers, print_jobs.unprinted(conn)),
        "help": [views.help_call(called, present.settings) for called in asked],
    }
