"""Owns the months of the tables of past days: each month's rows lie in partitions of their own, made when first needed.

The figures of a day lie apart by kind too, so that what is asked of a whole region reads no more than that kind.
"""

from datetime import date

from chain.office.database import Conn, Database
from chain.office.sums import Kind

TABLES = ("day_facts", "day_figures", "promise_figures", "misses")
_LOCK = 7_262_010_002
"""Held while a month is made, so that two processes do not make it at once."""


class Months:
    """Knows which months one database has."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: set[date] = set()

    def prepare(self, day: date) -> None:
        """Let there be room for this day's month. Raises `OfficeDown`."""
        begins = day.replace(day=1)
        if begins not in self._known:
            with self._database.transaction() as conn:
                conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                make(conn, begins)
            self._known.add(begins)


def make(conn: Conn, begins: date) -> None:
    """The partitions of the month that begins then, where they are missing."""
    ends = date(begins.year + begins.month // 12, begins.month % 12 + 1, 1)
    for table in TABLES:
        name = f"{table}_{begins:%Y_%m}"
        by_kind = " PARTITION BY LIST (kind)" if table == "day_figures" else ""
        conn.execute(
            f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} FOR VALUES FROM ('{begins}') TO ('{ends}'){by_kind}"
        )
    for kind in Kind:
        name = f"day_figures_{begins:%Y_%m}"
        conn.execute(f"CREATE TABLE IF NOT EXISTS {name}_{kind} PARTITION OF {name} FOR VALUES IN ('{kind}')")
