"""Owns the record a forecast is made from: the present and what is known of the future. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from counter.habits import Habits
from counter.line import Lobby
from db.records import Rules, ServiceTime, Tier


@dataclass(frozen=True, slots=True)
class Situation:
    """The present and what is known of the future.

    `times`: services as measured, while those in `lobby` are stretched by the rule's caution. `bookings`: slots and
    services of appointments that have not checked in. `closes_at`: nobody comes from then on (endless: open on).
    """

    now: float
    day_start: float
    closes_at: float
    lobby: Lobby
    rules: Rules
    times: Mapping[str, ServiceTime]
    habits: Habits = field(default_factory=Habits)
    tiers: Sequence[Tier] = ()
    bookings: Sequence[tuple[float, str]] = ()
