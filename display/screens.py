"""Owns reading the screens of this room from the rows: board, ticket, floor."""

import sqlite3
from typing import Any

from counter import views
from counter.present import load, recent_calls
from db import calendar, print_jobs, staff, tickets
from db.errors import UnknownTicket
from db.records import DeviceKind
from display.board import board
from display.floor import floor


def read_board(conn: sqlite3.Connection, now: float) -> dict[str, Any]:
    """The public snapshot."""
    present = load(conn, now)
    issued = tickets.issued_count(conn, calendar.business_day(now, present.settings))
    return board(present, recent_calls(conn, present), issued)


def read_ticket(conn: sqlite3.Connection, token: str, now: float) -> dict[str, Any]:
    """The snapshot of one ticket's holder. Raises `UnknownTicket`."""
    shown = tickets.by_token(conn, token)
    if shown is None:
        raise UnknownTicket
    present = load(conn, now)
    view = views.ticket(shown, present, print_jobs.state_of(conn, shown.id))
    return {**views.head(present, recent_calls(conn, present)), "ticket": view}


def read_floor(conn: sqlite3.Connection, now: float) -> dict[str, Any]:
    """The floor manager's snapshot."""
    present = load(conn, now)
    today = tickets.day_so_far(conn, calendar.business_day(now, present.settings))
    printers = staff.devices(conn, DeviceKind.PRINTER)
    return floor(present, recent_calls(conn, present), dict(today), printers, print_jobs.unprinted(conn))
