"""Owns the rows of staff actions' request keys: by them a repeat over a broken line is known."""

import sqlite3


def action_of(conn: sqlite3.Connection, counter: int, request_key: str) -> str | None:
    """Which action was done under this key at this counter."""
    row = conn.execute(
        "SELECT action FROM action_requests WHERE counter = ? AND request_key = ?", (counter, request_key)
    ).fetchone()
    return str(row[0]) if row else None


def remember(conn: sqlite3.Connection, counter: int, request_key: str, action: str, now: float) -> None:
    """Keep the key of an action that is being done."""
    conn.execute(
        "INSERT INTO action_requests (counter, request_key, action, at) VALUES (?, ?, ?, ?)",
        (counter, request_key, action, now),
    )


def forget_before(conn: sqlite3.Connection, at: float) -> None:
    """Nobody repeats a request for ever."""
    conn.execute("DELETE FROM action_requests WHERE at < ?", (at,))
