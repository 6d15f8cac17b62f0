"""Owns the file in which a list that was read waits to be taken over: its counts, every change, every fault.

It lies beside the database and holds what a screen shows page by page, so that a list of any length needs no memory.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db.words import Message

Json = dict[str, Any]

_SCHEMA = """
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE changes (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('added', 'changed', 'ended')), key TEXT NOT NULL,
    name TEXT NOT NULL, shown TEXT NOT NULL, row TEXT
) STRICT;
CREATE INDEX changes_kind ON changes (kind, id);
CREATE TABLE faults (
    id INTEGER PRIMARY KEY, line INTEGER NOT NULL, col TEXT NOT NULL, heading TEXT NOT NULL, value TEXT NOT NULL,
    code TEXT NOT NULL, reason TEXT NOT NULL, places TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that cannot be taken: line of the file (the first is 1), our and the file's name of the column, why."""

    line: int
    column: str
    heading: str
    value: str
    why: Message

    @property
    def reason(self) -> str:
        """Why, in English."""
        return self.why.text.format_map(self.why.values)


@dataclass(frozen=True, slots=True)
class Change:
    """What an import does to one record: `kind` is `added`, `changed` or `ended`; `shown` tells people what is special.

    `row` is what is written; None where the record is only marked as no longer listed.
    """

    kind: str
    key: str
    name: str
    shown: Mapping[str, Any] = field(default_factory=dict)
    row: list[Any] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a plan is and comes to. `base`: journal number of the import it was compared with (0: none).

    `right` counts the lines without a fault.
    """

    kind: str
    base: int
    added: int
    changed: int
    unchanged: int
    ended: int
    faults: int
    right: int

    @property
    def counts(self) -> dict[str, int]:
        """What changes."""
        return {key: getattr(self, key) for key in ("added", "changed", "unchanged", "ended")}


def write(path: Path, facts: Facts, changes: Iterable[Change], faults: Iterable[Fault]) -> None:
    """Write a plan, durably, whole or not at all."""
    with closing(_open(path)) as conn:
        conn.executescript(_SCHEMA)
        conn.execute("BEGIN IMMEDIATE")
        conn.executemany(
            "INSERT INTO changes (kind, key, name, shown, row) VALUES (?, ?, ?, ?, ?)",
            ((c.kind, c.key, c.name, _text(c.shown), None if c.row is None else _text(c.row)) for c in changes),
        )
        conn.executemany(
            "INSERT INTO faults (line, col, heading, value, code, reason, places) VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((f.line, f.column, f.heading, f.value, f.why.code, f.why.text, _text(f.why.values)) for f in faults),
        )
        values = {name: getattr(facts, name) for name in Facts.__slots__}
        conn.execute("INSERT INTO facts (key, value) VALUES ('facts', ?)", (_text(values),))
        conn.execute("COMMIT")


def facts(path: Path) -> Facts:
    """What the plan comes to. Raises `sqlite3.Error` or `TypeError` for a file that is no whole plan."""
    with closing(_open(path)) as conn:
        row = conn.execute("SELECT value FROM facts WHERE key = 'facts'").fetchone()
    return Facts(**json.loads(row[0]))


def changes(path: Path, kind: str, offset: int, limit: int) -> list[Change]:
    """One page of the changes of a kind."""
    with closing(_open(path)) as conn:
        rows = conn.execute("SELECT * FROM changes WHERE kind = ? ORDER BY id LIMIT ? OFFSET ?", (kind, limit, offset))
        return [_change(row) for row in rows]


def faults(path: Path, offset: int = 0, limit: int = -1) -> list[Fault]:
    """One page of the faults, or all of them, in the order of the lines."""
    with closing(_open(path)) as conn:
        rows = conn.execute("SELECT * FROM faults ORDER BY id LIMIT ? OFFSET ?", (limit, offset))
        return [_fault(row) for row in rows]


def chunks(path: Path, size: int) -> Iterator[list[Change]]:
    """Every change, `size` at a time."""
    with closing(_open(path)) as conn:
        last = 0
        while rows := conn.execute("SELECT * FROM changes WHERE id > ? ORDER BY id LIMIT ?", (last, size)).fetchall():
            last = rows[-1]["id"]
            yield [_change(row) for row in rows]


def _open(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    conn.row_factory = sqlite3.Row
    return conn


def _text(value: object) -> str:
    return json.dumps(value if isinstance(value, list) else dict(value), ensure_ascii=False)  # type: ignore[call-overload]


def _change(row: sqlite3.Row) -> Change:
    record = None if row["row"] is None else json.loads(row["row"])
    return Change(row["kind"], row["key"], row["name"], json.loads(row["shown"]), record)


def _fault(row: sqlite3.Row) -> Fault:
    why = Message(row["code"], row["reason"], json.loads(row["places"]))
    return Fault(row["line"], row["col"], row["heading"], row["value"], why)
