"""Owns the records of the floor's outlook, and what follows from habits alone: too much demand, usual comings. Pure.

The futures themselves are played by `counter.outlook`, in the process that computes forecasts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counter.habits import HALF_HOUR_S, HALF_HOURS
from counter.situation import Situation
from db.counter_records import CounterState
from db.ticket_records import Quote, Ticket, TicketClass

STEP_S = 600.0
"""The day's course is told in steps of ten minutes."""
AHEAD_S = 4 * 3600.0
"""No course is told further ahead."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What lies ahead of one who waits: the chance (0 to 1) of being called after `limit_at`, and the wait from now.

    No wait is told (None) if in half of the futures nobody calls.
    """

    ticket_id: int
    limit_at: float
    chance: float
    wait: Quote | None


@dataclass(frozen=True, slots=True)
class Prospects:
    """Of everybody who waits, in the order of issue. `any_late`: the chance that any of their promises breaks."""

    each: Sequence[Prospect] = ()
    any_late: float = 0.0


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does within an hour, in expectation. `saved`: promises to VIPs and appointments that are kept by it
    and would be broken without; `ordinary_s`: by how many seconds ordinary customers wait longer (below zero: shorter).
    """

    saved: float
    ordinary_s: float


@dataclass(frozen=True, slots=True)
class Expected:
    """How many wait at a moment to come; four of five futures lie between `low` and `high`."""

    at: float
    low: float
    mid: float
    high: float


def limit_at(ticket: Ticket, fair_after_s: float) -> float:
    """By when a customer has to be called: the promise, or without one the ceiling of the calling rule."""
    return ticket.waiting_since + fair_after_s if ticket.promised_at is None else ticket.promised_at


def beyond_until(situation: Situation) -> float | None:
    """Until when more work comes than the open counters can do, from this half hour on; None if they can.

    A short calm half hour in between ends it: then the counters catch up.
    """
    at_work = sum(counter.state != CounterState.CLOSED for counter in situation.lobby.counters)
    half = int((situation.now - situation.day_start) // HALF_HOUR_S)
    until = None
    while half < HALF_HOURS and situation.day_start + half * HALF_HOUR_S < situation.closes_at:
        if _work(situation, half) <= at_work:
            break
        half += 1
        until = min(situation.day_start + half * HALF_HOUR_S, situation.closes_at)
    return until


def _work(situation: Situation, half_hour: int) -> float:
    """How many counters the comings of a half hour keep busy; booked ones count as the visits of past days do."""
    habits = situation.habits
    handling_s = habits.walk_s + habits.gap_s
    return sum(
        rates[half_hour] * (situation.times[service].mean_s + handling_s)
        for (_, _, service), rates in habits.arrivals.items()
        if service in situation.times
    )


def expected_arrivals(arrivals: Mapping[tuple[TicketClass, str | None, str], Sequence[float]], half_hour: int) -> float:
    """How many usually come in a half hour of the day."""
    return HALF_HOUR_S * sum(rates[half_hour % HALF_HOURS] for rates in arrivals.values())
