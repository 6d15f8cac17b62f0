"""Owns the rows of staff's notes on tickets; they never leave the counters."""

import sqlite3
from dataclasses import dataclass

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Note:
    """What one of the staff noted."""

    at: float
    staff_name: str
    text: str


def add(conn: sqlite3.Connection, ticket_id: int, staff_id: int, text: str, now: float) -> None:
    """Add a note of 1 to 200 characters."""
    conn.execute(
        "INSERT INTO ticket_notes (ticket_id, at, staff_id, text) VALUES (?, ?, ?, ?)", (ticket_id, now, staff_id, text)
    )


def of_ticket(conn: sqlite3.Connection, ticket_id: int) -> list[Note]:
    """A ticket's notes, oldest first."""
    rows = conn.execute(
        "SELECT n.at, s.name, n.text FROM ticket_notes n JOIN staff s ON s.id = n.staff_id WHERE n.ticket_id = ? ORDER BY n.id",
        (ticket_id,),
    )
    return [Note(*row) for row in rows]
