"""Owns the rows of pages: which account manager was told of which VIP's arrival, and who has taken notice.

A page goes from the manager (stage `a`) to the partner (`b`) to the floor; it counts while its customer still waits.
"""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum

_OPEN = (
    "SELECT p.id, p.ticket_id, p.member_no, p.stage, p.staff_id, p.paged_at, p.acknowledged_at FROM pages p"
    " JOIN tickets t ON t.id = p.ticket_id WHERE p.acknowledged_at IS NULL AND t.state IN ('waiting', 'called')"
)


class Stage(StrEnum):
    """Whose turn it is to take notice."""

    A = "a"
    B = "b"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Page:
    """One arrival told; `staff_id` is who is addressed now, None for the floor; `paged_at` since when."""

    id: int
    ticket_id: int
    member_no: str
    stage: Stage
    staff_id: int | None
    paged_at: float
    acknowledged_at: float | None = None


def add(
    conn: sqlite3.Connection, ticket_id: int, member_no: str, stage: Stage, staff_id: int | None, now: float
) -> None:
    """Tell somebody of an arrival."""
    conn.execute(
        "INSERT INTO pages (ticket_id, member_no, stage, staff_id, paged_at) VALUES (?, ?, ?, ?, ?)",
        (ticket_id, member_no, stage, staff_id, now),
    )


def by_id(conn: sqlite3.Connection, page_id: int) -> Page | None:
    """One page."""
    row = conn.execute(
        "SELECT id, ticket_id, member_no, stage, staff_id, paged_at, acknowledged_at FROM pages WHERE id = ?",
        (page_id,),
    ).fetchone()
    return _page(row) if row else None


def unacknowledged(conn: sqlite3.Connection) -> list[Page]:
    """Every page still to be noticed, oldest first."""
    return [_page(row) for row in conn.execute(f"{_OPEN} ORDER BY p.paged_at, p.id")]


def overdue(conn: sqlite3.Connection, before: float) -> list[Page]:
    """Pages that somebody has not noticed since before a moment; the floor has nobody after it."""
    return [_page(row) for row in conn.execute(f"{_OPEN} AND p.stage <> 'floor' AND p.paged_at <= ?", (before,))]


def pass_on(conn: sqlite3.Connection, page: Page, stage: Stage, staff_id: int | None, now: float) -> bool:
    """From one stage to the next; false if somebody has noticed it, or it went on, meanwhile."""
    return _changed(
        conn,
        "UPDATE pages SET stage = ?, staff_id = ?, paged_at = ? WHERE id = ? AND stage = ? AND acknowledged_at IS NULL",
        (stage, staff_id, now, page.id, page.stage),
    )


def acknowledge(conn: sqlite3.Connection, page_id: int, staff_id: int, now: float) -> bool:
    """Somebody has noticed; false if somebody had before."""
    return _changed(
        conn,
        "UPDATE pages SET acknowledged_at = ?, acknowledged_by = ? WHERE id = ? AND acknowledged_at IS NULL",
        (now, staff_id, page_id),
    )


def _changed(conn: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> bool:
    return conn.execute(statement, values).rowcount == 1


def _page(row: sqlite3.Row) -> Page:
    page_id, ticket_id, member_no, stage, *rest = row
    return Page(page_id, ticket_id, member_no, Stage(stage), *rest)
