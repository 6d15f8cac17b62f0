"""Owns keeping a store safe: backups by the clock and on demand, in a second folder too, and putting one back."""

import errno
import json
import logging
import os
import shlex
import sqlite3
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import gevent
from pydantic import Field, PrivateAttr

from counter.web import Body, Context
from db import backups, events, keys, phones, retention
from db.disk import CannotWrite
from db.errors import LobbyError, NewerDatabase, UnsoundDatabase
from db.event_records import EventKind
from db.people_records import Role
from db.store import FILE, Store, locked
from lobby.errors import DamagedStore, NewerStore
from lobby.orders import Command, Json, Order

LOOK_EVERY_S = 60.0
DEFAULT_EVERY_H = 6
HOUR_S = 3600
_KEY = "backups"

_log = logging.getLogger("lobbyline.keeping")


class BadFolder(LobbyError):
    """A second folder that cannot be written to."""

    code, status, field = "bad_folder", 422, "second"
    text = "“{folder}” cannot be written to: {why}. Give the full path of a folder on another disk."


class BackupFailed(LobbyError):
    """The disk is full or gone, or the copy did not pass its check."""

    code, status = "backup_failed", 500
    text = "No backup was made: {why}"


class UnusableKey(LobbyError):
    """A file that is no key."""

    code, status, field = "unusable_key", 422, "key"
    text = "{file} is not a store's key. Give the file keys/store.key of the store that the backup is of."


class Backup(Body):
    """Make a backup now. `with_key`: put the key that opens its phone numbers beside it, to move to another machine."""

    with_key: bool = False
    _made: backups.Backup | None = PrivateAttr(default=None)
    _failed: str | None = PrivateAttr(default=None)

    def make(self, context: Context) -> "Backup":
        """Copying takes its time, so it is done outside the writer's transaction. Raises `BackupFailed`."""
        self._made, self._failed = _copies(context)
        if self.with_key:
            backups.add_key(self._made.path, keys.path_in(context.store.folder))
        return self

    def journal(self, conn: sqlite3.Connection, order: Order) -> Json:
        """Write down that there is one: {file, bytes, tickets}, and `second_failed`: why the second folder has none."""
        if self._made is None:
            raise BackupFailed(why="")
        order.journal(
            conn, EventKind.BACKED_UP, file=self._made.path.name, **({"with_key": True} if self.with_key else {})
        )
        key = {"key": str(backups.key_of(self._made.path))} if self.with_key else {}
        told = {"file": str(self._made.path), "bytes": self._made.size, "tickets": self._made.tickets, **key}
        return {**told, "second_failed": self._failed} if self._failed else told


class BackupSet(Body):
    """How backups are made; what is absent stays. `every_h`: hours between them; `second`: a folder for copies of them,
    empty for none.
    """

    every_h: int | None = Field(default=None, ge=1, le=168)
    second: str | None = None

    @property
    def hours(self) -> int:
        """Between two backups."""
        return self.every_h or DEFAULT_EVERY_H


class Keeping:
    """Makes backups by the clock for as long as `run` runs."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def run(self) -> None:
        """Look every minute whether a backup is due; one that fails is tried again and said in the log."""
        while True:
            try:
                self._look()
            except Exception:  # noqa: BLE001 — the one place of this loop; it looks again
                _log.exception("no backup was made; trying again")
            gevent.sleep(LOOK_EVERY_S)

    def _look(self) -> None:
        if _is_due(self._context.store, time.time()):
            made, order = Backup().make(self._context), Order(self._context, "system", None)
            self._context.store.write(lambda conn: made.journal(conn, order))


def restore(folder: Path, copy: Path, now: float, key: Path | None = None) -> Json:
    """Put a backup back, with nothing running on the store: {tickets, newest_at, aside, phones_unknown}.

    What was there before is kept in the folder `aside`. `key`: the file with the key of the backup's phone numbers; one
    that lies beside the backup is taken by itself. Without the right one `phones_unknown` numbers cannot be read.
    Raises `ServerRunning`, `UnsoundDatabase`, `UnusableKey`, `OSError`.
    """
    backups.check(copy)
    key = key or (backups.key_of(copy) if backups.key_of(copy).exists() else None)
    if key is not None and not keys.is_key(key):
        raise UnusableKey(file=key.name)
    aside = folder / backups.FOLDER / f"{backups.ASIDE}{time.strftime('%Y%m%d-%H%M%S', time.gmtime(now))}"
    with locked(folder):
        backups.put_back(copy, folder / FILE, aside)
        if key is not None:
            keys.install(folder, key, aside)
    store = Store(folder)
    try:
        store.write(lambda conn: events.append(conn, now, EventKind.RESTORED, "command", file=copy.name))
        with store.read() as conn:
            unknown = phones.unreadable(conn)
    finally:
        store.close()
    held = backups.read(copy)
    put_aside = str(aside) if aside.exists() else None
    return {"tickets": held.tickets, "newest_at": held.newest_at, "aside": put_aside, "phones_unknown": unknown}


def require_sound(folder: Path) -> None:
    """Look at the database before it is served. Raises `DamagedStore` with the command that mends it, `NewerStore`, and
    `CannotWrite` where the disk is what fails.
    """
    database = folder / FILE
    if not database.exists() and not backups.in_folder(folder / backups.FOLDER):
        return
    try:
        backups.check(database, quickly=True)
    except NewerDatabase as newer:
        raise NewerStore(why=newer.attrs["why"]) from None
    except UnsoundDatabase as damaged:
        command = restore_command(folder, newest_sound(folder) or Path("BACKUP.db"))
        raise DamagedStore(why=damaged.attrs["why"], restore=command) from None


def restore_command(folder: Path, copy: Path) -> str:
    """What to type to put a backup back."""
    return shlex.join(["lobbyline", "restore", str(copy), "--data", str(folder)])


def newest_sound(folder: Path) -> Path | None:
    """The newest backup in the store's folder that can be put back."""
    for path in reversed(backups.in_folder(folder / backups.FOLDER)):
        with suppress(UnsoundDatabase, CannotWrite):
            backups.check(path)
            return path
    return None


