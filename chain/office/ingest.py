"""Owns taking in what stores tell: each batch in one transaction, each line once, in order and without a gap.

`acked` of the store's row is the guard: it is read under the row's lock and grows by exactly the lines that are
written, so a repeated batch writes nothing and two lines of one store can never mix.
"""

from datetime import UTC, date, datetime

import orjson
from psycopg.types.json import Jsonb

from chain.errors import JournalGap, JournalParted
from chain.office import mail, months, stores
from chain.office.database import Conn, Database
from chain.office.months import Months
from chain.protocol import Batch, JournalLine, Moment, Taken

_YEARS = range(2020, 2100)
"""Lines of other years, from a clock that is wrong, go into a partition for such."""


class Ingest:
    """Takes batches into one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._months = Months(database, months.of_lines)

    def take(self, store_id: int, line: str, batch: Batch) -> Taken:
        """Commit a batch. Raises `NotThisLine`, `JournalParted`, `JournalGap`, `OfficeDown`."""
        self._prepare(batch.lines)
        with self._database.transaction() as conn:
            known = stores.require_line(conn, store_id, line)
            if known["incarnation"] != batch.incarnation:
                raise JournalParted
            fresh = [one for one in batch.lines if one[0] > known["acked"]]
            acked = _end_of(fresh, known["acked"])
            _write(conn, store_id, batch.incarnation, fresh)
            conn.execute(
                "UPDATE stores SET acked = %s, newest = %s, heard_at = now() WHERE id = %s",
                (acked, max(acked, batch.newest), store_id),
            )
            if batch.moment is not None:
                _keep(conn, store_id, acked, batch.moment)
            return Taken(acked=acked, has_mail=mail.is_pending(conn, store_id))

    def _prepare(self, lines: list[JournalLine]) -> None:
        """A partition for each month there are lines of."""
        for day in {_month(line[1]) for line in lines}:
            if day is not None:
                self._months.prepare(day)


def _end_of(lines: list[JournalLine], acked: int) -> int:
    for seq, *_ in lines:
        if seq != acked + 1:
            raise JournalGap(seq=seq, acked=acked)
        acked = seq
    return acked


def _write(conn: Conn, store_id: int, incarnation: int, lines: list[JournalLine]) -> None:
    if not lines:
        return
    columns = "store, incarnation, seq, at, kind, ticket, counter, actor, rule, data"
    with conn.cursor().copy(f"COPY events ({columns}) FROM STDIN") as copy:
        for *plain, data in lines:
            copy.write_row((store_id, incarnation, *plain, Jsonb(data, orjson.dumps)))


def _keep(conn: Conn, store_id: int, seq: int, moment: Moment) -> None:
    conn.execute(
        "INSERT INTO moments (store, seq, told_at, body) VALUES (%s, %s, now(), %s)"
        " ON CONFLICT (store) DO UPDATE SET seq = excluded.seq, told_at = excluded.told_at, body = excluded.body",
        (store_id, seq, Jsonb(moment.model_dump())),
    )


def _month(at: float) -> date | None:
    """The month of a time, if it is one of `_YEARS`."""
    try:
        day = datetime.fromtimestamp(at, UTC).date().replace(day=1)
    except (OverflowError, ValueError, OSError):
        return None
    return day if day.year in _YEARS else None
