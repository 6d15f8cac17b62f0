"""Owns undo: the last action at a counter is taken back, exactly, as long as the world has not moved on.

Every action keeps what its rows were before and after it. To undo it is to give each row what it was before, in one
transaction and only if each still is as the action left it: a ticket that was called elsewhere, a counter that somebody
else has opened, a booking that was used stay as they are, and the undo is refused. So it also takes back what one key
did in two steps: after “finish and call next” the one who was called waits again, in the old place, with a quote that
is not scored if it had not been, and the other one is being served as before. The journal keeps all lines and tells in
one more what they were taken back by; the calling rule no longer counts a call that was.

A call that was undone stays said: screens show it as over. A recall cannot be unsaid, so it belongs to its call.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from counter.desk_errors import (
    MemberHasTicket,
    NothingToUndo,
    UndoCalledElsewhere,
    UndoCounterChanged,
    UndoDayTurned,
    UndoMovedOn,
)
from db import calendar, events, proxies, settings, steps, tickets
from db.connection import transaction
from db.errors import LobbyError
from db.event_records import Event, EventKind
from db.images import Image
from db.people_records import Staff
from db.setting_records import Settings
from db.steps import Change, Row, Step
from db.ticket_records import Ticket, TicketState

WITHIN_S = 60.0
"""How long an action can be undone."""

_HAS_LEFT = frozenset({TicketState.COMPLETED, TicketState.NO_SHOW, TicketState.CANCELLED, TicketState.ABANDONED})


class Keeping:
    """What one action touches: the rows as they were before it."""

    def __init__(self, conn: sqlite3.Connection, counter: int | None) -> None:
        self._conn = conn
        self._before: dict[Row, Image] = {}
        self.ticket: str | None = None
        if counter is not None:
            self._note(("counters", counter))

    def touch(self, ticket: Ticket, *, legs: bool = False) -> None:
        """Before anything of a ticket changes: it, its quote, its booking, and where one is added its earlier legs."""
        self.ticket = ticket.number
        self._note(("tickets", ticket.id))
        self._note(("quotes", ticket.id))
        if legs:
            self._note(("legs", ticket.id))
        if ticket.appointment_code is not None:
            self._note(("appointments", ticket.appointment_code))

    def _note(self, row: Row) -> None:
        if row in self._before:
            return
        image = steps.image(self._conn, row)
        if image is not None:
            self._before[row] = image

    def changes(self) -> tuple[Change, ...]:
        """What the action has changed, in the order it was touched."""
        pairs = ((row, before, steps.image(self._conn, row) or {}) for row, before in self._before.items())
        return tuple(Change(row, before, after) for row, before, after in pairs if before != after)


@contextmanager
def keeping(conn: sqlite3.Connection, counter: int | None, action: str, now: float) -> Iterator[Keeping]:
    """Do an action at a counter, or (None) from the floor, so that it can be undone.

    What changes nothing is not kept.
    """
    kept = Keeping(conn, counter)
    seq = events.version(conn)
    yield kept
    changes = kept.changes()
    if changes:
        steps.forget(conn, counter, now - WITHIN_S)
        steps.add(conn, Step(0, counter, action, kept.ticket, now, seq + 1, events.version(conn), changes))


@contextmanager
def with_the_last(conn: sqlite3.Connection, counter: int, ticket: Ticket) -> Iterator[None]:
    """Do what cannot be taken back by itself, as a part of the action before it."""
    step = steps.last(conn, counter)
    goes_on = step is not None and _is_as_left(conn, step) and _is_about(step, ticket)
    kept = Keeping(conn, counter)
    kept.touch(ticket)
    yield
    if step is not None and goes_on:
        after = {change.row: change.after for change in kept.changes()}
        changes = tuple(replace(change, after=after.get(change.row, change.after)) for change in step.changes)
        steps.extend(conn, replace(step, last_seq=events.version(conn), changes=changes))


def undo(conn: sqlite3.Connection, number: int, staff: Staff, now: float, step_id: int | None = None) -> None:
    """Take the last action at a counter back; with `step_id` only that one, so that a double tap takes back one.

    Raises `NothingToUndo`, or `UndoMovedOn` where something of it has changed since.
    """
    step = steps.last(conn, number)
    refused = refusal(conn, number, step, now)
    if step is not None and step_id not in {None, step.id}:
        refused = _nothing(number)
    if refused is not None or step is None:
        raise refused or _nothing(number)
    _take_back(conn, step, staff.actor, now)


def undo_on_floor(conn: sqlite3.Connection, step_id: int, actor: str, now: float) -> None:
    """Take one action from the floor back. Raises `NothingToUndo`, or `UndoMovedOn` where it has gone on since."""
    step = steps.by_id(conn, step_id)
    refused = refusal(conn, None, step, now)
    if refused is not None or step is None:
        raise refused or _nothing(None)
    _take_back(conn, step, actor, now)


def _take_back(conn: sqlite3.Connection, step: Step, actor: str, now: float) -> None:
    try:
        with transaction(conn):
            for change in reversed(step.changes):
                if not steps.put_back(conn, change):
                    raise UndoMovedOn(number=step.ticket or "", counter=step.counter)
    except sqlite3.IntegrityError:  # the database itself says that the old place has been taken
        raise UndoMovedOn(number=step.ticket or "", counter=step.counter) from None
    lines = [line for line in events.after(conn, step.first_seq - 1) if line.seq <= step.last_seq]
    steps.remove(conn, step)
    steps.mark_undone(conn, step.counter, (line.seq for line in lines), now)
    _journal(conn, step, lines, actor, now)


def _journal(conn: sqlite3.Connection, step: Step, lines: list[Event], actor: str, now: float) -> None:
    """One line for each number it was about, so that each one's phone hears of it."""
    for ticket in dict.fromkeys(line.ticket for line in lines):
        undid = [{"seq": line.seq, "kind": line.kind} for line in lines if line.ticket == ticket]
        events.append(
            conn,
            now,
            EventKind.UNDONE,
            actor,
            ticket=ticket,
            counter=step.counter,
            action=step.action,
            undid=undid,
        )


