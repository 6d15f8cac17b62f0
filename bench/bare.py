"""Owns the bare limits: what SQLite and asyncio do on this machine with nothing of a product around them.

The commit is one row like a ticket's in WAL with synchronous=FULL, from BEGIN IMMEDIATE to COMMIT, on the store's own
disk. The broadcast is `websockets.broadcast` in an asyncio server with neither compression nor pings.
"""

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import websockets
from websockets.asyncio.server import serve

from bench.harness import end

_INSERT = """
INSERT INTO tickets (number, token, request_key, business_day, service, class, language, issued_at)
VALUES (?, ?, ?, '2026-01-01', 'plan', 'ordinary', 'zh', ?)
"""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS tickets (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL, token TEXT NOT NULL UNIQUE, request_key TEXT NOT NULL UNIQUE,
    business_day TEXT NOT NULL, service TEXT NOT NULL, class TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
    language TEXT NOT NULL, issued_at REAL NOT NULL, UNIQUE (business_day, number)
) STRICT
"""


class Disk:
    """A database of its own in `folder`, written by nobody else."""

    def __init__(self, folder: Path) -> None:
        self._conn = sqlite3.connect(folder / "bare.db", isolation_level=None)
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", _SCHEMA):
            self._conn.execute(statement)
        self._count = int(self._conn.execute("SELECT count(*) FROM tickets").fetchone()[0])

    def commit(self) -> float:
        """Write one row durably; returns how long it took, in s."""
        self._count += 1
        name = f"{self._count:022d}"
        row = (f"A{self._count}", name, name, time.time())
        begun = time.monotonic()
        self._conn.execute("BEGIN IMMEDIATE")
        self._conn.execute(_INSERT, row)
        self._conn.execute("COMMIT")
        return time.monotonic() - begun

    def close(self) -> None:
        """Close the database."""
        self._conn.close()


class Broadcaster:
    """A bare websocket server in a process of its own, on `port` of 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        words = [sys.executable, __file__, str(folder)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self._line())

    def broadcast(self, text: str) -> tuple[float, float]:
        """Commit one row, then send `text` to every client; returns when this was asked and when sending began, in s
        of the shared clock.
        """
        assert self._process.stdin is not None
        line = json.dumps(text) + "\n"
        asked_at = time.monotonic()
        self._process.stdin.write(line)
        self._process.stdin.flush()
        return asked_at, float(self._line())

    def end(self) -> None:
        """End the server."""
        end(self._process)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


async def _serve(folder: Path) -> None:
    disk = Disk(folder)
    asked = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    async with serve(_listen, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        while line := await asked.readline():
            text = json.loads(line)
            disk.commit()
            begun = time.monotonic()
            websockets.broadcast(server.connections, text)
            print(begun, flush=True)
    disk.close()


async def _listen(connection: websockets.ServerConnection) -> None:
    await connection.wait_closed()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
