"""Owns sending alerts to another program: signed, tried again with growing pauses, and never in anybody's way.

`Lobbyline-Signature: sha256=…` is the HMAC-SHA256, under the store's secret, of `TIMESTAMP.BODY`; TIMESTAMP is the
header `Lobbyline-Timestamp` (seconds since the epoch). A receiver that compares both refuses forged and stale messages.
"""

import hashlib
import hmac
import ipaddress
import logging
from urllib.parse import urlsplit

import gevent
import httpx

from db import webhooks
from db.store import Store
from db.webhooks import Delivery, Webhook
from lobby.clock import Clock
from lobby.errors import BadWebhook

LOOK_EVERY_S = 2.0
TIMEOUT_S = 5.0
AT_A_TIME = 20
PAUSES_S = (10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 4 * 3600.0)
"""After each failed try; after the last one a message is given up."""

_log = logging.getLogger("lobbyline.webhook")


class Sender:
    """Sends what is due for as long as `run` runs; what is queued outlives a restart."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def run(self) -> None:
        """Look for messages, for ever."""
        while True:
            try:
                self.send_due()
            except Exception:  # noqa: BLE001 — the one place of this loop; it tries again
                _log.exception("sending alerts failed; trying again")
            gevent.sleep(LOOK_EVERY_S / self._clock.speed)

    def send_due(self) -> None:
        """Send every message that is due, oldest first."""
        now = self._clock()
        with self._store.read() as conn:
            hook, due = webhooks.target(conn), webhooks.due(conn, now, AT_A_TIME)
        if hook is None or not due:
            return
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            for delivery in due:
                self._send(client, hook, delivery, now)

    def _send(self, client: httpx.Client, hook: Webhook, delivery: Delivery, now: float) -> None:
        error = _post(client, hook, delivery.body, round(now))
        if error is None:
            self._store.write(lambda conn: webhooks.sent(conn, delivery.id))
            return
        again = delivery.attempts < len(PAUSES_S)
        next_at = now + PAUSES_S[delivery.attempts] if again else None
        _log.warning("an alert could not be sent (%s); %s", error, "it is tried again" if again else "it is given up")
        self._store.write(lambda conn: webhooks.failed(conn, delivery.id, error, next_at))


def _post(client: httpx.Client, hook: Webhook, body: str, timestamp: int) -> str | None:
    """None if it was taken, else why not. The receiver's answer is not kept."""
    headers = {
        "Content-Type": "application/json",
        "Lobbyline-Timestamp": str(timestamp),
        "Lobbyline-Signature": signature(hook.secret, timestamp, body),
    }
    try:
        answer = client.post(hook.url, content=body.encode(), headers=headers)
    except httpx.HTTPError as error:
        return type(error).__name__
    return None if answer.is_success else f"HTTP {answer.status_code}"


def signature(secret: str, timestamp: int, body: str) -> str:
    """What the receiver computes too."""
    signed = hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


def require_safe(url: str) -> None:
    """Raise `BadWebhook` unless nobody on the way can read it: https, or this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        raise BadWebhook from None
    is_plain = parts.scheme == "http" and _is_loopback(host)
    if not (host and has_port and (parts.scheme == "https" or is_plain)) or parts.username or parts.password:
        raise BadWebhook


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
