"""Owns copies of the database: made while it is written to, opened and checked before they count, rotated, put back.

A copy is one file, `lobbyline-20261122-040000.db` (UTC), without a WAL beside it.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db import disk, migrations
from db.connection import open_reader
from db.errors import NewerDatabase, UnsoundDatabase

FOLDER = "backups"
KEEP_ALL = timedelta(days=2)
KEEP_DAILY = timedelta(days=31)
AGREED, LATELY = timedelta(days=1), timedelta(days=8)
"""Nothing is deleted before the clock has agreed with a copy of the last days for one day: it may have jumped."""
LEFT_OVER = timedelta(days=1)
"""A copy that was not finished by then was cut off."""
ASIDE = "before-restore-"
"""So begins the name of a folder with the store that a restore has put aside."""

_NAME = "lobbyline-%Y%m%d-%H%M%S.db"
_PART = ".part"


@dataclass(frozen=True, slots=True)
class Backup:
    """A sound copy: how many tickets it holds and when (seconds) its newest line of the journal was written."""

    path: Path
    made_at: float
    size: int
    tickets: int
    newest_at: float | None


def make(source: Path, folder: Path, now: float) -> Backup:
    """Copy the database to `folder`, check the copy, and give it its name only then. Any number may be made at once.

    The copy is of one moment; who writes meanwhile does not wait. Raises `UnsoundDatabase`, `CannotWrite`, `OSError`,
    `sqlite3.Error`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(_PART, ".", folder)
    os.close(handle)
    part = Path(name)
    try:
        with closing(open_reader(source)) as present, closing(sqlite3.connect(part)) as copy:
            present.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        check(part)
        _sync(part)
        made = part.replace(folder / datetime.fromtimestamp(now, UTC).strftime(_NAME))
        _sync(folder)
    finally:
        part.unlink(missing_ok=True)
    return read(made)


def check(path: Path, *, quickly: bool = False) -> None:
    """Open a database and look through all of it. Raises `UnsoundDatabase` with what is wrong, `NewerDatabase`, and
    `CannotWrite` where it is the disk that fails or is full: that says nothing of the database.

    `quickly`: every page is read, but indexes are not compared with their tables.
    """
    newer: list[str] = []
    try:
        with closing(open_reader(path)) as conn:
            why = _damage(conn, "quick_check" if quickly else "integrity_check") or _strangeness(conn)
            newer = [] if why else migrations.unknown(conn)
    except sqlite3.Error as error:
        fault = disk.fault_of(error, path.parent) if path.exists() else None
        if fault is not None:
            raise fault from error
        why = str(error)
    except UnicodeDecodeError as error:  # what SQLite says of damage may quote it
        why = str(error)
    if newer:
        raise NewerDatabase(file=path.name, why=", ".join(newer))
    if why:
        raise UnsoundDatabase(file=path.name, why=why)


def _damage(conn: sqlite3.Connection, pragma: str) -> str | None:
    [said] = conn.execute(f"PRAGMA {pragma}(1)").fetchone()
    if said != "ok":
        return str(said)
    dangling = conn.execute("PRAGMA foreign_key_check").fetchone()
    return f"a row of {dangling['table']} refers to one that is not there" if dangling else None


def _strangeness(conn: sqlite3.Connection) -> str | None:
    """Why a sound database is none of ours."""
    is_ours = conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'tickets'").fetchone() is not None
    return None if is_ours else "it is not a store of Lobbyline"


def read(path: Path) -> Backup:
    """What a copy holds. Raises `sqlite3.Error`."""
    with closing(open_reader(path)) as conn:
        tickets, newest = conn.execute("SELECT (SELECT count(*) FROM tickets), (SELECT max(at) FROM events)").fetchone()
    return Backup(path, made_at(path), path.stat().st_size, tickets, newest)


def has_clear_phones(path: Path) -> bool:
    """Whether a copy is of before phone numbers were sealed. Raises `sqlite3.Error`."""
    with closing(open_reader(path)) as conn:
        return conn.execute("SELECT 1 FROM pragma_table_info('members') WHERE name = 'phone'").fetchone() is not None


