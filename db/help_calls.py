"""Owns the rows of help calls: somebody at a kiosk asks for a person, and one of the staff answers.

A state change is one UPDATE that names the state it expects; it returns whether it happened. The database itself keeps
a kiosk to one open call.
"""

import sqlite3

from db.event_records import HelpCall

COMING_S = 90.0
"""So long after its answer a kiosk says that somebody is coming, and calls nobody else."""

_SELECT = (
    "SELECT h.id, d.name AS kiosk, h.at, h.asked_at, h.asked, h.answered_at, h.answered_by"
    " FROM help_calls h JOIN devices d ON d.id = h.device_id"
)


def open_call(conn: sqlite3.Connection, device_id: int, now: float) -> int:
    """A new call of a kiosk that has none open; its id."""
    cursor = conn.execute("INSERT INTO help_calls (device_id, at, asked_at) VALUES (?, ?, ?)", (device_id, now, now))
    return int(cursor.lastrowid or 0)


def ask_again(conn: sqlite3.Connection, call_id: int, now: float) -> bool:
    """open → open, asked once more."""
    statement = "UPDATE help_calls SET asked = asked + 1, asked_at = ? WHERE id = ? AND answered_at IS NULL"
    return conn.execute(statement, (now, call_id)).rowcount == 1


def answer(conn: sqlite3.Connection, call_id: int, actor: str, now: float) -> bool:
    """open → answered."""
    statement = "UPDATE help_calls SET answered_at = ?, answered_by = ? WHERE id = ? AND answered_at IS NULL"
    return conn.execute(statement, (now, actor, call_id)).rowcount == 1


def by_id(conn: sqlite3.Connection, call_id: int) -> HelpCall | None:
    """One call."""
    return _one(conn, "h.id = ?", call_id)


def last_of(conn: sqlite3.Connection, device_id: int) -> HelpCall | None:
    """The newest call of a kiosk, open or not."""
    return _one(conn, "h.device_id = ? ORDER BY h.id DESC", device_id)


def recent(conn: sqlite3.Connection, answered_since: float) -> list[HelpCall]:
    """Every open call and those answered since a moment, oldest first."""
    rows = conn.execute(
        f"{_SELECT} WHERE h.answered_at IS NULL UNION ALL {_SELECT} WHERE h.answered_at >= ?",
        (answered_since,),
    )
    return sorted((HelpCall(*row) for row in rows), key=lambda call: call.id)  # SQLite would walk every call for it


def _one(conn: sqlite3.Connection, where: str, value: int) -> HelpCall | None:
    row = conn.execute(f"{_SELECT} WHERE {where} LIMIT 1", (value,)).fetchone()
    return HelpCall(*row) if row else None
