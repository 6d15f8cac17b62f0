"""Owns the one clock of the program: wall time, or for a demo a time that starts elsewhere and runs faster."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds since the epoch: the system's time, corrections included.

    With `starts_at` it begins there and then runs `speed` times as fast as real time.
    """

    speed: float = 1.0
    starts_at: float | None = None
    _zero: float = field(default_factory=time.monotonic)

    def __call__(self) -> float:
        """The time now."""
        if self.starts_at is None:
            return time.time()
        return self.starts_at + (time.monotonic() - self._zero) * self.speed
