"""Owns the legs of a visit: sending a customer on with the same number, and doing one more service at once.

A transferred customer waits again: in the queue of the service, at the place that was chosen, with a promise of the
same length from now on. The time of issue stays, and so does the score of the first promise. The ticket may be meant
for one counter or one person alone; once that counter closes, pauses or can no longer serve it, any other may call it.

A service that is added is done where the customer sits: they are here, and to queue again would help nobody. What this
counter does not do is a transfer.
"""

import sqlite3
from dataclasses import dataclass, replace

from counter import present
from counter.acting import at_work, current, get_counter, guard, move, todays
from counter.desk_errors import (
    CounterClosed,
    NotServedHere,
    SameService,
    ServiceNotHere,
    StaffAtNoCounter,
    TransferToNowhere,
)
from counter.line import can_serve
from counter.moment import Present
from counter.offering import offered
from counter.placing import placed_at
from counter.undoing import keeping
from db import counters, events, legs, ticket_moves
from db.counter_records import Counter, CounterState
from db.event_records import EventKind
from db.people_records import Staff
from db.staff import staff_by_name
from db.ticket_records import Place, Ticket, TicketState


@dataclass(frozen=True, slots=True)
class Goal:
    """Where somebody is sent: to a service's queue, for one counter or one person (by name) alone if that is said."""

    service: str | None = None
    counter: int | None = None
    staff: str | None = None
    place: Place = Place.ORIGINAL


def transfer(conn: sqlite3.Connection, number: int, person: Staff, now: float, goal: Goal) -> None:
    """called or serving → waiting, as a new leg.

    Raises `TransferToNowhere`, `UnknownService`, `UnknownCounter`, `CounterClosed`, `StaffAtNoCounter` and
    `NotServedHere`.
    """
    ticket = current(conn, at_work(conn, number))
    lobby = present.load(conn, now)
    _require_goal(ticket, goal, lobby)
    sent = replace(ticket, service=goal.service or ticket.service)
    meant = _meant(conn, sent, goal)
    sent = replace(
        sent,
        placed_at=placed_at(sent, goal.place, lobby.lobby.waiting, now, lobby.settings.rules),
        queued_at=now,
        leg_due_at=_due(ticket, now),
        to_counter=goal.counter,
        to_staff=meant.staff_id if meant and goal.counter is None else None,
    )
    with keeping(conn, number, "transfer", now) as kept:
        kept.touch(ticket, legs=True)
        legs.add(conn, ticket, "transferred", now)
        guard(ticket_moves.requeue(conn, sent, ticket.state), ticket)
        move(conn, ticket, number, CounterState(ticket.state.value), CounterState.READY, now)
        events.append(
            conn, now, EventKind.TRANSFERRED, person.actor, ticket=ticket.number, counter=number, place=goal.place,
            service=sent.service, to_counter=goal.counter, to_staff=goal.staff,
        )  # fmt: skip


def redirect(conn: sqlite3.Connection, person: Staff, now: float, wanted: str, goal: Goal, reason: str) -> None:
    """waiting → waiting in another service's queue or for one counter alone, from the floor.

    They have had no leg yet, so their place, clock and promise stay. Raises what `transfer` does, and `UnknownNumber`,
    `WrongState`.
    """
    ticket = todays(conn, wanted, now)
    guard(ticket.state == TicketState.WAITING, ticket)
    _require_goal(ticket, goal, present.load(conn, now))
    sent = replace(ticket, service=goal.service or ticket.service, to_counter=goal.counter, to_staff=None)
    _meant(conn, sent, goal)
    with keeping(conn, None, "move", now) as kept:
        kept.touch(ticket)
        guard(ticket_moves.redirect(conn, sent), ticket)
        events.append(
            conn, now, EventKind.TRANSFERRED, person.actor, ticket=ticket.number, place=Place.ORIGINAL,
            service=sent.service, before=ticket.service, to_counter=goal.counter, to_staff=None, reason=reason,
        )  # fmt: skip


def add_service(conn: sqlite3.Connection, number: int, person: Staff, now: float, service: str) -> None:
    """serving → serving: this leg is done, another one begins at once. Raises `ServiceNotHere`, `SameService`."""
    counter = at_work(conn, number)
    ticket = current(conn, counter)
    guard(ticket.state == TicketState.SERVING, ticket)
    _require_service(service, present.load(conn, now))
    if service == ticket.service:
        raise SameService(number=ticket.number)
    if service not in counter.skills:
        raise ServiceNotHere(counter=number, number=ticket.number)
    with keeping(conn, number, "add-service", now) as kept:
        kept.touch(ticket, legs=True)
        legs.add(conn, ticket, "service_added", now)
        guard(ticket_moves.change_service(conn, ticket.id, service, now), ticket)
        events.append(
            conn, now, EventKind.SERVICE_ADDED, person.actor, ticket=ticket.number, counter=number, service=service,
            before=ticket.service,
        )  # fmt: skip


def _require_goal(ticket: Ticket, goal: Goal, lobby: Present) -> None:
    says_nothing = goal.counter is None and goal.staff is None and goal.service in {None, ticket.service}
    if says_nothing or (goal.counter is not None and goal.staff is not None):
        raise TransferToNowhere(number=ticket.number)
    if goal.service is not None:
        _require_service(goal.service, lobby)


def _require_service(code: str, lobby: Present) -> None:
    offered(lobby.services, code)


def _meant(conn: sqlite3.Connection, sent: Ticket, goal: Goal) -> Counter | None:
    """The counter that is to call them, which has to be open and able to."""
    if goal.staff is not None:
        person = staff_by_name(conn, goal.staff)
        counter = counters.of_staff(conn, person.id) if person else None
        if counter is None:
            raise StaffAtNoCounter(name=goal.staff)
    elif goal.counter is not None:
        counter = get_counter(conn, goal.counter)
        if counter.state == CounterState.CLOSED:
            raise CounterClosed(counter=counter.number)
    else:
        return None
    if not can_serve(counter, sent):
        raise NotServedHere(counter=counter.number, number=sent.number)
    return counter


def _due(ticket: Ticket, now: float) -> float | None:
    """The same promise again: as long as the ticket's own was."""
    if ticket.due_at is None:
        return None
    return now + ticket.due_at - max(ticket.issued_at, ticket.slot_at or 0.0)
