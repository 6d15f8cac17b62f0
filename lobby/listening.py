"""Owns listening: at which address, with which certificate, and until when."""

import logging
import signal
import socket
from dataclasses import dataclass
from typing import Any

import gevent
from gevent.event import Event as Signal
from gevent.socket import socket as gevent_socket

from lobby import certificate
from lobby.wire import Tls

_log = logging.getLogger("lobbyline")


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and how; port 0 takes a free one.

    `pair`: the files to serve over TLS with; `proxies`: how many in front of the server tell whom they ask for.
    """

    host: str
    port: int
    pair: certificate.Pair | None = None
    proxies: int = 0

    @property
    def scheme(self) -> str:
        """Of addresses that lead here."""
        return "https" if self.pair else "http"


def certificate_of(address: Address) -> str | None:
    """What a client on this machine trusts. One that ends soon is told in time."""
    if address.pair is None:
        return None
    now = certificate.present()
    found = address.pair.check(now)
    left = certificate.days_left(found, now)
    if left is not None:
        _log.warning("the certificate %s runs out in %s days: renew it and start again", address.pair.certificate, left)
    return certificate.in_words(found)


def tls(address: Address) -> dict[str, Tls]:
    """What a server is given to speak TLS; nothing without a pair."""
    pair = address.pair
    return {"ssl_context": Tls.of(str(pair.certificate), str(pair.key))} if pair else {}


def listen(address: Address) -> Any:
    """A socket that listens there. Raises `OSError` if the address is taken."""
    listener = gevent_socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address.host, address.port))
    listener.listen(512)
    return listener


def shown(host: str) -> str:
    """An address that a phone in the lobby reaches this machine at."""
    return _own_address() if host == "0.0.0.0" else host  # noqa: S104 — compared, not bound


def reachable(host: str) -> str:
    """An address of this machine that a server listening on `host` answers at."""
    return "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 — compared, not bound


def _own_address() -> str:
    """The address this machine would use towards others. A UDP `connect` only looks the route up and sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def signal_to_stop() -> Signal:
    """Whoever reads that we are ready may ask us to stop at once."""
    stop = Signal()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stop.set)
    return stop
