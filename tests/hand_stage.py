"""Owns a served store whose clock a test moves by hand: a real process and real sockets, no waiting for time."""

import sys
from pathlib import Path

import hand_clock
from floor_stage import FloorServing


class HandServing(FloorServing):
    """A server over a prepared store; `now` is its time."""

    def __init__(self, folder: Path, now: float) -> None:
        super().__init__(folder)
        self._file = folder / "clock"
        self.move_to(now)

    def command_line(self, port: int) -> list[str]:
        """What starts it."""
        return [sys.executable, "-P", hand_clock.__file__, str(self.folder), str(port), str(self._file)]

    def move_to(self, now: float) -> None:
        """Let it be another time, at once."""
        new = self._file.with_suffix(".new")
        new.write_bytes(hand_clock.AT.pack(now))
        new.replace(self._file)
        self.now = now
