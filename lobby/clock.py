"""Owns the one clock of the program: wall time, or for a demo a time that starts elsewhere and runs faster."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds since the epoch, running `speed` times as fast as real time from `starts_at` (default: now)."""

    speed: float = 1.0
    starts_at: float = field(default_factory=time.time)
    _zero: float = field(default_factory=time.monotonic)

    def __call__(self) -> float:
        """The time now; at speed 1 it follows the system's clock, corrections included."""
        if self.speed == 1:
            return time.time()
        return self.starts_at + (time.monotonic() - self._zero) * self.speed
