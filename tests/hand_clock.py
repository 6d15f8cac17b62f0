"""Owns the server's half of a store whose clock a test moves by hand: the time stands in a file.

Run as a program it serves a folder until SIGTERM, as `lobbyline serve` does.
"""

import struct
import sys
from pathlib import Path

AT = struct.Struct("d")
SPEED = 10.0
"""The floor is looked at as often as if the clock ran so fast."""


def serve(folder: str, port: str, file: str) -> None:
    """Serve with the time in `file`, seconds since the epoch as `AT`."""
    from gevent import monkey  # noqa: PLC0415 — patches before anything else is imported

    monkey.patch_all()
    from lobby import server  # noqa: PLC0415
    from lobby.clock import Clock  # noqa: PLC0415

    class FileClock(Clock):
        def __call__(self) -> float:
            return float(AT.unpack(Path(file).read_bytes())[0])

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    server.serve(Path(folder), server.Address("127.0.0.1", int(port)), FileClock(SPEED), say)


if __name__ == "__main__":
    serve(*sys.argv[1:])
