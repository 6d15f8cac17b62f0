"""Owns the rows of staff, devices, and the hashed secrets that let them in.

Only hashes are stored. Tokens are 128 random bits, so a plain SHA-256 is enough; PINs are hashed by the caller.
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Mapping

from db.errors import NameTaken
from db.records import Device, DeviceKind, Role, Staff


def new_token() -> str:
    """A secret fit for a URL."""
    return secrets.token_urlsafe(16)


def _hash(token: str) -> str:
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
    """Everybody, by name."""
    return [_staff(row) for row in conn.execute("SELECT * FROM staff ORDER BY name")]


def staff_by_id(conn: sqlite3.Connection, staff_id: int) -> Staff | None:
    """One of the staff."""
    row = conn.execute("SELECT * FROM staff WHERE id = ?", (staff_id,)).fetchone()
    return _staff(row) if row else None


def staff_by_name(conn: sqlite3.Connection, name: str) -> Staff | None:
    """One of the staff, by the name they sign in with."""
    row = conn.execute("SELECT * FROM staff WHERE name = ?", (name,)).fetchone()
    return _staff(row) if row else None


def add_session(conn: sqlite3.Connection, staff_id: int, expires_at: float) -> str:
    """Open a signed-in session and return its token."""
    token = new_token()
    conn.execute(
        "INSERT INTO sessions (token_hash, staff_id, expires_at) VALUES (?, ?, ?)", (_hash(token), staff_id, expires_at)
    )
    return token


def staff_by_session(conn: sqlite3.Connection, token: str, now: float) -> Staff | None:
    """Who a session token belongs to, while it lasts."""
    row = conn.execute(
        "SELECT s.* FROM sessions t JOIN staff s ON s.id = t.staff_id WHERE t.token_hash = ? AND t.expires_at > ?",
        (_hash(token), now),
    ).fetchone()
    return _staff(row) if row else None


def end_old_sessions(conn: sqlite3.Connection, now: float) -> None:
    """Forget sign-ins that have run out."""
    conn.execute("DELETE FROM sessions WHERE expires_at <= ?", (now,))


def end_session(conn: sqlite3.Connection, token: str) -> None:
    """Sign out."""
    conn.execute("DELETE FROM sessions WHERE token_hash = ?", (_hash(token),))


def add_device(conn: sqlite3.Connection, kind: DeviceKind, name: str, options: Mapping[str, str]) -> tuple[int, str]:
    """Add a device and return its id and bearer token. Raises `NameTaken`."""
    token = new_token()
    try:
        cursor = conn.execute(
            "INSERT INTO devices (kind, name, token_hash, options) VALUES (?, ?, ?, ?)",
            (kind, name, _hash(token), json.dumps(dict(options), ensure_ascii=False)),
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
    """One device."""
    row = conn.execute("SELECT * FROM devices WHERE id = ?", (device_id,)).fetchone()
    return _device(row) if row else None


def device_by_token(conn: sqlite3.Connection, token: str) -> Device | None:
    """The device a bearer token belongs to."""
    row = conn.execute("SELECT * FROM devices WHERE token_hash = ?", (_hash(token),)).fetchone()
    return _device(row) if row else None


def add_enrolment(conn: sqlite3.Connection, *, device_id: int | None = None, staff_id: int | None = None) -> str:
    """Make a one-time link's token, for one device or one of the staff; an unused one of before is void."""
    token = new_token()
    conn.execute(
        "DELETE FROM enrolments WHERE used_at IS NULL AND (device_id = ? OR staff_id = ?)", (device_id, staff_id)
    )
    conn.execute(
        "INSERT INTO enrolments (token_hash, device_id, staff_id) VALUES (?, ?, ?)", (_hash(token), device_id, staff_id)
    )
    return token


def enrolment(conn: sqlite3.Connection, token: str) -> tuple[int | None, int | None] | None:
    """What an unused link is for: (device id, staff id), one of them None; None if used or unknown."""
    row = conn.execute(
        "SELECT device_id, staff_id FROM enrolments WHERE token_hash = ? AND used_at IS NULL", (_hash(token),)
    ).fetchone()
    return (row["device_id"], row["staff_id"]) if row else None


def use_enrolment(conn: sqlite3.Connection, token: str, now: float) -> bool:
    """Use a link up; false if somebody was faster."""
    statement = "UPDATE enrolments SET used_at = ? WHERE token_hash = ? AND used_at IS NULL"
    return conn.execute(statement, (now, _hash(token))).rowcount == 1


def _staff(row: sqlite3.Row) -> Staff:
    return Staff(row["id"], row["name"], Role(row["role"]), row["pin_hash"], row["manager_code"], row["on_duty_since"])


def _device(row: sqlite3.Row) -> Device:
    return Device(row["id"], DeviceKind(row["kind"]), row["name"], row["printer_id"], json.loads(row["options"]))
