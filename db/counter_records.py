"""Owns the records of a counter: its states, what it may serve, why it pauses."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from db.ticket_records import TicketClass
from db.words import Names


class CounterState(StrEnum):
    """What a counter is doing."""

    CLOSED = "closed"
    READY = "ready"
    CALLED = "called"
    SERVING = "serving"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"


class Permission(StrEnum):
    """How a counter stands to a class of tickets."""

    PRIMARY = "primary"
    BACKUP = "backup"
    VIP_FIRST = "vip_first"
    NEVER = "never"


class PauseReason(StrEnum):
    """Why a counter pauses; `other` says it in words of its own."""

    LUNCH = "lunch"
    BREAK = "break"
    TRAINING = "training"
    MEETING = "meeting"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter and what it may and can do; `since` is when it took its present state.

    `pauses_at` is its next planned pause, `returns_at` when a paused one is planned to be back; `pause_reason` why it
    pauses, `pause_text` in words of its own. `name`: what it is called besides its number; `where`: how to find it.
    """

    number: int
    permissions: Mapping[TicketClass, Permission]
    skills: frozenset[str]
    state: CounterState = CounterState.CLOSED
    since: float = 0.0
    staff_id: int | None = None
    staff_name: str | None = None
    pauses_at: float | None = None
    returns_at: float | None = None
    pause_reason: PauseReason | None = None
    pause_text: str | None = None
    name: Names | None = None
    where: Names | None = None
