"""Owns the rows of tries at a PIN: how many were made under a key since its window began, so that a restart forgets none."""

import sqlite3


def add(conn: sqlite3.Connection, key: str, now: float, window_s: float, tries: int) -> int:
    """Count tries and return how many there are in the present window, which the first of them began."""
    conn.execute("DELETE FROM sign_in_tries WHERE key = ? AND ends_at <= ?", (key, now))
    row = conn.execute(
        "INSERT INTO sign_in_tries (key, tries, ends_at) VALUES (?, ?, ?)"
        " ON CONFLICT (key) DO UPDATE SET tries = tries + excluded.tries RETURNING tries",
        (key, tries, now + window_s),
    ).fetchone()
    return int(row["tries"])


def get(conn: sqlite3.Connection, key: str, now: float) -> tuple[int, float]:
    """How many there are, and when their window ends (seconds since the epoch; now for none)."""
    row = conn.execute("SELECT tries, ends_at FROM sign_in_tries WHERE key = ? AND ends_at > ?", (key, now)).fetchone()
    return (row["tries"], row["ends_at"]) if row else (0, now)


def running(conn: sqlite3.Connection, now: float) -> list[str]:
    """The keys whose window has not ended."""
    return [row["key"] for row in conn.execute("SELECT key FROM sign_in_tries WHERE ends_at > ? ORDER BY key", (now,))]


def forget(conn: sqlite3.Connection, key: str) -> None:
    """The tries of a key do not count any more."""
    conn.execute("DELETE FROM sign_in_tries WHERE key = ?", (key,))


def forget_old(conn: sqlite3.Connection, now: float) -> None:
    """Windows that have ended."""
    conn.execute("DELETE FROM sign_in_tries WHERE ends_at <= ?", (now,))
