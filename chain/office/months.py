"""Owns the months of partitioned tables: each month's rows lie in partitions of their own, made when first needed.

Journal lines lie by their time, past days by their date; the figures of a day lie apart by kind too, so that what is
asked of a whole region reads no more than that kind.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime

from psycopg.errors import CheckViolation

from chain.office.database import Conn, Database
from chain.office.sums import Kind

TABLES = ("day_facts", "day_figures", "promise_figures", "misses")
_LOCK = 7_262_010_002
"""Held while a month is made, so that two processes do not make it at once."""


class Months:
    """Knows which months one database has. `make` makes the partitions of the month that begins then."""

    def __init__(self, database: Database, make: Callable[[Conn, date], None]) -> None:
        self._database, self._make = database, make
        self._known: set[date] = set()

    def prepare(self, day: date) -> None:
        """Let there be room for this day's month. Raises `OfficeDown`."""
        begins = day.replace(day=1)
        if begins not in self._known:
            with self._database.transaction() as conn:
                conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                self._make(conn, begins)
            self._known.add(begins)


def of_lines(conn: Conn, begins: date) -> None:
    """The partition of a month's journal lines, where it is missing.

    Lines of a clock that ran ahead may lie among the others already: then all of that month do.
    """
    first, end = (datetime(day.year, day.month, 1, tzinfo=UTC).timestamp() for day in (begins, following(begins)))
    with suppress(CheckViolation), conn.transaction():
        conn.execute(
            f"CREATE TABLE IF NOT EXISTS events_{begins:%Y_%m} PARTITION OF events FOR VALUES FROM ({first}) TO ({end})"
        )


def of_days(conn: Conn, begins: date) -> None:
    """The partitions of a month's past days, where they are missing."""
    ends = following(begins)
    for table in TABLES:
        name = f"{table}_{begins:%Y_%m}"
        by_kind = " PARTITION BY LIST (kind)" if table == "day_figures" else ""
        conn.execute(
            f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} FOR VALUES FROM ('{begins}') TO ('{ends}'){by_kind}"
        )
    for kind in Kind:
        name = f"day_figures_{begins:%Y_%m}"
        conn.execute(f"CREATE TABLE IF NOT EXISTS {name}_{kind} PARTITION OF {name} FOR VALUES IN ('{kind}')")


def following(begins: date) -> date:
    """The day on which the next month begins."""
    return date(begins.year + begins.month // 12, begins.month % 12 + 1, 1)
