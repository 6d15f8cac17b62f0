"""Owns how a connection is opened and the one `transaction()`; knows no table."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db import phones

BUSY_TIMEOUT_MS = 5_000


def open_writer(path: Path) -> sqlite3.Connection:
    """Open the writing connection: WAL, foreign keys, every commit on the disk before it returns, deleted data zeroed.

    It may be used from whichever thread runs the writer, never from two at once.
    """
    conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    conn.row_factory = sqlite3.Row
    conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("PRAGMA foreign_keys = ON")
    conn.execute("PRAGMA secure_delete = ON")
    phones.attach(conn, path.parent, may_create=True)
    return conn


def open_reader(path: Path) -> sqlite3.Connection:
    """Open a connection that cannot write, nor checkpoint when it closes."""
    conn = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    conn.row_factory = sqlite3.Row
    conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    phones.attach(conn, path.parent, may_create=False)
    return conn


@contextmanager
def transaction(conn: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing. Begins immediate, so what is read inside cannot change before the write; nested, a savepoint."""
    if conn.in_transaction:
        begin, commit, rollback = "SAVEPOINT step", "RELEASE step", "ROLLBACK TO step; RELEASE step"
    else:
        begin, commit, rollback = "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"
    conn.execute(begin)
    try:
        yield conn
        conn.execute(commit)
    except BaseException:
        if conn.in_transaction:  # some errors have ended it already
            for statement in rollback.split("; "):
                conn.execute(statement)
        raise


@contextmanager
def rehearsal(conn: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """What is done inside a transaction to see what would come of it; all of it is taken back."""
    conn.execute("SAVEPOINT rehearsal")
    try:
        yield conn
    finally:
        conn.execute("ROLLBACK TO rehearsal")
        conn.execute("RELEASE rehearsal")


@contextmanager
def snapshot(conn: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Several reads of one moment."""
    conn.execute("BEGIN")
    try:
        yield conn
    finally:
        conn.execute("ROLLBACK")
