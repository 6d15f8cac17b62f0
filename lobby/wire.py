"""Owns the socket side of serving: gevent's WSGI server with four faults mended, each measured.

1. simple-websocket sends each frame with one `send()`; a partial send to a slow client corrupts the stream. Here a
   connection's `send` returns only when all is sent.
2. It accepts permessage-deflate, which doubles memory and CPU per client. Here the offer is not passed on.
3. Without TCP_NODELAY a keep-alive answer takes 40 ms. Here it is set on every connection.
4. After a websocket has ended gevent waits on its connection for one more HTTP request, so a client that expects the
   server to hang up waits until its own patience ends (10 s). Here the connection is closed.
"""

import socket
from typing import Any

from gevent.pywsgi import WSGIHandler, WSGIServer
from gevent.socket import socket as GeventSocket  # noqa: N812 — it is a class


class _WholeSocket(GeventSocket):  # type: ignore[misc]
    def send(self, data: bytes, flags: int = 0) -> int:
        view, sent = memoryview(data), 0
        while sent < len(view):
            sent += super().send(view[sent:], flags)
        return sent

    def send_at_once(self, data: memoryview) -> int:
        """How many of these bytes the line takes without waiting; none of a line that is full or gone."""
        try:
            return int(super().send(data, 0, 0.0))
        except OSError:
            return 0


class _Handler(WSGIHandler):  # type: ignore[misc]
    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return environ

    def run_application(self) -> None:
        super().run_application()
        if "HTTP_UPGRADE" in self.environ:
            self.close_connection = True


class Server(WSGIServer):  # type: ignore[misc]
    """Serves one WSGI application on one listening socket, websockets included."""

    handler_class = _Handler

    def do_read(self) -> tuple[Any, Any] | None:
        """Accept one connection."""
        accepted = super().do_read()
        if accepted is None:
            return None
        plain, address = accepted
        whole = _WholeSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
        whole.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return whole, address
