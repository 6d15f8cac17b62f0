"""Owns the socket side of serving, plain or over TLS: gevent's WSGI server with six faults mended, each measured.

1. simple-websocket sends each frame with one `send()`; a partial send to a slow client corrupts the stream. Here a
   connection's `send` returns only when all is sent.
2. It accepts permessage-deflate, which doubles memory and CPU per client. Here the offer is not passed on.
3. Without TCP_NODELAY a keep-alive answer takes 40 ms. Here it is set on every connection.
4. After a websocket has ended gevent waits on its connection for one more HTTP request, so a client that expects the
   server to hang up waits until its own patience ends (10 s). Here the connection is closed.
5. It waits for ever for a client that neither reads nor speaks: a screen that is frozen, a cable that was pulled. Each
   would keep its connection, its greenlets and what was to be sent to it. Here its time runs out.
6. It writes what is no HTTP into the log as it came, with phones or tokens in it. Here a line says only who sent it.
"""

import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from gevent import Timeout, sleep
from gevent.lock import BoundedSemaphore
from gevent.pool import Pool
from gevent.pywsgi import WSGIHandler, WSGIServer
from gevent.socket import socket as GeventSocket  # noqa: N812 — it is a class
from gevent.ssl import SSLContext, SSLSocket

_REFUSED = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_log = logging.getLogger("lobbyline")

HANDSHAKE_S = 10.0
"""Who has not agreed on a key by then is let go."""

PATIENCE_S = 60.0
"""So long a connection may stand still; a screen says that it is alive every 20 s, browsers open an idle line anew."""


class _WholeSocket(GeventSocket):  # type: ignore[misc]
    def send(self, data: bytes, flags: int = 0, **patience: float) -> int:
        view, sent = memoryview(data), 0
        while sent < len(view):
            sent += super().send(view[sent:], flags, **patience)
        return sent

    def send_at_once(self, data: memoryview) -> int:
        """How many of these bytes the line takes without waiting; none of a line that is full or gone."""
        try:
            return int(super().send(data, 0, 0.0))
        except OSError:
            return 0


class _WholeTls(SSLSocket):  # type: ignore[misc]
    """The same over TLS, where a write that waits must also be finished before another one begins."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._sending = BoundedSemaphore(1)
        super().__init__(*arguments, **options)

    def send(self, data: bytes, flags: int = 0, **limit: Any) -> int:
        view, sent = memoryview(data), 0
        with self._sending:
            while sent < len(view):
                sent += super().send(view[sent:], flags, **limit)
        return sent

    def send_at_once(self, _: memoryview) -> int:
        """None: what is encrypted goes out in its turn."""
        return 0


class Tls(SSLContext):  # type: ignore[misc]
    """What is spoken over TLS, with whom holds the key."""

    sslsocket_class = _WholeTls

    @classmethod
    def of(cls, certificate: str, key: str) -> "Tls":
        """TLS 1.2 and newer with the files of a pair."""
        context = cls(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, key)
        return context


class _Handler(WSGIHandler):  # type: ignore[misc]
    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return environ

    def read_requestline(self) -> Any:
        """What is asked next; nothing once the server ends, so that the line is closed and who asks knows at once."""
        line = super().read_requestline()
        return "" if self.server.is_ending else line

    def _handle_client_error(self, ex: Exception) -> tuple[str, bytes]:
        address = self.client_address[0] if isinstance(self.client_address, tuple) else "?"
        _log.warning("a request from %s is no HTTP: %s", address, type(ex).__name__.lstrip("_"))
        return "400", _REFUSED

    def run_application(self) -> None:
        if "HTTP_UPGRADE" in self.environ:
            super().run_application()
            self.close_connection = True
        else:
            with self.server.answering(is_act=self.environ["REQUEST_METHOD"] == "POST"):
                super().run_application()


class Server(WSGIServer):  # type: ignore[misc]
    """Serves one WSGI application on one listening socket, websockets included."""

    handler_class = _Handler

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, spawn=Pool(), **options)
        self.is_ending = False
        self._open_answers = {True: 0, False: 0}

    @contextmanager
    def answering(self, *, is_act: bool) -> Iterator[None]:
        """While a request is being answered; `is_act`: somebody does something rather than ask for news."""
        self._open_answers[is_act] += 1
        try:
            yield
        finally:
            self._open_answers[is_act] -= 1

    @property
    def is_acting(self) -> bool:
        """Whether somebody waits for an answer to what they have just done. Who asks for news may wait for long."""
        return self._open_answers[True] > 0

    def end(self, patience_s: float) -> None:
        """Take nothing more, answer what was asked within `patience_s`, then cut every line."""
        self.close()
        self.is_ending = True
        with Timeout(patience_s, False):
            while any(self._open_answers.values()):
                sleep(0.01)
        self.stop(timeout=0)

    def wrap_socket_and_handle(self, client_socket: Any, address: Any) -> None:
        """Agree on a key first. Who speaks something else, or not our TLS, is let go without a word."""
        client_socket.settimeout(HANDSHAKE_S)
        try:
            secret = self.wrap_socket(client_socket, **self.ssl_args)
        except OSError:
            client_socket.close()
            return
        secret.settimeout(PATIENCE_S)
        with closing(secret):
            self.handle(secret, address)

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
