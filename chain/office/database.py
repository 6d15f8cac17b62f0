"""Owns the head office's connections to PostgreSQL: a pool, and transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from chain.errors import OfficeDown

Conn = psycopg.Connection[DictRow]

PATIENCE_S = 5.0
"""So long a request waits for a free connection."""
ANSWER_MS = 30_000
"""No statement of ours takes longer; one that does would hold a line up for good. None is worth compiling either: that
takes longer than the sums of a report do."""


def one(found: psycopg.Cursor[DictRow]) -> DictRow:
    """The one row that there is for sure. Raises `LookupError` where it is gone."""
    row = found.fetchone()
    if row is None:
        raise LookupError("a row that must be there is missing")
    return row


class Database:
    """The head office's database. `url` as libpq has it; `size`: the most connections of this process."""

    def __init__(self, url: str, size: int = 8) -> None:
        options: dict[str, Any] = {
            "row_factory": dict_row,
            "options": f"-c statement_timeout={ANSWER_MS} -c timezone=UTC -c jit=off",
        }
        self._pool: ConnectionPool[Conn] = ConnectionPool(
            url, min_size=1, max_size=size, kwargs=options, open=True, timeout=PATIENCE_S,
            check=ConnectionPool.check_connection, reconnect_timeout=PATIENCE_S,
        )  # fmt: skip

    @contextmanager
    def transaction(self) -> Iterator[Conn]:
        """A transaction; committed at its end, rolled back where something is raised. Raises `OfficeDown`."""
        try:
            with self._pool.connection() as conn:
                yield conn
        except (PoolTimeout, psycopg.OperationalError) as error:
            raise OfficeDown from error

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()
