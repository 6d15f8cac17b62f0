"""Owns a served store whose clock a test moves by hand: a real process and real sockets, no waiting for time."""

from pathlib import Path

from floor_stage import FloorServing
from hand_clock import AT
from serving import Call


class HandServing(FloorServing):
    """A server over a prepared store; `now` is its time."""

    def __init__(self, folder: Path, now: float) -> None:
        super().__init__(folder)
        self._file = folder / "clock"
        self.move_to(now)

    def call(self, port: int) -> Call:
        """What starts it."""
        return "hand_clock:serve_with_file", (str(self.folder), port, str(self._file))

    def move_to(self, now: float) -> None:
        """Let it be another time, at once."""
        new = self._file.with_suffix(".new")
        new.write_bytes(AT.pack(now))
        new.replace(self._file)
        self.now = now