def wishes(conn: sqlite3.Connection) -> BackupSet:
    """How this store wants its backups."""
    row = conn.execute("SELECT value FROM settings WHERE key = ?", (_KEY,)).fetchone()
    return BackupSet(**(json.loads(row["value"]) if row else {}))


def _is_due(store: Store, now: float) -> bool:
    made = [backups.made_at(path) for path in backups.in_folder(store.folder / backups.FOLDER)]
    with store.read() as conn:
        every_s = wishes(conn).hours * HOUR_S
    return not made or not 0 <= now - made[-1] < every_s  # a clock set back makes one at once


def _copies(context: Context) -> tuple[backups.Backup, str | None]:
    """One in the store's folder, one in the second, and why there is none there. Raises `BackupFailed`."""
    with context.store.read() as conn:
        second, longest = wishes(conn).second, timedelta(days=retention.load(conn).backups)
    own = context.store.folder / backups.FOLDER
    now = time.time()  # the machine's own clock, also where a demo's runs faster
    made = context.off_loop(lambda: _copied(context.store.path, own, now, longest))
    if isinstance(made, Exception):
        raise BackupFailed(why=str(made)) from made
    if not second:
        return made, None
    failed = _not_there(Path(second)) or context.off_loop(lambda: _copied(made.path, Path(second), now, longest))
    if not isinstance(failed, Exception):
        return made, None
    _log.warning("the backup is not in the second folder %s: %s", second, failed)
    return made, str(failed)


def _copied(database: Path, folder: Path, now: float, longest: timedelta) -> backups.Backup | Exception:
    """The copy in a folder, which is rotated; or what went wrong: nothing may be raised off the loop."""
    try:
        made = backups.make(database, folder, now)
        backups.rotate(folder, now, longest)
    except (LobbyError, OSError, sqlite3.Error) as error:
        return error
    return made


def _not_there(folder: Path) -> OSError | None:
    """A second folder is not made anew: where its disk was pulled out, the copies would go to the machine's own."""
    return None if folder.is_dir() else FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))


def _set(conn: sqlite3.Connection, _: Order, body: BackupSet) -> Json:
    before = wishes(conn)
    after = before.model_copy(update=body.model_dump(exclude_none=True))
    if body.second:
        _require_writable(Path(body.second))
    values = json.dumps({"every_h": after.hours, "second": after.second or None})
    changed = (after.hours, after.second or None) != (before.hours, before.second)
    if changed:
        conn.execute(
            "INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (_KEY, values)
        )
    return {"changed": changed, **json.loads(values)}


def _require_writable(folder: Path) -> None:
    if not folder.is_absolute():
        raise BadFolder(folder=folder, why="not a full path")
    probe = folder / ".lobbyline"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise BadFolder(folder=folder, why=error.strerror or str(error)) from error


def why_not_writable(folder: Path) -> str | None:
    """Why nothing can be kept in a folder, None if it can, as far as can be told without trying."""
    if not folder.is_dir():
        return os.strerror(errno.ENOTDIR if folder.exists() else errno.ENOENT)
    return None if os.access(folder, os.W_OK | os.X_OK) else os.strerror(errno.EACCES)


COMMANDS: dict[str, Command[Any]] = {
    "backup": Command(
        Backup,
        lambda conn, order, body: body.journal(conn, order),
        lambda context, body: body.make(context),
        needs=lambda body: Role.ADMIN if body.with_key else Role.MANAGER,
    ),
    "backup-set": Command(BackupSet, _set, needs=lambda body: Role.MANAGER if body.second is None else Role.ADMIN),
}
