"""Owns a network cable for tests: a TCP proxy that can be cut and mended, falls silent without a word, or is slow."""

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Self

CHUNK, SLOW_CHUNK = 65_536, 1_024


@dataclass(frozen=True, slots=True)
class _Gates:
    """What passes: what the client says, what the server says."""

    up: threading.Event = field(default_factory=threading.Event)
    down: threading.Event = field(default_factory=threading.Event)

    def open(self) -> None:
        self.up.set()
        self.down.set()


class Cable:
    """Between a client and a server on this machine; `url` is where the client connects. Use as a context manager.

    With `bytes_per_s` what the server says comes so slowly, and as little as can be lies on the way.
    """

    def __init__(self, port: int, bytes_per_s: float | None = None) -> None:
        self._target = port
        self._bytes_per_s = bytes_per_s
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._is_cut = False
        self._lock = threading.Lock()
        self._ends: list[socket.socket] = []
        self._gates = [_Gates()]
        self._gates[-1].open()
        self._thread = threading.Thread(target=self._serve, name="cable")

    @property
    def port(self) -> int:
        """Where the client connects."""
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._listener.close()
        self.cut()
        for gates in self._gates:
            gates.open()

    def plug(self, port: int) -> None:
        """The server has another port now."""
        self._target = port

    def cut(self) -> None:
        """Every connection ends at once, new ones come to nothing."""
        with self._lock:
            self._is_cut = True
            ends, self._ends = self._ends, []
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """New connections work again."""
        self._is_cut = False

    def fall_silent(self, *, server_hears: bool = False) -> None:
        """Nothing passes any more, and no end is told; with `server_hears` only what the server says is lost."""
        self._gates[-1].down.clear()
        if not server_hears:
            self._gates[-1].up.clear()

    def speak(self, *, anew: bool = False) -> None:
        """What was held back passes; with `anew` it never does but new connections work, as over a new router."""
        if anew:
            self._gates.append(_Gates())
        self._gates[-1].open()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(near, self._gates[-1]), daemon=True).start()

    def _connect(self, near: socket.socket, gates: _Gates) -> None:
        gates.up.wait()
        far = socket.socket()
        if self._bytes_per_s:
            far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_CHUNK)
        with self._lock:
            self._ends += [near, far]
            is_cut = self._is_cut
        try:
            if is_cut:
                raise ConnectionAbortedError
            far.connect(("127.0.0.1", self._target))
        except OSError:
            near.close()
            far.close()
            return
        threading.Thread(target=_pump, args=(near, far, gates.up, None), daemon=True).start()
        _pump(far, near, gates.down, self._bytes_per_s)


def _pump(one: socket.socket, other: socket.socket, gate: threading.Event, bytes_per_s: float | None) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(SLOW_CHUNK if bytes_per_s else CHUNK):
            gate.wait()
            other.sendall(data)
            if bytes_per_s:
                time.sleep(len(data) / bytes_per_s)
    gate.wait()
    for end in (one, other):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    one.close()
