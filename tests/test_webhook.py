"""Alerts reach another program: signed so that it can tell, tried again when it fails, and its secret stays here."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from lobby_stage import Stage
from watched_stage import HandClock, Watched

from db import alerts, webhooks
from db.alarm_records import AlertKind
from db.webhooks import Webhook
from display import alert_book
from lobby.errors import BadWebhook
from lobby.webhook import PAUSES_S, Sender, require_safe

SECRET = "s3cret-of-this-test"


class Receiver:
    """A real HTTP server on loopback that answers as it is told and keeps what it got."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers.items()), body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing on the test's output."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def sender(stage: Stage, receiver: Receiver) -> Sender:
    stage.store.write(lambda conn: webhooks.set_target(conn, Webhook(receiver.url, SECRET)))
    watched = Watched(stage)
    watched.vip("V001")
    stage.later(11)
    watched.watching.look()
    return Sender(stage.store, HandClock(stage))


def _counts(stage: Stage) -> dict[str, int]:
    with stage.store.read() as conn:
        return webhooks.counts(conn)


def test_an_alert_arrives_with_a_signature_the_receiver_can_check(
    stage: Stage, sender: Sender, receiver: Receiver
) -> None:
    sender.send_due()
    [(headers, body)] = receiver.got
    signed = f"{headers['Lobbyline-Timestamp']}.".encode() + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["Lobbyline-Signature"] == f"sha256={expected}"
    assert int(headers["Lobbyline-Timestamp"]) == round(stage.now)
    told = json.loads(body)
    assert (told["event"], told["alert"]["kind"]) == ("alert.raised", "promise_broken")
    assert told["alert"]["said"]["values"]["number"] == "V001"
    sender.send_due()
    assert len(receiver.got) == 1
    assert _counts(stage)["sent"] == 1


def test_a_receiver_that_fails_gets_it_later_and_in_longer_and_longer_pauses(
    stage: Stage, sender: Sender, receiver: Receiver
) -> None:
    receiver.answers = [500, 302, 204]
    sender.send_due()
    stage.now += PAUSES_S[0] - 1
    sender.send_due()
    assert len(receiver.got) == 1
    stage.now += 1
    sender.send_due()
    assert len(receiver.got) == 2
    stage.now += PAUSES_S[1]
    sender.send_due()
    assert len(receiver.got) == 3
    assert {body for _, body in receiver.got} == {receiver.got[0][1]}
    assert _counts(stage) == {"pending": 0, "sent": 1, "given_up": 0}


def test_a_receiver_that_is_gone_is_given_up_after_the_last_try(
    stage: Stage, sender: Sender, receiver: Receiver
) -> None:
    stage.store.write(lambda conn: webhooks.set_target(conn, Webhook("http://127.0.0.1:9/", SECRET)))
    for pause_s in (*PAUSES_S, 0.0):
        assert _counts(stage)["pending"] == 1
        sender.send_due()
        stage.now += pause_s
    assert _counts(stage) == {"pending": 0, "sent": 0, "given_up": 1}
    assert receiver.got == []


def test_seen_and_ended_are_told_once_each(stage: Stage, sender: Sender, receiver: Receiver) -> None:
    with stage.store.read() as conn:
        [alert] = [one for one in alerts.open_ones(conn) if one.kind == AlertKind.PROMISE_BROKEN]
    for _ in range(2):
        stage.store.write(lambda conn: alert_book.see(conn, alert.id, stage.mei.actor, stage.now))
    sender.send_due()
    assert [json.loads(body)["event"] for _, body in receiver.got] == ["alert.raised", "alert.seen"]


def test_the_secret_is_in_no_journal_and_no_message(stage: Stage, sender: Sender, receiver: Receiver) -> None:
    sender.send_due()
    assert SECRET not in str(stage.journal())
    assert SECRET not in str(receiver.got)


@pytest.mark.parametrize(
    "url", ["https://alerts.example.com/hook", "http://127.0.0.1:9000/x", "http://[::1]:9000/", "http://localhost/"]
)
def test_alerts_go_over_https_or_stay_on_this_machine(url: str) -> None:
    require_safe(url)


@pytest.mark.parametrize(
    "url",
    ["http://alerts.example.com/hook", "http://10.0.0.7/", "ftp://127.0.0.1/", "https://", "https://u:p@example.com/",
     "http://127.0.0.1.example.com/", "https://example.com:99999/", "nonsense", ""],
)  # fmt: skip
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(BadWebhook):
        require_safe(url)
