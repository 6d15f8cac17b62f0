"""Owns a process that works for the server: started with its first job, and anew after it has failed."""

import subprocess
import sys
from typing import Any

import gevent
from gevent.lock import BoundedSemaphore

from lobby import pipe


class Helper:
    """`python -m MODULE`, which calls `pipe.answer_jobs`. A job that takes longer than `longest_s` ends the process."""

    def __init__(self, module: str, longest_s: float) -> None:
        self._module, self._longest_s = module, longest_s
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = BoundedSemaphore()

    def ask(self, job: str, *arguments: Any) -> Any:
        """Let the process do one of its jobs. Other greenlets go on meanwhile.

        Raises what the job raises, and `OSError`, `EOFError` or `gevent.Timeout` if the process fails.
        """
        with self._turn:
            process = self._process or self._start()
            try:
                with gevent.Timeout(self._longest_s):
                    pipe.write(process.stdin, (job, arguments))  # type: ignore[arg-type]
                    answer = pipe.read(process.stdout)  # type: ignore[arg-type]
            except BaseException:
                self._end()
                raise
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the process."""
        self._end()

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", self._module]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 — our own
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()  # waits for it and closes its pipes
