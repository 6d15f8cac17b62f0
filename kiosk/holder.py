"""Owns what the holder of a ticket may do with it: give it up, let somebody pass, say how it was."""

import sqlite3

from counter import present
from counter.desk_errors import WrongState
from counter.passing import behind_next
from db import appointments, calendar, events, ratings, settings, tickets
from db.booking_records import AppointmentState
from db.errors import UnknownTicket
from db.event_records import EventKind
from db.ticket_records import Rating, Ticket, TicketState
from kiosk.errors import NothingToRate, PassesUsed, YourTurn


def find(conn: sqlite3.Connection, token: str) -> Ticket:
    """The ticket behind a token. Raises `UnknownTicket`."""
    ticket = tickets.by_token(conn, token)
    if ticket is None:
        raise UnknownTicket
    return ticket


def cancel(conn: sqlite3.Connection, token: str, now: float) -> None:
    """waiting → cancelled; cancelling again changes nothing. A booking can be checked in again, as long as it is today.

    Raises `UnknownTicket`, `YourTurn`, `WrongState`.
    """
    ticket = find(conn, token)
    if ticket.state == TicketState.CANCELLED:
        return
    _require_waiting(ticket)
    _guard(tickets.end(conn, ticket.id, TicketState.WAITING, TicketState.CANCELLED, now), ticket)
    if ticket.appointment_code is not None:
        appointments.move(conn, ticket.appointment_code, AppointmentState.CHECKED_IN, AppointmentState.BOOKED)
    events.append(conn, now, EventKind.CANCELLED, "holder", ticket=ticket.number)


def let_pass(conn: sqlite3.Connection, token: str, passed: int | None, now: float) -> None:
    """Step behind the next one of the same queue. With `passed`, how many the holder knows to have let pass so far, a
    repeat of the same wish changes nothing.

    Raises `UnknownTicket`, `YourTurn`, `WrongState`, `PassesUsed`, `NobodyBehind`, `PromiseRuns`.
    """
    ticket = find(conn, token)
    if passed is not None and passed < ticket.passes:
        return
    _require_waiting(ticket)
    if ticket.passes_left <= 0:
        raise PassesUsed(passes=ticket.passes)
    lobby = present.load(conn, now)
    moved_to, other = behind_next(ticket, lobby.lobby, now, lobby.settings.rules)
    _guard(tickets.move_back(conn, ticket.id, ticket.passes, moved_to), ticket)
    events.append(
        conn, now, EventKind.STEPPED_BACK, "holder", ticket=ticket.number, passed=other.number, passes=ticket.passes + 1
    )


def rate(conn: sqlite3.Connection, token: str, rating: Rating, now: float) -> None:
    """Keep how a served customer says it was; it may be changed for the rest of the business day.

    The journal tells the score, never the words. Raises `UnknownTicket`, `NothingToRate`.
    """
    ticket = find(conn, token)
    today = calendar.business_day(now, settings.load(conn))
    if ticket.state != TicketState.COMPLETED or ticket.business_day != today:
        raise NothingToRate
    before = ratings.of_ticket(conn, ticket.id)
    if before == rating:
        return
    ratings.put(conn, ticket.id, rating, now)
    events.append(
        conn, now, EventKind.RATED, "holder", ticket=ticket.number, counter=ticket.counter,
        score=rating.score, commented=bool(rating.comment), changed=before is not None,
    )  # fmt: skip


def _require_waiting(ticket: Ticket) -> None:
    if ticket.state == TicketState.CALLED:
        raise YourTurn(number=ticket.number, counter=ticket.counter)
    _guard(ticket.state == TicketState.WAITING, ticket)


def _guard(happened: bool, ticket: Ticket) -> None:
    if not happened:
        raise WrongState(number=ticket.number, state=ticket.state)
