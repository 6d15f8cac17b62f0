"""Owns the rows of what the floor manager did at once, and of staff who were asked to come."""

import json
import sqlite3
from collections.abc import Mapping

from db.alarm_records import Act, ActKind, StaffPage
from db.people_records import Role, Staff

_ACT = "id, kind, at, by, data, expires_at, ended_at"
_PAGE = (
    "SELECT p.id, p.staff_id, s.name, p.at, p.by, p.counter, p.acknowledged_at"
    " FROM staff_pages p JOIN staff s ON s.id = p.staff_id"
)


def add(
    conn: sqlite3.Connection, kind: ActKind, at: float, by: str, data: Mapping[str, object], expires_at: float | None
) -> int:
    """Write one down; its id."""
    cursor = conn.execute(
        "INSERT INTO acts (kind, at, by, data, expires_at) VALUES (?, ?, ?, ?, ?)",
        (kind, at, by, json.dumps(dict(data), ensure_ascii=False), expires_at),
    )
    return int(cursor.lastrowid or 0)


def end(conn: sqlite3.Connection, act_id: int, now: float) -> bool:
    """running → ended; false if it was before."""
    return _changed(conn, "UPDATE acts SET ended_at = ? WHERE id = ? AND ended_at IS NULL", (now, act_id))


def by_id(conn: sqlite3.Connection, act_id: int) -> Act | None:
    """One of them."""
    row = conn.execute(f"SELECT {_ACT} FROM acts WHERE id = ?", (act_id,)).fetchone()
    return _act(row) if row else None


def running(conn: sqlite3.Connection, done_since: float) -> list[Act]:
    """What has not ended: everything temporary, and what was done for good since a moment; newest first."""
    rows = conn.execute(
        f"SELECT {_ACT} FROM acts WHERE ended_at IS NULL AND (expires_at IS NOT NULL OR at >= ?) ORDER BY id DESC",
        (done_since,),
    )
    return [_act(row) for row in rows]


def expired(conn: sqlite3.Connection, now: float) -> list[Act]:
    """What should have ended by itself."""
    rows = conn.execute(f"SELECT {_ACT} FROM acts WHERE ended_at IS NULL AND expires_at <= ? ORDER BY id", (now,))
    return [_act(row) for row in rows]


def page(conn: sqlite3.Connection, staff_id: int, counter: int | None, by: str, now: float) -> int:
    """Ask somebody to come; the page's id."""
    cursor = conn.execute(
        "INSERT INTO staff_pages (staff_id, counter, by, at) VALUES (?, ?, ?, ?)", (staff_id, counter, by, now)
    )
    return int(cursor.lastrowid or 0)


def acknowledge(conn: sqlite3.Connection, page_id: int, staff_id: int, now: float) -> bool:
    """They are coming; false if they said so before, or it is not theirs."""
    return _changed(
        conn,
        "UPDATE staff_pages SET acknowledged_at = ? WHERE id = ? AND staff_id = ? AND acknowledged_at IS NULL",
        (now, page_id, staff_id),
    )


def withdraw(conn: sqlite3.Connection, page_id: int) -> None:
    """Nobody needs to come any more."""
    conn.execute("DELETE FROM staff_pages WHERE id = ? AND acknowledged_at IS NULL", (page_id,))


def pages_since(conn: sqlite3.Connection, at: float) -> list[StaffPage]:
    """Pages since a moment, newest first."""
    return [StaffPage(*row) for row in conn.execute(f"{_PAGE} WHERE p.at >= ? ORDER BY p.at DESC, p.id DESC", (at,))]


def page_by_id(conn: sqlite3.Connection, page_id: int) -> StaffPage | None:
    """One page."""
    row = conn.execute(f"{_PAGE} WHERE p.id = ?", (page_id,)).fetchone()
    return StaffPage(*row) if row else None


def free_staff(conn: sqlite3.Connection, now: float) -> list[Staff]:
    """Counter staff who could sit down: signed in, and at no counter."""
    rows = conn.execute(
        "SELECT s.id, s.name, s.role FROM staff s WHERE s.role = ? AND s.id NOT IN (SELECT staff_id FROM counters WHERE staff_id IS NOT NULL)"
        " AND EXISTS (SELECT 1 FROM sessions t WHERE t.staff_id = s.id AND t.expires_at > ? AND t.idle_until > ?) ORDER BY s.name",
        (Role.COUNTER, now, now),
    )
    return [Staff(row["id"], row["name"], Role(row["role"])) for row in rows]


def _act(row: sqlite3.Row) -> Act:
    act_id, kind, at, by, data, *rest = row
    return Act(act_id, ActKind(kind), at, by, json.loads(data), *rest)


def _changed(conn: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> bool:
    return conn.execute(statement, values).rowcount == 1