def in_folder(folder: Path) -> list[Path]:
    """The copies in a folder, oldest first."""
    return sorted(path for path in folder.glob("lobbyline-*.db") if _is_ours(path))


def made_at(path: Path) -> float:
    """When a copy was made, by its name, else by its file; seconds."""
    if not _is_ours(path):
        return path.stat().st_mtime
    return datetime.strptime(path.name, _NAME).replace(tzinfo=UTC).timestamp()


def rotate(folder: Path, now: float, longest: timedelta) -> list[Path]:
    """Delete what is no longer kept, and return it; stores that were put aside by a restore go after `longest` too.

    Nothing goes while the clock may have jumped: a date far ahead would make everything too old at once.
    """
    for part in folder.glob(f".*{_PART}"):
        if now - part.stat().st_mtime > LEFT_OVER.total_seconds():
            part.unlink()
    there = in_folder(folder)
    if not any(AGREED.total_seconds() <= now - made_at(path) <= LATELY.total_seconds() for path in there):
        return []
    kept = to_keep(there, now, longest)
    gone = [path for path in there if path not in kept]
    for path in gone:
        path.unlink()
        key_of(path).unlink(missing_ok=True)
    aside = [
        path
        for path in folder.glob(f"{ASIDE}*")
        if path.is_dir() and now - path.stat().st_mtime > longest.total_seconds()
    ]
    for path in aside:
        shutil.rmtree(path, ignore_errors=True)
    return [*gone, *aside]


def key_of(copy: Path) -> Path:
    """Where the key that opens a copy's phone numbers is, if it was asked for with the copy."""
    return copy.with_suffix(".key")


def add_key(copy: Path, key: Path) -> None:
    """Put a key beside a copy, readable by its owner only. Raises `OSError`."""
    target = key_of(copy)
    target.touch(mode=0o600)
    target.write_bytes(key.read_bytes())


def to_keep(copies: Iterable[Path], now: float, longest: timedelta) -> set[Path]:
    """All of the last two days, the last of each day for a month, the last of each month, and none older than `longest`."""
    kept: dict[str, Path] = {}
    for path in sorted(copies):
        made = datetime.fromtimestamp(made_at(path), UTC)
        age = datetime.fromtimestamp(now, UTC) - made
        if age > longest:
            continue
        kept[f"{made:%Y-%m}"] = path
        if age <= KEEP_DAILY:
            kept[f"{made:%Y-%m-%d}"] = path
        if age <= KEEP_ALL:
            kept[path.name] = path
    return set(kept.values())


def put_back(copy: Path, database: Path, aside: Path) -> None:
    """Make a sound copy the store's database; what stood there is moved to the folder `aside`, not deleted.

    No program may have the store open. Raises `UnsoundDatabase`, `OSError`, `sqlite3.Error`.
    """
    check(copy)
    new = database.with_suffix(".restored")
    new.touch(mode=0o600)
    try:
        with closing(open_reader(copy)) as source, closing(sqlite3.connect(new)) as target:
            source.backup(target)
        _sync(new)
        _replace(database, new, aside)
    finally:
        new.unlink(missing_ok=True)


def _replace(database: Path, new: Path, aside: Path) -> None:
    aside.mkdir(mode=0o700, parents=True, exist_ok=True)
    if database.exists():
        os.link(database, aside / database.name)  # so that there is a database under this name at every moment
    for beside in (database.with_name(f"{database.name}{end}") for end in ("-wal", "-shm")):
        if beside.exists():
            beside.replace(aside / beside.name)
    new.replace(database)
    _sync(database.parent)


def _is_ours(path: Path) -> bool:
    try:
        datetime.strptime(path.name, _NAME)  # noqa: DTZ007 — only whether it can be read
    except ValueError:
        return False
    return True


def _sync(path: Path) -> None:
    """Wait until a file or a folder's list of names is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
