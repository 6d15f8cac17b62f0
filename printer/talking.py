"""Owns the talk with a printer: ask how it is, send a job, wait until it says that it is done; knows no slips.

Every fault is told as a `PrinterFault`, whatever was raised below.
"""

import os
import stat
import termios
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from db.paper_records import PrintState
from printer import library, status
from printer.errors import ConnectionLost, NoPermission, NotAnswering, OutOfPaper, PrinterFault, Unreachable
from printer.links import Link, NodeLink, is_device, write_all
from printer.status import Condition, Kind, Sorter

ANSWER_S = 1.0
GLANCE_S = 0.2
END_S = 12.0
"""A slip takes seconds on paper: so long after it a printer that answers otherwise may stay silent."""


class LinkPrinter:
    """A printer on a two-way link. `known` is what it told before this program was started.

    A network printer is let go after each job, since others may use it; with `stays` the link is kept until it fails.
    """

    def __init__(self, connect: Callable[[], Link], known: Condition = status.UNKNOWN, *, stays: bool = False) -> None:
        self.condition = known
        self._connect = connect
        self._stays = stays
        self._kept: Link | None = None

    def send(self, data: bytes) -> PrintState:
        """Ask, send, ask again.

        A stalled printer takes a whole job without an error, so only an answer after the job means `printed`. One that
        has never answered is not asked again: it costs a slip one second, not two, and stays `unknown`.
        """
        with self._talking() as talk:
            with _faults(paper_out=False):
                answers = self._check(talk)
                if answers:
                    self._learn_end(talk, ANSWER_S if self.condition.marks_end is None else GLANCE_S)
            with _faults(paper_out=True):
                talk.write(data)
                if not answers:
                    return PrintState.UNKNOWN
                self._wait_until_done(talk)
                return PrintState.PRINTED

    def look(self) -> None:
        """See `device.Printer`."""
        with self._talking() as talk, _faults(paper_out=False):
            if self._check(talk):
                self._learn_end(talk, ANSWER_S)

    def close(self) -> None:
        """See `device.Printer`."""
        kept, self._kept = self._kept, None
        if kept is not None:
            with suppress(OSError, termios.error):
                kept.close()

    @contextmanager
    def _talking(self) -> Iterator["_Talk"]:
        """After any fault the link is closed and opened anew; nobody knows what is still on its way in it."""
        link = self._kept or self._connect()
        self._kept = link
        try:
            yield _Talk(link)
        except BaseException:
            self.close()
            raise
        if not self._stays:
            self.close()

    def _learn_end(self, talk: "_Talk", patience_s: float) -> None:
        """Find out whether it marks the end of a job; one that once was slow to answer is asked again."""
        if not self.condition.marks_end:
            self._know(marks_end=talk.marks_end(patience_s))

    def _know(self, **facts: bool) -> None:
        self.condition = replace(self.condition, **facts)

    def _check(self, talk: "_Talk") -> bool:
        """Whether the printer answers; raises the fault it reports, or `NotAnswering` if it used to answer."""
        try:
            online = talk.ask(status.ONLINE)
            if online & status.OFFLINE:
                _raise_cause(talk)
            paper = talk.ask(status.PAPER)
        except _Silence:
            if self.condition.answers:
                raise NotAnswering(paper_out=False) from None
            self._know(answers=False)
            return False
        self._know(answers=True, paper_low=status.is_low(paper))
        if status.is_out(paper):
            raise OutOfPaper(paper_out=False)
        return True

    def _wait_until_done(self, talk: "_Talk") -> None:
        """Until the printer answers behind the job, in the strongest way it knows.

        Meanwhile it is asked how it is: without paper it stops before it comes to the mark. A buffer may be full of the
        slip, so silence is a fault only after a while.
        """
        until = time.monotonic() + END_S
        if self.condition.marks_end:
            talk.write(status.END)
        while True:
            if self.condition.marks_end and talk.marks_end_within(ANSWER_S / 4):
                return
            try:
                self._check(talk)
                if not self.condition.marks_end:
                    return
            except NotAnswering:
                pass
            if time.monotonic() > until:
                raise NotAnswering(paper_out=True)


