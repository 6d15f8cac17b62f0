"""Owns the print agent's own spool: slips on the kiosk's disk, from when they are taken until the server knows of them.

The same promises as on the server: order, at least once, a try that may have put out paper marks the next as a reprint.
"""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from db.connection import open_writer, transaction
from db.paper_records import PrintState

T = TypeVar("T")

KEPT_S = 7 * 24 * 3600.0
"""So long a finished slip's key is remembered, in case the server asks for it once more."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, plain BLOB, reprint BLOB,
    state TEXT NOT NULL CHECK (state IN ('pending', 'printing', 'printed', 'failed', 'unknown', 'given')),
    attempts INTEGER NOT NULL DEFAULT 0, paper_out INTEGER NOT NULL DEFAULT 0, fault TEXT, next_at REAL NOT NULL,
    told INTEGER NOT NULL DEFAULT 1, changed_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_open ON jobs (seq) WHERE state IN ('pending', 'printing', 'failed');
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT
"""
_OPEN = "state IN ('pending', 'failed')"


@dataclass(frozen=True, slots=True)
class Job:
    """A slip to be tried now; `data` is marked as a reprint if an earlier try may have put out paper."""

    seq: int
    data: bytes
    attempts: int


@dataclass(frozen=True, slots=True)
class News:
    """What the server is to be told of a slip. `given` as state: the agent will not print it any more."""

    seq: int
    key: str
    state: str
    fault: str | None
    attempts: int
    paper_out: bool


class Outbox:
    """The agent's slips in one SQLite file. Every method is one durable transaction; any thread may call."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._conn = open_writer(path)
        self._lock = threading.Lock()
        for statement in _SCHEMA.split(";"):
            self._conn.execute(statement)

    def close(self) -> None:
        """Let go of the file."""
        self._conn.close()

    def accept(self, key: str, plain: bytes, reprint: bytes, now: float) -> None:
        """Take a slip over. One that is here already, whatever became of it, is not taken twice."""
        self._do(
            lambda conn: conn.execute(
                "INSERT INTO jobs (key, plain, reprint, state, next_at, changed_at) VALUES (?, ?, ?, 'pending', ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET plain = excluded.plain, reprint = excluded.reprint,"
                " state = 'pending', next_at = excluded.next_at WHERE state = 'given'",
                (key, plain, reprint, now, now),
            )
        )

    def next_due(self) -> float | None:
        """When the oldest slip may be tried; None without any."""
        row = self._do(
            lambda conn: conn.execute(f"SELECT next_at FROM jobs WHERE {_OPEN} ORDER BY seq LIMIT 1").fetchone()
        )
        return float(row["next_at"]) if row else None

    def claim(self, now: float) -> Job | None:
        """The oldest slip, if it is due: pending or failed → printing."""
        row = self._do(
            lambda conn: conn.execute(
                "UPDATE jobs SET state = 'printing', attempts = attempts + 1 WHERE next_at <= ? AND seq ="
                f" (SELECT min(seq) FROM jobs WHERE {_OPEN}) RETURNING *",
                (now,),
            ).fetchone()
        )
        return Job(row["seq"], row["reprint"] if row["paper_out"] else row["plain"], row["attempts"]) if row else None

    def finish(
        self, seq: int, state: PrintState, fault: str | None, now: float, next_at: float, *, paper_out: bool
    ) -> None:
        """printing → printed, unknown or failed; the server is to be told."""
        self._do(
            lambda conn: conn.execute(
                "UPDATE jobs SET state = ?, fault = ?, next_at = ?, paper_out = max(paper_out, ?), told = 0,"
                " changed_at = ?, plain = iif(? = 'failed', plain, NULL), reprint = iif(? = 'failed', reprint, NULL)"
                " WHERE seq = ? AND state = 'printing'",
                (state, fault, next_at, paper_out, now, state, state, seq),
            )
        )

    def release(self) -> int:
        """After a restart: what was being printed is tried again, as a reprint."""
        return self._do(
            lambda conn: (
                conn.execute("UPDATE jobs SET state = 'pending', paper_out = 1 WHERE state = 'printing'").rowcount
            )
        )

    def hasten(self, now: float) -> None:
        """The printer works again: what waits is due."""
        self._do(lambda conn: conn.execute("UPDATE jobs SET next_at = ? WHERE state = 'failed'", (now,)))

    def give(self, key: str, now: float) -> bool:
        """The server prints it elsewhere: failed → given, unless it is being tried."""
        return self._do(
            lambda conn: (
                conn.execute(
                    "UPDATE jobs SET state = 'given', told = 0, changed_at = ? WHERE key = ? AND state = 'failed'",
                    (now, key),
                ).rowcount
                == 1
            )
        )

    def drop(self, keys: list[str]) -> None:
        """The server does not want these any more."""
        self._do(lambda conn: conn.executemany(f"DELETE FROM jobs WHERE key = ? AND {_OPEN}", [(key,) for key in keys]))

    def held(self) -> list[str]:
        """The keys of all slips the server still has to hear of."""
        rows = self._do(
            lambda conn: conn.execute(
                "SELECT key FROM jobs WHERE told = 0 OR state IN ('pending', 'printing', 'failed') ORDER BY seq"
            ).fetchall()
        )
        return [row["key"] for row in rows]

    def news(self) -> list[News]:
        """What the server has not been told, oldest first."""
        rows = self._do(
            lambda conn: conn.execute("SELECT * FROM jobs WHERE told = 0 ORDER BY seq LIMIT 100").fetchall()
        )
        return [
            News(row["seq"], row["key"], row["state"], row["fault"], row["attempts"], bool(row["paper_out"]))
            for row in rows
        ]

    def told(self, news: News, now: float) -> None:
        """The server has it, unless there is something newer; what is long over is forgotten."""

        def note(conn: sqlite3.Connection) -> None:
            conn.execute(
                "UPDATE jobs SET told = 1 WHERE seq = ? AND state = ? AND attempts = ?",
                (news.seq, news.state, news.attempts),
            )
            conn.execute(
                "DELETE FROM jobs WHERE told = 1 AND changed_at < ? AND state IN ('printed', 'unknown', 'given')",
                (now - KEPT_S,),
            )

        self._do(note)

    def fact(self, name: str) -> str | None:
        """Something remembered over a restart."""
        row = self._do(lambda conn: conn.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone())
        return str(row["value"]) if row else None

    def remember(self, name: str, value: str) -> None:
        """Keep something over a restart."""
        self._do(lambda conn: conn.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value)))

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock, transaction(self._conn) as conn:
            return work(conn)
