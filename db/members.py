"""Owns the rows of members: the carrier's VIP list."""

import dataclasses
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from db import phones
from db.people_records import Member

_PLAIN = [field.name for field in dataclasses.fields(Member) if field.name != "phone"]
_AT_REST = ["phone_hash", "phone_sealed"]
_COLUMNS = [*_PLAIN, *_AT_REST]
_READ = "SELECT *, open_phone(phone_sealed) AS phone FROM members"
_UPSERT = (
    f"INSERT INTO members ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) ON CONFLICT (member_no) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in _PLAIN[1:])
    + "".join(f", {column} = coalesce(excluded.{column}, {column})" for column in _AT_REST)
)


def by_number(conn: sqlite3.Connection, member_no: str) -> Member | None:
    """The member with this card."""
    row = conn.execute(f"{_READ} WHERE member_no = ?", (member_no,)).fetchone()
    return _member(row) if row else None


def by_phone(conn: sqlite3.Connection, phone: str) -> Member | None:
    """The member with this phone; of several, one still listed and in the network, with the newest card."""
    row = conn.execute(
        f"{_READ} WHERE phone_hash = hash_phone(?) ORDER BY listed DESC, churned, valid_until DESC, member_no LIMIT 1",
        (phone,),
    ).fetchone()
    return _member(row) if row else None


def all_by_phone(conn: sqlite3.Connection, phone: str) -> list[Member]:
    """Every member with this phone, whatever their card is worth."""
    rows = conn.execute(f"{_READ} WHERE phone_hash = hash_phone(?) ORDER BY member_no", (phone,))
    return [_member(row) for row in rows]


def everyone(conn: sqlite3.Connection) -> dict[str, Member]:
    """Every member by number, also those no longer listed."""
    return {row["member_no"]: _member(row) for row in conn.execute(_READ)}


def put(conn: sqlite3.Connection, members: Iterable[Member]) -> None:
    """Add members, or replace what is known of them; a phone that is empty stays as it was."""
    put_rows(conn, [row_of(conn, member) for member in members])


def put_rows(conn: sqlite3.Connection, rows: Iterable[Sequence[Any]]) -> None:
    """Like `put`, of members as `row_of` gives them."""
    conn.executemany(_UPSERT, ((*plain, *map(phones.from_hex, phone)) for *plain, phone in rows))


def unlist(conn: sqlite3.Connection, numbers: Iterable[str]) -> None:
    """Mark members as no longer on the list; their tickets and history stay."""
    conn.executemany("UPDATE members SET listed = 0 WHERE member_no = ?", ((number,) for number in numbers))


def valid_by_tier(conn: sqlite3.Connection, today: date) -> dict[str, int]:
    """How many cards count on a day, by tier."""
    rows = conn.execute(
        "SELECT tier, count(*) FROM members WHERE listed AND NOT churned AND valid_from <= :today"
        " AND max(valid_until, coalesce(contract_until, valid_until)) >= :today GROUP BY tier",
        {"today": today.isoformat()},
    )
    return dict(rows.fetchall())


def count(conn: sqlite3.Connection) -> int:
    """How many members are known, whatever their cards are worth."""
    return int(conn.execute("SELECT count(*) FROM members").fetchone()[0])


def row_of(conn: sqlite3.Connection, member: Member, *, same_phone: bool = False) -> list[object]:
    """A member as values that JSON can carry, the phone at rest as the last of them.

    `same_phone`: it is kept as it is, which saves sealing it anew.
    """
    values = [getattr(member, column) for column in _PLAIN]
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return [*plain, [None, None] if same_phone else phones.at_rest(conn, member.phone)]


def _member(row: sqlite3.Row) -> Member:
    return Member(
        member_no=row["member_no"],
        name=row["name"],
        phone=row["phone"],
        tier=row["tier"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=date.fromisoformat(row["valid_until"]),
        contract_until=date.fromisoformat(row["contract_until"]) if row["contract_until"] else None,
        birthday=date.fromisoformat(row["birthday"]) if row["birthday"] else None,
        manager_a=row["manager_a"],
        manager_b=row["manager_b"],
        language=row["language"],
        listed=bool(row["listed"]),
        churned=bool(row["churned"]),
    )
