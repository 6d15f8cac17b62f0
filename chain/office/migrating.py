"""Owns bringing the head office's schema up to date, with Alembic; several processes may start at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files

import psycopg
from alembic import command
from alembic.config import Config

from chain.office.database import Conn, Database

_LOCK = 7_262_010_001
"""Any number that nothing else in the database uses."""


@contextmanager
def opened(url: str) -> Iterator[Conn]:
    """One transaction of a database that is brought up to date first. Raises `OfficeDown`, `psycopg.OperationalError`."""
    upgrade(url)
    database = Database(url, 1)
    try:
        with database.transaction() as conn:
            yield conn
    finally:
        database.close()


def upgrade(url: str) -> None:
    """Apply what is missing. Raises `psycopg.OperationalError` where there is no database."""
    with psycopg.connect(url) as conn, as_file(files("chain.office") / "migrations") as folder:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["url"] = url
        command.upgrade(config, "head")
