"""Owns the rows of settings' changes: what each was before and after, who may undo it, and which one it undid.

When it was and whose stands in the journal's line it belongs to. What is written here never changes.
"""

import base64
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.people_records import Role
from db.setting_rows import Key, RowChange

_SELECT = (
    "SELECT c.id, c.seq, e.at, e.actor, json_extract(e.data, '$.command') AS command, c.needs, c.changes, c.undoes,"
    " (SELECT u.id FROM settings_changes u WHERE u.undoes = c.id) AS undone_by"
    " FROM settings_changes c JOIN events e ON e.seq = c.seq"
)
_BYTES = "base64"


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One change: which command made it, whose, and the least role that may undo it.

    `undoes` is the change it took back, `undone_by` the one that took it back.
    """

    id: int
    seq: int
    at: float
    actor: str
    command: str
    needs: Role
    rows: tuple[RowChange, ...]
    undoes: int | None
    undone_by: int | None


def add(conn: sqlite3.Connection, seq: int, needs: Role, rows: Sequence[RowChange], undoes: int | None) -> int:
    """Keep a change beside its line of the journal; the database refuses to have one undone twice."""
    text = json.dumps(
        [[one.table, list(one.key), one.before, one.after] for one in rows], ensure_ascii=False, default=_written
    )
    cursor = conn.execute(
        "INSERT INTO settings_changes (seq, needs, changes, undoes) VALUES (?, ?, ?, ?)", (seq, needs, text, undoes)
    )
    return int(cursor.lastrowid or 0)


def by_id(conn: sqlite3.Connection, change_id: int) -> SettingChange | None:
    """One change."""
    row = conn.execute(f"{_SELECT} WHERE c.id = ?", (change_id,)).fetchone()
    return _change(row) if row else None


def newest(conn: sqlite3.Connection, limit: int, before: int | None = None) -> list[SettingChange]:
    """The newest changes, or those older than the one of the id `before`; newest first."""
    rows = conn.execute(f"{_SELECT} WHERE ? IS NULL OR c.id < ? ORDER BY c.id DESC LIMIT ?", (before, before, limit))
    return [_change(row) for row in rows]


def last_of_row(conn: sqlite3.Connection, table: str, key: Key) -> SettingChange | None:
    """The newest change of a row."""
    row = conn.execute(
        f"{_SELECT} WHERE EXISTS (SELECT 1 FROM json_each(c.changes) j WHERE json_extract(j.value, '$[0]') = ?"
        " AND json_extract(j.value, '$[1]') = json(?)) ORDER BY c.id DESC LIMIT 1",
        (table, json.dumps(list(key), ensure_ascii=False)),
    ).fetchone()
    return _change(row) if row else None


def _change(row: sqlite3.Row) -> SettingChange:
    rows = (
        RowChange(table, tuple(key), before, after)
        for table, key, before, after in json.loads(row["changes"], object_hook=_read)
    )
    return SettingChange(
        row["id"], row["seq"], row["at"], row["actor"], row["command"], Role(row["needs"]), tuple(rows), row["undoes"],
        row["undone_by"],
    )  # fmt: skip


def _written(value: Any) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(value)
    return {_BYTES: base64.b64encode(value).decode()}


def _read(value: dict[str, Any]) -> Any:
    return base64.b64decode(value[_BYTES]) if value.keys() == {_BYTES} else value
