"""Owns the rows of quotes: what a customer was told when the ticket was issued."""

import sqlite3


def add(
    conn: sqlite3.Connection,
    ticket_id: int,
    at: float,
    people_ahead: int,
    unknown: str | None,
    low_s: float | None,
    mid_s: float | None,
    high_s: float | None,
) -> None:
    """Keep a quote: a range of seconds, or in `unknown` why there is none; call it in the issuing transaction."""
    conn.execute(
        "INSERT INTO quotes (ticket_id, at, people_ahead, unknown, low_s, mid_s, high_s) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (ticket_id, at, people_ahead, unknown, low_s, mid_s, high_s),
    )


def people_ahead(conn: sqlite3.Connection, ticket_id: int) -> int:
    """How many people the customer was told to be ahead; 0 for a ticket without a quote."""
    row = conn.execute("SELECT people_ahead FROM quotes WHERE ticket_id = ?", (ticket_id,)).fetchone()
    return int(row["people_ahead"]) if row else 0
