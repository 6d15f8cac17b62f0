"""The live line over a real socket: snapshots by version, calls without gaps, refusals, dead clients."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
import socketio
from serving import Serving

PATIENCE_S = 10.0


class Follower:
    """A screen as a program: keeps every snapshot and call it was sent."""

    def __init__(self, server: Serving, auth: str | None = None, **what: object) -> None:
        self.snapshots: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.refusals: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._client = socketio.Client(reconnection=False, handle_sigint=False)
        self._client.on("snapshot", lambda data: self._keep(self.snapshots, data))
        self._client.on("called", lambda data: self._keep(self.calls, data))
        self._client.on("refused", lambda data: self._keep(self.refusals, data))
        self._client.on("disconnect", lambda *_: self._keep([], {}))
        self._client.connect(server.url, auth={"token": auth} if auth else None, transports=["websocket"])
        self._client.emit("watch", what)

    def _keep(self, where: list[dict[str, Any]], data: dict[str, Any]) -> None:
        with self._news:
            where.append(data)
            self._news.notify_all()

    def send(self, name: str, what: object) -> None:
        self._client.emit(name, what)

    @property
    def is_connected(self) -> bool:
        return bool(self._client.connected)

    def wait_for(self, what: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
        with self._news:
            assert self._news.wait_for(lambda: len(what) >= count, PATIENCE_S), f"only {len(what)} of {count} came"
        return what

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(is_so, PATIENCE_S), f"never came; last: {self.snapshots[-1]}"

    def __enter__(self) -> "Follower":
        self.wait_for(self.snapshots, 1)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.disconnect()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("live") / "store") as serving:
        serving.no_patience()
        yield serving


@pytest.fixture(scope="module")
def kiosk(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.device("kiosk", "live kiosk")["token"]) as client:
        yield client


@pytest.fixture(scope="module")
def clerks(server: Serving) -> Iterator[dict[int, httpx.Client]]:
    """Somebody at each of the counters 4, 5 and 6."""
    clients = {n: server.client(server.sign_in(f"clerk {n}", counter=n)) for n in (4, 5, 6)}
    yield clients
    for client in clients.values():
        client.close()


_keys = iter(range(1_000_000))


def _issue(kiosk: httpx.Client, service: str = "plan") -> dict[str, Any]:
    answer = kiosk.post("/api/v1/tickets", json={"request_key": f"live-{next(_keys)}", "service": service})
    assert answer.status_code == 201
    ticket: dict[str, Any] = answer.json()
    return ticket


def _call(clerks: dict[int, httpx.Client], counter: int) -> str:
    """Call next and let the customer be a no-show, so that the counter can call again."""
    answer = clerks[counter].post(f"/api/v1/counters/{counter}/call-next")
    assert answer.status_code == 200, answer.text
    clerks[counter].post(f"/api/v1/counters/{counter}/no-show")
    return str(answer.json()["current"]["number"])


def test_a_display_hears_a_call_and_sees_the_board_change(
    server: Serving, kiosk: httpx.Client, clerks: dict[int, httpx.Client]
) -> None:
    with Follower(server, screen="display") as display:
        ticket = _issue(kiosk)
        _call(clerks, 4)
        (call,) = display.wait_for(display.calls, 1)
        assert (call["number"], call["counter"], call["class"]) == (ticket["number"], 4, "ordinary")
        assert call["audio_url"] == f"/api/v1/calls/{call['version']}/audio"
        display.wait_until(lambda: display.snapshots[-1]["version"] > call["version"])


def test_versions_never_go_back_and_each_call_names_the_one_before(
    server: Serving, kiosk: httpx.Client, clerks: dict[int, httpx.Client]
) -> None:
    for _ in range(30):
        _issue(kiosk)
    with Follower(server, screen="display") as display, ThreadPoolExecutor(3) as desks:
        called = [n for numbers in desks.map(lambda c: [_call(clerks, c) for _ in range(10)], clerks) for n in numbers]
        calls = display.wait_for(display.calls, 30)
        assert sorted(call["number"] for call in calls) == sorted(called)
        assert [call["previous"] for call in calls[1:]] == [call["version"] for call in calls[:-1]]
        versions = [snapshot["version"] for snapshot in display.snapshots]
        assert versions == sorted(versions)


def test_a_screen_that_was_away_finds_what_it_missed_in_the_snapshot(
    server: Serving, kiosk: httpx.Client, clerks: dict[int, httpx.Client]
) -> None:
    display = Follower(server, screen="display")
    display.wait_for(display.snapshots, 1)
    display.close()
    _issue(kiosk)
    missed = [_call(clerks, 5)]
    with Follower(server, screen="display") as back:
        assert [call["number"] for call in back.snapshots[0]["calls"][:1]] == missed


def test_the_holder_of_a_ticket_follows_it_without_signing_in(
    server: Serving, kiosk: httpx.Client, clerks: dict[int, httpx.Client]
) -> None:
    ticket = _issue(kiosk)
    with (
        Follower(server, screen="ticket", token=ticket["token"]) as phone,
        Follower(server, auth=ticket["token"], screen="ticket") as program,
    ):
        assert program.snapshots[0]["ticket"]["number"] == ticket["number"]
        assert phone.snapshots[0]["ticket"]["state"] == "waiting"
        clerks[6].post("/api/v1/counters/6/call-next")
        phone.wait_for(phone.calls, 1)
        phone.wait_until(lambda: phone.snapshots[-1]["ticket"]["state"] == "called")
        assert phone.snapshots[-1]["ticket"]["counter"] == 6
        clerks[6].post("/api/v1/counters/6/no-show")


def test_a_ticket_called_and_returned_over_and_over_is_always_shown_whole(
    server: Serving, kiosk: httpx.Client, clerks: dict[int, httpx.Client]
) -> None:
    ticket = _issue(kiosk)
    with ExitStack() as phones:
        phone, *_ = [
            phones.enter_context(Follower(server, screen="ticket", token=ticket["token"], counter=0)) for _ in range(8)
        ]
        for _ in range(60):
            clerks[4].post("/api/v1/counters/4/call-next")
            clerks[4].post("/api/v1/counters/4/return")
        clerks[4].post("/api/v1/counters/4/call-next")
        phone.wait_until(lambda: phone.snapshots[-1]["ticket"]["state"] == "called")
        versions = [snapshot["version"] for snapshot in phone.snapshots]
    clerks[4].post("/api/v1/counters/4/no-show")
    assert versions == sorted(versions)
    assert [line for line in server.log if "failed" in line or "Error" in line] == []


def test_staff_screens_are_for_staff(server: Serving) -> None:
    for what in ({"screen": "floor"}, {"screen": "counter", "counter": 4}, {"screen": "nothing"}, {}):
        stranger = Follower(server, **what)
        stranger.wait_for(stranger.refusals, 1)
        assert stranger.snapshots == []
        stranger.close()


@pytest.mark.parametrize(
    "what", [None, [1], "x", {"screen": "counter", "counter": "abc"}, {"screen": "ticket", "token": "\ud800"}]
)
def test_nonsense_is_refused_in_words(server: Serving, what: object) -> None:
    stranger = Follower(server, screen="display")
    stranger.send("watch", what)
    stranger.wait_for(stranger.refusals, 1)
    stranger.close()


def test_a_counters_screen_ends_with_the_sign_in(server: Serving) -> None:
    token = server.sign_in("leaver", counter=2)
    leaver = Follower(server, auth=token, screen="counter", counter=2)
    leaver.wait_for(leaver.snapshots, 1)
    server.command("staff", "link", "--name", "leaver")
    with server.client() as browser:
        link = server.command("staff", "link", "--name", "leaver")["link"].removeprefix(server.url)
        csrf = browser.get(link).text.split('name="csrf-token" content="')[1].split('"')[0]
        assert browser.post(link, json={"pin": "97531"}, headers={"X-CSRFToken": csrf}).status_code == 200
    leaver.wait_until(lambda: not leaver.is_connected)
    leaver.close()


def test_an_unknown_token_is_turned_away(server: Serving) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        Follower(server, auth="no such token", screen="display")


def test_a_client_that_stops_reading_hurts_nobody_else(
    server: Serving, kiosk: httpx.Client, clerks: dict[int, httpx.Client]
) -> None:
    with _sleeper(server), Follower(server, screen="display") as display:
        for _ in range(40):
            _issue(kiosk)
            _call(clerks, 4)
        assert len(display.wait_for(display.calls, 40)) == 40


def _sleeper(server: Serving) -> socket.socket:
    """A display that connects with a tiny receive buffer, watches, and never reads again."""
    sleeper = socket.socket()
    sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    sleeper.connect(("127.0.0.1", server.port))
    sleeper.sendall(
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    sleeper.recv(1024)
    for text in (b"40", b'42["watch",{"screen":"display"}]'):
        sleeper.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
    return sleeper
