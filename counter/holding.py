"""Owns putting a customer on hold and going on: at the same counter, at any, or after a step done elsewhere.

A customer on hold keeps the visit: no place in the order, no clock of waiting; the counter is free for others. Whoever
was to go on at one counter alone may go on at any as soon as that one closes.
"""

import sqlite3

from counter import acting
from counter.acting import at_work, current, free, guard, move, todays
from counter.notes import write_note
from counter.rights import resume_refusal
from counter.undoing import keeping
from db import events, ticket_moves
from db.counter_records import CounterState
from db.event_records import EventKind
from db.people_records import Staff
from db.ticket_records import HoldKind, TicketState


def hold(
    conn: sqlite3.Connection, number: int, person: Staff, now: float, kind: HoldKind, note: str | None = None
) -> None:
    """serving → on_hold."""
    ticket = current(conn, at_work(conn, number))
    with keeping(conn, number, "hold", now) as kept:
        kept.touch(ticket)
        guard(ticket_moves.hold(conn, ticket.id, kind, now), ticket)
        move(conn, ticket, number, CounterState.SERVING, CounterState.READY, now)
        events.append(
            conn, now, EventKind.HELD, person.actor, ticket=ticket.number, counter=number, hold=kind, noted=bool(note)
        )
    if note:
        write_note(conn, ticket, person, note, now)


def resume(conn: sqlite3.Connection, number: int, person: Staff, now: float, wanted: str) -> None:
    """on_hold → called at this counter. Raises `HeldElsewhere`, `NotServedHere`, `CounterBusy`, `UnknownNumber`."""
    counter = free(conn, number)
    ticket = todays(conn, wanted, now)
    guard(ticket.state == TicketState.ON_HOLD, ticket)
    refused = resume_refusal(counter, ticket)
    if refused is not None:
        raise refused
    with keeping(conn, number, "resume", now) as kept:
        acting.end_wrap_up(conn, counter, person.actor, now, kept)
        kept.touch(ticket)
        guard(ticket_moves.resume(conn, ticket.id, number, now), ticket)
        move(conn, ticket, number, CounterState.READY, CounterState.CALLED, now)
        acting.journal_call(
            conn, EventKind.CALLED, ticket, number, person.actor, now, resumed=ticket.hold_kind,
            waited_s=round(now - (ticket.held_at or now)),
        )  # fmt: skip


def step_done(conn: sqlite3.Connection, number: int, person: Staff, now: float, wanted: str) -> None:
    """What somebody on hold was waiting for is done: counters see that they can go on."""
    ticket = todays(conn, wanted, now)
    with keeping(conn, number, "step-done", now) as kept:
        kept.touch(ticket)
        guard(ticket_moves.mark_step_done(conn, ticket.id, now), ticket)
        events.append(conn, now, EventKind.STEP_DONE, person.actor, ticket=ticket.number, counter=number)
