"""Owns the records of a ticket: its class, states and outcome, the ticket itself, its forecast and its rating.

Times are seconds since the epoch (float, UTC); durations are seconds. Nothing here reads a clock or a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from operator import attrgetter
from typing import Any


class TicketClass(StrEnum):
    """Which promise a ticket carries."""

    VIP = "vip"
    APPOINTMENT = "appointment"
    ORDINARY = "ordinary"


class TicketState(StrEnum):
    """Where a ticket is in its life."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"
    EXPIRED = "expired"


class HoldKind(StrEnum):
    """Where a customer on hold goes on: at the same counter, at any that can serve them, or after a step elsewhere."""

    SAME_COUNTER = "same_counter"
    ANY_COUNTER = "any_counter"
    STEP = "step"


class Place(StrEnum):
    """Where a ticket that is moved stands: before everybody, by its original time, or as if it came now."""

    FIRST = "first"
    ORIGINAL = "original"
    LAST = "last"


class Outcome(StrEnum):
    """What became of a customer's business."""

    DONE = "done"
    NOT_SOLVED = "not_solved"
    REFERRED = "referred"


MOST_PASSES = 3
"""How many people the holder of a ticket may let pass."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A customer's place. `due_at` is set for guarded classes only; `slot_at` for appointments only.

    `passes`: how many people its holder has let pass, and so moved the place to `moved_to`; staff move it to `placed_at`.

    A visit has several legs once somebody is transferred or has a service added. `service`, the counter and the times of
    service are of the present leg, which waits since `queued_at` until `leg_due_at` and may be for one counter
    (`to_counter`) or one of the staff (`to_staff`) alone. `served_s`: seconds of service before the present `started_at`,
    if it was on hold. `call_began_at` and `recalls` are of the present calling; `staff_id` is who serves or served.
    """

    id: int
    number: str
    token: str
    business_day: str
    service: str
    ticket_class: TicketClass
    state: TicketState
    language: str
    issued_at: float
    tier: str | None = None
    head_start_s: float = 0.0
    due_at: float | None = None
    slot_at: float | None = None
    member_no: str | None = None
    appointment_code: str | None = None
    note: str | None = None
    counter: int | None = None
    first_called_at: float | None = None
    called_at: float | None = None
    started_at: float | None = None
    ended_at: float | None = None
    calls: int = 0
    moved_to: float | None = None
    passes: int = 0
    placed_at: float | None = None
    queued_at: float | None = None
    leg_due_at: float | None = None
    to_counter: int | None = None
    to_staff: int | None = None
    held_at: float | None = None
    step_done_at: float | None = None
    call_began_at: float | None = None
    recalls: int = 0
    served_s: float = 0.0
    wrap_up_s: float | None = None
    staff_id: int | None = None
    hold_kind: HoldKind | None = None
    outcome: Outcome | None = None

    @property
    def order_at(self) -> float:
        """When the ticket counts as issued in the order: as staff placed it, or later once its holder let somebody pass.

        Only the order follows it. The wait, the due time and the promise count from the true times.
        """
        if self.placed_at is not None:
            return self.placed_at
        return self.issued_at if self.moved_to is None else self.moved_to

    @property
    def promised_at(self) -> float | None:
        """Until when the present wait is to end; the promise of a first leg is `due_at`."""
        return self.due_at if self.queued_at is None else self.leg_due_at

    @property
    def passes_left(self) -> int:
        """How many people its holder may still let pass."""
        return MOST_PASSES - self.passes

    @property
    def waiting_since(self) -> float:
        """When the present wait began: the later of arrival and slot, or the leg's own queueing."""
        return max(self.issued_at, self.slot_at or 0.0) if self.queued_at is None else self.queued_at

    def __reduce__(self) -> tuple[type["Ticket"], tuple[Any, ...]]:
        """All who wait are sent to the forecast's process again and again; a dataclass's own way takes thrice as long."""
        return Ticket, _facts(self)


_facts = attrgetter(*(field.name for field in fields(Ticket)))


@dataclass(frozen=True, slots=True)
class Quote:
    """A wait from now on as it is told: four of five customers are called between its ends; in seconds."""

    low_s: float
    mid_s: float
    high_s: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The waits foreseen at one moment: of who waits, by ticket id, and of who would come now, by class, tier, service.

    Plain ones come straight from the simulated futures; the others are what is told.
    """

    at: float
    tickets: Mapping[int, Quote] = field(default_factory=dict)
    newcomers: Mapping[tuple[TicketClass, str | None, str], Quote] = field(default_factory=dict)
    plain_newcomers: Mapping[tuple[TicketClass, str | None, str], Quote] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How well the quotes to one class on one business day (`YYYY-MM-DD`) foretold the wait until the first call.

    Of `quotes` scored ones: `error_s` is the mean distance of the middle from the wait, `bias_s` the mean of middle −
    wait (above zero: it lasted less), `covered` the share of waits inside the range, `wait_s` the mean wait.
    """

    day: str
    ticket_class: TicketClass
    quotes: int
    error_s: float
    bias_s: float
    covered: float
    wait_s: float


NOTHING_FORESEEN = Forecast(at=0.0)


@dataclass(frozen=True, slots=True)
class Rating:
    """How a served customer said it was: `score` 1 to 5."""

    score: int
    comment: str
