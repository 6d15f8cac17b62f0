"""A packet that is sent at once: whole and in order on every line, also on those of clients that are slow to read."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import websocket

TIMES = 30
TEXT = "x" * 200_000
GO = "42" + json.dumps(["go", {"times": TIMES, "text": TEXT}])
WANTED = [f'42["news","{n} {TEXT}"]' for n in range(TIMES)]

Connect = Callable[[], websocket.WebSocket]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes clients of a process that broadcasts. They have little room for what they have not read yet, as phones."""
    words = [sys.executable, str(Path(__file__).with_name("broadcasting.py"))]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        url = f"ws://127.0.0.1:{int(server.stdout.readline())}/socket.io/?EIO=4&transport=websocket"

        def client() -> websocket.WebSocket:
            small = ((socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192),)
            line = websocket.create_connection(url, sockopt=small, timeout=20)
            line.send("40")
            while not str(line.recv()).startswith("40"):
                pass
            return line

        yield client
        server.stdin.close()


def _read(client: websocket.WebSocket, each_s: float = 0.0) -> list[str]:
    got: list[str] = []
    while len(got) < TIMES:
        text = str(client.recv())
        if text.startswith("42"):
            got.append(text)
            time.sleep(each_s)
    return got


def test_everybody_gets_every_text_whole_and_in_order_and_nobody_waits_for_a_slow_one(connect: Connect) -> None:
    with closing(connect()) as quick, closing(connect()) as slow, closing(connect()) as late:
        slow_got: list[str] = []
        reading = threading.Thread(target=lambda: slow_got.extend(_read(slow, 0.01)))
        reading.start()
        quick.send(GO)
        assert _read(quick) == WANTED
        assert len(slow_got) < TIMES
        reading.join()
        assert slow_got == WANTED
        assert _read(late) == WANTED


def test_a_client_that_goes_in_the_middle_of_a_text_ends_its_own_line_only(connect: Connect) -> None:
    with closing(connect()) as stays:
        goes = connect()
        stays.send(GO)
        goes.recv()
        goes.shutdown()  # type: ignore[no-untyped-call]
        assert _read(stays) == WANTED
        with closing(connect()) as comes:
            stays.send(GO)
            assert _read(comes) == WANTED
