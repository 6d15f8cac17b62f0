"""Owns how the rows of staff change: names, roles, leaving and coming back. Who they are: `staff.py`."""

import sqlite3
from dataclasses import dataclass

from db.errors import NameTaken
from db.people_records import Role, Staff
from db.staff import staff_of_row


@dataclass(frozen=True, slots=True)
class Person:
    """One of the staff as the list of staff shows them: times in seconds since the epoch, None for never."""

    staff: Staff
    signed_in_at: float | None
    retired_at: float | None
    has_second_factor: bool
    counter: int | None


def everyone(conn: sqlite3.Connection) -> list[Person]:
    """Whoever works or has worked here: those who work first, by name."""
    rows = conn.execute(
        "SELECT s.*, f.confirmed_at, c.number FROM staff s LEFT JOIN counters c ON c.staff_id = s.id"
        " LEFT JOIN second_factors f ON f.staff_id = s.id ORDER BY s.retired_at IS NOT NULL, s.name"
    )
    return [
        Person(
            staff_of_row(row), row["signed_in_at"], row["retired_at"], row["confirmed_at"] is not None, row["number"]
        )
        for row in rows
    ]


def by_name(conn: sqlite3.Connection, name: str) -> Person | None:
    """One of the staff of now or of before."""
    return next((one for one in everyone(conn) if one.staff.name == name), None)


def rename(conn: sqlite3.Connection, staff_id: int, name: str) -> None:
    """Give somebody another name. Raises `NameTaken`, by those who have left too: history keeps their names."""
    try:
        conn.execute("UPDATE staff SET name = ? WHERE id = ?", (name, staff_id))
    except sqlite3.IntegrityError:
        raise NameTaken(name=name) from None


def set_role(conn: sqlite3.Connection, staff_id: int, role: Role) -> bool:
    """Give somebody another role; whether it was another. The database refuses it to the last administrator."""
    return conn.execute("UPDATE staff SET role = ? WHERE id = ? AND role <> ?", (role, staff_id, role)).rowcount == 1


def has_other_admin(conn: sqlite3.Connection, staff_id: int) -> bool:
    """Whether somebody else is an administrator who can sign in."""
    statement = "SELECT 1 FROM staff WHERE role = 'admin' AND retired_at IS NULL AND pin_hash IS NOT NULL AND id <> ?"
    return conn.execute(statement, (staff_id,)).fetchone() is not None


def retire(conn: sqlite3.Connection, staff_id: int, now: float) -> bool:
    """Let somebody go: the row stays, since history names them; PIN, links, duty and second factor end. False if gone."""
    done = conn.execute(
        "UPDATE staff SET retired_at = ?, pin_hash = NULL, on_duty_since = NULL, manager_code = NULL"
        " WHERE id = ? AND retired_at IS NULL",
        (now, staff_id),
    )
    conn.execute("DELETE FROM enrolments WHERE staff_id = ? AND used_at IS NULL", (staff_id,))
    conn.execute("DELETE FROM second_factors WHERE staff_id = ?", (staff_id,))
    conn.execute("DELETE FROM sessions WHERE staff_id = ?", (staff_id,))
    return done.rowcount == 1


def bring_back(conn: sqlite3.Connection, staff_id: int) -> bool:
    """Somebody who had left works here again, without a PIN yet; false if they never left."""
    return conn.execute(
        "UPDATE staff SET retired_at = NULL WHERE id = ? AND retired_at IS NOT NULL", (staff_id,)
    ).rowcount == 1  # fmt: skip
