"""Owns the day's close: what was left open on an earlier business day ends, and its counters with it."""

import sqlite3

from db import calendar, counters, events, settings, tickets
from db.records import CounterState, EventKind, Ticket, TicketState


def close_earlier_days(conn: sqlite3.Connection, now: float) -> int:
    """Expire every open ticket of earlier days and return how many; the numbers of a new day start at 1."""
    today = calendar.business_day(now, settings.load(conn))
    left = tickets.left_over(conn, today)
    for ticket in left:
        tickets.end(conn, ticket.id, ticket.state, TicketState.EXPIRED, now)
        events.append(conn, now, EventKind.EXPIRED, "system", ticket=ticket.number, counter=ticket.counter)
        _leave(conn, ticket, now)
    return len(left)


def _leave(conn: sqlite3.Connection, ticket: Ticket, now: float) -> None:
    """Close the counter that still had the ticket."""
    if ticket.counter is None or ticket.state not in {TicketState.CALLED, TicketState.SERVING}:
        return
    counters.move(conn, ticket.counter, CounterState(ticket.state.value), CounterState.READY, now)
    counters.close(conn, ticket.counter, now)
    events.append(conn, now, EventKind.COUNTER_CLOSED, "system", counter=ticket.counter)
