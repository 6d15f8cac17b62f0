"""Owns the rows of ratings: what served customers said, one per ticket; a newer word replaces the older."""

import sqlite3

from db.ticket_records import Rating


def put(conn: sqlite3.Connection, ticket_id: int, rating: Rating, now: float) -> None:
    """Keep a ticket's rating."""
    conn.execute(
        "INSERT INTO ratings (ticket_id, score, comment, at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (ticket_id) DO UPDATE SET score = excluded.score, comment = excluded.comment, at = excluded.at",
        (ticket_id, rating.score, rating.comment, now),
    )


def of_ticket(conn: sqlite3.Connection, ticket_id: int) -> Rating | None:
    """What a ticket's holder said."""
    row = conn.execute("SELECT score, comment FROM ratings WHERE ticket_id = ?", (ticket_id,)).fetchone()
    return Rating(row["score"], row["comment"]) if row else None
