"""Owns the rows of places that this store holds for its head office: counts per slot and kind, none of which sinks."""

import sqlite3

from db.booking_records import HeldPlaces


def during(conn: sqlite3.Connection, begins: float, ends: float, longest_s: float) -> list[HeldPlaces]:
    """What is held of slots that reach into a span of time; none is longer than `longest_s`."""
    return _many(
        conn, "slot_at > ? AND slot_at < ? AND slot_at + length_s > ? AND granted > used + returned",
        begins - longest_s, ends, begins,
    )  # fmt: skip


def between(conn: sqlite3.Connection, begins: float, ends: float) -> list[HeldPlaces]:
    """Every row of the slots that begin in a span of time, used up or not."""
    return _many(conn, "slot_at >= ? AND slot_at < ?", begins, ends)


def grant(conn: sqlite3.Connection, slot_at: float, services: str, length_s: float) -> None:
    """Hold one place more."""
    conn.execute(
        "INSERT INTO chain_places (slot_at, services, length_s, granted) VALUES (?, ?, ?, 1)"
        " ON CONFLICT (slot_at, services) DO UPDATE SET granted = granted + 1",
        (slot_at, services, length_s),
    )


def length_s(conn: sqlite3.Connection, slot_at: float, services: str) -> float | None:
    """How long a slot is that places of this kind were ever held of; None where there were none."""
    row = conn.execute(
        "SELECT length_s FROM chain_places WHERE slot_at = ? AND services = ?", (slot_at, services)
    ).fetchone()
    return None if row is None else float(row["length_s"])


def use(conn: sqlite3.Connection, slot_at: float, services: str) -> bool:
    """A held place becomes a booking's; false where none is held."""
    changed = conn.execute(
        "UPDATE chain_places SET used = used + 1 WHERE slot_at = ? AND services = ? AND used + returned < granted",
        (slot_at, services),
    )
    return changed.rowcount == 1


def adopt(conn: sqlite3.Connection, told: HeldPlaces) -> None:
    """What the head office says it was given and has returned; a row that this store has lost begins anew with it."""
    conn.execute(
        "INSERT INTO chain_places (slot_at, services, length_s, granted, used, returned) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (slot_at, services) DO UPDATE SET granted = max(granted, excluded.granted),"
        " returned = max(returned, excluded.returned)",
        (told.slot_at, told.services, told.length_s, told.granted, told.used, told.returned),
    )


def is_any_before(conn: sqlite3.Connection, before: float) -> bool:
    """Whether there are slots to let go of."""
    return conn.execute("SELECT 1 FROM chain_places WHERE slot_at < ? LIMIT 1", (before,)).fetchone() is not None


def forget(conn: sqlite3.Connection, before: float) -> None:
    """Let go of slots that are over."""
    conn.execute("DELETE FROM chain_places WHERE slot_at < ?", (before,))


def release(conn: sqlite3.Connection) -> None:
    """Hold nothing more: the store belongs to no chain."""
    conn.execute("DELETE FROM chain_places")


def _many(conn: sqlite3.Connection, where: str, *values: float) -> list[HeldPlaces]:
    rows = conn.execute(
        f"SELECT slot_at, services, length_s, granted, used, returned FROM chain_places WHERE {where} ORDER BY slot_at, services",
        values,
    )
    return [HeldPlaces(**dict(row)) for row in rows]
