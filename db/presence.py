"""Owns the rows of presence: when a device was last seen on the line, on which page, from which address."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from db.people_records import Device, DeviceKind


@dataclass(frozen=True, slots=True)
class Seen:
    """When a device was last seen (seconds since the epoch), the page it showed and its network address."""

    at: float
    page: str | None = None
    address: str | None = None


def saw(conn: sqlite3.Connection, device_ids: Iterable[int], now: float) -> None:
    """They came or went at this moment."""
    conn.executemany(
        "INSERT INTO presence (device_id, seen_at) VALUES (?, ?) ON CONFLICT (device_id) DO UPDATE SET seen_at = excluded.seen_at",
        [(one, now) for one in device_ids],
    )


def saw_all(conn: sqlite3.Connection, news: Mapping[int, Seen]) -> None:
    """Devices were seen, by id; what is not told of page and address stays."""
    conn.executemany(
        "INSERT INTO presence (device_id, seen_at, page, address) SELECT id, ?, ?, ? FROM devices WHERE id = ? AND removed_at IS NULL"
        " ON CONFLICT (device_id) DO UPDATE SET seen_at = max(seen_at, excluded.seen_at),"
        " page = coalesce(excluded.page, page), address = coalesce(excluded.address, address)",
        [(seen.at, seen.page, seen.address, device_id) for device_id, seen in news.items()],
    )


def everyone(conn: sqlite3.Connection) -> dict[int, Seen]:
    """What is known of each device, by its id; who was never seen is not in it."""
    rows = conn.execute("SELECT * FROM presence")
    return {row["device_id"]: Seen(row["seen_at"], row["page"], row["address"]) for row in rows}


def screens(conn: sqlite3.Connection) -> list[tuple[Device, float]]:
    """Every kiosk and display that ever was on the line, and when it last came or went."""
    rows = conn.execute(
        "SELECT d.id, d.kind, d.name, p.seen_at FROM presence p JOIN devices d ON d.id = p.device_id"
        " WHERE d.kind IN ('kiosk', 'display') AND d.removed_at IS NULL ORDER BY d.id"
    )
    return [(Device(row["id"], DeviceKind(row["kind"]), row["name"]), row["seen_at"]) for row in rows]
