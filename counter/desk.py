"""Owns what staff do all day at a counter: open, call, recall, start, finish, no-show, return, close.

Each function is one step in the caller's transaction: read, guarded UPDATE, journal. It raises a `LobbyError` and
changes nothing where the step is not possible. Who may act at which counter is `counter.auth`'s business. What is rarer
has modules of its own: `choosing`, `holding`, `transferring`, `pauses`, `notes`, `undoing`.
"""

import sqlite3

from counter import acting, auth, call_limits, present, words
from counter.acting import at_work, current, free, get_counter, guard, move
from counter.desk_errors import CounterBusy, CounterTaken, NobodyEligible, StaffElsewhere
from counter.line import Refusal, choose
from counter.undoing import Keeping, keeping, with_the_last
from db import appointments, counters, events, settings, steps, ticket_moves, tickets
from db.booking_records import AppointmentState
from db.counter_records import Counter, CounterState
from db.event_records import EventKind
from db.people_records import Role, Staff
from db.ticket_records import Outcome, Ticket, TicketState
from db.words import Message


def open_counter(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> None:
    """Sit down at a counter; at one's own, end the pause or the wrap-up, which a manager may do at any.

    Opening one's own open counter changes nothing.
    """
    counter = get_counter(conn, number)
    is_resting = counter.state in {CounterState.PAUSED, CounterState.WRAP_UP}
    if counter.staff_id == staff.id or (is_resting and auth.has(staff, Role.MANAGER)):
        _go_on(conn, counter, staff, now)
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
    """Leave a counter that has nobody; closing a closed one changes nothing. Whoever waits for it alone is freed."""
    counter = get_counter(conn, number)
    if counter.state == CounterState.CLOSED:
        return
    acting.end_wrap_up(conn, counter, staff.actor, now, Keeping(conn, number))
    if not counters.close(conn, number, now):
        raise CounterBusy(counter=number, number=current(conn, counter).number)
    events.append(conn, now, EventKind.COUNTER_CLOSED, staff.actor, counter=number)
    for freed in ticket_moves.lift_addresses(conn, number, counter.staff_id):
        events.append(conn, now, EventKind.ADDRESS_LIFTED, staff.actor, ticket=freed, counter=number)
    for freed in ticket_moves.lift_holds(conn, number):
        events.append(conn, now, EventKind.HOLD_LIFTED, staff.actor, ticket=freed, counter=number)


def call_next(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> Message:
    """Call whom the rule chooses and return the reason. Raises `NobodyEligible` with the reason why not."""
    with keeping(conn, number, "call-next", now) as kept:
        return _call_next(conn, number, staff.actor, now, kept)


def call_by_itself(conn: sqlite3.Connection, number: int, now: float) -> bool:
    """Call next for a counter that has been ready long enough; false where nobody can be called or it is not so.

    After an undo it waits as long as after anything else: who took a call back has a reason.
    """
    wait_s = settings.load(conn).desk.auto_call_s
    counter = get_counter(conn, number)
    since = max(counter.since, steps.last_undone_at(conn, number) or 0.0)
    if wait_s is None or counter.state != CounterState.READY or now - since < wait_s:
        return False
    try:
        with keeping(conn, number, "call-next", now) as kept:
            _call_next(conn, number, acting.SYSTEM, now, kept)
    except NobodyEligible:
        return False
    return True


def finish_and_call_next(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> Message:
    """The one key pressed all day. With nobody to call, nothing is finished either."""
    with keeping(conn, number, "finish-and-call-next", now) as kept:
        _finish(conn, number, staff, now, kept, Outcome.DONE)
        return _call_next(conn, number, staff.actor, now, kept)


def recall(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> None:
    """Call the same ticket aloud once more. Raises `RecallTooSoon`."""
    ticket = current(conn, at_work(conn, number))
    _possible(call_limits.recall(ticket, settings.load(conn), now))
    with with_the_last(conn, number, ticket):
        guard(tickets.recall(conn, ticket.id, now), ticket)
        acting.journal_call(conn, EventKind.RECALLED, ticket, number, staff.actor, now)


def start(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> None:
    """The customer is here: called → serving."""
    counter = at_work(conn, number)
    ticket = current(conn, counter)
    with keeping(conn, number, "start", now) as kept:
        kept.touch(ticket)
        guard(tickets.start(conn, ticket.id, now, counter.staff_id), ticket)
        move(conn, ticket, number, CounterState.CALLED, CounterState.SERVING, now)
        events.append(conn, now, EventKind.STARTED, staff.actor, ticket=ticket.number, counter=number)


def finish(
    conn: sqlite3.Connection, number: int, staff: Staff, now: float, outcome: Outcome = Outcome.DONE, *,
    wrap_up: bool = False,
) -> None:  # fmt: skip
    """serving → completed; with `wrap_up` the counter is not ready yet, until `open` or the next call."""
    with keeping(conn, number, "finish", now) as kept:
        _finish(conn, number, staff, now, kept, outcome, wrap_up=wrap_up)


def no_show(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> None:
    """The customer did not come: called → no_show. Raises `NoShowTooSoon`, `NoShowTooFewCalls`."""
    ticket = current(conn, at_work(conn, number))
    _possible(call_limits.no_show(ticket, settings.load(conn), now))
    with keeping(conn, number, "no-show", now) as kept:
        kept.touch(ticket)
        guard(tickets.end(conn, ticket.id, TicketState.CALLED, TicketState.NO_SHOW, now), ticket)
        move(conn, ticket, number, CounterState.CALLED, CounterState.READY, now)
        _end_booking(conn, ticket, AppointmentState.NO_SHOW)
        events.append(conn, now, EventKind.NO_SHOW, staff.actor, ticket=ticket.number, counter=number)


def put_back(conn: sqlite3.Connection, number: int, staff: Staff, now: float) -> None:
    """called → waiting again, with place and clock kept."""
    ticket = current(conn, at_work(conn, number))
    with keeping(conn, number, "return", now) as kept:
        kept.touch(ticket)
        guard(tickets.put_back(conn, ticket.id), ticket)
        move(conn, ticket, number, CounterState.CALLED, CounterState.READY, now)
        events.append(conn, now, EventKind.RETURNED, staff.actor, ticket=ticket.number, counter=number)


def _go_on(conn: sqlite3.Connection, counter: Counter, staff: Staff, now: float) -> None:
    with keeping(conn, counter.number, "open", now) as kept:
        acting.end_wrap_up(conn, counter, staff.actor, now, kept)
        if counters.come_back(conn, counter.number, now):
            planned = None if counter.returns_at is None else round(now - counter.returns_at)
            events.append(
                conn, now, EventKind.COUNTER_BACK, staff.actor, counter=counter.number,
                reason=counter.pause_reason, seconds=round(now - counter.since), late_s=planned,
            )  # fmt: skip


def _call_next(conn: sqlite3.Connection, number: int, actor: str, now: float, kept: Keeping) -> Message:
    counter = free(conn, number)
    lobby = present.load(conn, now)
    choice = choose(counter, lobby.lobby, now, lobby.settings.rules)
    if isinstance(choice, Refusal):
        raise words.refusal(choice, counter, lobby.lobby)
    acting.end_wrap_up(conn, counter, actor, now, kept)
    acting.call(conn, choice.ticket, number, actor, now, kept, rule=choice.reason)
    return words.reason(choice.reason)


def _finish(
    conn: sqlite3.Connection, number: int, staff: Staff, now: float, kept: Keeping, outcome: Outcome, *,
    wrap_up: bool = False,
) -> None:  # fmt: skip
    ticket = current(conn, at_work(conn, number))
    kept.touch(ticket)
    guard(tickets.end(conn, ticket.id, TicketState.SERVING, TicketState.COMPLETED, now, outcome), ticket)
    move(conn, ticket, number, CounterState.SERVING, CounterState.WRAP_UP if wrap_up else CounterState.READY, now)
    _end_booking(conn, ticket, AppointmentState.COMPLETED)
    events.append(
        conn,
        now,
        EventKind.COMPLETED,
        staff.actor,
        ticket=ticket.number,
        counter=number,
        outcome=outcome,
        wrap_up=wrap_up,
    )


def _end_booking(conn: sqlite3.Connection, ticket: Ticket, final: AppointmentState) -> None:
    if ticket.appointment_code is not None:
        appointments.move(conn, ticket.appointment_code, AppointmentState.CHECKED_IN, final)


def _possible(refused: Exception | None) -> None:
    if refused is not None:
        raise refused
