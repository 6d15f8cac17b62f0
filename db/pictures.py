"""Owns the rows of the store's own pictures, such as its logo: PNG, by name."""

import hashlib
import sqlite3

LOGO = "logo"


def put(conn: sqlite3.Connection, name: str, png: bytes) -> str:
    """Keep a picture under its name in place of an earlier one; returns its digest, which changes with it."""
    digest = hashlib.sha256(png).hexdigest()[:12]
    conn.execute(
        "INSERT INTO pictures (name, digest, png) VALUES (?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, png = excluded.png",
        (name, digest, png),
    )
    return digest


def get(conn: sqlite3.Connection, name: str) -> bytes | None:
    """A picture, if there is one."""
    row = conn.execute("SELECT png FROM pictures WHERE name = ?", (name,)).fetchone()
    return None if row is None else bytes(row["png"])


def remove(conn: sqlite3.Connection, name: str) -> None:
    """Forget a picture."""
    conn.execute("DELETE FROM pictures WHERE name = ?", (name,))
