"""Owns a receipt printer for tests: a real TCP socket and a real thread that collects jobs and answers status queries.

Status bytes are those of Epson's DLE EOT: all answers have bits 1 and 4 set and bits 0 and 7 clear.
"""

import re
import socket
import struct
import threading
from enum import StrEnum
from types import TracebackType
from typing import Self

_QUERY = re.compile(rb"\x10\x04([\x01\x02\x04])")
_FINE = {1: 0x12, 2: 0x12, 4: 0x12}
_PAPER_OUT = {1: 0x1A, 2: 0x32, 4: 0x72}
_COVER_OPEN = {1: 0x1A, 2: 0x16, 4: 0x12}
_FAULTY = {1: 0x1A, 2: 0x52, 4: 0x12}


class Mode(StrEnum):
    """How the printer behaves; a running printer's `mode` may be changed between jobs."""

    OK = "ok"
    SILENT = "silent"
    PAPER_OUT = "paper_out"
    PAPER_ENDS = "paper_ends"  # runs out of paper during the next job
    PAPER_LOW = "paper_low"
    COVER_OPEN = "cover_open"
    FAULTY = "faulty"
    DROPS = "drops"  # breaks the connection in the middle of a job
    REFUSES = "refuses"  # switched off: nothing listens, until `switch_on`


class FakePrinter:
    """Use as a context manager. `jobs` are the bytes of each job, without the status queries."""

    def __init__(self, mode: Mode = Mode.OK) -> None:
        self.mode = mode
        self.jobs: list[bytes] = []
        self.queries = 0
        self._changed = threading.Condition()
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

    def wait_for_jobs(self, count: int, timeout: float = 10.0) -> list[bytes]:
        """The jobs, once there are `count`; fails the test if there never are."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.jobs) >= count, timeout), (
                f"{len(self.jobs)} jobs, not {count}"
            )
            return list(self.jobs)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                job = self._take(connection)
            if job:
                with self._changed:
                    self.jobs.append(job)
                    self._changed.notify_all()

    def _take(self, connection: socket.socket) -> bytes:
        """Everything of one connection that is not a query."""
        received = b""
        try:
            while chunk := connection.recv(65536):
                received = self._answer(connection, received + chunk)
                if received and self.mode is Mode.DROPS:
                    _reset(connection)
                    return b""
        except ConnectionResetError:
            return b""
        return received

    def _answer(self, connection: socket.socket, received: bytes) -> bytes:
        """Answer the queries in what was received and return the rest."""
        for query in _QUERY.finditer(received):
            self.queries += 1
            before_query = _QUERY.sub(b"", received[: query.start()])
            if answers := self._answers(has_job=bool(before_query)):
                connection.sendall(bytes([answers[query[1][0]]]))
        return _QUERY.sub(b"", received)

    def _answers(self, *, has_job: bool) -> dict[int, int]:
        return {
            Mode.SILENT: {},
            Mode.PAPER_OUT: _PAPER_OUT,
            Mode.PAPER_ENDS: _PAPER_OUT if has_job else _FINE,
            Mode.PAPER_LOW: _FINE | {4: 0x1E},
            Mode.COVER_OPEN: _COVER_OPEN,
            Mode.FAULTY: _FAULTY,
        }.get(self.mode, _FINE)


def _reset(connection: socket.socket) -> None:
    """Close without a farewell: the other side sees a reset connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
