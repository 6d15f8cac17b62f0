"""Owns the rows of presence: when a kiosk or a display was last seen on the line."""

import sqlite3
from collections.abc import Iterable

from db.records import Device, DeviceKind


def saw(conn: sqlite3.Connection, device_ids: Iterable[int], now: float) -> None:
    """They came or went at this moment."""
    conn.executemany(
        "INSERT OR REPLACE INTO presence (device_id, seen_at) VALUES (?, ?)", [(one, now) for one in device_ids]
    )


def screens(conn: sqlite3.Connection) -> list[tuple[Device, float]]:
    """Every kiosk and display that ever was on the line, and when it last came or went."""
    rows = conn.execute(
        "SELECT d.id, d.kind, d.name, p.seen_at FROM presence p JOIN devices d ON d.id = p.device_id"
        " WHERE d.kind IN ('kiosk', 'display') ORDER BY d.id"
    )
    return [(Device(row["id"], DeviceKind(row["kind"]), row["name"]), row["seen_at"]) for row in rows]
