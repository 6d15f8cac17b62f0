"""Owns how the rows of devices change: names, and leaving the store. Who they are: `staff.py`; printers: `printers.py`."""

import sqlite3

from db.errors import NameTaken
from db.people_records import Device


def rename(conn: sqlite3.Connection, device_id: int, name: str) -> None:
    """Give a device another name. Raises `NameTaken` by one of its kind."""
    try:
        conn.execute("UPDATE devices SET name = ? WHERE id = ?", (name, device_id))
    except sqlite3.IntegrityError:
        raise NameTaken(name=name) from None


def revoke(conn: sqlite3.Connection, device: Device, now: float) -> bool:
    """Let nothing of a device's count any more: token, cookie, links. Its row stays, since history names it."""
    done = conn.execute(
        "UPDATE devices SET removed_at = ?, token_hash = NULL, name = name || ' #' || id WHERE id = ? AND removed_at IS NULL",
        (now, device.id),
    )
    conn.execute("DELETE FROM enrolments WHERE device_id = ? AND used_at IS NULL", (device.id,))
    conn.execute("DELETE FROM presence WHERE device_id = ?", (device.id,))
    return done.rowcount == 1


def has_link(conn: sqlite3.Connection, device_id: int) -> bool:
    """Whether an unused one-time link of the device is about."""
    statement = "SELECT 1 FROM enrolments WHERE device_id = ? AND used_at IS NULL"
    return conn.execute(statement, (device_id,)).fetchone() is not None
