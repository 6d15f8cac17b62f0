"""Owns the what-if: what the next hour looks like as things are, and with something changed, in the same futures. Pure.

Both worlds meet the same people (common random numbers), so that the difference between them is due to the change.
"""

import numpy as np

from counter.course import Rows
from counter.forecast import FUTURES, LONGEST_S, World
from counter.policy import Kind
from counter.situation import FIGURES, Comparison, Situation, Span

HOUR_S = 3600.0


def compare(present: Situation, changed: Situation, seed: int = 1) -> Comparison:
    """Play the next hour both ways."""
    now, then = _figures(present, seed), _figures(changed, seed)
    return Comparison(
        {name: _span(now[name]) for name in FIGURES},
        {name: _span(then[name]) for name in FIGURES},
        {name: _span(then[name] - now[name]) for name in FIGURES},
    )


def _figures(situation: Situation, seed: int) -> dict[str, Rows]:
    """Each figure in each future; NaN where there is nobody to count."""
    world = World(situation, situation.lobby.waiting, HOUR_S, seed)
    called_at = world.play(np.stack([np.zeros(FUTURES, np.int64), np.diff(world.bounds)], axis=1))
    called_at = np.minimum(called_at, situation.now + LONGEST_S)
    spans = [slice(first, last) for first, last in zip(world.bounds[:-1], world.bounds[1:], strict=True)]
    rows = [_of_future(world.people[span], called_at[span]) for span in spans]
    return dict(zip(FIGURES, np.array(rows).T, strict=True))


def _of_future(people: Rows, called_at: Rows) -> tuple[float, float, float, float]:
    """Who left before the call counts nowhere; who is not called at all waits the longest."""
    stays = ~np.isnan(called_at)
    vips, ordinary = stays & (people["kind"] == Kind.VIP), stays & (people["kind"] == Kind.ORDINARY)
    late = called_at[vips] > people["due_at"][vips]
    waits_s = np.sort(called_at[ordinary] - people["issued_at"][ordinary])
    return (
        float(late.sum()),
        float(1 - late.mean()) if len(late) else np.nan,
        _percentile(waits_s, 0.5),
        _percentile(waits_s, 0.9),
    )


def _percentile(ascending: Rows, share: float) -> float:
    return float(ascending[min(len(ascending) - 1, int(share * len(ascending)))]) if len(ascending) else np.nan


def _span(figures: Rows) -> Span | None:
    known = np.sort(figures[~np.isnan(figures)])
    if not len(known):
        return None
    return Span(*(_percentile(known, share) for share in (0.1, 0.5, 0.9)))
