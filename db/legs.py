"""Owns the rows of a visit's earlier legs: what was done, or waited for, before a transfer or another service.

The present leg is the ticket itself, so most visits have no row here.
"""

import sqlite3
from dataclasses import dataclass

from db.ticket_records import Ticket


@dataclass(frozen=True, slots=True)
class Leg:
    """One earlier leg: `served_s` seconds of service before `started_at`, which is None where nobody was served."""

    service: str
    queued_at: float
    called_at: float | None
    started_at: float | None
    ended_at: float
    served_s: float
    counter: int
    staff_name: str | None
    how: str


def add(conn: sqlite3.Connection, ticket: Ticket, how: str, now: float) -> None:
    """End the present leg of a ticket at a counter: `transferred`, or `service_added`."""
    conn.execute(
        "INSERT INTO legs (ticket_id, service, queued_at, called_at, started_at, ended_at, served_s, counter, staff_id, how)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (ticket.id, ticket.service, ticket.waiting_since, ticket.call_began_at, ticket.started_at, now, ticket.served_s,
         ticket.counter, ticket.staff_id, how),
    )  # fmt: skip


def of_ticket(conn: sqlite3.Connection, ticket_id: int) -> list[Leg]:
    """The earlier legs of a visit, oldest first."""
    rows = conn.execute(
        "SELECT l.service, l.queued_at, l.called_at, l.started_at, l.ended_at, l.served_s, l.counter, s.name, l.how"
        " FROM legs l LEFT JOIN staff s ON s.id = l.staff_id WHERE l.ticket_id = ? ORDER BY l.id",
        (ticket_id,),
    )
    return [Leg(*row) for row in rows]
