"""Owns the rows of proxy handling: business done for an absent member, from the ticket to the answer.

The ticket itself names no member, so that one who comes to the store meanwhile gets a number of their own.
"""

import sqlite3
from dataclasses import dataclass

from db.ticket_records import Ticket
from db.tickets import by_id

_SELECT = (
    "SELECT p.ticket_id, p.member_no, p.staff_id, s.name AS staff_name, p.answered_at FROM proxies p"
    " JOIN staff s ON s.id = p.staff_id JOIN tickets t ON t.id = p.ticket_id"
)
_OPEN = "p.answered_at IS NULL AND t.state IN ('waiting', 'called', 'serving', 'on_hold', 'completed')"


@dataclass(frozen=True, slots=True)
class Proxy:
    """One piece of business for an absent member, and which of the staff took it on."""

    ticket_id: int
    member_no: str
    staff_id: int
    staff_name: str
    answered_at: float | None


def add(conn: sqlite3.Connection, ticket_id: int, member_no: str, staff_id: int) -> None:
    """Note whom a ticket is for."""
    conn.execute(
        "INSERT INTO proxies (ticket_id, member_no, staff_id) VALUES (?, ?, ?)", (ticket_id, member_no, staff_id)
    )


def of_ticket(conn: sqlite3.Connection, ticket_id: int) -> Proxy | None:
    """The proxy handling behind a ticket."""
    return _one(conn, "p.ticket_id = ?", ticket_id)


def open_of_member(conn: sqlite3.Connection, member_no: str) -> Proxy | None:
    """What is not finished yet for a member."""
    return _one(conn, "p.member_no = ? AND t.state IN ('waiting', 'called', 'serving', 'on_hold')", member_no)


def unanswered(conn: sqlite3.Connection) -> list[tuple[Proxy, Ticket]]:
    """Everything not yet done, or done and the customer not told, oldest first."""
    found = [Proxy(*row) for row in conn.execute(f"{_SELECT} WHERE {_OPEN} ORDER BY p.ticket_id")]
    return [(proxy, ticket) for proxy in found if (ticket := by_id(conn, proxy.ticket_id))]


def answer(conn: sqlite3.Connection, ticket_id: int, staff_id: int, now: float) -> bool:
    """The customer has been told; false if they had before."""
    statement = "UPDATE proxies SET answered_at = ?, answered_by = ? WHERE ticket_id = ? AND answered_at IS NULL"
    return conn.execute(statement, (now, staff_id, ticket_id)).rowcount == 1


def member_no_of(conn: sqlite3.Connection, ticket: Ticket) -> str | None:
    """Which member a ticket is for: its holder, or who stays away."""
    if ticket.member_no is not None:
        return ticket.member_no
    proxy = of_ticket(conn, ticket.id)
    return proxy.member_no if proxy else None


def _one(conn: sqlite3.Connection, where: str, value: object) -> Proxy | None:
    row = conn.execute(f"{_SELECT} WHERE {where}", (value,)).fetchone()
    return Proxy(*row) if row else None
