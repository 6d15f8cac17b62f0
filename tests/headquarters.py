"""Owns head-office processes for tests: `lobbyline headoffice serve` on loopback."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
from serving import START_S, STOP_S

from bench.forking import Forked, fork
from chain.office import people
from chain.office.database import Database
from chain.office.people import OfficeRole

PASSWORD = "correct horse battery"
BOSS = "郑经理"


class HeadOffice:
    """One process of a head office; several may share a database and a Redis."""

    def __init__(self, database: str, redis: str | None) -> None:
        self.database = database
        self._options = ["--database", database, *(["--redis", redis] if redis else [])]
        self.url = ""
        self.log: list[str] = []
        self._process: Forked | None = None
        self._reader: threading.Thread | None = None

    def __enter__(self) -> "HeadOffice":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self) -> None:
        """Start and wait until it serves; again at the same port."""
        port = self.url.rsplit(":", 1)[1] if self.url else "0"
        words = ["headoffice", "serve", "--port", port, *self._options]
        self._process = fork("lobby.program:main", words, "lobbyline")
        ready = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(self._process, ready))
        self._reader.start()
        assert ready.wait(START_S), self.log

    def _read(self, process: Forked, ready: threading.Event) -> None:
        with process.stdout:
            for line in process.stdout:
                self.log.append(line.rstrip())
                if line.startswith("ready "):
                    self.url = line.split()[1].rstrip("/")
                    ready.set()

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it; its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        os.kill(process.pid, how)
        code = process.wait(STOP_S)
        assert self._reader is not None
        self._reader.join(STOP_S)
        return code

    @contextmanager
    def client(self, name: str = BOSS) -> Iterator[httpx.Client]:
        """Somebody, signed in as a browser is."""
        with httpx.Client(base_url=self.url, trust_env=False, timeout=20, follow_redirects=True) as client:
            form = client.get("/sign-in").text
            token = form.partition('name="csrf_token" value="')[2].partition('"')[0]
            page = client.post("/sign-in", data={"name": name, "password": PASSWORD, "csrf_token": token})
            assert page.status_code == 200, page.text
            client.headers["X-CSRFToken"] = page.text.partition('name="csrf-token" content="')[2].partition('"')[0]
            yield client


def add_people(database: str, **roles: OfficeRole) -> None:
    """People by name, all with the one password."""
    with closing(Database(database, 1)) as opened, opened.transaction() as conn:
        for name, role in roles.items():
            people.add(conn, name, role, people.hash_password(PASSWORD))


def command(database: str, *words: str) -> tuple[int, str]:
    """A command of the head office's command line: its exit code, and what it said."""
    process = fork("lobby.program:main", ["headoffice", *words, "--database", database], "lobbyline")
    with process.stdout:
        said = process.stdout.read()
    return process.wait(STOP_S), said


def order(database: str, *words: str) -> Any:
    """A command that works: its answer."""
    code, said = command(database, *words, "--json")
    assert code == 0, said
    return json.loads(said)
