"""Owns what every action at a counter is made of: the counter, whom it has, guarded steps, the journal of a call."""

import sqlite3

from counter.desk_errors import CounterBusy, CounterClosed, CounterPaused, NoCurrentTicket, UnknownNumber, WrongState
from counter.errors import UnknownCounter
from counter.undoing import Keeping
from db import calendar, counters, events, quotes, settings, ticket_moves, tickets
from db.counter_records import Counter, CounterState
from db.event_records import EventKind
from db.ticket_records import Ticket

SYSTEM = "system"
"""The actor of what happens by itself."""


def get_counter(conn: sqlite3.Connection, number: int) -> Counter:
    """The counter, or `UnknownCounter`."""
    counter = counters.get(conn, number)
    if counter is None:
        raise UnknownCounter(counter=number)
    return counter


def at_work(conn: sqlite3.Connection, number: int) -> Counter:
    """The counter. Raises `UnknownCounter`, `CounterClosed`."""
    counter = get_counter(conn, number)
    if counter.state == CounterState.CLOSED:
        raise CounterClosed(counter=number)
    return counter


def free(conn: sqlite3.Connection, number: int) -> Counter:
    """A counter that can take somebody. Raises `UnknownCounter`, `CounterClosed`, `CounterBusy`, `CounterPaused`."""
    counter = at_work(conn, number)
    current = tickets.at_counter(conn, number)
    if current is not None:
        raise CounterBusy(counter=number, number=current.number)
    if counter.state == CounterState.PAUSED:
        raise CounterPaused(counter=number)
    return counter


def current(conn: sqlite3.Connection, counter: Counter) -> Ticket:
    """Whom a counter has. Raises `NoCurrentTicket`."""
    ticket = tickets.at_counter(conn, counter.number)
    if ticket is None:
        raise NoCurrentTicket(counter=counter.number)
    return ticket


def todays(conn: sqlite3.Connection, number: str, now: float) -> Ticket:
    """The ticket that has this number today. Raises `UnknownNumber`."""
    ticket = tickets.by_number(conn, calendar.business_day(now, settings.load(conn)), number)
    if ticket is None:
        raise UnknownNumber(number=number)
    return ticket


def guard(happened: bool, ticket: Ticket) -> None:
    """Raise `WrongState` unless a guarded step happened."""
    if not happened:
        raise WrongState(number=ticket.number, state=ticket.state)


def move(
    conn: sqlite3.Connection, ticket: Ticket, number: int, expected: CounterState, to: CounterState, now: float
) -> None:
    """The counter goes the way of its ticket."""
    guard(counters.move(conn, number, expected, to, now), ticket)


def call(
    conn: sqlite3.Connection, ticket: Ticket, number: int, actor: str, now: float, keeping: Keeping,
    rule: str | None = None, **data: object,
) -> None:  # fmt: skip
    """Call somebody who waits to a counter that is free."""
    keeping.touch(ticket)
    guard(tickets.call(conn, ticket.id, number, now), ticket)
    quotes.score(conn, ticket.id, now)
    move(conn, ticket, number, CounterState.READY, CounterState.CALLED, now)
    journal_call(conn, EventKind.CALLED, ticket, number, actor, now, rule, **data)


def journal_call(
    conn: sqlite3.Connection, kind: EventKind, ticket: Ticket, number: int, actor: str, now: float,
    rule: str | None = None, **data: object,
) -> None:  # fmt: skip
    """One more line that every screen announces."""
    waited = round(now - ticket.waiting_since)
    events.append(
        conn, now, kind, actor, ticket=ticket.number, counter=number, rule=rule,
        **{"class": ticket.ticket_class, "service": ticket.service, "waited_s": max(0, waited), **data},
    )  # fmt: skip


def end_wrap_up(conn: sqlite3.Connection, counter: Counter, actor: str, now: float, keeping: Keeping) -> None:
    """wrap_up → ready, and the time it took belongs to the ticket; any other counter stays as it is."""
    if counter.state != CounterState.WRAP_UP:
        return
    ticket = tickets.wrapped_up(conn, calendar.business_day(now, settings.load(conn)), counter.number)
    seconds = max(0.0, now - counter.since)
    if ticket is not None:
        keeping.touch(ticket)
        ticket_moves.wrap_up(conn, ticket.id, seconds)
    counters.move(conn, counter.number, CounterState.WRAP_UP, CounterState.READY, now)
    events.append(
        conn, now, EventKind.WRAP_UP_ENDED, actor, ticket=ticket.number if ticket else None, counter=counter.number,
        seconds=round(seconds),
    )  # fmt: skip
