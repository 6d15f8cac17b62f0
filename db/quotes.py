"""Owns the rows of quotes: what a customer was told when the ticket was issued, and what became of it."""

import sqlite3

from db.ticket_records import Accuracy, Quote, TicketClass


def add(
    conn: sqlite3.Connection,
    ticket_id: int,
    at: float,
    people_ahead: int,
    told: Quote | str,
    plain: Quote | None = None,
) -> None:
    """Keep what was told, or why nothing was, and the plain forecast behind it; call it in the issuing transaction."""
    unknown = told if isinstance(told, str) else None
    conn.execute(
        "INSERT INTO quotes (ticket_id, at, people_ahead, unknown, low_s, mid_s, high_s, plain_low_s, plain_mid_s, plain_high_s)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (ticket_id, at, people_ahead, unknown, *_ends(None if isinstance(told, str) else told), *_ends(plain)),
    )


def score(conn: sqlite3.Connection, ticket_id: int, now: float) -> None:
    """Keep how long the wait was; only the first call counts."""
    conn.execute("UPDATE quotes SET wait_s = ? - at WHERE ticket_id = ? AND wait_s IS NULL", (now, ticket_id))


def people_ahead(conn: sqlite3.Connection, ticket_id: int) -> int:
    """How many people the customer was told to be ahead; 0 for a ticket without a quote."""
    row = conn.execute("SELECT people_ahead FROM quotes WHERE ticket_id = ?", (ticket_id,)).fetchone()
    return int(row["people_ahead"]) if row else 0


def told(conn: sqlite3.Connection, ticket_id: int) -> Quote | None:
    """The range the customer was told; None if none was."""
    row = conn.execute("SELECT low_s, mid_s, high_s FROM quotes WHERE ticket_id = ?", (ticket_id,)).fetchone()
    return Quote(*row) if row and row["mid_s"] is not None else None


def scored(conn: sqlite3.Connection, kind: TicketClass, since: float, limit: int) -> list[tuple[Quote, float]]:
    """The newest plain forecasts to a class and the waits that came of them, in seconds."""
    rows = conn.execute(
        "SELECT plain_low_s, plain_mid_s, plain_high_s, wait_s FROM quotes JOIN tickets ON tickets.id = ticket_id"
        " WHERE wait_s IS NOT NULL AND mid_s IS NOT NULL AND plain_mid_s IS NOT NULL AND class = ? AND at >= ?"
        " ORDER BY at DESC LIMIT ?",
        (kind, since, limit),
    )
    return [(Quote(low_s, mid_s, high_s), wait_s) for low_s, mid_s, high_s, wait_s in rows]


def accuracy(conn: sqlite3.Connection, first_day: str, last_day: str) -> list[Accuracy]:
    """Per business day and class, newest day first; days and classes without a scored quote are left out."""
    rows = conn.execute(
        "SELECT business_day, class, count(*), avg(abs(mid_s - wait_s)), avg(mid_s - wait_s),"
        " avg(wait_s BETWEEN low_s AND high_s), avg(wait_s) FROM quotes JOIN tickets ON tickets.id = ticket_id"
        " WHERE wait_s IS NOT NULL AND mid_s IS NOT NULL AND business_day BETWEEN ? AND ?"
        " GROUP BY business_day, class ORDER BY business_day DESC, class",
        (first_day, last_day),
    )
    return [Accuracy(day, TicketClass(kind), *figures) for day, kind, *figures in rows]


def _ends(quote: Quote | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if quote is None else (quote.low_s, quote.mid_s, quote.high_s)
