"""Owns writing down when devices were last seen: gathered in memory, now and then one write for all of them."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

import gevent

from db import presence
from db.presence import Seen
from db.store import Store

FLUSH_EVERY_S = 60.0
RENEW_EVERY = 10
"""So many flushes until who is simply still there is written down again."""
_log = logging.getLogger("lobbyline.last_seen")


OnLine = Callable[[], Mapping[int, Seen]]
"""Which devices have a line now, with page and address."""


class LastSeen:
    """Flushes for as long as `run` runs."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock
        self._heard: dict[int, Seen] = {}
        self._written: dict[int, Seen] = {}
        self._flushes = 0

    def heard(self, device_id: int) -> None:
        """A device used its token just now."""
        self._heard[device_id] = Seen(self._clock())

    def run(self, on_line: OnLine) -> None:
        """Flush again and again, for ever."""
        while True:
            gevent.sleep(FLUSH_EVERY_S)
            try:
                self.flush(on_line)
            except Exception:  # noqa: BLE001 — the one place of this loop; the next flush goes on
                _log.exception("when devices were seen could not be written down; the next time goes on")

    def flush(self, on_line: OnLine) -> None:
        """Write down who was heard of, who has moved to another page or address, and at times who is still there."""
        self._flushes += 1
        if self._flushes % RENEW_EVERY == 0:
            self._written = {}
        heard, self._heard = self._heard, {}
        there = on_line()
        moved = {one: seen for one, seen in there.items() if not _is_same(seen, self._written.get(one))}
        self._written = dict(there)
        news = {**heard, **moved}
        if news:
            self._store.write(lambda conn: presence.saw_all(conn, news))


def _is_same(one: Seen, other: Seen | None) -> bool:
    return other is not None and replace(one, at=other.at) == other
