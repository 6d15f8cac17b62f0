"""Serving over TLS and behind a proxy: a real server with a certificate made for the test, over https and wss."""

import json
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import trustme
from serving import LOBBYLINE, Serving
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from db.errors import LobbyError
from lobby.certificate import Pair, days_left

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
STORE = "127.0.0.1"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@dataclass
class Make:
    """Writes the files of a certificate."""

    authority: trustme.CA
    folder: Path

    def __call__(self, name: str, begins: datetime = NOW - timedelta(days=9), ends: timedelta = timedelta(90)) -> Pair:
        made = self.authority.issue_cert(STORE, not_before=begins, not_after=begins + ends)
        pair = Pair(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        pair.certificate.write_bytes(b"".join(part.bytes() for part in made.cert_chain_pems))
        pair.key.write_bytes(made.private_key_pem.bytes())
        return pair


@pytest.fixture
def make(authority: trustme.CA, tmp_path: Path) -> Make:
    return Make(authority, tmp_path)


@pytest.fixture(scope="module")
def server(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("tls")
    now = datetime.now(UTC)
    pair = Make(authority, folder)("store", now - timedelta(days=1))
    with Serving(folder / "store", "--cert", str(pair.certificate), "--key", str(pair.key)) as serving:
        yield serving


@pytest.fixture(scope="module")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_pages_come_over_https_with_cookies_for_https_only(server: Serving, trusting: ssl.SSLContext) -> None:
    assert server.url.startswith("https://")
    with httpx.Client(base_url=server.url, verify=trusting, trust_env=False) as browser:
        page = browser.get("/counter/sign-in")
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-lobbyline=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_live_line_runs_over_wss_and_only_from_our_own_pages(server: Serving, trusting: ssl.SSLContext) -> None:
    for origin in (server.url, None):
        with _line(server.url, trusting, origin) as line:
            assert _board(line)["counters"]
    with pytest.raises(InvalidStatus) as refused, _line(server.url, trusting, "https://elsewhere.example"):
        pass
    assert refused.value.response.status_code == 400


def test_who_does_not_speak_tls_is_let_go_and_nobody_else_notices(server: Serving, trusting: ssl.SSLContext) -> None:
    with socket.create_connection((STORE, server.port), timeout=5) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        with suppress(ConnectionResetError):
            assert b"HTTP" not in plain.recv(1000)
    with httpx.Client(base_url=server.url, verify=trusting, trust_env=False) as browser:
        assert browser.get("/healthz").status_code == 200
    assert not [line for line in server.log if "Traceback" in line or "Error" in line]


def test_the_command_line_trusts_the_server_it_shares_the_folder_with(server: Serving) -> None:
    assert server.command("device", "add", "kiosk", "--name", "k")["link"].startswith("https://")


@contextmanager
def _line(url: str, trusting: ssl.SSLContext, origin: str | None) -> Iterator[ClientConnection]:
    address = f"{url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
    with connect(address, ssl=trusting, origin=Origin(origin) if origin else None, proxy=None) as line:
        line.recv(5)
        line.send("40")
        line.recv(5)
        yield line


def _board(line: ClientConnection) -> dict[str, list[object]]:
    line.send('42["watch",{"screen":"display"}]')
    name, board = json.loads(str(line.recv(5)).removeprefix("42"))
    assert name == "snapshot"
    return dict(board)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda pair, _: pair.certificate.unlink(), "certificate_unreadable"),
        (lambda pair, _: pair.certificate.write_text("hello"), "not_a_certificate"),
        (lambda pair, _: pair.key.write_text("hello"), "not_a_key"),
        (lambda pair, make: pair.key.write_bytes(make("other").key.read_bytes()), "key_does_not_fit"),
    ],
)
def test_a_pair_of_files_that_cannot_be_used_is_told_in_words(
    make: Make, spoil: Callable[[Pair, Make], object], code: str
) -> None:
    pair = make("store")
    pair.check(NOW)
    spoil(pair, make)
    with pytest.raises(LobbyError) as refused:
        pair.check(NOW)
    assert refused.value.code == code
    assert str(pair.key if code == "not_a_key" else pair.certificate) in str(refused.value)


def test_a_certificate_is_good_only_in_its_time_and_its_end_is_told_a_month_before(make: Make) -> None:
    pair = make("store")
    for when, code in ((NOW - timedelta(days=10), "not_yet_valid"), (NOW + timedelta(days=82), "expired")):
        with pytest.raises(LobbyError) as refused:
            pair.check(when)
        assert refused.value.code == f"certificate_{code}"
    assert days_left(pair.check(NOW), NOW) is None
    assert days_left(pair.check(NOW), NOW + timedelta(days=71)) == 10


def test_the_server_does_not_start_with_a_key_that_does_not_fit_and_says_so_in_one_line(make: Make) -> None:
    one, other = make("one", datetime.now(UTC)), make("other")
    files = ("--cert", str(one.certificate), "--key", str(other.key))
    command = [LOBBYLINE, "serve", "--port", "0", "--data", str(make.folder / "store"), *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "does not belong to the certificate" in done.stderr


def test_behind_a_proxy_the_customers_own_address_and_scheme_count(tmp_path: Path) -> None:
    told = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "lobby.example"}
    with Serving(tmp_path / "store", "--behind-proxy") as server, server.client() as proxy:
        page = proxy.get("/counter/sign-in", headers=told)
        assert page.headers["Set-Cookie"].startswith("__Host-lobbyline=")
        away = [proxy.post("/enrol/x", headers=told).status_code for _ in range(31)]
        another = proxy.post("/enrol/x", headers={**told, "X-Forwarded-For": "198.51.100.1"})
        forged = proxy.post("/enrol/x", headers={**told, "X-Forwarded-For": "192.0.2.7, 203.0.113.9"})
    assert (away[:30], away[30]) == ([403] * 30, 429)
    assert another.status_code == 403
    assert forged.status_code == 429
    assert 30 < int(forged.headers["Retry-After"]) <= 60
