"""Owns what the holder of a ticket may do with it."""

import sqlite3

from db import appointments, events, tickets
from db.errors import UnknownTicket, WrongState
from db.records import AppointmentState, EventKind, Ticket, TicketState


def find(conn: sqlite3.Connection, token: str) -> Ticket:
    """The ticket behind a token. Raises `UnknownTicket`."""
    ticket = tickets.by_token(conn, token)
    if ticket is None:
        raise UnknownTicket
    return ticket


def cancel(conn: sqlite3.Connection, token: str, now: float) -> None:
    """waiting → cancelled; cancelling again changes nothing. A booking can be checked in again, as long as it is today.

    Raises `UnknownTicket`, `WrongState`.
    """
    ticket = find(conn, token)
    if ticket.state == TicketState.CANCELLED:
        return
    if not tickets.end(conn, ticket.id, TicketState.WAITING, TicketState.CANCELLED, now):
        raise WrongState(number=ticket.number, state=ticket.state)
    if ticket.appointment_code is not None:
        appointments.move(conn, ticket.appointment_code, AppointmentState.CHECKED_IN, AppointmentState.BOOKED)
    events.append(conn, now, EventKind.CANCELLED, "holder", ticket=ticket.number)
