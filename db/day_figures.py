"""Owns reading how today goes: promises by class and tier, who gave up, and the day's comings and calls."""

import sqlite3
from typing import NamedTuple

from db.ticket_records import TicketClass


class Level(NamedTuple):
    """Of one class and tier: called by the promise (an ordinary customer: by the ceiling), called later, given up."""

    ticket_class: TicketClass
    tier: str | None
    kept: int
    missed: int
    gave_up: int


def levels(conn: sqlite3.Connection, business_day: str, fair_after_s: float) -> list[Level]:
    """The service level so far: VIPs by tier, appointments, ordinary customers."""
    rows = conn.execute(
        "SELECT class, of_tier AS tier, coalesce(sum(first_called_at <= coalesce(due_at, issued_at + ?1)), 0) AS kept,"
        " coalesce(sum(first_called_at > coalesce(due_at, issued_at + ?1)), 0) AS missed,"
        " sum(state IN ('cancelled', 'abandoned', 'no_show')) AS gave_up"
        " FROM (SELECT *, iif(class = 'vip', tier, NULL) AS of_tier FROM tickets WHERE business_day = ?2)"
        " GROUP BY class, of_tier ORDER BY class DESC, of_tier",
        (fair_after_s, business_day),
    )
    return [Level(TicketClass(row["class"]), row["tier"], row["kept"], row["missed"], row["gave_up"]) for row in rows]


def times(conn: sqlite3.Connection, business_day: str) -> list[tuple[float, float | None, float | None]]:
    """Of every ticket of a day: when it was issued, first called, and ended."""
    rows = conn.execute(
        "SELECT issued_at, first_called_at, ended_at FROM tickets WHERE business_day = ? ORDER BY issued_at",
        (business_day,),
    )
    return [tuple(row) for row in rows]
