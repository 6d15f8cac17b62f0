"""Owns starting servers fast: the program is loaded once for a run of tests or a bench, each server is forked from it.

A server costs two seconds of a processor to load; everything after loading is as when it is started by itself.
"""

import atexit
import json
import os
import select
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import IO

HERE = Path(__file__).parent
"""A script's own folder, where one is called as the package `chain` is."""


class Forked:
    """A process that is no child of ours: what `subprocess.Popen` offers, as far as it is needed."""

    def __init__(self, said: int, told: int) -> None:
        self.stdout: IO[str] = os.fdopen(said)
        self._told: IO[str] = os.fdopen(told)
        self.pid = int(self._told.readline())

    def wait(self, timeout: float) -> int:
        """Its exit code, once. Raises `TimeoutError`."""
        if not select.select([self._told], [], [], timeout)[0]:
            raise TimeoutError(f"process {self.pid} goes on after {timeout} s")
        with self._told:
            return int(self._told.readline())


class _Zygote:
    def __init__(self) -> None:
        self.orders, its = socket.socketpair()
        with its:
            words = [sys.executable, "-P", "-m", "bench.zygote"]
            paths = [path for path in sys.path if Path(path) != HERE]
            own_path = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
            self._process = subprocess.Popen(words, stdin=its.fileno(), env=own_path)

    def close(self) -> None:
        self.orders.close()
        self._process.wait()


@cache
def _zygote() -> _Zygote:
    started = _Zygote()
    atexit.register(started.close)
    return started


def fork(call: str, *arguments: object) -> Forked:
    """A process that calls `module:function` with these arguments."""
    said, say = os.pipe()
    told, tell = os.pipe()
    socket.send_fds(_zygote().orders, [json.dumps([call, arguments, dict(os.environ)]).encode()], [say, tell])
    os.close(say)
    os.close(tell)
    return Forked(said, told)
