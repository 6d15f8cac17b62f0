"""Owns what can be done at a counter now, and for everything else why not. Pure.

It is what a page shows before a key is pressed; the steps themselves look again in their transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counter import call_limits
from counter.desk_errors import (
    CounterBusy,
    CounterClosed,
    CounterPaused,
    NobodyHeld,
    NobodyToReinstate,
    NoCurrentTicket,
    PhoneUnknown,
    WrongState,
)
from counter.rights import call_refusal, move_refusal, resume_refusal
from db.counter_records import Counter, CounterState
from db.errors import LobbyError
from db.people_records import Role
from db.setting_records import Settings
from db.ticket_records import Ticket, TicketState


@dataclass(frozen=True, slots=True)
class Scene:
    """A counter as its actions see it.

    `role`: of whoever works there; `nobody`: why the rule calls nobody; `undo`: why nothing can be undone; `held`:
    everybody on hold; `missed`: whether somebody was missed today; `phone_known`: of the present customer.
    """

    at: Counter
    current: Ticket | None
    settings: Settings
    now: float
    role: Role | None
    nobody: LobbyError | None
    undo: LobbyError | None
    held: Sequence[Ticket]
    missed: bool
    phone_known: bool


def refusals(scene: Scene) -> Mapping[str, LobbyError | None]:
    """For each action None, or why it is not possible now."""
    number, current = scene.at.number, scene.current
    closed = CounterClosed(counter=number) if scene.at.state == CounterState.CLOSED else None
    paused = CounterPaused(counter=number) if scene.at.state == CounterState.PAUSED else None
    absent = closed or (None if current else NoCurrentTicket(counter=number))
    busy = CounterBusy(counter=number, number=current.number) if current else None
    called_next = busy if current and current.state == TicketState.CALLED else None
    not_called = absent or _unless(current, TicketState.CALLED)
    not_served = absent or _unless(current, TicketState.SERVING)
    not_free = closed or busy or paused
    return {
        "open": None,
        "close": busy,
        "call-next": closed or called_next or paused or scene.nobody,
        "call": not_free or call_refusal(scene.role, scene.settings),
        "recall": not_called or (call_limits.recall(current, scene.settings, scene.now) if current else None),
        "start": not_called,
        "finish": not_served,
        "no-show": not_called or (call_limits.no_show(current, scene.settings, scene.now) if current else None),
        "hold": not_served,
        "resume": not_free or _resume(scene),
        "step-done": closed,
        "transfer": absent,
        "add-service": not_served,
        "return": not_called,
        "cancel": closed,
        "reinstate": closed or (None if scene.missed else NobodyToReinstate()),
        "prioritise": closed or move_refusal(scene.role),
        "note": absent,
        "reveal": absent or _reveal(scene),
        "issue": closed,
        "pause": not_free,
        "undo": scene.undo,
    }


def _resume(scene: Scene) -> LobbyError | None:
    if any(resume_refusal(scene.at, ticket) is None for ticket in scene.held):
        return None
    return NobodyHeld(counter=scene.at.number)


def _reveal(scene: Scene) -> LobbyError | None:
    return None if scene.phone_known or scene.current is None else PhoneUnknown(number=scene.current.number)


def _unless(current: Ticket | None, state: TicketState) -> LobbyError | None:
    if current is None or current.state == state:
        return None
    return WrongState(number=current.number, state=current.state)
