"""Owns what of a store's day adds up to the figures of many: sums, highest values, waits second by second. Pure.

Waits are kept as whole seconds, so percentiles of any number of stores and days are exact to the second that a report
shows. A wait beyond `LONGEST_S` counts as that long.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from display.ticket_facts import Rows

SECONDS = np.dtype("<u2")
LONGEST_S = 0xFFFF
"""Eighteen hours, in seconds."""

SUMMED = (
    "issued", "served", "no_show", "abandoned", "expired", "called", "wait_s", "left_s", "walks", "walk_s", "handled",
    "handling_s", "work_s", "vip_kept", "vip_missed", "appointment_kept", "appointment_missed", "overtaken", "overtakes",
    "quotes", "error_s", "bias_s", "covered", "ratings", "score", "open_s", "paused_s", "busy_s", "hours",
)  # fmt: skip
"""`…_s` in seconds; `called`, `walks`, `handled`, `overtaken`: how many the sum beside it is of; `hours` of the clock
in which somebody came or a counter was there."""
HIGHEST = ("overtakes_max", "longest_run")


class Kind(StrEnum):
    """Of which part of a day a row of sums is."""

    ALL = "all"
    HOUR = "hour"
    SERVICE = "service"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each whole number was seen, in ascending order."""

    values: Rows
    counts: Rows

    def __len__(self) -> int:
        return int(self.counts.sum())

    def percentile(self, percent: int) -> int | None:
        """By nearest rank: the smallest value that so many percent do not exceed; None of nothing."""
        if not len(self.values):
            return None
        rank = max(1, -(-percent * len(self) // 100))
        return int(self.values[np.searchsorted(np.cumsum(self.counts), rank)])


def counted(packed: bytes) -> Counted:
    """Numbers that were packed by `packed`, of any number of rows one after another."""
    return _found(np.bincount(np.frombuffer(packed, SECONDS)))


def packed(numbers: Rows) -> bytes:
    """Whole numbers as they are kept; what is above `LONGEST_S` becomes that."""
    return bytes(np.minimum(numbers, LONGEST_S).astype(SECONDS).tobytes())


def _found(counts: Rows) -> Counted:
    values = np.flatnonzero(counts)
    return Counted(values, counts[values])


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of some part of some days; `waits` in seconds, `cells`: how many came in each hour of each store."""

    numbers: Mapping[str, float]
    waits: Counted = field(default_factory=lambda: counted(b""))
    cells: Counted = field(default_factory=lambda: counted(b""))


def total(parts: Iterable[Sums]) -> Sums:
    """Several as one."""
    known = list(parts)
    numbers: dict[str, Any] = {key: sum(part.numbers[key] for part in known) for key in SUMMED}
    numbers |= {key: max((part.numbers[key] for part in known), default=0) for key in HIGHEST}
    return Sums(numbers, _merged([part.waits for part in known]), _merged([part.cells for part in known]))


def _merged(parts: list[Counted]) -> Counted:
    if len(parts) == 1:
        return parts[0]
    values = np.concatenate([np.zeros(0, np.int64), *(part.values for part in parts)])
    counts = np.concatenate([np.zeros(0, np.int64), *(part.counts for part in parts)])
    return _found(np.bincount(values, weights=counts).astype(np.int64))