class _Silence(Exception):
    """No answer came in time."""


class _Talk:
    """One connection's questions and answers."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._sorter = Sorter()
        self._heard: deque[int] = deque()
        self._end: int | None = None

    def write(self, data: bytes) -> None:
        self._link.write(data)

    def ask(self, query: bytes) -> int:
        """One byte of real-time status. Raises `_Silence`."""
        self._link.write(query)
        found = self._hear(Kind.STATUS, ANSWER_S)
        if found is None:
            raise _Silence
        return found

    def marks_end(self, patience_s: float) -> bool:
        """Whether the printer knows the mark that is used after a job."""
        self._link.write(status.END)
        try:
            return self.marks_end_within(patience_s)
        finally:
            self._end = None

    def marks_end_within(self, patience_s: float) -> bool:
        """Whether the mark behind a job has been answered. Raises `OutOfPaper` if the answer says so."""
        end = self._end if self._end is not None else self._hear(Kind.END, patience_s)
        if end is not None and status.is_out_at_end(end):
            raise OutOfPaper(paper_out=True)
        return end is not None

    def _hear(self, wanted: Kind, patience_s: float) -> int | None:
        until = time.monotonic() + patience_s
        while True:
            while self._heard:
                byte = self._heard.popleft()
                kind = self._sorter.kind(byte)
                if kind is Kind.END:
                    self._end = byte
                if kind is wanted:
                    return byte
            left = until - time.monotonic()
            if left <= 0:
                return None
            self._heard.extend(self._link.read(left))


def _raise_cause(talk: _Talk) -> None:
    """Raise what an offline printer gives as the reason."""
    cause = talk.ask(status.CAUSE)
    fault = status.cause_fault(cause) or status.error_fault(talk.ask(status.ERROR) if status.has_error(cause) else 0)
    raise fault(paper_out=False)


@contextmanager
def _faults(*, paper_out: bool) -> Iterator[None]:
    """Turn a broken connection into a fault, and say of every fault whether paper may have come out."""
    try:
        yield
    except PrinterFault as fault:
        fault.paper_out = paper_out
        raise
    except PermissionError:
        raise NoPermission(paper_out=False) from None
    except (OSError, library.Error, AssertionError, termios.error):
        raise ConnectionLost(paper_out=paper_out) from None


class NodePrinter:
    """A device node such as `/dev/usb/lp0`, which is asked how it is; a plain file, which collects the jobs."""

    def __init__(self, path: Path, known: Condition = status.UNKNOWN) -> None:
        self._path = path
        self._talking = LinkPrinter(lambda: NodeLink(path), known)

    @property
    def condition(self) -> Condition:
        """See `device.Printer`."""
        return self._talking.condition

    def send(self, data: bytes) -> PrintState:
        """Write the job; a plain file confirms it, a device if it answers."""
        if is_device(self._path):
            return self._talking.send(data)
        with self._opened() as file, _faults(paper_out=True):
            write_all(file, data)
            if not stat.S_ISREG(os.fstat(file).st_mode):
                return PrintState.UNKNOWN
            os.fsync(file)
            return PrintState.PRINTED

    def look(self) -> None:
        """See `device.Printer`."""
        if is_device(self._path):
            self._talking.look()
        else:
            with self._opened():
                pass

    def close(self) -> None:
        """See `device.Printer`."""
        self._talking.close()

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """A missing file is made, but not in /dev: slips for an unplugged printer would vanish into it."""
        make = 0 if self._path.is_relative_to("/dev") else os.O_CREAT
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | make, 0o644)
        except PermissionError:
            raise NoPermission(paper_out=False) from None
        except OSError:
            raise Unreachable(paper_out=False) from None
        try:
            yield file
        finally:
            os.close(file)
