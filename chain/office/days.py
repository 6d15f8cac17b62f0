"""Owns taking in what stores tell of their past days: the facts and all that is rolled up of them, in one transaction.

The key is store and day, and a day that is told again takes the place of what was told before, so neither a cut nor a
repeat loses or doubles anything.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from psycopg import DataError

from chain.office import months, stores
from chain.office.database import Conn, Database
from chain.office.errors import BadFacts
from chain.office.months import Months
from chain.office.roll_up import RolledUp, roll_up
from chain.protocol import DayFacts, unpacked
from db.event_records import StoredFacts

AHEAD = timedelta(days=2)
"""A day that begins later than that from now is of a clock that is wrong."""


class Days:
    """Takes past days into one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._months = Months(database, months.of_days)

    def known(self, store_id: int) -> dict[str, int]:
        """The days that are here, and in which form."""
        with self._database.transaction() as conn:
            rows = conn.execute("SELECT day::text AS day, form FROM day_facts WHERE store = %s", (store_id,))
            return {row["day"]: row["form"] for row in rows}

    def take(self, store_id: int, line: str, told: DayFacts) -> None:
        """Commit a day. Raises `NotThisLine`, `JournalParted`, `UnknownForm`, `BadFacts`, `OfficeDown`."""
        stored = _stored(told)
        rolled = roll_up(stored)
        self._months.prepare(date.fromisoformat(told.day))
        try:
            with self._database.transaction() as conn:
                stores.require_line(conn, store_id, line)
                write(conn, store_id, stored, rolled)
                _name(conn, told.names)
        except DataError as error:
            raise BadFacts(day=told.day) from error


def _stored(told: DayFacts) -> StoredFacts:
    try:
        day = date.fromisoformat(told.day)
        tickets, posts = unpacked(told.tickets), unpacked(told.posts)
    except ValueError as error:
        raise BadFacts(day=told.day) from error
    if day > datetime.now(UTC).date() + AHEAD or "\0" in told.about:
        raise BadFacts(day=told.day)
    return StoredFacts(told.day, told.form, tickets, posts, told.about)


def write(conn: Conn, store_id: int, stored: StoredFacts, rolled: RolledUp) -> None:
    """A day in place of what was there of it."""
    own = {"store": store_id, "day": stored.day}
    for table in ("day_facts", "day_figures", "promise_figures", "misses"):
        conn.execute(f"DELETE FROM {table} WHERE store = %(store)s AND day = %(day)s", own)
    facts = {"form": stored.form, "tickets": stored.tickets, "posts": stored.posts, "about": stored.about}
    _insert(conn, "day_facts", own, [{**facts, **rolled.bookings}])
    _insert(
        conn, "day_figures", own,
        [{"kind": row.kind, "key": row.key, **row.numbers, "waits": row.waits, "cells": row.cells} for row in rolled.rows],
    )  # fmt: skip
    _insert(conn, "promise_figures", own, rolled.promises)
    _insert(conn, "misses", own, rolled.misses)


def _insert(conn: Conn, table: str, own: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    names = [*own, *rows[0]]
    with conn.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f'%({name})s' for name in names)})",
            [{**own, **row} for row in rows],
        )


def _name(conn: Conn, names: Mapping[str, Mapping[str, tuple[str, str]]]) -> None:
    """What services and tiers are called, as it was told last. In one order, so that two stores never wait crosswise."""
    for kind, known in sorted(names.items()):
        for code, (zh, en) in sorted(known.items()):
            conn.execute(
                "INSERT INTO words (kind, code, zh, en) VALUES (%s, %s, %s, %s) ON CONFLICT (kind, code)"
                " DO UPDATE SET zh = excluded.zh, en = excluded.en WHERE (words.zh, words.en) <> (excluded.zh, excluded.en)",
                (kind, code, zh, en),
            )
