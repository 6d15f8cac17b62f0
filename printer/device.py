"""Owns the way of a finished job to a real device, and what the device says about it; knows nothing of slips.

Status bits are from Epson's ESC/POS command reference, DLE EOT (transmit real-time status): a printer answers
these at once, even while it prints. Every fault is told as a `PrinterFault`, whatever was raised below.
"""

import os
import re
import select
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, urlsplit
from urllib.request import url2pathname

from db.records import PrintState
from printer.errors import BadPrinterAddress, ConnectionLost, CoverOpen, Offline, OutOfPaper, PrinterFault, Unreachable
from printer.library import RT_STATUS, RT_STATUS_ONLINE, RT_STATUS_PAPER, Network

DEFAULT_PORT = 9100
_HOST = re.compile(r"[0-9a-z]([0-9a-z_-]*\.?[0-9a-z])*|[0-9a-f:.]+", re.IGNORECASE)
TIMEOUT_S = 2.0  # to connect, and for any part of a job to be taken
ANSWER_S = 1.0

_RT_STATUS_CAUSE = RT_STATUS + b"\x02"  # DLE EOT 2: why it is offline
_FIXED_BITS, _FIXED_VALUE = 0x93, 0x12  # tells an answer from other bytes a printer may send by itself
_OFFLINE = 0x08  # DLE EOT 1
_COVER_OPEN = 0x04  # DLE EOT 2
_STOPPED_WITHOUT_PAPER = 0x20  # DLE EOT 2
_ROLL_END = 0x60  # DLE EOT 4


class Printer(Protocol):
    """Takes finished jobs, one at a time."""

    def send(self, data: bytes) -> PrintState:
        """Print one job: `printed` if the device confirms it, `unknown` if it does not. Raises `PrinterFault`."""


def open_printer(address: str) -> Printer:
    """The printer behind `tcp://host[:9100]` or `file:///path`; opens nothing yet. Raises `BadPrinterAddress`."""
    try:
        parts = urlsplit(address)
        if parts.scheme == "tcp" and parts.hostname and _HOST.fullmatch(parts.hostname) and parts.path in ("", "/"):
            return NetworkPrinter(parts.hostname, parts.port or DEFAULT_PORT)
    except ValueError:
        raise BadPrinterAddress(address=address) from None
    if _is_local_file(parts):
        return FilePrinter(Path(url2pathname(parts.path)))
    raise BadPrinterAddress(address=address)


def _is_local_file(parts: SplitResult) -> bool:
    return parts.scheme == "file" and parts.netloc in ("", "localhost") and len(parts.path) > 1


class NetworkPrinter:
    """A printer that listens on raw TCP, with a new connection for each job."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    def send(self, data: bytes) -> PrintState:
        """Ask, send, ask again.

        A stalled printer takes a whole job without an error, so only an answer after the job means `printed`.
        One that does not answer before is not asked again: it costs a slip one second, not two.
        """
        with self._connected() as link:
            with _faults(paper_out=False):
                answers = _check(link)
            with _faults(paper_out=True):
                link._raw(data)  # noqa: SLF001 — the library's only way to send a finished job
                return PrintState.PRINTED if answers and _check(link) else PrintState.UNKNOWN

    @contextmanager
    def _connected(self) -> Iterator[Network]:
        """A python-escpos printer on a socket of ours: its own `open` never closes a socket that could not connect."""
        link = Network(self._host, self._port, timeout=TIMEOUT_S)
        try:
            link.device = socket.create_connection((self._host, self._port), TIMEOUT_S)
        except OSError:
            raise Unreachable(paper_out=False) from None
        try:
            yield link
        finally:
            link.close()


class _Silence(Exception):
    """No answer came in time."""


@contextmanager
def _faults(*, paper_out: bool) -> Iterator[None]:
    """Turn a broken connection into a fault, and say of every fault whether paper may have come out."""
    try:
        yield
    except PrinterFault as fault:
        fault.paper_out = paper_out
        raise
    except OSError:
        raise ConnectionLost(paper_out=paper_out) from None


def _check(link: Network) -> bool:
    """Whether the printer answers; raises the fault it reports."""
    try:
        _raise_fault(link)
    except _Silence:
        return False
    return True


def _raise_fault(link: Network) -> None:
    offline = _ask(link, RT_STATUS_ONLINE) & _OFFLINE
    cause = _ask(link, _RT_STATUS_CAUSE) if offline else 0
    if cause & _COVER_OPEN:
        raise CoverOpen(paper_out=False)
    if cause & _STOPPED_WITHOUT_PAPER or _ask(link, RT_STATUS_PAPER) & _ROLL_END:
        raise OutOfPaper(paper_out=False)
    if offline:
        raise Offline(paper_out=False)


def _ask(link: Network, query: bytes) -> int:
    """One byte of status, read here: the library's own `paper_status` takes no answer for plenty of paper."""
    link.device.settimeout(ANSWER_S)
    try:
        answer: bytes = link.query_status(query)
    except TimeoutError:
        raise _Silence from None
    finally:
        link.device.settimeout(TIMEOUT_S)
    for byte in reversed(answer):
        if byte & _FIXED_BITS == _FIXED_VALUE:
            return byte
    raise _Silence


class FilePrinter:
    """A device node such as `/dev/usb/lp0`, or a plain file that collects the jobs."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, data: bytes) -> PrintState:
        """Write the job; only a plain file can confirm it."""
        with self._opened() as device, _faults(paper_out=True):
            _write_all(device, data)
            if not stat.S_ISREG(os.fstat(device).st_mode):
                return PrintState.UNKNOWN
            os.fsync(device)
            return PrintState.PRINTED

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """A missing file is made, but not in /dev: slips for an unplugged printer would vanish into it."""
        make = 0 if self._path.is_relative_to("/dev") else os.O_CREAT
        try:
            device = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | make, 0o644)
        except OSError:
            raise Unreachable(paper_out=False) from None
        try:
            yield device
        finally:
            os.close(device)


def _write_all(device: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        if not select.select([], [device], [], TIMEOUT_S)[1]:  # a printer without paper takes nothing more
            raise ConnectionLost(paper_out=True)
        rest = rest[os.write(device, rest) :]
