"""Owns a store's open database: its one writer and its pool of readers."""

import fcntl
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar

from db import migrations
from db.connection import open_reader, open_writer, snapshot
from db.errors import ServerRunning
from db.writer import Writer

T = TypeVar("T")

FILE = "lobbyline.db"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Nobody else has the store meanwhile. Raises `ServerRunning` if another process has it."""
    lock = _lock(folder)
    try:
        yield
    finally:
        lock.close()


def _lock(folder: Path) -> IO[str]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds phone numbers
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise ServerRunning from None
    return lock


class Store:
    """A store's data folder, opened for this process alone.

    Raises `ServerRunning` if another process has it: two writing connections must never meet (a WAL written or
    checkpointed by two connections can be corrupted by SQLite before 3.51.3).
    """

    def __init__(self, folder: Path, executor: Executor | None = None) -> None:
        self._lock = _lock(folder)
        self.folder = folder
        self.path = folder / FILE
        conn = open_writer(self.path)
        migrations.apply(conn)
        self._writer = Writer(conn, executor or ThreadPoolExecutor(1, thread_name_prefix="writer"))
        self._readers: deque[sqlite3.Connection] = deque()

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work(conn)` in the writer, durably; see `Writer.run`."""
        return self._writer.run(work)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one moment of the database and cannot change it."""
        try:
            conn = self._readers.pop()
        except IndexError:
            conn = open_reader(self.path)
        try:
            with snapshot(conn):
                yield conn
        finally:
            self._readers.append(conn)

    def when_changed(self, wake: Callable[[], None]) -> None:
        """Call `wake` after every commit, in the thread that asked for it."""
        self._writer.on_commit = wake

    def close(self) -> None:
        """Close every connection and let the folder go."""
        while self._readers:
            self._readers.pop().close()
        self._writer.close()
        self._lock.close()
