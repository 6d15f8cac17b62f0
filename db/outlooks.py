"""Owns the rows of what is foreseen for the floor: the last good answer to each question, which every screen reads.

Questions are `promises` (who will probably be late), `remedies` (what would help) and `day` (the day's course).
"""

import json
import sqlite3
from functools import lru_cache
from typing import Any

Json = dict[str, Any]


def save(conn: sqlite3.Connection, question: str, at: float, seen: Json) -> None:
    """Put a new answer in the place of the last."""
    conn.execute(
        "INSERT OR REPLACE INTO outlooks (question, at, seen) VALUES (?, ?, ?)",
        (question, at, json.dumps(seen, ensure_ascii=False)),
    )


def load(conn: sqlite3.Connection) -> dict[str, tuple[float, Json]]:
    """Of every question that was answered: when, and what."""
    return {row["question"]: (row["at"], _parsed(row["seen"])) for row in conn.execute("SELECT * FROM outlooks")}


@lru_cache(8)
def _parsed(seen: str) -> Json:
    parsed: Json = json.loads(seen)
    return parsed
