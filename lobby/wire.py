"""Owns the socket side of serving: gevent's WSGI server with five faults mended, each measured.

1. simple-websocket sends each frame with one `send()`; a partial send to a slow client corrupts the stream. Here a
   connection's `send` returns only when all is sent.
2. It accepts permessage-deflate, which doubles memory and CPU per client. Here the offer is not passed on.
3. Without TCP_NODELAY a keep-alive answer takes 40 ms. Here it is set on every connection.
4. After a websocket has ended gevent waits on its connection for one more HTTP request, so a client that expects the
   server to hang up waits until its own patience ends (10 s). Here the connection is closed.
5. It waits for ever for a client that neither reads nor speaks: a screen that is frozen, a cable that was pulled. Each
   would keep its connection, its greenlets and what was to be sent to it. Here its time runs out.
"""

import socket
from typing import Any

from gevent.pywsgi import WSGIHandler, WSGIServer
from gevent.socket import socket as GeventSocket  # noqa: N812 — it is a class

PATIENCE_S = 60.0
"""So long a connection may stand still; a screen says that it is alive every 20 s, browsers open an idle line anew."""


class _WholeSocket(GeventSocket):  # type: ignore[misc]
    def send(self, data: bytes, flags: int = 0, **patience: float) -> int:
        view, sent = memoryview(data), 0
        while sent < len(view):
            sent += super().send(view[sent:], flags, **patience)
        return sent


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
        whole.settimeout(PATIENCE_S)
        return whole, address
