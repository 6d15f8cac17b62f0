"""Owns the wires to printers: TCP, serial line, device node (USB: `usb_link.py`). It knows not what its bytes mean.

A link raises `OSError` where it breaks or takes nothing more for `TIMEOUT_S`; opening one raises `Unreachable` or
`NoPermission`. python-escpos opens USB and serial devices; reading and writing are done here, because its own ignore
short writes, wait for whole buffers and never give up.
"""

import errno
import fcntl
import os
import select
import socket
import stat
import struct
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import serial

from printer import library
from printer.errors import NoPermission, Unreachable

TIMEOUT_S = 2.0  # to connect, and for any part of a job to be taken
_READ_BYTES = 64
_LOOK_EVERY_S = 0.02


class Link(Protocol):
    """One open connection."""

    def write(self, data: bytes) -> None:
        """Hand over all of it."""

    def read(self, patience_s: float) -> bytes:
        """What comes within that time, at least one byte; nothing if nothing comes."""

    def close(self) -> None:
        """Let go; what was written has been taken by then, if the printer takes anything at all."""


@contextmanager
def opening() -> Iterator[None]:
    """Tell what goes wrong while a device is opened. Raises `Unreachable`, `NoPermission`."""
    try:
        yield
    except (OSError, library.Error, ValueError, AssertionError, termios.error) as error:
        refused = getattr(error, "errno", None) in {errno.EACCES, errno.EPERM}
        raise (NoPermission if refused else Unreachable)(paper_out=False) from None


class SocketLink:
    """Raw TCP, as network printers listen on port 9100."""

    def __init__(self, host: str, port: int) -> None:
        with opening():
            self._socket = socket.create_connection((host, port), TIMEOUT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data: bytes) -> None:
        """See `Link`."""
        self._socket.settimeout(TIMEOUT_S)
        self._socket.sendall(data)

    def read(self, patience_s: float) -> bytes:
        """See `Link`."""
        self._socket.settimeout(max(patience_s, 0.001))
        try:
            found = self._socket.recv(_READ_BYTES)
        except TimeoutError:
            return b""
        if not found:
            raise ConnectionResetError
        return found

    def close(self) -> None:
        """See `Link`."""
        self._socket.close()


class NodeLink:
    """A character device such as `/dev/usb/lp0`, or a serial line at the speed it was set to."""

    def __init__(self, path: Path) -> None:
        with opening():
            self._node = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        if os.isatty(self._node):
            tty.setraw(self._node)
        self._is_stuck = False

    def write(self, data: bytes) -> None:
        """See `Link`. Waits until the driver has taken all, since closing earlier would lose it."""
        self._is_stuck = True
        write_all(self._node, data)
        if os.isatty(self._node):
            _drain(lambda: _waiting_bytes(self._node))
        self._is_stuck = False

    def read(self, patience_s: float) -> bytes:
        """See `Link`."""
        if not select.select([self._node], [], [], patience_s)[0]:
            return b""
        try:
            return os.read(self._node, _READ_BYTES)
        except BlockingIOError:
            time.sleep(_LOOK_EVERY_S)  # some drivers are ready to be read when there is nothing
            return b""

    def close(self) -> None:
        """See `Link`."""
        with suppress(OSError, termios.error):
            if self._is_stuck and os.isatty(self._node):
                termios.tcflush(self._node, termios.TCOFLUSH)  # else it holds the close up for 30 s
        os.close(self._node)


class SerialLink:
    """A serial port at a given speed, with DTR/DSR as receipt printers use it."""

    def __init__(self, path: str, baudrate: int) -> None:
        with opening():
            opened = library.Serial(path, baudrate=baudrate)
            opened.open()
        self._port: serial.Serial = opened.device
        opened._device = False  # noqa: SLF001 — else it would close the port, as soon as nobody keeps it
        self._port.write_timeout = TIMEOUT_S
        self._is_stuck = False

    def write(self, data: bytes) -> None:
        """See `Link`."""
        rest, self._is_stuck = memoryview(data), True
        while rest:  # in pieces, so that the time limit is for each
            self._port.write(bytes(rest[:_READ_BYTES]))
            rest = rest[_READ_BYTES:]
        _drain(lambda: self._port.out_waiting)
        self._is_stuck = False

    def read(self, patience_s: float) -> bytes:
        """See `Link`."""
        self._port.timeout = patience_s
        first = bytes(self._port.read(1))
        return first + bytes(self._port.read(self._port.in_waiting)) if first else b""

    def close(self) -> None:
        """See `Link`."""
        with suppress(OSError, termios.error):
            if self._is_stuck:
                self._port.reset_output_buffer()  # else it holds the close up for 30 s
        self._port.close()


def write_all(node: int, data: bytes) -> None:
    """Write to a non-blocking descriptor until all is taken."""
    rest = memoryview(data)
    while rest:
        _wait_for_room(node)  # a printer without paper takes nothing more
        rest = rest[os.write(node, rest) :]
    _wait_for_room(node)


def _wait_for_room(node: int) -> None:
    if not select.select([], [node], [], TIMEOUT_S)[1]:
        raise TimeoutError


def _drain(waiting: Callable[[], int]) -> None:
    """Wait until the driver has sent all; it may take long, but something has to go within the time limit."""
    left, until = waiting(), time.monotonic() + TIMEOUT_S
    while left:
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(_LOOK_EVERY_S)
        now_left = waiting()
        if now_left < left:
            left, until = now_left, time.monotonic() + TIMEOUT_S


def _waiting_bytes(node: int) -> int:
    (count,) = struct.unpack("i", fcntl.ioctl(node, termios.TIOCOUTQ, b"\0" * 4))
    return int(count)


def is_device(path: Path) -> bool:
    """Whether a path is a character device."""
    try:
        return stat.S_ISCHR(path.stat().st_mode)
    except OSError:
        return False
