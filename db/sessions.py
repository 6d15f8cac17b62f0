"""Owns the rows of sign-ins. A sign-in ends at a fixed time, and earlier when nobody uses it.

Its use is written down only when a twentieth of the idle time has passed since the last, so reading stays reading.
"""

import sqlite3
from dataclasses import dataclass

from db.people_records import Staff
from db.staff import hash_token, new_token, staff_of_row

WORTH_WRITING = 0.05
"""Of the idle time."""


@dataclass(frozen=True, slots=True)
class Session:
    """Whose sign-in it is, and whether its use is worth writing down by now."""

    person: Staff
    is_worth_touching: bool


def add(conn: sqlite3.Connection, staff_id: int, now: float, idle_s: float, longest_s: float) -> str:
    """Open a sign-in and return its token; it ends after `longest_s`, or after `idle_s` without use (both in seconds)."""
    token = new_token()
    conn.execute(
        "INSERT INTO sessions (token_hash, staff_id, expires_at, idle_s, idle_until) VALUES (?, ?, ?, ?, ?)",
        (hash_token(token), staff_id, now + longest_s, idle_s, now + idle_s),
    )
    conn.execute("UPDATE staff SET signed_in_at = ? WHERE id = ?", (now, staff_id))
    return token


def find(conn: sqlite3.Connection, token: str, now: float) -> Session | None:
    """The sign-in a token belongs to, while it lasts."""
    row = conn.execute(
        "SELECT s.*, t.idle_s, t.idle_until FROM sessions t JOIN staff s ON s.id = t.staff_id"
        " WHERE t.token_hash = ? AND t.expires_at > ? AND t.idle_until > ?",
        (hash_token(token), now, now),
    ).fetchone()
    if row is None:
        return None
    return Session(staff_of_row(row), row["idle_until"] < now + row["idle_s"] * (1 - WORTH_WRITING))


def touch(conn: sqlite3.Connection, token: str, now: float) -> None:
    """A sign-in was used."""
    conn.execute(
        "UPDATE sessions SET idle_until = ? + idle_s WHERE token_hash = ? AND idle_until < ? + idle_s",
        (now, hash_token(token), now),
    )


def limit(conn: sqlite3.Connection, now: float, idle_s: float, longest_s: float) -> None:
    """New times hold for whoever is signed in too; nobody's sign-in gets longer by it."""
    conn.execute(
        "UPDATE sessions SET idle_s = ?, idle_until = min(idle_until, ?), expires_at = min(expires_at, ?)",
        (idle_s, now + idle_s, now + longest_s),
    )


def end_old(conn: sqlite3.Connection, now: float) -> None:
    """Forget sign-ins that have run out."""
    conn.execute("DELETE FROM sessions WHERE expires_at <= ? OR idle_until <= ?", (now, now))


def end(conn: sqlite3.Connection, token: str) -> None:
    """Sign out."""
    conn.execute("DELETE FROM sessions WHERE token_hash = ?", (hash_token(token),))


def end_all(conn: sqlite3.Connection, staff_id: int) -> int:
    """Sign somebody out everywhere; how many sign-ins that ended."""
    return conn.execute("DELETE FROM sessions WHERE staff_id = ?", (staff_id,)).rowcount


def counts(conn: sqlite3.Connection, now: float) -> dict[int, int]:
    """How many sign-ins each of the staff has, by their id; who has none is not in it."""
    rows = conn.execute(
        "SELECT staff_id, count(*) AS signed_in FROM sessions WHERE expires_at > ? AND idle_until > ? GROUP BY staff_id",
        (now, now),
    )
    return {row["staff_id"]: row["signed_in"] for row in rows}
