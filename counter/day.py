"""Owns the day's close: what was left open on an earlier business day ends, counters and sign-ins with it."""

import sqlite3

from counter.paging import end_duty
from db import calendar, counters, events, sessions, settings, tickets, tries
from db.counter_records import Counter, CounterState
from db.event_records import EventKind
from db.ticket_records import Ticket, TicketState


def close_earlier_days(conn: sqlite3.Connection, now: float) -> int:
    """Expire every open ticket of earlier days and return how many; the numbers of a new day start at 1."""
    store = settings.load(conn)
    left = tickets.left_over(conn, calendar.business_day(now, store))
    forgotten = [
        counter
        for counter in counters.everyone(conn)
        if counter.state != CounterState.CLOSED and counter.since < calendar.day_start(now, store)
    ]
    for ticket in left:
        _expire(conn, ticket, now)
    for counter in forgotten:
        _close(conn, counter, now)
    end_duty(conn, now)
    sessions.end_old(conn, now)
    tries.forget_old(conn, now)
    return len(left)


def _expire(conn: sqlite3.Connection, ticket: Ticket, now: float) -> None:
    tickets.end(conn, ticket.id, ticket.state, TicketState.EXPIRED, now)
    if ticket.counter is not None and ticket.state in {TicketState.CALLED, TicketState.SERVING}:
        counters.move(conn, ticket.counter, CounterState(ticket.state.value), CounterState.READY, now)
    events.append(conn, now, EventKind.EXPIRED, "system", ticket=ticket.number, counter=ticket.counter)


def _close(conn: sqlite3.Connection, counter: Counter, now: float) -> None:
    """Whoever forgot to close it has gone home; a counter open without anybody promises help that is not there."""
    counters.close(conn, counter.number, now)
    events.append(conn, now, EventKind.COUNTER_CLOSED, "system", counter=counter.number)
