"""Owns what past days teach about a store's customers: who comes when, how they walk and give up. Pure."""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from db.ticket_records import TicketClass

HALF_HOUR_S = 1_800.0
HALF_HOURS = 48
USUAL_WALK_S = 20.0
"""Until walks have been measured."""
LONGEST_WALK_S = 300.0
"""Beyond it somebody forgot to press start."""
LONGEST_GAP_S = 180.0
"""Beyond it a counter did something else, which its own pause should say."""
SAME_WEEKDAY = 3
"""From so many days of one weekday on, they are a better teacher than all days together."""

Stream = tuple[TicketClass, str | None, str]
"""Class, tier and service."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of one visit: on which day (`YYYY-MM-DD`), when since the day began, and how it went, in seconds.

    `walk_s` None: never started; `gap_s`: how long the counter was free before, though they were waiting (None: they
    were not, or it had called nobody yet); `has_left`: they gave up, or were not there when called.
    """

    day: str
    since_s: float
    stream: Stream
    waited_s: float
    walk_s: float | None
    has_left: bool
    gap_s: float | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """`arrivals`: visits per second, by half hour of the business day; `leaving`: leavers per second of waiting.

    `walk_s`: from a call to the start; `gap_s`: from the end of a service to the next call while people wait.
    """

    arrivals: Mapping[Stream, Sequence[float]] = field(default_factory=dict)
    leaving: float = 0.0
    walk_s: float = USUAL_WALK_S
    gap_s: float = 0.0


def learn(visits: Iterable[Visit], seen_s: Mapping[str, float], weekday: Sequence[str] = ()) -> Habits:
    """From visits of past days and of today so far. `seen_s`: how many seconds of each day have gone by, in order.

    Where at least three whole days are of the `weekday` that is asked for, they alone teach the arrivals; a half hour
    that no day has seen to its end counts as an average one. Leaving is the maximum-likelihood rate of an exponential
    patience of which only its end by leaving is seen.
    """
    past = list(visits)
    days = list(weekday) if len(weekday) >= SAME_WEEKDAY else list(seen_s)
    seen = [sum(seen_s[day] >= (n + 1) * HALF_HOUR_S for day in days) for n in range(HALF_HOURS)]
    counts: dict[Stream, Tally[int]] = {}
    for visit in past:
        half_hour = int(visit.since_s // HALF_HOUR_S)
        if visit.day in days and half_hour < HALF_HOURS and seen_s[visit.day] >= (half_hour + 1) * HALF_HOUR_S:
            counts.setdefault(visit.stream, Tally())[half_hour] += 1
    waited_s = sum(visit.waited_s for visit in past)
    walks = [visit.walk_s for visit in past if visit.walk_s is not None and visit.walk_s <= LONGEST_WALK_S]
    gaps = [visit.gap_s for visit in past if visit.gap_s is not None and visit.gap_s <= LONGEST_GAP_S]
    return Habits(
        arrivals={stream: _rates(count, seen) for stream, count in counts.items()},
        leaving=sum(visit.has_left for visit in past) / waited_s if waited_s else 0.0,
        walk_s=sum(walks) / len(walks) if walks else USUAL_WALK_S,
        gap_s=sum(gaps) / len(gaps) if gaps else 0.0,
    )


def _rates(counts: Tally[int], seen: Sequence[int]) -> tuple[float, ...]:
    usual = counts.total() / (sum(seen) * HALF_HOUR_S)
    return tuple(counts[n] / (days * HALF_HOUR_S) if days else usual for n, days in enumerate(seen))
