"""Owns how long personal data is kept, and letting it go, a little at a time; all that reports count stays.

What is let go is emptied or cut off from its person: tickets, ratings, bookings and uses of perks stay as rows.
"""

import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum

from db import calendar, upkeep
from db.setting_records import Settings

PIECE = 200
"""So many rows are let go at once: some milliseconds, as long as a call may have to wait for them."""

_KEY = "retention"
_OPEN = "('waiting', 'called', 'serving', 'on_hold')"


class Kind(StrEnum):
    """The kinds of personal data that have a time of their own."""

    VISITS = "visits"
    BOOKINGS = "bookings"
    COMMENTS = "comments"
    WORDS = "words"
    MEMBERS = "members"
    BACKUPS = "backups"


@dataclass(frozen=True, slots=True)
class Periods:
    """For how many days each kind is kept."""

    visits: int = 180
    bookings: int = 90
    comments: int = 180
    words: int = 180
    members: int = 90
    backups: int = 180


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table that hold personal data of one kind: which are old enough, and how they are let go.

    Both are SQL with `:before` (seconds) and `:day` (the business day that begins then).
    """

    kind: Kind
    key: str
    old: str
    let_go: str


_WORDS = (
    "kind IN ('called', 'cancelled', 'abandoned', 'prioritised', 'placed', 'transferred', 'reinstated')"
    " AND coalesce(json_extract(data, '$.chosen'), json_extract(data, '$.reason'), '') <> ''"
)
_EMPTY_WORDS = "UPDATE events SET data = json_replace(data, '$.chosen', '', '$.reason', '')"
_EMPTY_BOOKING = (
    "UPDATE appointments SET phone_hash = NULL, phone_tail = NULL, phone_sealed = NULL, name = '', permission = NULL,"
    " request_key = NULL"
)
PARTS = (
    Part(
        Kind.VISITS,
        "id",
        f"tickets WHERE member_no IS NOT NULL AND business_day < :day AND state NOT IN {_OPEN}",
        "UPDATE tickets SET member_no = NULL",
    ),
    Part(Kind.VISITS, "id", "ticket_notes WHERE at < :before", "DELETE FROM ticket_notes"),
    Part(Kind.VISITS, "id", "pages WHERE paged_at < :before", "DELETE FROM pages"),
    Part(
        Kind.VISITS,
        "ticket_id",
        f"proxies WHERE ticket_id IN (SELECT id FROM tickets WHERE business_day < :day AND state NOT IN {_OPEN})",
        "DELETE FROM proxies",
    ),
    Part(
        Kind.BOOKINGS,
        "code",
        "appointments WHERE slot_at < :before AND (phone_sealed IS NOT NULL OR name <> '' OR permission IS NOT NULL)",
        _EMPTY_BOOKING,
    ),
    Part(Kind.COMMENTS, "ticket_id", "ratings WHERE at < :before AND comment <> ''", "UPDATE ratings SET comment = ''"),
    Part(Kind.WORDS, "seq", f"events WHERE at < :before AND {_WORDS}", _EMPTY_WORDS),
)
_GONE = (
    "members m WHERE gone_at < :before AND name <> ''"
    f" AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.member_no = m.member_no AND t.state IN {_OPEN})"
    f" AND NOT EXISTS (SELECT 1 FROM proxies p JOIN tickets t ON t.id = p.ticket_id WHERE p.member_no = m.member_no AND t.state IN {_OPEN})"
)


def load(conn: sqlite3.Connection) -> Periods:
    """How long this store keeps what."""
    row = conn.execute("SELECT value FROM settings WHERE key = ?", (_KEY,)).fetchone()
    return Periods(**json.loads(row["value"])) if row else Periods()


def save(conn: sqlite3.Connection, periods: Periods) -> None:
    """Keep it for so long from now on."""
    conn.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (_KEY, json.dumps(asdict(periods))),
    )


def limits(periods: Periods, today: str, store: Settings) -> Mapping[Kind, Mapping[str, object]]:
    """What is too old on a business day, by kind, as the SQL of the parts wants it."""
    firsts = {kind: str(date.fromisoformat(today) - timedelta(days=getattr(periods, kind))) for kind in Kind}
    return {kind: {"day": day, "before": calendar.start_of(day, store)} for kind, day in firsts.items()}


def due(conn: sqlite3.Connection, at: Mapping[Kind, Mapping[str, object]]) -> dict[Kind, int]:
    """How many rows of each kind are too old; backups are files and not counted here."""
    counts: dict[Kind, int] = dict.fromkeys(Kind, 0)
    for part in PARTS:
        counts[part.kind] += _count(conn, part.old, at[part.kind])
    counts[Kind.MEMBERS] = _count(conn, _GONE, at[Kind.MEMBERS])
    return counts


def note_who_is_gone(conn: sqlite3.Connection, now: float) -> int:
    """From now on count the time of members who are no longer listed or have left the network; who is back is not gone."""
    gone = "NOT listed OR churned"
    noted = conn.execute(
        f"UPDATE members SET gone_at = ? WHERE ({gone}) AND gone_at IS NULL AND name <> ''", (now,)
    ).rowcount
    conn.execute(f"UPDATE members SET gone_at = NULL WHERE NOT ({gone}) AND gone_at IS NOT NULL")
    return noted


def let_go(conn: sqlite3.Connection, part: Part, at: Mapping[str, object]) -> int:
    """Let at most `PIECE` rows of a part go; how many they were."""
    wanted = f"SELECT {part.key} FROM {part.old} LIMIT {PIECE}"
    return conn.execute(f"{part.let_go} WHERE {part.key} IN ({wanted})", at).rowcount


def let_members_go(conn: sqlite3.Connection, at: Mapping[str, object]) -> int:
    """Forget at most `PIECE` members who have been gone for long enough; how many they were."""
    rows = conn.execute(f"SELECT member_no FROM {_GONE} LIMIT {PIECE}", at).fetchall()
    for row in rows:
        forget_member(conn, row["member_no"])
    return len(rows)


def forget_member(conn: sqlite3.Connection, member_no: str) -> None:
    """Take a member out. Their tickets are nobody's; uses of perks go to a nameless stand-in, so that they still count."""
    conn.execute("UPDATE tickets SET member_no = NULL WHERE member_no = ?", (member_no,))
    for table in ("pages", "proxies"):
        conn.execute(f"DELETE FROM {table} WHERE member_no = ?", (member_no,))
    if conn.execute("SELECT 1 FROM perk_uses WHERE member_no = ? LIMIT 1", (member_no,)).fetchone():
        stand_in = f"-{secrets.token_hex(8)}"
        conn.execute(
            "INSERT INTO members (member_no, name, tier, valid_from, valid_until, listed)"
            " SELECT ?, '', tier, valid_from, valid_until, 0 FROM members WHERE member_no = ?",
            (stand_in, member_no),
        )
        conn.execute("UPDATE perk_uses SET member_no = ? WHERE member_no = ?", (stand_in, member_no))
    conn.execute("DELETE FROM members WHERE member_no = ?", (member_no,))


