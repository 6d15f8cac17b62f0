"""Owns the counts of the places that stores hold for the head office, and taking one of them: never more than there are.

`kiosk/sharing.py` has the rule by which both sides count; the guard of this side is one UPDATE and a CHECK of the row.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chain.office.database import Conn
from chain.protocol import MOST_PLACES, Counted, Places

_FREE = "granted - booked - returned"
_COUNTED = (
    "slot_at, services, length_s, granted, booked, returned, (SELECT count(*) FROM claims JOIN mail ON mail.store = claims.store"
    " AND mail.id = claims.mail WHERE claims.store = places.store AND claims.slot_at = places.slot_at"
    " AND claims.services = places.services AND mail.state = 'pending') AS pending"
)
TOLD_BACK_S = 2 * 86_400.0
"""Of slots that are over for longer, nothing is told back."""
PIECE = 5000
"""So many rows are let go at once."""


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A time at which a service can be booked, in seconds since the epoch, and how many places are free."""

    slot_at: float
    length_s: float
    free: int


def take(conn: Conn, store_id: int, rows: Sequence[Places]) -> list[Counted]:
    """Take in what a store holds, and return what it wants back as far as it is free. A repeat changes nothing."""
    return [_take(conn, store_id, row) for row in rows]


def after(conn: Conn, store_id: int, begin: tuple[float, str] | None) -> list[Counted]:
    """What is counted of a store's slots, some rows after `begin`."""
    slot_at, services = begin or (time.time() - TOLD_BACK_S, "")
    rows = conn.execute(
        f"SELECT {_COUNTED} FROM places WHERE store = %s AND (slot_at, services) > (%s, %s) ORDER BY slot_at, services LIMIT %s",
        (store_id, slot_at, services, MOST_PLACES),
    )
    return [Counted(**row) for row in rows]


def claim(conn: Conn, store_id: int, service: str, slot_at: float, now: float) -> str | None:
    """Take a place on which a service can be booked: its kind, of the narrowest that is free. None where there is none."""
    row = conn.execute(
        "UPDATE places SET booked = booked + 1 WHERE (store, slot_at, services) = (SELECT store, slot_at, services FROM places"
        f" WHERE store = %s AND slot_at = %s AND %s = ANY (string_to_array(services, ',')) AND until > %s AND {_FREE} > 0"
        f" ORDER BY length(services), services LIMIT 1 FOR UPDATE) AND {_FREE} > 0 RETURNING services",
        (store_id, slot_at, service, now),
    ).fetchone()
    return None if row is None else str(row["services"])


def give_up(conn: Conn, store_id: int, slot_at: float, services: str) -> None:
    """A booking was refused: its place can be booked again."""
    conn.execute(
        "UPDATE places SET booked = booked - 1 WHERE store = %s AND slot_at = %s AND services = %s",
        (store_id, slot_at, services),
    )


def close(conn: Conn, store_id: int) -> None:
    """Return all that is free: the store has lost count of it."""
    conn.execute("UPDATE places SET returned = granted - booked WHERE store = %s", (store_id,))


def free_slots(conn: Conn, store_id: int, service: str, begins: float, ends: float, now: float) -> list[FreeSlot]:
    """The times in a span that the head office knows of for a service, by time; with none free where all are taken."""
    rows = conn.execute(
        f"SELECT slot_at, max(length_s) AS length_s, sum({_FREE})::int AS free FROM places WHERE store = %s AND slot_at >= %s"
        " AND slot_at < %s AND until > %s AND %s = ANY (string_to_array(services, ',')) GROUP BY slot_at ORDER BY slot_at",
        (store_id, begins, ends, now, service),
    )
    return [FreeSlot(**row) for row in rows]


def free_days(conn: Conn, store_id: int, service: str, timezone: str, now: float) -> dict[str, int]:
    """How many places of a service are free by the store's local day (`YYYY-MM-DD`)."""
    rows = conn.execute(
        f"SELECT (to_timestamp(slot_at) AT TIME ZONE %s)::date::text AS day, sum({_FREE})::int AS free FROM places"
        " WHERE store = %s AND until > %s AND %s = ANY (string_to_array(services, ',')) GROUP BY day ORDER BY day",
        (timezone, store_id, now, service),
    )
    return {row["day"]: row["free"] for row in rows}


def services(conn: Conn, store_id: int, now: float) -> list[str]:
    """The services that have any time at all."""
    rows = conn.execute(
        "SELECT DISTINCT unnest(string_to_array(services, ',')) AS service FROM places WHERE store = %s AND until > %s ORDER BY 1",
        (store_id, now),
    )
    return [row["service"] for row in rows]


def forget(conn: Conn, before: float) -> None:
    """Let go of slots of before a moment, which nobody can book and no booking still waits for."""
    over = "store = %(store)s AND slot_at = %(slot_at)s AND services = %(services)s"
    rows = conn.execute(
        "SELECT store, slot_at, services FROM places WHERE slot_at < %s ORDER BY slot_at LIMIT %s FOR UPDATE SKIP LOCKED",
        (before, PIECE),
    ).fetchall()
    with conn.cursor() as cursor:
        cursor.executemany(f"UPDATE claims SET slot_at = NULL, services = NULL WHERE {over}", rows)
        cursor.executemany(f"DELETE FROM places WHERE {over}", rows)


def _take(conn: Conn, store_id: int, row: Places) -> Counted:
    found: Any = conn.execute(
        "INSERT INTO places AS p (store, slot_at, services, length_s, until, granted) VALUES (%(store)s, %(slot_at)s, %(services)s,"
        " %(length_s)s, %(until)s, %(granted)s) ON CONFLICT (store, slot_at, services) DO UPDATE SET"
        " granted = greatest(p.granted, excluded.granted), length_s = excluded.length_s, until = excluded.until,"
        " returned = greatest(p.returned, least(%(wanted)s, greatest(p.granted, excluded.granted) - p.booked))"
        f" RETURNING {_COUNTED.replace('places.', 'p.')}",
        {"store": store_id, **row.model_dump()},
    ).fetchone()
    return Counted(**found)
