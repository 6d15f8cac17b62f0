"""Owns who may do what is not everybody's: call out of order, move a number forward, go on with one on hold. Pure."""

from counter.desk_errors import CallNeedsManager, HeldElsewhere, MoveNeedsManager, NotServedHere
from counter.line import can_serve
from db.counter_records import Counter
from db.errors import LobbyError
from db.people_records import Role
from db.setting_records import Settings
from db.ticket_records import HoldKind, Ticket

_MANAGERS = frozenset({Role.MANAGER, Role.ADMIN})


def call_refusal(role: Role | None, store: Settings) -> LobbyError | None:
    """Why somebody may not call out of order: managers may, counter staff where the store lets them."""
    return None if store.desk.staff_may_call or role in _MANAGERS else CallNeedsManager()


def move_refusal(role: Role | None) -> LobbyError | None:
    """Why somebody may not move a number forward."""
    return None if role in _MANAGERS else MoveNeedsManager()


def resume_refusal(counter: Counter, ticket: Ticket) -> LobbyError | None:
    """Why somebody on hold cannot go on at a counter; after a step, staff may go on before it is marked as done."""
    if ticket.hold_kind == HoldKind.SAME_COUNTER and ticket.counter != counter.number:
        return HeldElsewhere(number=ticket.number, counter=ticket.counter)
    if ticket.counter != counter.number and not can_serve(counter, ticket):
        return NotServedHere(number=ticket.number, counter=counter.number)
    return None