def empty_booking(conn: sqlite3.Connection, code: str) -> None:
    """Cut a booking off from its customer."""
    conn.execute(f"{_EMPTY_BOOKING} WHERE code = ?", (code,))


def empty_ticket(conn: sqlite3.Connection, ticket_id: int, number: str, begins: float, ends: float) -> None:
    """Cut a ticket off from its customer: the words of a rating, notes, and what the journal of its day says of it."""
    conn.execute("UPDATE ratings SET comment = '' WHERE ticket_id = ?", (ticket_id,))
    conn.execute("UPDATE tickets SET member_no = NULL WHERE id = ?", (ticket_id,))
    for table in ("ticket_notes", "pages", "proxies"):
        conn.execute(f"DELETE FROM {table} WHERE ticket_id = ?", (ticket_id,))
    conn.execute(
        f"{_EMPTY_WORDS} WHERE {_WORDS} AND ticket = ? AND at >= ? AND at < ?",
        (number, begins, ends),
    )


def last_purge(conn: sqlite3.Connection) -> str | None:
    """On which business day it was last seen to that data is let go."""
    return upkeep.read(conn, "purged_on")


def note_purge(conn: sqlite3.Connection, business_day: str) -> None:
    """This day's is done."""
    upkeep.write(conn, "purged_on", business_day)


def _count(conn: sqlite3.Connection, old: str, at: Mapping[str, object]) -> int:
    return int(conn.execute(f"SELECT count(*) FROM {old}", at).fetchone()[0])
