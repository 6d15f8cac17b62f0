"""Owns what is wrong when the store's disk takes nothing more: which fault it is, and what whoever reads it can do."""

import errno
import os
import sqlite3
from pathlib import Path

from db.errors import LobbyError

ROOM_TO_WRITE = 1_000_000
"""A disk with fewer free bytes counts as full: a file system keeps some back, and a commit needs more than one page."""
_FULL, _READ_ONLY, _FAILING = 13, 8, 10
_CANNOT_OPEN = 14
_PRIMARY = 0xFF


class CannotWrite(LobbyError):
    """Nothing can be saved now; what was answered before is safe, and reading goes on."""

    code, status = "disk_failing", 503
    text = (
        "Nothing can be saved now: the disk of the server fails ({why})."
        " Staff: put the newest backup on another disk, see “What a fault does” in the manual."
    )


class DiskFull(CannotWrite):
    """No room is left."""

    code, status = "disk_full", 507
    text = (
        "Nothing can be saved now: the disk of the server is full."
        " Staff: delete what is not needed there; it goes on by itself."
    )


class DiskReadOnly(CannotWrite):
    """The disk can be read and not written."""

    code = "disk_read_only"
    text = (
        "Nothing can be saved now: the folder {folder} on the server cannot be written to."
        " Staff: let it be written to again, or restart the machine; it goes on by itself."
    )


def fault_of(error: sqlite3.Error, folder: Path) -> CannotWrite | None:
    """What a database error says of the disk under it; None if it says nothing of it."""
    primary = (getattr(error, "sqlite_errorcode", None) or 0) & _PRIMARY
    if primary not in {_FULL, _READ_ONLY, _FAILING, _CANNOT_OPEN}:
        return None
    if primary == _READ_ONLY or is_read_only(folder):
        return DiskReadOnly(folder=str(folder))
    if primary == _FULL or free_bytes(folder) < ROOM_TO_WRITE:
        return DiskFull()
    return CannotWrite(why=str(error))


def refusal_of(error: OSError, folder: Path) -> CannotWrite | None:
    """What a file error says of the disk under it; None if it says nothing of it."""
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return DiskReadOnly(folder=str(folder))
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull()
    return CannotWrite(why=error.strerror) if error.errno == errno.EIO else None


def leave_to_owner(folder: Path) -> None:
    """What the machine's administrator has written into somebody's store is theirs: their server must go on with it."""
    owner = folder.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    for path in folder.rglob("*"):
        if path.lstat().st_uid == 0:
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def is_read_only(folder: Path) -> bool:
    """Whether the file system says so; the system makes it so by itself after a fault of the disk."""
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def free_bytes(folder: Path) -> int:
    """What is left for a user who is not the administrator."""
    there = os.statvfs(folder)
    return there.f_bavail * there.f_frsize
