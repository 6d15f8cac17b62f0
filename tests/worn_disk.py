"""Owns a server whose disk a test lets fail and mends: the kernel refuses it every byte, the file system says why.

What the kernel refuses is real and needs no rights: a limit to the size of any file. What the file system tells of its
room and its state stands in a file.
"""

import resource
from enum import StrEnum
from pathlib import Path

from serving import Call, Serving

from db import disk
from lobby.program import main

_STATE = "disk"


class Worn(StrEnum):
    """What may be wrong with a disk."""

    FULL = "full"
    READ_ONLY = "read-only"
    FAILING = "failing"


class WornServing(Serving):
    """A server on such a disk."""

    def call(self, port: int) -> Call:
        """What starts it."""
        words = ["serve", "--port", str(port), "--data", str(self.folder)]
        return "worn_disk:serve_worn", (words, str(self.folder / _STATE))

    def wear(self, how: Worn) -> None:
        """From now on nothing can be written."""
        (self.folder / _STATE).write_text(how)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def mend(self) -> None:
        """It can be written to again."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        (self.folder / _STATE).unlink(missing_ok=True)


def serve_worn(words: list[str], state: str) -> None:
    """Serve as the command line does; the file `state` says what is wrong with the disk."""
    free_bytes, is_read_only = disk.free_bytes, disk.is_read_only

    def now() -> str:
        return Path(state).read_text() if Path(state).exists() else ""

    setattr(disk, "free_bytes", lambda at: 0 if now() == Worn.FULL else free_bytes(at))  # noqa: B010 — mypy would not let it
    setattr(disk, "is_read_only", lambda at: now() == Worn.READ_ONLY or is_read_only(at))  # noqa: B010
    main(words, "lobbyline")
