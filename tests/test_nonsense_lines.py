"""What no client of ours would say on the live line: it is cut off, in one line of the log, and the others go on."""

import base64
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import pytest
from serving import Serving

DEEP = "[" * 60_000
NONSENSE = {
    "an object": "42{}",
    "no event": "42",
    "an empty event": "42[]",
    "an event without a name": "42[{}]",
    "nothing": "4",
    "an object of the lower layer": "4{}",
    "deep in the lower layer": f"4{DEEP}",
    "deep at the door": f"40/agent,{DEEP}",
    "deep in an event": f'42["watch",{DEEP}',
    "a binary packet": '451-["watch",{"_placeholder":true,"num":0}]',
    "an unknown kind": "49",
    "an empty frame": "",
    "no character": "\0",
    "no base 64": "bx",
}
CUT_OFF = "a line from 127.0.0.1 was cut off"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("nonsense") / "store") as serving:
        yield serving


def _log(folder: Path) -> str:
    return (folder / "logs" / "lobbyline.log").read_text()


@contextmanager
def _line(server: Serving) -> Iterator[tuple[socket.socket, BinaryIO]]:
    """An open websocket."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line, line.makefile("rb") as heard:
        line.sendall(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: lobby\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)) + b"\r\n\r\n"
        )
        assert b"101" in heard.readline()
        assert list(iter(heard.readline, b"\r\n"))  # what comes in the same packet as the question is lost
        yield line, heard


def _frame(text: str) -> bytes:
    size = len(text.encode())
    length = bytes([0x80 | size]) if size < 126 else bytes([0xFE]) + size.to_bytes(2, "big")
    return b"\x81" + length + bytes(4) + text.encode()


@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE.keys())
def test_whoever_talks_nonsense_on_a_websocket_is_cut_off_in_one_line(server: Serving, said: str) -> None:
    before = _log(server.folder).count(CUT_OFF)
    with _line(server) as (line, heard):
        line.sendall(_frame("40") + _frame(said))
        answered = _read(heard)
    assert b"HTTP/" not in answered
    _require_told(server, before)


def test_a_message_in_endless_pieces_is_cut_off(server: Serving) -> None:
    first, more = (bytes([opcode, 0xFE, 0xFF, 0xFF]) + bytes(4) + b"4" * 0xFFFF for opcode in (0x01, 0x00))
    with _line(server) as (line, heard), suppress(ConnectionError):
        for piece in [first] + [more] * 1000:  # 65 MB
            line.sendall(piece)
        pytest.fail("all of it was taken")
    with _line(server) as (line, heard):
        line.sendall(_frame("40"))
        assert heard.read(1)


@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE.keys())
def test_whoever_talks_nonsense_by_requests_is_cut_off_in_one_line(server: Serving, said: str) -> None:
    before = _log(server.folder).count(CUT_OFF)
    with server.client() as client:
        opened = client.get("/socket.io/", params={"EIO": "4", "transport": "polling"})
        place = {"EIO": "4", "transport": "polling", "sid": opened.text.split('"')[3]}
        sent = client.post("/socket.io/", params=place, content=f"40\x1e{said}\x1e5\x1e40")
        after = client.post("/socket.io/", params=place, content="40")
    assert sent.status_code in {200, 400}
    assert after.status_code == 400
    _require_told(server, before)


def _read(heard: BinaryIO) -> bytes:
    """All that still comes before the end, which is abrupt where something was left unread."""
    said = b""
    with suppress(ConnectionResetError):
        while more := heard.read(1):
            said += more
    return said


def _require_told(server: Serving, before: int) -> None:
    assert _log(server.folder).count(CUT_OFF) == before + 1
    for told in (_log(server.folder), "\n".join(server.log)):
        assert all(word not in told for word in ("Traceback", "Error", "[[["))
