"""Owns making quotes honest: what became of earlier ones widens, narrows and shifts the next (conformal). Pure.

Where in its own range did the real wait fall? 0 is the middle, −1 the low end, +1 the high end. The tenth, fiftieth
and ninetieth percentile of these places over recent quotes, taken as split-conformal quantiles (Romano, Patterson and
Candès 2019, for each tail by itself), say where the low end, the middle and the high end should have been.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from db.ticket_records import Quote

COVERAGE = 0.80
"""The share of customers whose wait is to lie inside the range they were told."""
FEWEST = 60
"""With fewer scored quotes nothing is corrected."""
NARROWEST_S = 45.0
"""Half a range narrower than this is taken as this wide: below it lies nothing but chance."""


@dataclass(frozen=True, slots=True)
class Correction:
    """Places in the range of the plain forecast at which low end, middle and high end belong."""

    low: float = -1.0
    mid: float = 0.0
    high: float = 1.0

    def apply(self, plain: Quote) -> Quote:
        """The quote to tell: in order, and nowhere below zero."""
        if self == NONE:
            return plain
        low, mid, high = sorted(max(0.0, _at(place, plain)) for place in (self.low, self.mid, self.high))
        return Quote(low, mid, high)


NONE = Correction()
"""The plain forecast stays as it is."""


def learn(scored: Sequence[tuple[Quote, float]]) -> Correction:
    """From plain forecasts and the waits that came of them, in seconds."""
    if len(scored) < FEWEST:
        return NONE
    places = sorted(_place(wait_s, plain) for plain, wait_s in scored)
    tail = (1 - COVERAGE) / 2
    return Correction(
        -_quantile([-place for place in reversed(places)], 1 - tail), _middle(places), _quantile(places, 1 - tail)
    )


def _quantile(ascending: Sequence[float], share: float) -> float:
    """The conformal one: of n values the ⌈(n + 1) · share⌉-th, the largest if there is none."""
    return ascending[min(len(ascending), math.ceil((len(ascending) + 1) * share)) - 1]


def _middle(ascending: Sequence[float]) -> float:
    return ascending[len(ascending) // 2]


def _place(wait_s: float, plain: Quote) -> float:
    off = wait_s - plain.mid_s
    return off / _half(plain, off)


def _at(place: float, plain: Quote) -> float:
    return plain.mid_s + place * _half(plain, place)


def _half(plain: Quote, side: float) -> float:
    return max(NARROWEST_S, plain.high_s - plain.mid_s if side >= 0 else plain.mid_s - plain.low_s)
