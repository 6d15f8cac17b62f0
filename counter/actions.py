"""Owns which actions a counter's API has: for each its name, its body, and the step that it is."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from counter import choosing, desk, holding, notes, pauses, transferring, undoing
from counter.transferring import Goal
from counter.web import LARGEST, Body
from db.counter_records import CounterState, PauseReason
from db.people_records import Staff
from db.ticket_notes import LONGEST
from db.ticket_records import HoldKind, Outcome, Place
from db.words import Message

_Number = Field(min_length=1, max_length=8, description="A ticket number of today, such as A012")
_Reason = Field(min_length=1, max_length=LONGEST, description="Why; the journal keeps it")
_Note = Field(default=None, min_length=1, max_length=LONGEST, description="For the staff only")
_Service = Field(default=None, min_length=1, max_length=64, description="A service's code")


class Expects(Body):
    """What the caller's screen shows of the counter: its state and the number at it."""

    state: CounterState
    ticket: str | None


class Request(Body):
    """What every action may carry: `request_key` makes a repeat harmless, `expects` refuses a page behind the times."""

    request_key: str | None = Field(default=None, min_length=1, max_length=128)
    expects: Expects | None = None


class Nothing(Request):
    """This action needs nothing more."""


class CallNext(Request):
    """`finish`: finish the customer being served in the same step."""

    finish: bool = False


class Finish(Request):
    """`wrap_up`: the counter has something left to do; `open` or the next call ends it."""

    outcome: Outcome = Outcome.DONE
    wrap_up: bool = False


class Chosen(Request):
    """One number, and why it is treated otherwise than the others."""

    ticket: str = _Number
    reason: str = _Reason


class Cancel(Chosen):
    """`left`: the customer has gone (abandoned) rather than said so."""

    left: bool = False


class Which(Request):
    """One number."""

    ticket: str = _Number


class Hold(Request):
    """Where the customer goes on: at the `same_counter`, at `any_counter`, or after a `step` elsewhere."""

    kind: HoldKind
    note: str | None = _Note


class Transfer(Request):
    """To a service's queue, and to one counter or one of the staff (by name) if wanted; at which place there."""

    service: str | None = _Service
    counter: int | None = Field(default=None, ge=1, le=LARGEST)
    staff: str | None = Field(default=None, min_length=1, max_length=40)
    place: Place = Place.ORIGINAL


class AddService(Request):
    """One more service for the customer who is being served, at once."""

    service: str = Field(min_length=1, max_length=64, description="A service's code")


class NoteText(Request):
    """A note on the present customer, or on the number `ticket`."""

    text: str = Field(min_length=1, max_length=LONGEST, description="For the staff only")
    ticket: str | None = Field(default=None, min_length=1, max_length=8)


class Pause(Request):
    """Why and, if known, for how many minutes; `text` says it where the reason is `other`."""

    reason: PauseReason
    text: str | None = Field(default=None, min_length=1, max_length=60)
    minutes: float | None = Field(default=None, gt=0, le=24 * 60)


class Undo(Request):
    """`id`: only this action, as the view's `undo` names it, so that a double tap takes back one."""

    id: int | None = Field(default=None, ge=1, le=LARGEST)


Step = Callable[[sqlite3.Connection, int, Staff, float, Any], Message | str | None]
"""What an action does in the writer's transaction; it returns why somebody was called, or the phone asked for."""


@dataclass(frozen=True, slots=True)
class Action:
    """`needs_seat`: only who works at the counter, or a manager, may do it."""

    summary: str
    body: type[Request]
    step: Step
    needs_seat: bool = True


def _call_next(conn: sqlite3.Connection, number: int, staff: Staff, now: float, body: CallNext) -> Message:
    step = desk.finish_and_call_next if body.finish else desk.call_next
    return step(conn, number, staff, now)


def _plain(step: Callable[[sqlite3.Connection, int, Staff, float], str | None]) -> Step:
    return lambda conn, number, staff, now, _: step(conn, number, staff, now)


ACTIONS: dict[str, Action] = {
    "open": Action("Sit down, or end a pause or a wrap-up", Nothing, _plain(desk.open_counter), needs_seat=False),
    "close": Action("Leave the counter", Nothing, _plain(desk.close_counter)),
    "call-next": Action("Call whom the rule chooses", CallNext, _call_next),
    "call": Action(
        "Call one number out of order", Chosen, lambda c, n, s, t, b: choosing.call(c, n, s, t, b.ticket, b.reason)
    ),
    "recall": Action("Call the same number once more", Nothing, _plain(desk.recall)),
    "start": Action("The customer is here", Nothing, _plain(desk.start)),
    "finish": Action(
        "The business is done", Finish, lambda c, n, s, t, b: desk.finish(c, n, s, t, b.outcome, wrap_up=b.wrap_up)
    ),
    "no-show": Action("The customer did not come", Nothing, _plain(desk.no_show)),
    "hold": Action("Put the customer on hold", Hold, lambda c, n, s, t, b: holding.hold(c, n, s, t, b.kind, b.note)),
    "resume": Action(
        "Call a customer on hold to this counter", Which, lambda c, n, s, t, b: holding.resume(c, n, s, t, b.ticket)
    ),
    "step-done": Action(
        "What somebody on hold waited for is done", Which, lambda c, n, s, t, b: holding.step_done(c, n, s, t, b.ticket)
    ),
    "transfer": Action(
        "Send the customer on with the same number",
        Transfer,
        lambda c, n, s, t, b: transferring.transfer(c, n, s, t, Goal(b.service, b.counter, b.staff, b.place)),
    ),
    "add-service": Action(
        "One more service at once", AddService, lambda c, n, s, t, b: transferring.add_service(c, n, s, t, b.service)
    ),
    "return": Action("Put the call back: place and clock are kept", Nothing, _plain(desk.put_back)),
    "cancel": Action(
        "Cancel a number", Cancel, lambda c, n, s, t, b: choosing.cancel(c, n, s, t, b.ticket, b.reason, left=b.left)
    ),
    "reinstate": Action(
        "Give a missed, abandoned or cancelled number its place back",
        Chosen,
        lambda c, n, s, t, b: choosing.reinstate(c, n, s, t, b.ticket, b.reason),
    ),
    "prioritise": Action(
        "Put a number first in the order, by a manager",
        Chosen,
        lambda c, n, s, t, b: choosing.prioritise(c, n, s, t, b.ticket, b.reason),
    ),
    "note": Action(
        "Note something on a ticket", NoteText, lambda c, n, s, t, b: notes.note(c, n, s, t, b.text, b.ticket)
    ),
    "reveal": Action("The customer's whole phone number, journalled", Nothing, _plain(notes.reveal)),
    "pause": Action(
        "Pause the counter", Pause, lambda c, n, s, t, b: pauses.pause(c, n, s, t, b.reason, b.text, b.minutes)
    ),
    "undo": Action(
        "Take the last action back, within a minute", Undo, lambda c, n, s, t, b: undoing.undo(c, n, s, t, b.id)
    ),
}
