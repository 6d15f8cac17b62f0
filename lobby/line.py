"""Owns how a packet leaves on a websocket: at once, as bytes that were made once for everybody who is sent the same.

The library hands every packet to a queue, wakes the client's writer, and frames it anew for each. With hundreds of
screens that is more than half of what a call costs. Here a packet goes to the socket in the very loop over its
audience, unless something is still before it or the line is full: then it goes the library's way, and order is kept.
Texts are sent in UTF-8: JSON's escapes make Chinese twice as long.

Whoever sends what cannot be understood is cut off, with one line in the log. The libraries' own words are not kept:
they hold what was sent, and go to standard error besides.
"""

import json
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any

import gevent
from engineio.async_drivers.gevent import WebSocketWSGI
from engineio.exceptions import EngineIOError
from engineio.packet import Packet
from engineio.socket import Socket as Client
from flask_socketio import SocketIO
from gevent.lock import BoundedSemaphore
from socketio import packet
from socketio.packet import Packet as Said
from wsproto.frame_protocol import FrameProtocol

from lobby import logs, quick_json

_BROKEN = (ValueError, TypeError, LookupError, RecursionError)
"""What the libraries' decoding raises, each for nonsense of its own."""
_NOTHING = "?"
"""Instead of nothing, which the library takes for an event."""
_log = logging.getLogger("lobbyline")


def _failures_only(record: logging.LogRecord) -> bool:
    """What failed inside, in one line as everywhere; nothing of what clients do, said with what they sent."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return False
    record.msg, record.args, record.exc_info = f"a line failed: {logs.failure(error)}", (), None
    return True


LIBRARIES = logging.getLogger("lobbyline.lines")
"""Where the libraries of the live line log."""
LIBRARIES.setLevel(logging.ERROR)
LIBRARIES.addFilter(_failures_only)


class Nonsense(EngineIOError):  # type: ignore[misc]
    """What was sent cannot be understood."""


class Json(Said):  # type: ignore[misc]
    """What is said is JSON alone, so it is not searched for bytes."""

    uses_binary_events = False
    json = SimpleNamespace(dumps=lambda said, **_: quick_json.dumps(said).decode(), loads=json.loads)

    def decode(self, encoded_packet: object) -> int:
        """Read one packet. Raises `Nonsense`."""
        try:
            super().decode(encoded_packet)
        except _BROKEN:
            raise Nonsense from None
        if not self._is_sense():
            raise Nonsense
        return 0

    def _is_sense(self) -> bool:
        match self.packet_type, self.data:
            case ((packet.CONNECT | packet.DISCONNECT), _) | (packet.EVENT, [str(), *_]) | (packet.ACK, [*_]):
                return True
        return False


_frames = FrameProtocol(client=False, extensions=[])


def install(socketio: SocketIO) -> None:
    """Every websocket opened from now on sends so, and every line is cut off at the first nonsense."""
    server, driver = socketio.server, socketio.server.eio
    driver._async = {**driver._async, "websocket": Line}  # noqa: SLF001 — the driver offers no other place
    understand, welcome = driver.handlers["message"], driver.handlers["connect"]

    def hear(client_id: str, said: object) -> None:
        client = driver.sockets.get(client_id)
        if client is None:
            return  # cut off by what it said just before
        try:
            understand(client_id, said or _NOTHING)
        except Nonsense:
            _cut_off(client, server.environ[client_id])

    def greet(client_id: str, environ: dict[str, Any]) -> Any:
        client = driver.sockets[client_id]
        client.handle_post_request = partial(_hear_request, client, client.handle_post_request)
        return welcome(client_id, environ)

    driver.on("message", hear)
    driver.on("connect", greet)


def _hear_request(client: Client, hear: Callable[[dict[str, Any]], None], environ: dict[str, Any]) -> None:
    """Without a websocket what is sent comes by requests. Raises `Nonsense`, which the library answers with 400."""
    try:
        hear(environ)
    except (*_BROKEN, EngineIOError):
        _cut_off(client, environ)
        raise Nonsense from None


def _cut_off(client: Client, environ: dict[str, Any]) -> None:
    """Without waiting until the client has taken what is left for it, as the library would: it may never do."""
    if client.server.sockets.pop(client.sid, None):
        _log.warning("a line from %s was cut off: what it sent cannot be understood", environ.get("REMOTE_ADDR"))
    client.close(wait=False, reason=client.server.reason.TRANSPORT_ERROR)


class Line(WebSocketWSGI):  # type: ignore[misc]
    """One websocket without extensions, on a socket of `lobby.wire`."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Serve the websocket until it ends."""
        self._turn = BoundedSemaphore(1)
        self._environ = environ
        self._client = self.app.__self__
        self.server_args["max_message_size"] = self._client.server.max_http_buffer_size  # in however many pieces
        self._queue_up = self._client.send
        self._client.send = self._send_packet
        self._forget = self._client.close
        self._client.close = self._close
        return super().__call__(environ, start_response)

    def send(self, message: str | bytes) -> None:
        """Send one message whole, after what is being sent; waits for a slow client."""
        with self._turn:
            super().send(message)

    def wait(self) -> str | bytes | None:
        """The next message; None once the line has ended, or ends because it cannot be understood."""
        message: str | bytes | None = super().wait()
        try:
            Packet(encoded_packet=message)
        except _BROKEN:
            _cut_off(self._client, self._environ)
            return None
        return message

    def _close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """The library forgets a client that is silent or cut off, but what waits for its line would stay with it."""
        self._forget(wait, abort, reason)
        reasons = self._client.server.reason
        if reason in {reasons.PING_TIMEOUT, reasons.TRANSPORT_ERROR}:
            with suppress(OSError):
                self.ws.sock.shutdown(socket.SHUT_RDWR)

    def _send_packet(self, packet: Packet) -> None:
        client = self._client
        if not client.closed and not client.check_ping_timeout():
            return  # what is small enough for the line's own buffers would else go out to nobody for some time yet
        is_free = client.upgraded and not client.closed and client.queue.empty() and not self._turn.locked()
        if not (is_free and isinstance(packet.data, str) and self._send_at_once(frame(packet.encode()))):
            self._queue_up(packet)

    def _send_at_once(self, data: bytes) -> bool:
        """Whether the line took it, or began to and takes the rest before anything else."""
        view = memoryview(data)
        sent = self.ws.sock.send_at_once(view)
        if 0 < sent < len(view):
            self._turn.acquire()
            gevent.spawn(self._send_rest, view[sent:])
        return bool(sent)

    def _send_rest(self, rest: memoryview) -> None:
        try:
            self.ws.sock.send(rest)
        except OSError:
            self.ws.connected = False  # half a message leaves nothing that could follow it
        finally:
            self._turn.release()


@lru_cache(8)
def frame(text: str) -> bytes:
    """A text message as its bytes on every line."""
    return bytes(_frames.send_data(text, fin=True))
