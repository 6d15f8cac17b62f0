"""Owns what staff decide about one number: call it out of order, move it forward, cancel it, give its place back.

Each is one step in the caller's transaction, with a reason that the journal keeps. Where no counter's number is given
it is decided from the floor.
"""

import sqlite3

from counter import acting, present
from counter.acting import free, guard, todays
from counter.desk_errors import AddressedToCounter, AddressedToStaff, BookingMovedOn, MemberHasTicket, NotServedHere
from counter.line import can_serve, is_for
from counter.placing import placed_at
from counter.rights import call_refusal, move_refusal
from counter.undoing import keeping, other_number
from db import appointments, events, settings, staff, ticket_moves, tickets
from db.booking_records import AppointmentState
from db.counter_records import Counter
from db.event_records import EventKind
from db.people_records import Staff
from db.ticket_records import Place, Ticket, TicketState
from db.words import Message

CHOSEN = "chosen"
_CAME_BACK = frozenset({TicketState.NO_SHOW, TicketState.ABANDONED, TicketState.CANCELLED})
_BOOKING_WAS = {
    TicketState.NO_SHOW: AppointmentState.NO_SHOW,
    TicketState.ABANDONED: AppointmentState.BOOKED,
    TicketState.CANCELLED: AppointmentState.BOOKED,
}


def call(conn: sqlite3.Connection, number: int, person: Staff, now: float, wanted: str, reason: str) -> Message:
    """Call one waiting number out of order. Raises `CallNeedsManager`, `NotServedHere`, `AddressedToCounter`, …"""
    refused = call_refusal(person.role, settings.load(conn))
    if refused is not None:
        raise refused
    counter = free(conn, number)
    ticket = todays(conn, wanted, now)
    guard(ticket.state == TicketState.WAITING, ticket)
    _require_for(conn, counter, ticket, now)
    with keeping(conn, number, "call", now) as kept:
        acting.end_wrap_up(conn, counter, person.actor, now, kept)
        acting.call(conn, ticket, number, person.actor, now, kept, chosen=reason)
    return Message(CHOSEN, "called out of order: {why}", {"why": reason})


def prioritise(conn: sqlite3.Connection, number: int, person: Staff, now: float, wanted: str, reason: str) -> None:
    """Put a waiting number first in the order. Raises `MoveNeedsManager`, `UnknownNumber`, `WrongState`."""
    place(conn, number, person, now, wanted, Place.FIRST, reason)


def place(
    conn: sqlite3.Connection, number: int | None, person: Staff, now: float, wanted: str, where: Place, reason: str
) -> None:
    """Put a waiting number first, last, or where its own time puts it; who is last already stays.

    Raises `MoveNeedsManager`, `UnknownNumber`, `WrongState`.
    """
    refused = move_refusal(person.role)
    if refused is not None:
        raise refused
    ticket = todays(conn, wanted, now)
    guard(ticket.state == TicketState.WAITING, ticket)
    lobby = present.load(conn, now)
    stays = where == Place.LAST and lobby.line[-1].id == ticket.id
    to = ticket.placed_at if stays else placed_at(ticket, where, lobby.lobby.waiting, now, lobby.settings.rules)
    kind = EventKind.PRIORITISED if where == Place.FIRST else EventKind.PLACED
    with keeping(conn, number, "prioritise" if where == Place.FIRST else "place", now) as kept:
        kept.touch(ticket)
        guard(ticket_moves.place(conn, ticket.id, to), ticket)
        events.append(
            conn, now, kind, person.actor, ticket=ticket.number, counter=number, reason=reason,
            **({} if where == Place.FIRST else {"place": where}),
        )  # fmt: skip


def cancel(
    conn: sqlite3.Connection, number: int | None, person: Staff, now: float, wanted: str, reason: str,
    *, left: bool = False,
) -> None:  # fmt: skip
    """waiting or on_hold → cancelled, or with `left` abandoned: the customer has gone. A booking can be used again."""
    ticket = todays(conn, wanted, now)
    final, kind = (TicketState.ABANDONED, EventKind.ABANDONED) if left else (TicketState.CANCELLED, EventKind.CANCELLED)
    guard(ticket.state in {TicketState.WAITING, TicketState.ON_HOLD}, ticket)
    with keeping(conn, number, "cancel", now) as kept:
        kept.touch(ticket)
        guard(tickets.end(conn, ticket.id, ticket.state, final, now), ticket)
        if ticket.appointment_code is not None:
            appointments.move(conn, ticket.appointment_code, AppointmentState.CHECKED_IN, AppointmentState.BOOKED)
        events.append(conn, now, kind, person.actor, ticket=ticket.number, counter=number, reason=reason)


def reinstate(
    conn: sqlite3.Connection, number: int | None, person: Staff, now: float, wanted: str, reason: str
) -> None:
    """no_show, abandoned or cancelled → waiting, the same day: with the old place and the old clock.

    Raises `MemberHasTicket` where the customer has another number now, `BookingMovedOn`, `UnknownNumber`, `WrongState`.
    """
    ticket = todays(conn, wanted, now)
    guard(ticket.state in _CAME_BACK, ticket)
    other = other_number(conn, ticket)
    if other is not None:
        raise MemberHasTicket(number=other)
    with keeping(conn, number, "reinstate", now) as kept:
        kept.touch(ticket)
        guard(ticket_moves.reinstate(conn, ticket.id, ticket.state), ticket)
        _take_booking_back(conn, ticket)
        events.append(
            conn, now, EventKind.REINSTATED, person.actor, ticket=ticket.number, counter=number, reason=reason,
            was=ticket.state,
        )  # fmt: skip


def _take_booking_back(conn: sqlite3.Connection, ticket: Ticket) -> None:
    """The booking counts as checked in again, if nothing else became of it and its time has not been given away."""
    if ticket.appointment_code is None:
        return
    try:
        happened = appointments.move(
            conn, ticket.appointment_code, _BOOKING_WAS[ticket.state], AppointmentState.CHECKED_IN
        )
    except sqlite3.IntegrityError:
        happened = False
    if not happened:
        raise BookingMovedOn(number=ticket.number)


def _require_for(conn: sqlite3.Connection, counter: Counter, ticket: Ticket, now: float) -> None:
    if not can_serve(counter, ticket):
        raise NotServedHere(counter=counter.number, number=ticket.number)
    if is_for(counter, ticket, present.load(conn, now).lobby):
        return
    if ticket.to_counter is not None:
        raise AddressedToCounter(number=ticket.number, counter=ticket.to_counter)
    meant = staff.staff_by_id(conn, ticket.to_staff or 0)
    raise AddressedToStaff(number=ticket.number, name=meant.name if meant else "")
