"""Owns the server half of a demo: a process of its own that serves until its standard input ends.

Only the demo holds the other end of that input: however the demo ends, it leaves no server behind.
"""

import os
import select
import signal
import sys
import threading
from pathlib import Path


def main(folder: str, host: str, port: str, speed: str, starts_at: str) -> None:
    """Serve a folder with a clock that runs `speed` times as fast from `starts_at`, in seconds since the epoch."""
    from gevent import monkey  # noqa: PLC0415 — patches before anything else is imported

    monkey.patch_all()
    from db.errors import LobbyError  # noqa: PLC0415
    from lobby.clock import Clock  # noqa: PLC0415
    from lobby.listening import Address  # noqa: PLC0415
    from lobby.server import serve  # noqa: PLC0415

    _stop_with_input()
    try:
        serve(Path(folder), Address(host, int(port)), Clock(float(speed), float(starts_at)), _say)
    except LobbyError as refused:
        sys.exit(f"lobbyline: {refused}")
    except OSError as error:
        sys.exit(f"lobbyline: {error.strerror or error}")


def _stop_with_input() -> None:
    """gevent has patched the standard library: the thread is a greenlet, and `select` lets the others work."""

    def wait() -> None:
        select.select([sys.stdin], [], [])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