def possible(conn: sqlite3.Connection, number: int, now: float) -> Step | LobbyError:
    """What `undo` would take back at a counter now, or why nothing."""
    step = steps.last(conn, number)
    return refusal(conn, number, step, now) or step or _nothing(number)


def refusal(conn: sqlite3.Connection, number: int | None, step: Step | None, now: float) -> LobbyError | None:
    """Why an action cannot be undone."""
    if step is None or now - step.at > WITHIN_S:
        return _nothing(number)
    store = settings.load(conn)
    if calendar.business_day(step.at, store) != calendar.business_day(now, store):
        return UndoDayTurned(number=step.ticket or "", counter=number)
    for change in step.changes:
        if steps.image(conn, change.row) != change.after:
            return _moved_on(conn, change.row, step)
    return _other_ticket(conn, step)


def _nothing(number: int | None) -> NothingToUndo:
    return NothingToUndo(counter=number, seconds=round(WITHIN_S))


def _moved_on(conn: sqlite3.Connection, row: Row, step: Step) -> UndoMovedOn:
    table, key = row
    if table == "counters":
        return UndoCounterChanged(counter=step.counter, number=step.ticket or "")
    ticket = tickets.by_id(conn, int(key)) if table == "tickets" else None
    if ticket is not None and ticket.counter not in {None, step.counter}:
        return UndoCalledElsewhere(number=ticket.number, counter=ticket.counter)
    return UndoMovedOn(number=ticket.number if ticket else step.ticket or "", counter=step.counter)


def _other_ticket(conn: sqlite3.Connection, step: Step) -> LobbyError | None:
    """Whoever would come back into the lobby has taken another number, or has been told that all is done."""
    for change in step.changes:
        table, key = change.row
        if table == "tickets" and change.after["state"] in _HAS_LEFT:
            refused = _came_back(conn, int(key))
            if refused is not None:
                return refused
    return None


def _came_back(conn: sqlite3.Connection, ticket_id: int) -> LobbyError | None:
    ticket = tickets.by_id(conn, ticket_id)
    if ticket is None:
        return None
    other = other_number(conn, ticket)
    if other is not None:
        return MemberHasTicket(number=other)
    proxy = proxies.of_ticket(conn, ticket_id)
    return UndoMovedOn(number=ticket.number) if proxy is not None and proxy.answered_at is not None else None


def other_number(conn: sqlite3.Connection, ticket: Ticket) -> str | None:
    """The number that a customer who left the lobby has taken since."""
    other = tickets.open_of_member(conn, ticket.member_no) if ticket.member_no else None
    if other is None and ticket.appointment_code is not None:
        other = tickets.open_of_appointment(conn, ticket.appointment_code)
    may_be_proxy = ticket.member_no is None and ticket.tier is not None
    proxy = proxies.of_ticket(conn, ticket.id) if may_be_proxy else None
    if proxy is not None:
        running = proxies.open_of_member(conn, proxy.member_no)
        other = tickets.by_id(conn, running.ticket_id) if running else None
    return other.number if other is not None and other.id != ticket.id else None


def others_since(conn: sqlite3.Connection, left: Iterable[Ticket]) -> dict[int, str]:
    """By ticket, the number that its customer has taken since they left the lobby, where they have."""
    taken = ((ticket.id, other_number(conn, ticket)) for ticket in left)
    return {ticket_id: number for ticket_id, number in taken if number is not None}


def _is_about(step: Step, ticket: Ticket) -> bool:
    return any(change.row == ("tickets", ticket.id) for change in step.changes)


def _is_as_left(conn: sqlite3.Connection, step: Step) -> bool:
    return all(steps.image(conn, change.row) == change.after for change in step.changes)


def what(step: Step, store: Settings) -> dict[str, Any]:
    """An action as a page names it: which, on whose number, and until when it can be undone."""
    return {
        "id": step.id,
        "what": step.action,
        "number": step.ticket,
        "until": calendar.stamp(step.at + WITHIN_S, store),
    }
