"""Owns bringing the head office's schema up to date, with Alembic; several processes may start at once."""

from importlib.resources import as_file, files

import psycopg
from alembic import command
from alembic.config import Config

_LOCK = 7_262_010_001
"""Any number that nothing else in the database uses."""


def upgrade(url: str) -> None:
    """Apply what is missing. Raises `psycopg.OperationalError` where there is no database."""
    with psycopg.connect(url) as conn, as_file(files("chain.office") / "migrations") as folder:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["url"] = url
        command.upgrade(config, "head")
