"""Owns the rows that say which upkeep of the database is done or still to do, by name."""

import sqlite3


def read(conn: sqlite3.Connection, name: str) -> str | None:
    """What is noted under a name."""
    row = conn.execute("SELECT value FROM upkeep WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row["value"])


def write(conn: sqlite3.Connection, name: str, value: str) -> None:
    """Note something under a name."""
    conn.execute(
        "INSERT INTO upkeep (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def remove(conn: sqlite3.Connection, name: str) -> None:
    """It is done with."""
    conn.execute("DELETE FROM upkeep WHERE name = ?", (name,))
