"""Owns the day's course for the chart: waiting, comings and calls so far, what is usual, what is foreseen. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

from counter.habits import HALF_HOUR_S
from counter.prospects import STEP_S, Expected, expected_arrivals
from counter.situation import Situation

Times = Sequence[tuple[float, float | None, float | None]]
"""Of every ticket: when it was issued, first called (None: not yet, or never) and ended."""


def course(times: Times, situation: Situation, ahead: Iterable[Expected], opens_at: float | None) -> dict[str, Any]:
    """Series in steps of ten minutes, times in seconds since the epoch.

    `past`: [[at, waiting at that moment, came in the step before, called in it]]; `usual`: [[at, comings in a step]] of
    past days until the foreseen end; `ahead`: [[at, low, mid, high]] waiting. It begins with the opening, or the first
    ticket of a store without hours.
    """
    first = min([at for at, _, _ in times], default=situation.now)
    start = (first if opens_at is None else min(first, opens_at)) // STEP_S * STEP_S
    future = [[one.at, one.low, one.mid, one.high] for one in ahead]
    end = max([situation.now, *(row[0] for row in future)])
    return {
        "step_s": round(STEP_S),
        "past": [_step(at, times) for at in _moments(start, situation.now)],
        "usual": [[at, round(_usual(at, situation), 1)] for at in _moments(start, end)],
        "ahead": future,
    }


def _moments(start: float, end: float) -> list[float]:
    return [start + n * STEP_S for n in range(1 + int((end - start) // STEP_S))]


def _step(at: float, times: Times) -> list[float]:
    waiting = came = called = 0
    for issued_at, called_at, ended_at in times:
        gone_at = called_at if called_at is not None else ended_at
        waiting += issued_at <= at and (gone_at is None or gone_at > at)
        came += at - STEP_S < issued_at <= at
        called += called_at is not None and at - STEP_S < called_at <= at
    return [at, waiting, came, called]


def _usual(at: float, situation: Situation) -> float:
    half_hour = int((at - STEP_S - situation.day_start) // HALF_HOUR_S)
    return expected_arrivals(situation.habits.arrivals, half_hour) * STEP_S / HALF_HOUR_S
