"""Owns a real server for tests: a process of its own on loopback, set up through its own command line."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Self

import httpx

from bench.forking import Forked, fork

LOBBYLINE = str(Path(sys.executable).with_name("lobbyline"))
Call = tuple[str, tuple[object, ...]]
"""A `module:function`, and its arguments."""

START_S = 60.0
STOP_S = 20.0


class Serving:
    """`lobbyline serve` on a free port over a data folder. Use as a context manager, or `start` and `kill` it."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.options = options
        self.url = ""
        self.links: dict[str, str] = {}
        self._process: Forked | None = None
        self._reader: threading.Thread | None = None
        self.log: list[str] = []

    @classmethod
    def copy_of(cls, prepared: Path, folder: Path) -> "Serving":
        """A server on a copy of a store that was set up before, which is cheaper than setting each up."""
        shutil.copytree(prepared, folder)
        return cls(folder)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, port: int = 0) -> None:
        """Start and wait until it serves."""
        call, arguments = self.call(port)
        self._process = fork(call, *arguments)
        ready = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(self._process, ready))
        self._reader.start()
        if not ready.wait(START_S):
            self.kill()
            raise AssertionError(f"the server did not get ready: {self.log}")

    def call(self, port: int) -> Call:
        """What starts it, as `fork` takes it: the command line."""
        words = ["serve", "--port", str(port), "--data", str(self.folder), *self.options]
        return "lobby.program:main", (words, "lobbyline")

    def _read(self, process: Forked, ready: threading.Event) -> None:
        with process.stdout:
            for line in process.stdout:
                self.log.append(line.rstrip())
                word, _, rest = line.strip().partition(" ")
                if word == "ready":
                    self.url = rest.strip().rstrip("/")
                    ready.set()
                elif "/enrol/" in rest:
                    self.links[word] = rest.strip()

    @property
    def port(self) -> int:
        """The port it took."""
        return int(self.url.rsplit(":", 1)[1])

    @property
    def pid(self) -> int:
        """Of the process that serves."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> int:
        """Ask it to end, as a service manager does; its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Pull the plug: SIGKILL."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        os.kill(process.pid, how)
        code = process.wait(STOP_S)
        assert self._reader is not None
        self._reader.join(STOP_S)  # or longer: what the server started may still hold the other end
        return code

    def command(self, *arguments: str, fails: bool = False) -> Any:
        """Run a command of the command line with `--json`; its answer, or with `fails` its one line of error."""
        done = subprocess.run(
            [LOBBYLINE, *arguments, "--data", str(self.folder), "--json"],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        if fails:
            assert done.returncode != 0, done.stdout
            return done.stderr.strip()
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def ask(self, command: str, **arguments: object) -> Any:
        """Run a set-up command as the command line does beside a running server, without a process of its own."""
        control = json.loads((self.folder / "control.json").read_text())
        with self.client(control["token"]) as client:
            answer = client.post(f"/api/v1/commands/{command}", json=arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def client(self, token: str | None = None, language: str = "en") -> httpx.Client:
        """A program's connection."""
        headers = {"Accept-Language": language, **({"Authorization": f"Bearer {token}"} if token else {})}
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=20)

    def no_patience(self) -> None:
        """Let counters call again and give customers up at once, for tests of what comes after."""
        self.ask("desk-set", recall_gap_s=0, no_show_calls=1, no_show_after_s=0)

    def device(self, kind: str, name: str, **options: object) -> Any:
        """Add a device: {id, token, link}."""
        return self.ask("device-add", kind=kind, name=name, **options)

    def staff(self, name: str, role: str = "counter", pin: str = "2468") -> None:
        """Add somebody."""
        self.ask("staff-add", name=name, role=role, pin=pin)

    def sign_in(self, name: str, role: str = "counter", pin: str = "2468", counter: int | None = None) -> str:
        """Add somebody and sign them in; their token."""
        self.staff(name, role, pin)
        return self.session(name, pin, counter)

    def session(self, name: str, pin: str = "2468", counter: int | None = None) -> str:
        """Sign somebody in who is there; their token."""
        with self.client() as client:
            answer = client.post("/api/v1/sessions", json={"staff": name, "pin": pin, "counter": counter})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])
