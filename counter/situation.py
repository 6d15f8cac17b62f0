"""Owns the record a forecast is made from: the present and what is known of the future. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from counter.habits import Habits
from counter.line import Lobby
from db.setting_records import Rules, ServiceTime, Tier


@dataclass(frozen=True, slots=True)
class Situation:
    """The present and what is known of the future.

    `times`: services as measured, while those in `lobby` are stretched by the rule's caution. `bookings`: slots and
    services of appointments that have not checked in. `pauses`: planned ones by counter, start and length (endless:
    until the end of the day). `closes_at`: nobody comes from then on (endless: open on).
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
    pauses: Sequence[tuple[int, float, float]] = ()


class Span(NamedTuple):
    """Four of five futures lie between `low` and `high`, half of them below `mid`."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """For each of FIGURES a span: as things are, with the change, and the difference made by it.

    They are about everybody who waits now or comes within an hour. `vips_at_risk`: how many VIPs are called after
    their due time; `vip_service_level`: the share of 1 who are called by then; `ordinary_p50_s` and `ordinary_p90_s`:
    percentiles of the ordinary customers' waits in seconds. None where nobody of that class is expected.
    """

    now: Mapping[str, Span | None]
    then: Mapping[str, Span | None]
    difference: Mapping[str, Span | None]


FIGURES = ("vips_at_risk", "vip_service_level", "ordinary_p50_s", "ordinary_p90_s")
