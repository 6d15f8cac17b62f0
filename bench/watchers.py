"""Owns the websocket clients: one process that holds many, and notes when each of them has received each call.

The same clients stand before Lobbyline (Socket.IO over one websocket, `watch {screen: "display"}`) and before the bare
server (a plain websocket), so that both pay the same for them. They are raw sockets on one epoll, because 500 clients
of a library would take longer to wake than the server takes to send. A time is taken as soon as a socket has been
read. Times are CLOCK_MONOTONIC, which all processes of a machine share.
"""

import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from bench.harness import end

Receipts = dict[int, list[float]]
"""Version of a call → when each client received it, in s."""

_TEXT, _LONGEST_SHORT, _TWO_BYTES = 0x81, 125, 126
_CALLED, _SNAPSHOT = b'42["called"', b'42["snapshot"'
_OWN_CALL = b'"state":"called"'
_VERSION = b'"version":'
_SETTLE_S = 0.3
_LIBRARY_PATH = "/socket.io/?EIO=4&transport=websocket"


class Watchers:
    """A process of `count` clients, all joined. `bare`: plain websockets; else displays of a Lobbyline server, or with
    `tokens` the phones that follow these tickets, and as `TOKEN@5` the screen of counter 5 in somebody's name.
    """

    def __init__(self, port: int, count: int, *, bare: bool, tokens: Sequence[str] = ()) -> None:
        words = [sys.executable, __file__, str(port), str(count), "bare" if bare else "socketio", *tokens]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "joined\n":
            raise RuntimeError("the websocket clients could not join")

    def receipts(self) -> tuple[Receipts, str]:
        """Wait for what is under way, end the clients, and return what they received and the last call's text."""
        noted = self._finish()
        return _by_version(noted), noted["call"]

    def _finish(self) -> dict[str, Any]:
        time.sleep(_SETTLE_S)
        said, _ = self._process.communicate("", timeout=30)
        noted: dict[str, Any] = json.loads(said)
        return noted

    def end(self) -> None:
        """End the clients, wherever they are."""
        end(self._process)


@dataclass(frozen=True, slots=True)
class Noted:
    """What phones received: calls; when a phone's own ticket was said to be called; how many snapshots and bytes."""

    receipts: Receipts
    own: list[float]
    snapshots: int
    bytes: int


class Phones(Watchers):
    """Customers' phones, each following its own ticket. Use as a context manager."""

    def __init__(self, port: int, tokens: Sequence[str]) -> None:
        super().__init__(port, len(tokens), bare=False, tokens=tokens)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def begin(self) -> None:
        """Forget what came so far."""
        assert self._process.stdin is not None
        self._process.stdin.write("x")
        self._process.stdin.flush()

    def noted(self) -> Noted:
        """Wait for what is under way, end the phones, and return what they received."""
        said = self._finish()
        return Noted(_by_version(said), said["own"], said["snapshots"], said["bytes"])


@contextmanager
def displays(port: int, count: int) -> Iterator[Watchers]:
    """Displays that follow the lobby."""
    watchers = Watchers(port, count, bare=False)
    try:
        yield watchers
    finally:
        watchers.end()


class _Client:
    """One websocket. Its frames are unmasked text, as servers send them."""

    def __init__(self, port: int, path: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=15)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, _, self._rest = answer.partition(b"\r\n\r\n")
        if b" 101 " not in head:
            raise RuntimeError(head.decode())

    def send(self, text: bytes) -> None:
        """Send one short text, masked with zeros."""
        assert len(text) <= _LONGEST_SHORT
        self.socket.sendall(bytes([_TEXT, 0x80 | len(text), 0, 0, 0, 0]) + text)

    def read(self) -> Iterator[bytes]:
        """The texts that have arrived; it does not wait on a socket that is ready."""
        self._rest += self._more()
        while (end_of_frame := self._frame_end()) and end_of_frame[1] <= len(self._rest):
            begin, stop = end_of_frame
            yield self._rest[begin:stop]
            self._rest = self._rest[stop:]

    def expect(self, start: bytes) -> None:
        """Wait for a text that starts so."""
        while not [text for text in self.read() if text.startswith(start)]:
            pass

    def _frame_end(self) -> tuple[int, int] | None:
        if len(self._rest) < 10:
            short = len(self._rest) >= 2 and self._rest[1] <= _LONGEST_SHORT
            return (2, 2 + self._rest[1]) if short else None
        size = self._rest[1]
        if size <= _LONGEST_SHORT:
            return 2, 2 + size
        begin = 4 if size == _TWO_BYTES else 10
        return begin, begin + int.from_bytes(self._rest[2:begin], "big")

    def _more(self) -> bytes:
        data = self.socket.recv(65536)
        if not data:
            raise RuntimeError("the server closed a websocket")
        return data


def _by_version(noted: dict[str, Any]) -> Receipts:
    return {int(version): times for version, times in noted["receipts"].items()}


def _join(port: int, token: str, *, bare: bool) -> _Client:
    if bare:
        return _Client(port, "/")
    client = _Client(port, _LIBRARY_PATH)
    token, _, counter = token.partition("@")
    client.send(f'40{{"token":"{token}"}}'.encode() if counter else b"40")
    client.expect(b"40{")
    screen = f'"counter","counter":{counter}' if counter else f'"ticket","token":"{token}"' if token else '"display"'
    client.send(f'42["watch",{{"screen":{screen}}}]'.encode())
    client.expect(b'42["snapshot"')
    return client


class _Notes:
    """What the clients of this process have received."""

    def __init__(self) -> None:
        self.receipts: dict[str, list[float]] = {}
        self.call = b""
        self.own: list[float] = []
        self.snapshots = self.bytes = 0

    def take(self, client: _Client) -> None:
        """Read a client that is ready. One time counts for all that came in one read."""
        now = 0.0
        for text in client.read():
            now = now or time.monotonic()
            if text == b"2":
                client.send(b"3")
            elif text.startswith(_CALLED):
                self.call = text
                version = text.partition(_VERSION)[2].split(b",", 1)[0].strip(b" }]").decode()
                self.receipts.setdefault(version, []).append(now)
            elif text.startswith(_SNAPSHOT):
                self.snapshots += 1
                self.bytes += len(text)
                if _OWN_CALL in text:
                    self.own.append(now)

    def as_json(self) -> dict[str, Any]:
        """For the process that asked."""
        return {
            "receipts": self.receipts,
            "call": self.call.decode(),
            "own": self.own,
            "snapshots": self.snapshots,
            "bytes": self.bytes,
        }


def _watch(port: int, tokens: Sequence[str], *, bare: bool) -> None:
    """Join, say so, and note until standard input ends; then print the notes. Any input begins them anew."""
    with ThreadPoolExecutor(8) as threads:
        clients = list(threads.map(lambda token: _join(port, token, bare=bare), tokens))
    by_fd = {client.socket.fileno(): client for client in clients}
    stdin, notes, poll = sys.stdin.fileno(), _Notes(), select.epoll()
    for fd in (stdin, *by_fd):
        poll.register(fd, select.EPOLLIN)
    print("joined", flush=True)
    while True:
        ready = [fd for fd, _ in poll.poll(maxevents=1024)]
        for fd in ready:
            if fd != stdin:
                notes.take(by_fd[fd])
        if stdin in ready:
            if not os.read(stdin, 1):
                print(json.dumps(notes.as_json()))
                return
            notes = _Notes()


if __name__ == "__main__":
    _watch(int(sys.argv[1]), sys.argv[4:] or [""] * int(sys.argv[2]), bare=sys.argv[3] == "bare")
