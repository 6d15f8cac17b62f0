"""Owns a print agent for tests: a process of its own, which can be killed and started again over the same folder."""

import json
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

from serving import LOBBYLINE, Serving


def ask(server: Serving, command: str, **arguments: object) -> Any:
    """Run a set-up command as the command line does beside a running server, without a process of its own."""
    control = json.loads((server.folder / "control.json").read_text())
    with server.client(control["token"]) as client:
        answer = client.post(f"/api/v1/commands/{command}", json=arguments)
    assert answer.status_code == 200, answer.text
    return answer.json()


class Agenting:
    """`lobbyline agent` for one printer. Use as a context manager, or `start` and `kill` it."""

    def __init__(self, url: str, token: str, folder: Path, printer: str) -> None:
        self._command = [LOBBYLINE, "agent", "--server", url, "--data", str(folder), "--printer", printer]
        self._token = token
        self._process: subprocess.Popen[str] | None = None
        self.log: list[str] = []
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end(signal.SIGTERM)

    def start(self) -> None:
        """Start it; `wait_until` says when it is connected."""
        self._process = subprocess.Popen(
            self._command, env={**os.environ, "LOBBYLINE_AGENT_TOKEN": self._token},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, args=(self._process,))
        self._reader.start()

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            with self._changed:
                self.log.append(line.rstrip())
                self._changed.notify_all()

    def wait_until(self, words: str, times: int = 1, timeout: float = 20.0) -> None:
        """Until it has said these words so often."""
        with self._changed:
            assert self._changed.wait_for(lambda: sum(words in line for line in self.log) >= times, timeout), self.log

    def kill(self) -> None:
        """Pull its plug."""
        self._end(signal.SIGKILL)

    def ended(self, timeout: float = 20.0) -> int:
        """Its exit code, once it ends by itself."""
        assert self._process is not None
        code = self._process.wait(timeout)
        self._end(signal.SIGTERM)
        return code

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        process.wait(20)
        self._reader.join(10)
        assert process.stdout is not None
        process.stdout.close()
