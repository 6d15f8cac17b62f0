"""Owns the rows of studies: what was computed once and is shown until what it rests on has changed."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

KEPT = 200
"""Of each kind, the newest."""


@dataclass(frozen=True, slots=True)
class Study:
    """What was found out about a subject (a day, a question), when, and on what `basis`."""

    made_at: float
    basis: str
    found: Any


def save(conn: sqlite3.Connection, kind: str, subject: str, study: Study) -> None:
    """Keep what was found, in the place of what was found before."""
    conn.execute(
        "INSERT INTO studies (kind, subject, made_at, basis, found) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, subject)"
        " DO UPDATE SET made_at = excluded.made_at, basis = excluded.basis, found = excluded.found",
        (kind, subject, study.made_at, study.basis, json.dumps(study.found, ensure_ascii=False)),
    )
    conn.execute(
        "DELETE FROM studies WHERE kind = ? AND subject NOT IN"
        " (SELECT subject FROM studies WHERE kind = ? ORDER BY made_at DESC, subject DESC LIMIT ?)",
        (kind, kind, KEPT),
    )


def load(conn: sqlite3.Connection, kind: str, subject: str) -> Study | None:
    """What is known of a subject."""
    row = conn.execute("SELECT * FROM studies WHERE kind = ? AND subject = ?", (kind, subject)).fetchone()
    return Study(row["made_at"], row["basis"], json.loads(row["found"])) if row else None
