"""Owns telling everybody that nothing can be saved, or soon cannot, and noticing that it can again."""

import logging
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from typing import Any

import gevent

from counter import views
from db import disk
from db.errors import LobbyError
from db.store import Store
from db.words import Message

LOOK_EVERY_S = 2.0
"""In real seconds: a disk knows no demo."""
LITTLE_ROOM_MB = 200

_log = logging.getLogger("lobbyline.disk")


class DiskWatch:
    """Looks for as long as `run` runs, and keeps `trouble` and `disk_low` in the frame of every snapshot.

    `tell` sends the snapshots anew.
    """

    def __init__(self, store: Store, frame: MutableMapping[str, Any], tell: Callable[[], None]) -> None:
        self._store, self._frame, self._tell = store, frame, tell
        self._frame.update(trouble=None, disk_low=None)
        store.when_troubled(self._note)

    def run(self) -> None:
        """Look every other second, for ever."""
        while True:
            try:
                self.look()
            except OSError as error:
                _log.error("the disk cannot be asked for its room: %s", error)
            gevent.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Try to write after a fault, and before anybody does so in vain; see how much room there is."""
        free = disk.free_bytes(self._store.folder)
        if self._store.trouble is not None or free < disk.ROOM_TO_WRITE or disk.is_read_only(self._store.folder):
            with suppress(LobbyError):
                self._store.try_to_write()
        self._show(disk_low=_low(free // 1_000_000))

    def _note(self) -> None:
        trouble = self._store.trouble
        if trouble is None:
            _log.warning("the disk takes what is saved again; the lobby goes on")
        else:
            _log.error("%s", trouble)
        self._show(trouble=views.message(trouble))

    def _show(self, **said: object) -> None:
        if any(self._frame[what] != value for what, value in said.items()):
            self._frame.update(said)
            self._tell()


def _low(free_mb: int) -> dict[str, Any] | None:
    """In steps of ten, so that not every ticket is news."""
    if free_mb >= LITTLE_ROOM_MB:
        return None
    said = Message(
        "disk_low",
        "Less than {free_mb} MB are left on the disk of the server. Make room before no number can be issued.",
        {"free_mb": free_mb // 10 * 10 + 10},
    )
    return views.message(said)
