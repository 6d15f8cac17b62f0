"""Owns the one clock of the program: wall time that never runs back, or for a demo a time that starts elsewhere.

Whoever waits must not wait less than no time, and who comes later must not stand before who came earlier. So where the
machine's clock is set back a little, this one goes on from where it was, a tenth slower, until the other has caught up.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

LONGEST_STEP_BACK_S = 7200.0
"""Further back is a date put right: it is taken at once, or the store would be in tomorrow for days."""
PACE = 0.9
OLDEST_S = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
"""No machine that serves this release lives earlier: its clock has lost its battery and is not believed."""


@dataclass(slots=True, eq=False)
class Clock:
    """Seconds since the epoch: the system's time, corrections included, but never back by less than two hours.

    With `starts_at` it begins there and then runs `speed` times as fast as real time.
    """

    speed: float = 1.0
    starts_at: float | None = None
    _zero: float = field(default_factory=time.monotonic)
    _last: tuple[float, float] = (0.0, 0.0)

    def __call__(self) -> float:
        """The time now."""
        if self.starts_at is not None:
            return self.starts_at + (time.monotonic() - self._zero) * self.speed
        wall, ticks = time.time(), time.monotonic()
        told, told_at = self._last
        ahead = told - wall
        own = told + (ticks - told_at) * (PACE if ahead <= LONGEST_STEP_BACK_S else 1.0)
        is_to_go_on = own > wall and (own - wall <= LONGEST_STEP_BACK_S or wall < OLDEST_S)
        now = own if is_to_go_on else wall
        self._last = (now, ticks)
        return now

    def go_on_from(self, at: float) -> None:
        """The newest time that the store's journal knows: a machine that was started anew is to go on from there."""
        self._last = (at, time.monotonic())

    def ahead_s(self) -> float:
        """How far this clock is ahead of the machine's, in seconds; a little more than 0 is nothing to tell."""
        return 0.0 if self.starts_at is not None else self() - time.time()
