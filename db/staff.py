"""Owns the rows of staff, devices, and the hashed secrets that let them in.

Only hashes are stored. Tokens are 128 random bits, so a plain SHA-256 is enough; PINs are hashed by the caller.
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Mapping

from db.errors import NameTaken
from db.people_records import Device, DeviceKind, Role, Staff


def new_token() -> str:
    """A secret fit for a URL."""
    return secrets.token_urlsafe(16)


def hash_token(token: str) -> str:
    """As a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_staff(conn: sqlite3.Connection, name: str, role: Role, pin_hash: str | None) -> int:
    """Add somebody and return their id. Raises `NameTaken`."""
    try:
        cursor = conn.execute("INSERT INTO staff (name, role, pin_hash) VALUES (?, ?, ?)", (name, role, pin_hash))
    except sqlite3.IntegrityError:
        raise NameTaken(name=name) from None
    return int(cursor.lastrowid or 0)


def set_pin_hash(conn: sqlite3.Connection, staff_id: int, pin_hash: str) -> None:
    """Replace a PIN; every sign-in and every unused link of before ends."""
    conn.execute("UPDATE staff SET pin_hash = ? WHERE id = ?", (pin_hash, staff_id))
    conn.execute("DELETE FROM enrolments WHERE staff_id = ? AND used_at IS NULL", (staff_id,))
    conn.execute("DELETE FROM sessions WHERE staff_id = ?", (staff_id,))


def all_staff(conn: sqlite3.Connection) -> list[Staff]:
    """Everybody who works here, by name; without those who have left."""
    rows = conn.execute("SELECT * FROM staff WHERE retired_at IS NULL ORDER BY name")
    return [staff_of_row(row) for row in rows]


def staff_by_id(conn: sqlite3.Connection, staff_id: int) -> Staff | None:
    """One of the staff."""
    row = conn.execute("SELECT * FROM staff WHERE id = ?", (staff_id,)).fetchone()
    return staff_of_row(row) if row else None


def staff_by_name(conn: sqlite3.Connection, name: str) -> Staff | None:
    """Whoever works here under this name, which they sign in with."""
    row = conn.execute("SELECT * FROM staff WHERE name = ? AND retired_at IS NULL", (name,)).fetchone()
    return staff_of_row(row) if row else None


def add_device(conn: sqlite3.Connection, kind: DeviceKind, name: str, options: Mapping[str, str]) -> tuple[int, str]:
    """Add a device and return its id and bearer token. Raises `NameTaken`."""
    token = new_token()
    try:
        cursor = conn.execute(
            "INSERT INTO devices (kind, name, token_hash, options) VALUES (?, ?, ?, ?)",
            (kind, name, hash_token(token), json.dumps(dict(options), ensure_ascii=False)),
        )
    except sqlite3.IntegrityError:
        raise NameTaken(name=name) from None
    return int(cursor.lastrowid or 0), token


def use_printer(conn: sqlite3.Connection, device_id: int, printer_id: int | None) -> None:
    """Let a kiosk print on a printer of its own."""
    conn.execute("UPDATE devices SET printer_id = ? WHERE id = ?", (printer_id, device_id))


def set_options(conn: sqlite3.Connection, device_id: int, options: Mapping[str, str]) -> bool:
    """Replace a device's options; whether that changed anything."""
    text = json.dumps(dict(options), ensure_ascii=False)
    statement = "UPDATE devices SET options = ? WHERE id = ? AND options <> ?"
    return conn.execute(statement, (text, device_id, text)).rowcount == 1


def devices(conn: sqlite3.Connection, kind: DeviceKind | None = None) -> list[Device]:
    """Every device, or those of one kind, in the order they were added; without those taken out of service."""
    rows = conn.execute(
        "SELECT * FROM devices WHERE (? IS NULL OR kind = ?) AND removed_at IS NULL ORDER BY id", (kind, kind)
    )
    return [_device(row) for row in rows]


def device_by_id(conn: sqlite3.Connection, device_id: int) -> Device | None:
    """One device, unless it was taken out of service."""
    row = conn.execute("SELECT * FROM devices WHERE id = ? AND removed_at IS NULL", (device_id,)).fetchone()
    return _device(row) if row else None


def device_by_token(conn: sqlite3.Connection, token: str) -> Device | None:
    """The device a bearer token belongs to."""
    row = conn.execute("SELECT * FROM devices WHERE token_hash = ?", (hash_token(token),)).fetchone()
    return _device(row) if row else None


def add_enrolment(conn: sqlite3.Connection, *, device_id: int | None = None, staff_id: int | None = None) -> str:
    """Make a one-time link's token, for one device or one of the staff; an unused one of before is void."""
    token = new_token()
    conn.execute(
        "DELETE FROM enrolments WHERE used_at IS NULL AND (device_id = ? OR staff_id = ?)", (device_id, staff_id)
    )
    conn.execute(
        "INSERT INTO enrolments (token_hash, device_id, staff_id) VALUES (?, ?, ?)",
        (hash_token(token), device_id, staff_id),
    )
    return token


def enrolment(conn: sqlite3.Connection, token: str) -> tuple[int | None, int | None] | None:
    """What an unused link is for: (device id, staff id), one of them None; None if used or unknown."""
    row = conn.execute(
        "SELECT device_id, staff_id FROM enrolments WHERE token_hash = ? AND used_at IS NULL", (hash_token(token),)
    ).fetchone()
    return (row["device_id"], row["staff_id"]) if row else None


def use_enrolment(conn: sqlite3.Connection, token: str, now: float) -> bool:
    """Use a link up; false if somebody was faster."""
    statement = "UPDATE enrolments SET used_at = ? WHERE token_hash = ? AND used_at IS NULL"
    return conn.execute(statement, (now, hash_token(token))).rowcount == 1


def staff_of_row(row: sqlite3.Row) -> Staff:
    """A row of the table as a record."""
    return Staff(row["id"], row["name"], Role(row["role"]), row["pin_hash"], row["manager_code"], row["on_duty_since"])


def _device(row: sqlite3.Row) -> Device:
    return Device(row["id"], DeviceKind(row["kind"]), row["name"], row["printer_id"], json.loads(row["options"]))
