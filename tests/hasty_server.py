"""Owns a server that asks its live lines often whether they are alive, so that tests need not wait long for it."""

from pathlib import Path

from serving import Call, Serving

from lobby import server
from lobby.clock import Clock
from lobby.listening import Address
from lobby.terminal import say

PING_EVERY_S, PONG_WITHIN_S = 1.0, 3.0


class HastyServing(Serving):
    """A server without patience."""

    def call(self, port: int) -> Call:
        """What starts it."""
        return "hasty_server:serve_hasty", (str(self.folder), port)

    @property
    def sockets(self) -> int:
        """How many it has open."""
        return sum(_is_socket(fd) for fd in Path(f"/proc/{self.pid}/fd").iterdir())


def _is_socket(fd: Path) -> bool:
    try:
        return "socket:" in str(fd.readlink())
    except FileNotFoundError:  # closed meanwhile
        return False


def serve_hasty(folder: str, port: int) -> None:
    """Serve until SIGTERM, as `lobbyline serve` does."""
    server.PING_EVERY_S, server.PONG_WITHIN_S = PING_EVERY_S, PONG_WITHIN_S
    server.serve(Path(folder), Address("127.0.0.1", port), Clock(1.0), say)
