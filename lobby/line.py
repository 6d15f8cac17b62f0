"""Owns how a packet leaves on a websocket: at once, as bytes that were made once for everybody who is sent the same.

The library hands every packet to a queue, wakes the client's writer, and frames it anew for each. With hundreds of
screens that is more than half of what a call costs. Here a packet goes to the socket in the very loop over its
audience, unless something is still before it or the line is full: then it goes the library's way, and order is kept.
Texts are sent in UTF-8: JSON's escapes make Chinese twice as long.
"""

import json
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import gevent
from engineio.async_drivers.gevent import WebSocketWSGI
from engineio.packet import Packet
from flask_socketio import SocketIO
from gevent.lock import BoundedSemaphore
from socketio.packet import Packet as Said
from wsproto.frame_protocol import FrameProtocol

from lobby import quick_json


class Json(Said):  # type: ignore[misc]
    """What is said is JSON alone, so it is not searched for bytes."""

    uses_binary_events = False
    json = SimpleNamespace(dumps=lambda said, **_: quick_json.dumps(said).decode(), loads=json.loads)


_frames = FrameProtocol(client=False, extensions=[])


def install(socketio: SocketIO) -> None:
    """Every websocket opened from now on sends so."""
    driver = socketio.server.eio
    driver._async = {**driver._async, "websocket": Line}  # noqa: SLF001 — the driver offers no other place


class Line(WebSocketWSGI):  # type: ignore[misc]
    """One websocket without extensions, on a socket of `lobby.wire`."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Serve the websocket until it ends."""
        self._turn = BoundedSemaphore(1)
        self._client = self.app.__self__
        self._queue_up = self._client.send
        self._client.send = self._send_packet
        self._forget = self._client.close
        self._client.close = self._close
        return super().__call__(environ, start_response)

    def send(self, message: str | bytes) -> None:
        """Send one message whole, after what is being sent; waits for a slow client."""
        with self._turn:
            super().send(message)

    def _close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """The library forgets a client that has fallen silent, but all that waits for its line would stay with it."""
        self._forget(wait, abort, reason)
        if reason == self._client.server.reason.PING_TIMEOUT:
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
