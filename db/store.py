"""Owns a store's open database: its one writer and its pool of readers."""

import fcntl
import sqlite3
import stat
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TypeVar

from db import disk, migrations, phones, upkeep
from db.connection import BUSY_TIMEOUT_MS, open_reader, open_writer, snapshot
from db.errors import NoStore, ServerRunning
from db.writer import Writer

T = TypeVar("T")

_CLEAR_TEXT_LEFT = "clear_text_left"

FILE = "lobbyline.db"
OTHERS = 0o077
"""What a file's mode allows anybody but its owner."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Nobody else has the store meanwhile. Raises `ServerRunning` if another process has it, `CannotWrite`, `OSError`."""
    lock = _lock(folder)
    try:
        yield
    finally:
        lock.close()


def _lock(folder: Path) -> IO[str]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds phone numbers
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise disk.refusal_of(error, folder) or error from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise ServerRunning from None
    return lock


def _close_to_others(folder: Path) -> None:
    """Nobody but the folder's owner reads it. What somebody else owns stays as it is: the doctor tells of it."""
    for path in (folder, *folder.glob(f"{FILE}*")):
        with suppress(OSError):
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & OTHERS:
                path.chmod(mode & ~OTHERS)


class Store:
    """A store's data folder, opened for this process alone.

    Raises `ServerRunning` if another process has it: two writing connections must never meet (a WAL written or
    checkpointed by two connections can be corrupted by SQLite before 3.51.3). Raises `CannotWrite` where nothing can be
    saved. `trouble` says why nothing can be saved now; None while all is well.
    """

    def __init__(self, folder: Path, executor: Executor | None = None) -> None:
        self._lock = _lock(folder)
        self.folder = folder
        self.path = folder / FILE
        self.trouble: disk.CannotWrite | None = None
        self._on_trouble: Callable[[], None] = lambda: None
        try:
            phones.require_key(folder)
            conn = open_writer(self.path)
            _close_to_others(folder)
            migrations.apply(conn)
            _clean(conn)
        except sqlite3.Error as error:
            self._lock.close()
            raise disk.fault_of(error, folder) or error from error
        self._writer = Writer(conn, executor or ThreadPoolExecutor(1, thread_name_prefix="writer"))
        self._readers: deque[sqlite3.Connection] = deque()

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work(conn)` in the writer, durably; see `Writer.run`. Raises `CannotWrite` where nothing can be saved."""
        try:
            return self._writer.run(work)
        except sqlite3.OperationalError as error:
            fault = disk.fault_of(error, self.folder)
            if fault is None:
                raise
            self._note(fault)
            raise fault from error

    def try_to_write(self) -> None:
        """Look whether there is still `trouble`: it ends with a write that is on the disk. Raises `CannotWrite`."""
        self.write(_write_something)
        self._note(None)

    def _note(self, trouble: disk.CannotWrite | None) -> None:
        is_news = (trouble and trouble.code) != (self.trouble and self.trouble.code)
        self.trouble = trouble
        if is_news:
            self._on_trouble()

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

    def forget_deleted(self) -> bool:
        """Empty the write-ahead log, which holds pages as they were before something was let go.

        False where a reader still needs them; nobody waits for that.
        """
        return self._writer.alone(_empty_log)

    def when_troubled(self, tell: Callable[[], None]) -> None:
        """Call `tell` when `trouble` begins, changes or ends, in the thread that met it."""
        self._on_trouble = tell

    def close(self) -> None:
        """Close every connection and let the folder go."""
        while self._readers:
            self._readers.pop().close()
        self._writer.close()
        disk.leave_to_owner(self.folder)
        self._lock.close()


def opened(folder: Path) -> Store:
    """A store that is there: a wrong folder must not become a new one. Raises `NoStore`, and what `Store` raises."""
    if not (folder / FILE).exists():
        raise NoStore(folder=folder)
    return Store(folder)


def _clean(conn: sqlite3.Connection) -> None:
    """After phones have been sealed: no free page and no log may hold them in clear. Begun anew if it was cut off."""
    if upkeep.read(conn, _CLEAR_TEXT_LEFT) is None:
        return
    conn.execute("VACUUM")
    if _empty_log(conn):
        upkeep.remove(conn, _CLEAR_TEXT_LEFT)


def _empty_log(conn: sqlite3.Connection) -> bool:
    conn.execute("PRAGMA busy_timeout = 0")
    try:
        [busy, *_] = conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    return not busy


def _write_something(conn: sqlite3.Connection) -> None:
    """A page that changes and means nothing: the number that SQLite leaves to programs."""
    [number] = conn.execute("PRAGMA user_version").fetchone()
    conn.execute(f"PRAGMA user_version = {(number + 1) % 1_000_000}")
