"""Owns account managers among the staff: which code of the carrier's list is theirs, and who is on duty."""

import sqlite3
from dataclasses import dataclass

from db.errors import NameTaken
from db.people_records import Staff
from db.staff import staff_by_id


@dataclass(frozen=True, slots=True)
class Manager:
    """An account manager: `since` when on duty, None when off."""

    staff_id: int
    name: str
    code: str
    since: float | None


def link(conn: sqlite3.Connection, staff_id: int, code: str | None) -> None:
    """Make somebody the account manager of a code, off duty, or (None) no longer one. Raises `NameTaken`."""
    try:
        conn.execute("UPDATE staff SET on_duty_since = NULL, manager_code = ? WHERE id = ?", (code, staff_id))
    except sqlite3.IntegrityError:
        raise NameTaken(name=code) from None


def managers(conn: sqlite3.Connection) -> list[Manager]:
    """Every account manager, by code."""
    rows = conn.execute(
        "SELECT id, name, manager_code, on_duty_since FROM staff WHERE manager_code IS NOT NULL ORDER BY manager_code"
    )
    return [Manager(*row) for row in rows]


def by_code(conn: sqlite3.Connection, code: str | None) -> Staff | None:
    """The account manager of a code."""
    row = conn.execute("SELECT id FROM staff WHERE manager_code = ?", (code,)).fetchone()
    return staff_by_id(conn, row["id"]) if row else None


def set_on(conn: sqlite3.Connection, staff_id: int, now: float) -> bool:
    """Come on duty; false if already."""
    return _changed(conn, "UPDATE staff SET on_duty_since = ? WHERE id = ? AND on_duty_since IS NULL", (now, staff_id))


def set_off(conn: sqlite3.Connection, staff_id: int) -> bool:
    """Go off duty; false if already."""
    return _changed(
        conn, "UPDATE staff SET on_duty_since = NULL WHERE id = ? AND on_duty_since IS NOT NULL", (staff_id,)
    )


def _changed(conn: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> bool:
    return conn.execute(statement, values).rowcount == 1
