"""Owns the nightly letting go of personal data: once a business day, in pieces that no call has to wait for."""

import logging
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import gevent

from counter.web import Context
from db import calendar, events, retention, settings
from db.event_records import EventKind
from db.retention import PARTS, PIECE, Kind
from db.store import Store

LOOK_EVERY_S = 60.0  # seconds of the store's clock
LATELY = timedelta(days=8)
"""After a longer gap nothing is let go for a day: the clock may have jumped, or the store was closed for long."""
GIVE_WAY_S = 0.05

_log = logging.getLogger("lobbyline.purging")


class Purging:
    """Watches the calendar for as long as `run` runs."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def run(self) -> None:
        """Let go what is too old, now and at every turn of the day; what fails is tried again."""
        while True:
            try:
                self._look()
            except Exception:  # noqa: BLE001 — the one place of this loop; it looks again
                _log.exception("personal data was not let go; trying again")
            gevent.sleep(LOOK_EVERY_S / self._context.frame["speed"])

    def _look(self) -> None:
        now, store = self._context.clock(), self._context.store
        with store.read() as conn:
            last, today = retention.last_purge(conn), calendar.business_day(now, settings.load(conn))
        if last == today:
            return
        if last is not None and date.fromisoformat(today) - date.fromisoformat(last) > LATELY:
            _log.warning("nothing is let go today: it was last seen to on %s. Is it really %s now?", last, today)
            store.write(lambda conn: retention.note_purge(conn, today))
            return
        purge(store, now, lambda: gevent.sleep(GIVE_WAY_S))


def purge(store: Store, now: float, give_way: Callable[[], None]) -> dict[Kind, int]:
    """Let go what is too old on the present business day; how many rows of each kind. `give_way` is called in between.

    It may be cut off at any moment: what is left goes with the next run.
    """
    store.write(lambda conn: retention.note_who_is_gone(conn, now))
    with store.read() as conn:
        set_up = settings.load(conn)
        today = calendar.business_day(now, set_up)
        at = retention.limits(retention.load(conn), today, set_up)
    gone = dict.fromkeys(Kind, 0)
    works = [(part.kind, partial(retention.let_go, part=part, at=at[part.kind])) for part in PARTS]
    works.append((Kind.MEMBERS, partial(retention.let_members_go, at=at[Kind.MEMBERS])))
    for kind, work in works:
        more = PIECE
        while more == PIECE:
            more = store.write(work)
            gone[kind] += more
            give_way()
    counts = {kind: count for kind, count in gone.items() if count}
    store.write(lambda conn: retention.note_purge(conn, today))
    if counts:
        store.write(lambda conn: events.append(conn, now, EventKind.PURGED, "system", rows=counts))
        store.forget_deleted()
    return counts
