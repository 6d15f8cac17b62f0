"""Owns a server as `lobbyline serve` runs it, but that no process computes forecasts.

That would start anew with each server, for seconds, and nothing it makes is ever an answer.
"""

import os
from pathlib import Path
from typing import Any

from lobby import listening, server
from lobby.clock import Clock
from lobby.terminal import or_fail, say


class _NoOracle:
    def ask(self, *_: Any) -> Any:
        raise OSError("no forecasts here")

    def close(self) -> None:
        """Nothing to end."""


def serve(folder: str, port: int, log: str) -> None:
    """Serve on loopback until SIGTERM; what it says goes to the file `log`."""
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    server.__dict__["Oracle"] = _NoOracle
    or_fail(lambda: server.serve(Path(folder), listening.Address("127.0.0.1", port), Clock(), say))
