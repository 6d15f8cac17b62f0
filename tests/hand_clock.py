"""Owns servers whose time a test decides: set once and going on from there, or moved by hand, standing in a file."""

import struct
from pathlib import Path

from lobby.clock import Clock
from lobby.listening import Address
from lobby.server import serve
from lobby.terminal import say

AT = struct.Struct("d")
SPEED = 10.0
"""The floor is looked at as often as if a clock in a file ran so fast."""


class FileClock(Clock):
    """The time in a file, in seconds since the epoch as `AT`."""

    def __init__(self, file: Path) -> None:
        super().__init__(SPEED)
        self._file = file

    def __call__(self) -> float:
        return float(AT.unpack(self._file.read_bytes())[0])


def serve_with_file(folder: str, port: int, file: str) -> None:
    """Serve until SIGTERM, as `lobbyline serve` does, with the time in a file."""
    serve(Path(folder), Address("127.0.0.1", port), FileClock(Path(file)), say)


def serve_from(folder: str, port: int, speed: float, starts_at: float) -> None:
    """Serve until SIGTERM, as `lobbyline serve` does, with a clock of its own speed that starts at a time."""
    serve(Path(folder), Address("127.0.0.1", port), Clock(speed, starts_at), say)
