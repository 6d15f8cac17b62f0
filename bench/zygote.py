"""Owns starting server processes fast: the program is loaded once, and each server is forked from it before it begins.

Everything after loading is what `lobbyline serve` does, but that no process computes forecasts: it would start anew
with each server, for seconds, and nothing it makes is ever an answer. Orders come line by line: `FOLDER PORT LOG`; the
answer is the server's process id, and its own output goes to the file LOG.
"""

import gevent.monkey

gevent.monkey.patch_all()

import os  # noqa: E402 — nothing may be imported before the patch
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from lobby import server  # noqa: E402
from lobby.clock import Clock  # noqa: E402
from lobby.terminal import or_fail, say  # noqa: E402

_fork = gevent.monkey.get_original("os", "fork")
_readline = gevent.monkey.get_original("sys", "stdin").readline


class _NoOracle:
    def ask(self, *_: Any) -> Any:
        raise OSError("no forecasts here")

    def close(self) -> None:
        """Nothing to end."""


def main() -> None:
    while True:
        line = _readline()
        if not line:
            return
        folder, port, log = line.split()
        pid = _fork()
        if pid == 0:
            _become_server(Path(folder), int(port), Path(log))
        os.write(1, f"{pid}\n".encode())
        _reap()


def _become_server(folder: Path, port: int, log: Path) -> None:
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    server.__dict__["Oracle"] = _NoOracle
    or_fail(lambda: server.serve(folder, server.Address("127.0.0.1", port), Clock(), say))
    sys.stdout.flush()
    os._exit(0)


def _reap() -> None:
    """Servers that were killed before."""
    while True:
        try:
            pid, _ = gevent.monkey.get_original("os", "waitpid")(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


if __name__ == "__main__":
    main()
