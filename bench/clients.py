"""Owns the HTTP clients: raw requests on persistent sockets, so that the client costs far less than the server.

A request is one `sendall` of bytes made before its time starts; the answer's JSON is parsed after its time has ended.
"""

import json
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from types import TracebackType
from typing import Any, Self

Json = dict[str, Any]
TIMEOUT_S = 15.0


class RefusedError(Exception):
    """The server answered with an error."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: when its request was sent, on the clock that all processes share, and how long it took, in s."""

    body: Json
    sent_at: float
    took: float


class Http:
    """One keep-alive connection to a server on 127.0.0.1, from an address of loopback. In one thread at a time."""

    def __init__(self, port: int, token: str = "", *, address: str = "127.0.0.1") -> None:
        self.port = port
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S, source_address=(address, 0))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        self._head = f"Host: 127.0.0.1:{port}\r\n{bearer}Content-Type: application/json\r\nContent-Length: "

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def post(self, path: str, body: Json | None = None) -> Answer:
        """POST JSON. Raises `RefusedError`."""
        data = json.dumps(body or {}).encode()
        request = f"POST {path} HTTP/1.1\r\n{self._head}{len(data)}\r\n\r\n".encode() + data
        sent_at = time.monotonic()
        self._socket.sendall(request)
        head, text = self._receive()
        took = time.monotonic() - sent_at
        if head[9:10] != b"2":
            raise RefusedError(f"{path}: {head[:200]!r} {text[:500].decode()}")
        return Answer(json.loads(text), sent_at, took)

    def _receive(self) -> tuple[bytes, bytes]:
        head, text = b"", b""
        while not head:
            text += self._more()
            if b"\r\n\r\n" in text:
                head, _, text = text.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        while len(text) < length:
            text += self._more()
        return head, text

    def _more(self) -> bytes:
        data = self._socket.recv(65536)
        if not data:
            raise RefusedError("the server closed the connection")
        return data


@dataclass(frozen=True, slots=True)
class Burst:
    """What several clients did at the same time: all answers, the time from first request to last answer in s, and
    the share (0 to 1) of that time in which this client process had the CPU.
    """

    answers: list[Answer]
    seconds: float
    client_busy: float


def burst(clients: Sequence[Http], each: int, request: Callable[[Http], Answer]) -> Burst:
    """Every client sends `each` requests one after another, all clients at once."""
    start = Barrier(len(clients))

    def run(client: Http) -> list[Answer]:
        start.wait()
        return [request(client) for _ in range(each)]

    cpu = time.process_time()
    with ThreadPoolExecutor(len(clients)) as threads:
        answers = [answer for answers in threads.map(run, clients) for answer in answers]
    cpu = time.process_time() - cpu
    seconds = max(a.sent_at + a.took for a in answers) - min(a.sent_at for a in answers)
    return Burst(answers, seconds, cpu / seconds)
