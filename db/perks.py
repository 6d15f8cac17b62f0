"""Owns the rows of limited perks: what each tier may have how often, and every use with who granted it.

A quota counts within a span of the store's calendar: `2026-11` for a month, `2026` for a year. The database refuses a
use beyond the quota, a second undoing, and forgetting a use.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from db.people_records import Staff
from db.ticket_records import Ticket
from db.words import Names


class Period(StrEnum):
    """How long a quota lasts."""

    MONTH = "month"
    YEAR = "year"

    def span(self, day: date) -> str:
        """The period a day lies in, as days of it begin."""
        return f"{day:%Y-%m}" if self is Period.MONTH else f"{day:%Y}"

    def ends(self, day: date) -> date:
        """The first day of the next period."""
        if self is Period.YEAR or day.month == 12:  # noqa: PLR2004 — December
            return date(day.year + 1, 1, 1)
        return date(day.year, day.month + 1, 1)


@dataclass(frozen=True, slots=True)
class Quota:
    """How often in a period."""

    times: int
    period: Period


@dataclass(frozen=True, slots=True)
class Perk:
    """Something a tier may have a limited number of times; a tier without a quota may not have it."""

    code: str
    name: Names
    quotas: Mapping[str, Quota]


@dataclass(frozen=True, slots=True)
class Use:
    """One perk given to one member."""

    id: int
    member_no: str
    perk: str
    used_on: date
    used_at: float
    staff_id: int
    staff_name: str
    ticket_id: int
    undone_at: float | None


_USES = (
    "SELECT u.id, u.member_no, u.perk, u.used_on, u.used_at, u.staff_id, s.name AS staff_name, u.ticket_id, u.undone_at"
    " FROM perk_uses u JOIN staff s ON s.id = u.staff_id"
)


def everyone(conn: sqlite3.Connection) -> dict[str, Perk]:
    """Every perk by code, in the order they were added."""
    quotas: dict[str, dict[str, Quota]] = {}
    for row in conn.execute("SELECT perk, tier, times, period FROM perk_quotas"):
        quotas.setdefault(row["perk"], {})[row["tier"]] = Quota(row["times"], Period(row["period"]))
    rows = conn.execute("SELECT code, name_zh, name_en FROM perks ORDER BY position")
    return {
        row["code"]: Perk(row["code"], Names(row["name_zh"], row["name_en"]), quotas.get(row["code"], {}))
        for row in rows
    }


def put(conn: sqlite3.Connection, perk: Perk) -> None:
    """Add a perk, or change its names and quotas."""
    conn.execute(
        "INSERT INTO perks (code, name_zh, name_en, position) VALUES (?, ?, ?, (SELECT count(*) FROM perks))"
        " ON CONFLICT (code) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en",
        (perk.code, perk.name.zh, perk.name.en),
    )
    conn.execute("DELETE FROM perk_quotas WHERE perk = ?", (perk.code,))
    conn.executemany(
        "INSERT INTO perk_quotas (perk, tier, times, period) VALUES (?, ?, ?, ?)",
        [(perk.code, tier, quota.times, quota.period) for tier, quota in perk.quotas.items()],
    )


def uses_of(conn: sqlite3.Connection, member_no: str, span: str) -> list[Use]:
    """What a member was given within a span, also what was undone, oldest first."""
    rows = conn.execute(f"{_USES} WHERE u.member_no = ? AND u.used_on LIKE ? ORDER BY u.id", (member_no, f"{span}-%"))
    return [_use(row) for row in rows]


def use_by_key(conn: sqlite3.Connection, request_key: str) -> Use | None:
    """The use a request already made."""
    return _one(conn, "u.request_key = ?", request_key)


def use_by_id(conn: sqlite3.Connection, use_id: int) -> Use | None:
    """One use."""
    return _one(conn, "u.id = ?", use_id)


def use(
    conn: sqlite3.Connection,
    request_key: str,
    member_no: str,
    perk: Perk,
    quota: Quota,
    day: date,
    person: Staff,
    ticket: Ticket,
    now: float,
) -> bool:
    """Give a perk once; false where nothing is left of it."""
    try:
        conn.execute(
            "INSERT INTO perk_uses (request_key, member_no, perk, quota, span, used_on, used_at, staff_id, ticket_id, counter)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (request_key, member_no, perk.code, quota.times, quota.period.span(day), day.isoformat(), now, person.id, ticket.id,
             ticket.counter),
        )  # fmt: skip
    except sqlite3.IntegrityError as refused:
        if "nothing is left" in str(refused):
            return False
        raise
    return True


def undo(conn: sqlite3.Connection, use_id: int, person: Staff, now: float) -> bool:
    """Take a use back; false if it was already."""
    statement = "UPDATE perk_uses SET undone_at = ?, undone_by = ? WHERE id = ? AND undone_at IS NULL"
    return conn.execute(statement, (now, person.id, use_id)).rowcount == 1


def _one(conn: sqlite3.Connection, where: str, value: object) -> Use | None:
    row = conn.execute(f"{_USES} WHERE {where}", (value,)).fetchone()
    return _use(row) if row else None


def _use(row: sqlite3.Row) -> Use:
    return Use(**{**dict(row), "used_on": date.fromisoformat(row["used_on"])})
