"""Owns what staff do with tickets: open, call, recall, start, finish, no-show, return, close.

Each function is one step in the caller's transaction: read, guarded UPDATE, journal. It raises a `LobbyError` and
changes nothing where the step is not possible. Who may act at which counter is `counter.auth`'s business.
"""

import sqlite3

from counter import present, words
from counter.line import Choice, Refusal, choose
from db import appointments, counters, events, quotes, tickets
from db.errors import (
    CounterBusy,
    CounterClosed,
    CounterTaken,
    NoCurrentTicket,
    StaffElsewhere,
    UnknownCounter,
    WrongState,
)
from db.records import AppointmentState, Counter, CounterState, EventKind, Message, Staff, Ticket, TicketState

FINAL_APPOINTMENT = {TicketState.COMPLETED: AppointmentState.COMPLETED, TicketState.NO_SHOW: AppointmentState.NO_SHOW}


def open_counter(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> None:
    """Sit down at a counter; opening one's own again changes nothing."""
    counter = get_counter(conn, number)
    if counter.staff_id == staff.id:
        return
    if counter.staff_name is not None:
        raise CounterTaken(name=counter.staff_name, counter=number)
    elsewhere = counters.of_staff(conn, staff.id)
    if elsewhere is not None:
        raise StaffElsewhere(counter=elsewhere.number)
    if not counters.open_for(conn, number, staff.id, now):
        raise CounterBusy(counter=number, number="")
    events.append(conn, now, EventKind.COUNTER_OPENED, staff.actor, counter=number)


def close_counter(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> None:
    """Leave a counter that has nobody; closing a closed one changes nothing."""
    counter = get_counter(conn, number)
    if counter.state == CounterState.CLOSED:
        return
    if not counters.close(conn, number, now):
        raise CounterBusy(counter=number, number=_current(conn, counter).number)
    events.append(conn, now, EventKind.COUNTER_CLOSED, staff.actor, counter=number)


def call_next(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> Message:
    """Call whom the rule chooses and return the reason. Raises `NobodyEligible` with the reason why not."""
    counter = _open_counter(conn, number)
    current = tickets.at_counter(conn, number)
    if current is not None:
        raise CounterBusy(counter=number, number=current.number)
    lobby = present.load(conn, now)
    choice = choose(counter, lobby.lobby, now, lobby.settings.rules)
    if isinstance(choice, Refusal):
        raise words.refusal(choice, counter, lobby.lobby)
    _call(conn, counter, choice, staff, now)
    return words.reason(choice.reason)


def finish_and_call_next(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> Message:
    """The one key pressed all day. With nobody to call, nothing is finished either."""
    finish(conn, number, staff, now)
    return call_next(conn, number, staff, now)


def recall(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> None:
    """Call the same ticket aloud once more."""
    ticket = _current(conn, _open_counter(conn, number))
    _guard(tickets.recall(conn, ticket.id, now), ticket)
    _journal_call(conn, EventKind.RECALLED, ticket, number, staff, now, rule=None)


def start(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> None:
    """The customer is here: called → serving."""
    ticket = _current(conn, _open_counter(conn, number))
    _guard(tickets.start(conn, ticket.id, now), ticket)
    _move(conn, ticket, number, CounterState.CALLED, CounterState.SERVING, now)
    events.append(conn, now, EventKind.STARTED, staff.actor, ticket=ticket.number, counter=number)


def finish(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> None:
    """serving → completed."""
    _end(conn, number, staff, now, TicketState.SERVING, TicketState.COMPLETED, EventKind.COMPLETED)


def no_show(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> None:
    """The customer did not come: called → no_show."""
    _end(conn, number, staff, now, TicketState.CALLED, TicketState.NO_SHOW, EventKind.NO_SHOW)


def put_back(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> None:
    """called → waiting again, with place and clock kept."""
    ticket = _current(conn, _open_counter(conn, number))
    _guard(tickets.put_back(conn, ticket.id), ticket)
    _move(conn, ticket, number, CounterState.CALLED, CounterState.READY, now)
    events.append(conn, now, EventKind.RETURNED, staff.actor, ticket=ticket.number, counter=number)


def get_counter(conn: sqlite3.Connection, number: int) -> Counter:
    """The counter, or `UnknownCounter`."""
    counter = counters.get(conn, number)
    if counter is None:
        raise UnknownCounter(counter=number)
    return counter


def _call(conn: sqlite3.Connection, counter: Counter, choice: Choice, staff: Staff, now: float) -> None:
    _guard(tickets.call(conn, choice.ticket.id, counter.number, now), choice.ticket)
    quotes.score(conn, choice.ticket.id, now)
    _move(conn, choice.ticket, counter.number, CounterState.READY, CounterState.CALLED, now)
    _journal_call(conn, EventKind.CALLED, choice.ticket, counter.number, staff, now, rule=choice.reason)


def _journal_call(
    conn: sqlite3.Connection, kind: EventKind, ticket: Ticket, number: int, staff: Staff, now: float, rule: str | None
) -> None:
    waited = round(now - ticket.waiting_since)
    events.append(
        conn, now, kind, staff.actor, ticket=ticket.number, counter=number, rule=rule,
        **{"class": ticket.ticket_class, "service": ticket.service, "waited_s": max(0, waited)},
    )  # fmt: skip


def _end(
    conn: sqlite3.Connection,
    number: int,
    staff: Staff,
    now: float,
    expected: TicketState,
    final: TicketState,
    kind: EventKind,
) -> None:
    ticket = _current(conn, _open_counter(conn, number))
    _guard(tickets.end(conn, ticket.id, expected, final, now), ticket)
    _move(conn, ticket, number, CounterState(expected.value), CounterState.READY, now)
    if ticket.appointment_code is not None:
        appointments.move(conn, ticket.appointment_code, AppointmentState.CHECKED_IN, FINAL_APPOINTMENT[final])
    events.append(conn, now, kind, staff.actor, ticket=ticket.number, counter=number)


def _move(
    conn: sqlite3.Connection, ticket: Ticket, number: int, expected: CounterState, to: CounterState, now: float
) -> None:
    """The counter goes the way of its ticket."""
    _guard(counters.move(conn, number, expected, to, now), ticket)


def _open_counter(conn: sqlite3.Connection, number: int) -> Counter:
    counter = get_counter(conn, number)
    if counter.state == CounterState.CLOSED:
        raise CounterClosed(counter=number)
    return counter


def _current(conn: sqlite3.Connection, counter: Counter) -> Ticket:
    ticket = tickets.at_counter(conn, counter.number)
    if ticket is None:
        raise NoCurrentTicket(counter=counter.number)
    return ticket


def _guard(happened: bool, ticket: Ticket) -> None:
    if not happened:
        raise WrongState(number=ticket.number, state=ticket.state)
