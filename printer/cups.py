"""Owns printing through a queue of the computer's print system (CUPS), by its own programs `lp` and `lpstat`.

python-escpos's LP is not used: it adds a line to each job, throws the answer of `lp` away and waits without end.
"""

import os
import re
import subprocess
import time

from db.paper_records import PrintState
from printer.errors import (
    CoverOpen,
    NotAnswering,
    Offline,
    OutOfPaper,
    PrinterFault,
    QueueStopped,
    Unreachable,
)  # fmt: skip
from printer.status import Condition

PROGRAM_S = 5.0
DONE_S = 15.0
_LOOK_EVERY_S = 0.2
_JOB = re.compile(r"request id is (\S+)")
_ALERTS = re.compile(r"^\s*Alerts:(.*)$", re.MULTILINE)
_FAULTS: dict[str, type[PrinterFault]] = {
    "media-empty": OutOfPaper,
    "media-needed": OutOfPaper,
    "cover-open": CoverOpen,
    "door-open": CoverOpen,
    "offline": Offline,
    "media-jam": Offline,
}


class CupsPrinter:
    """One queue. It never confirms paper, so a job it has handed on is `unknown`."""

    condition = Condition(answers=False)

    def __init__(self, queue: str) -> None:
        self._queue = queue

    def send(self, data: bytes) -> PrintState:
        """See `device.Printer`. A job that does not leave the queue is taken back, so that it cannot come out later."""
        self.look()
        said = _run("lp", "-d", self._queue, "-o", "raw", "-t", "Lobbyline", given=data)
        job = _JOB.search(said)
        if job is None:
            raise Unreachable(paper_out=False)
        until = time.monotonic() + DONE_S
        while job[1] in _run("lpstat", "-W", "not-completed", "-o", self._queue).split():
            if time.monotonic() > until:
                _run("cancel", job[1])
                self._look(paper_out=True)
                raise NotAnswering(paper_out=True)
            time.sleep(_LOOK_EVERY_S)
        return PrintState.UNKNOWN

    def look(self) -> None:
        """See `device.Printer`."""
        self._look(paper_out=False)

    def close(self) -> None:
        """See `device.Printer`."""

    def _look(self, *, paper_out: bool) -> None:
        said = _run("lpstat", "-l", "-p", self._queue)
        alerts = " ".join(_ALERTS.findall(said))
        for alert, fault in _FAULTS.items():
            if alert in alerts:
                raise fault(paper_out=paper_out)
        if " disabled " in said:
            raise QueueStopped(paper_out=paper_out)


def queues() -> list[str]:
    """The print system's queues; none where there is no print system."""
    try:
        return _run("lpstat", "-e").split()
    except PrinterFault:
        return []


def _run(*words: str, given: bytes = b"") -> str:
    """What a program of the print system says. Raises `Unreachable` if it is not there, fails or hangs."""
    try:
        done = subprocess.run(  # noqa: S603 — fixed programs, a queue's name was checked
            words, input=given, capture_output=True, timeout=PROGRAM_S, check=True, env={**os.environ, "LC_ALL": "C"}
        )
    except (OSError, subprocess.SubprocessError):
        raise Unreachable(paper_out=False) from None
    return done.stdout.decode(errors="replace")
