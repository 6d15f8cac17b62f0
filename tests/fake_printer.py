"""Owns a receipt printer for tests: a real TCP socket or pty, and a real thread that collects jobs and answers queries.

Status bytes are those of Epson's command reference: answers to DLE EOT have bits 1 and 4 set and bits 0 and 7 clear,
those to GS r have bits 4 and 7 clear. DLE EOT is answered at once, GS r behind what was sent before it.
"""

import os
import re
import select
import socket
import struct
import threading
import tty
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

_QUERY = re.compile(rb"\x10\x04([\x01-\x04])|\x1dr\x01")
_END_OF_JOB = b"\x1dVB\x00"
_FINE = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
_PAPER_OUT = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x72}
_COVER_OPEN = {1: 0x1A, 2: 0x16, 3: 0x12, 4: 0x12}
_FAULTY = {1: 0x1A, 2: 0x52, 3: 0x12, 4: 0x12}
_AUTOMATIC = bytes([0x10, 0x00, 0x00, 0x00])  # ASB, four bytes


class Mode(StrEnum):
    """How the printer behaves; a running printer's `mode` may be changed between jobs."""

    OK = "ok"
    SILENT = "silent"
    PAPER_OUT = "paper_out"
    PAPER_ENDS = "paper_ends"  # runs out of paper during the next job
    PAPER_ENDS_LATE = "paper_ends_late"  # so too, but is not aware of it when it is asked right after the job
    PAPER_LOW = "paper_low"
    COVER_OPEN = "cover_open"
    FAULTY = "faulty"
    OVERHEATED = "overheated"
    CUTTER = "cutter"
    BROKEN = "broken"
    STALLS = "stalls"  # takes the next job and never answers again
    PLAIN = "plain"  # an older model: answers DLE EOT only
    CHATTERS = "chatters"  # sends automatic status between its answers
    DROPS = "drops"  # breaks the connection in the middle of a job
    REFUSES = "refuses"  # switched off: nothing listens, until `switch_on`


_FAULTS = {
    Mode.PAPER_OUT: _PAPER_OUT,
    Mode.COVER_OPEN: _COVER_OPEN,
    Mode.FAULTY: _FAULTY,
    Mode.OVERHEATED: _FAULTY | {3: 0x52},
    Mode.CUTTER: _FAULTY | {3: 0x1A},
    Mode.BROKEN: _FAULTY | {3: 0x32},
}


class _Printer:
    """What every fake printer does with the bytes it receives. `jobs` are without the queries."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        self.jobs: list[bytes] = []
        self.queries = 0
        self._since_job = 0
        self._changed = threading.Condition()

    def wait_for_jobs(self, count: int, timeout: float = 10.0) -> list[bytes]:
        """The jobs, once there are `count`; fails the test if there never are."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.jobs) >= count, timeout), (
                f"{len(self.jobs)} jobs, not {count}"
            )
            return list(self.jobs)

    def _print(self, job: bytes) -> None:
        with self._changed:
            self.jobs.append(job)
            self._changed.notify_all()

    def _answer(self, received: bytes, send: Callable[[bytes], None]) -> bytes:
        """Answer the queries in what was received and return the rest."""
        for query in _QUERY.finditer(received):
            self.queries += 1
            has_job = bool(_QUERY.sub(b"", received[: query.start()])) or bool(self._since_job)
            self._since_job += has_job
            answer = self._status(query[1][0], has_job=has_job) if query[1] else self._end(has_job=has_job)
            if answer is not None:
                send((_AUTOMATIC if self.mode is Mode.CHATTERS else b"") + bytes([answer]))
        return _QUERY.sub(b"", received)

    def _status(self, query: int, *, has_job: bool) -> int | None:
        match self.mode:
            case Mode.SILENT:
                return None
            case Mode.STALLS | Mode.DROPS if has_job:
                return None
            case Mode.PAPER_ENDS if has_job:
                return _PAPER_OUT[query]
            case Mode.PAPER_ENDS_LATE if has_job and self._since_job > 3:
                return _PAPER_OUT[query]
            case Mode.PAPER_LOW:
                return 0x1E if query == 4 else _FINE[query]
        return _FAULTS.get(self.mode, _FINE)[query]

    def _end(self, *, has_job: bool) -> int | None:
        """A printer that is stopped does not come to a query that waits its turn."""
        stopped = self.mode in _FAULTS or (
            has_job and self.mode in {Mode.PAPER_ENDS, Mode.PAPER_ENDS_LATE, Mode.STALLS, Mode.DROPS}
        )
        return None if stopped or self.mode in {Mode.SILENT, Mode.PLAIN} else 0x00


class FakePrinter(_Printer):
    """On a TCP socket. Use as a context manager."""

    def __init__(self, mode: Mode = Mode.OK) -> None:
        super().__init__(mode)
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        if self.mode is not Mode.REFUSES:
            self.switch_on(self.mode)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread:
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes accept
            self._thread.join(10)
        self._socket.close()

    def switch_on(self, mode: Mode = Mode.OK) -> None:
        """Begin to listen."""
        self.mode = mode
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve, name="fake printer")
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._since_job = 0
            with connection:
                connection.settimeout(15)
                job = self._take(connection)
            if job:
                self._print(job)

    def _take(self, connection: socket.socket) -> bytes:
        """Everything of one connection that is not a query."""
        received = b""
        try:
            while chunk := connection.recv(65536):
                received = self._answer(received + chunk, connection.sendall)
                if received and self.mode is Mode.DROPS:
                    _reset(connection)
                    return b""
        except (ConnectionResetError, BrokenPipeError):
            return b""
        return received


class FakePtyPrinter(_Printer):
    """On a pty, as a serial line or a device node. Use as a context manager; a job ends with its cut."""

    def __init__(self, folder: Path, mode: Mode = Mode.OK) -> None:
        super().__init__(mode)
        self.path = folder / "printer"
        self._stop, self._wake = os.pipe()
        self._master = self._slave = -1
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        if self.mode is not Mode.REFUSES:
            self.switch_on(self.mode)
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._wake, b"x")
        if self._thread:
            self._thread.join(10)
        for end in (self._stop, self._wake):
            os.close(end)

    def switch_on(self, mode: Mode = Mode.OK) -> None:
        """Plug it in, at the same path as before."""
        self.mode = mode
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._slave))
        self._thread = threading.Thread(target=self._serve, name="fake printer")
        self._thread.start()

    def _serve(self) -> None:
        received = b""
        try:
            while self._master in select.select([self._master, self._stop], [], [], 15)[0]:
                received = self._answer(received + os.read(self._master, 65536), self._send)
                if received and self.mode is Mode.DROPS:
                    return
                while _END_OF_JOB in received:
                    job, _, received = received.partition(_END_OF_JOB)
                    self._print(job + _END_OF_JOB)
                    self._since_job = 1
        finally:
            for end in (self._master, self._slave):
                os.close(end)

    def _send(self, data: bytes) -> None:
        os.write(self._master, data)

    def forget(self) -> None:
        """What follows is a new job: a pty's connection does not end between two."""
        self._since_job = 0


def _reset(connection: socket.socket) -> None:
    """Close without a farewell: the other side sees a reset connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
