"""Clients that stand still: frozen screens, cut cables, lines that say nothing. Others go on; their time runs out."""

import base64
import itertools
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import gevent
import httpx
import pytest
from cable import Cable
from hasty_server import PING_EVERY_S, PONG_WITHIN_S, HastyServing
from serving import Serving
from test_live import Follower

from lobby import wire
from lobby.wire import Server

FROZEN = 50
PATIENCE_S = 0.3
SLACK_S = 5.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("still") / "store") as serving:
        yield serving


def _frozen_screen(port: int) -> socket.socket:
    """A display that asks for the board over a websocket and then never reads again, with a small window."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    line.connect(("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    line.sendall(
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert b"101" in line.recv(512)
    for text in (b"40", b'42["watch",{"screen":"display"}]'):
        line.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
    return line


def test_fifty_frozen_screens_hold_nobody_up(server: Serving) -> None:
    kiosk = server.device("kiosk", "door")["token"]
    with ExitStack() as stack:
        for _ in range(FROZEN):
            stack.enter_context(_frozen_screen(server.port))
        display = stack.enter_context(Follower(server, screen="display"))
        client = stack.enter_context(server.client(kiosk))
        took = []
        for n in range(20):
            before = len(display.snapshots)
            began = time.monotonic()
            answer = client.post("/api/v1/tickets", json={"request_key": f"still-{n}", "service": "plan"})
            assert answer.status_code == 201
            display.wait_for(display.snapshots, before + 1)
            took.append(time.monotonic() - began)
        assert sorted(took)[len(took) // 2] < 1.0


def _sockets_come_down_to(server: HastyServing, count: int, seconds: float, meanwhile: Callable[[], object]) -> bool:
    until = time.monotonic() + seconds
    while server.sockets > count and time.monotonic() < until:
        meanwhile()
    return server.sockets <= count


def test_lines_that_fall_silent_freeze_or_are_far_too_slow_are_let_go_in_time_with_all_that_waits_for_them(
    tmp_path: Path,
) -> None:
    with HastyServing(tmp_path / "store") as server, ExitStack() as stack:
        client = stack.enter_context(server.client(server.device("kiosk", "door")["token"]))
        display = stack.enter_context(Follower(server, screen="display"))
        keys = itertools.count()

        def news() -> None:
            assert client.post("/api/v1/tickets", json={"request_key": f"{next(keys)}", "service": "plan"}).is_success

        news()
        before = server.sockets
        silent = stack.enter_context(Cable(server.port))
        slow = stack.enter_context(Cable(server.port, bytes_per_s=2_000))
        for port in (server.port, silent.port, slow.port):
            for _ in range(5):
                stack.enter_context(_frozen_screen(port))
        assert server.sockets >= before + 15
        silent.fall_silent()
        assert _sockets_come_down_to(server, before, PING_EVERY_S + PONG_WITHIN_S + SLACK_S, news)
        shown = len(display.snapshots)
        news()
        display.wait_for(display.snapshots, shown + 1)
        assert display.is_connected


def _answer(_: dict[str, object], start: Callable[..., object]) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"x" * 20_000_000]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server whose patience is short; it answers with more than any buffer holds."""
    monkeypatch.setattr(wire, "PATIENCE_S", PATIENCE_S)
    listener = gevent.socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    serving = Server(listener, _answer, log=None, error_log=None)
    serving.start()
    yield serving
    serving.stop(timeout=0)


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_who_says_nothing_half_a_word_or_never_reads_loses_the_connection(impatient: Server, said: bytes) -> None:
    line = gevent.socket.create_connection(("127.0.0.1", impatient.server_port))
    line.sendall(said)
    gevent.sleep(PATIENCE_S / 3)
    assert len(impatient.pool) == 1
    with gevent.Timeout(10):
        impatient.pool.join()
    line.close()


def test_a_slow_reader_is_served_to_the_end(impatient: Server) -> None:
    line = gevent.socket.create_connection(("127.0.0.1", impatient.server_port))
    line.sendall(b"GET / HTTP/1.0\r\n\r\n")
    got = 0
    while chunk := line.recv(2_000_000):
        got += len(chunk)
        gevent.sleep(PATIENCE_S / 20)
    line.close()
    assert got > 20_000_000


def test_the_page_of_the_lobby_is_answered_beside_them(server: Serving) -> None:
    with _frozen_screen(server.port):
        assert httpx.get(f"{server.url}/healthz", trust_env=False).status_code == 200
