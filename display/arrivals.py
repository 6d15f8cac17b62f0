"""Owns how many customers a day was expected to bring: as its weekday did in the four weeks before. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from display.ticket_facts import Facts, Rows

WEEKS = 4
LEAST = 3
"""Fewer such days in four weeks tell nothing yet."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Arrivals by hour of the days that are known, among them the four weeks before those asked about."""

    by_hour: Mapping[str, Rows]

    def arrivals(self, days: Iterable[str], hours: Sequence[int] | None = None) -> float | None:
        """The arrivals to be expected of these days, all hours or some; None where a day has too few before it."""
        sums = [self._of_day(day, hours) for day in days]
        known = [one for one in sums if one is not None]
        return round(sum(known), 1) if known and len(known) == len(sums) else None

    def _of_day(self, day: str, hours: Sequence[int] | None) -> float | None:
        on = date.fromisoformat(day)
        before = [self.by_hour.get(str(on - timedelta(weeks=week))) for week in range(1, WEEKS + 1)]
        seen = [one for one in before if one is not None]
        if len(seen) < LEAST:
            return None
        mean = np.mean(seen, axis=0)
        return float(mean.sum() if hours is None else mean[list(hours)].sum())


def expected(known: Iterable[Facts]) -> Expected:
    """From days' facts."""
    return Expected({day.day: np.bincount(day.tickets["hour"], minlength=24) for day in known})
