"""Owns what happens by itself as time goes on: the turn of the day, keeping its facts, learning, passing pages on."""

import logging
import sqlite3

import gevent

from counter import learning
from counter.day import close_earlier_days
from counter.paging import is_any_overdue, pass_on_overdue
from counter.web import Context
from db import calendar, remote_tickets, settings
from display import past
from kiosk import remote
from kiosk.appointments import close_missed
from kiosk.help_desk import close_left_over

LOOK_EVERY_S = 20.0
LEARN_EVERY_S = 600.0
# both in seconds of the store's clock
FACTS_AT_A_LOOK = 60
GIVE_WAY_S = 0.1

_log = logging.getLogger("lobbyline.days")


class Days:
    """Watches the calendar for as long as `run` runs."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._closed_up_to = ""
        self._learn_at = 0.0
        self._without_facts: list[str] = []

    def run(self) -> None:
        """Close earlier days and keep their facts, now and at every turn of the day; learn; end what is overdue."""
        while True:
            try:
                self._look()
                self._learn()
                self._pass_pages_on()
                self._end_kept_places()
                self._keep_facts()
            except Exception:  # noqa: BLE001 — the one place of this loop; it looks again
                _log.exception("closing the day, learning or paging failed; trying again")
            gevent.sleep(LOOK_EVERY_S / self._context.frame["speed"])

    def _look(self) -> None:
        now = self._context.clock()
        with self._context.store.read() as conn:
            today = calendar.business_day(now, settings.load(conn))
        if today != self._closed_up_to:
            self._context.store.write(lambda conn: _close(conn, now))
            self._closed_up_to = today
            with self._context.store.read() as conn:
                self._without_facts = past.missing(conn, now)

    def _keep_facts(self) -> None:
        """What reports count of days that are over; some at each look, so that pages and learning have their turn."""
        for _ in self._without_facts[:FACTS_AT_A_LOOK]:
            past.keep(self._context.store, self._without_facts[0], self._context.clock())
            self._without_facts.pop(0)
            gevent.sleep(GIVE_WAY_S)

    def _learn(self) -> None:
        now = self._context.clock()
        if now >= self._learn_at:
            self._context.store.write(learning.service_times)
            self._learn_at = now + LEARN_EVERY_S

    def _end_kept_places(self) -> None:
        now = self._context.clock()
        with self._context.store.read() as conn:
            is_any = bool(remote_tickets.overdue(conn, now))
        if is_any:
            self._context.store.write(lambda conn: remote.expire(conn, now))

    def _pass_pages_on(self) -> None:
        now = self._context.clock()
        with self._context.store.read() as conn:
            is_any = is_any_overdue(conn, now)
        if is_any:
            self._context.store.write(lambda conn: pass_on_overdue(conn, now))


def _close(conn: sqlite3.Connection, now: float) -> None:
    close_earlier_days(conn, now)
    began = calendar.day_start(now, settings.load(conn))
    close_missed(conn, began, now)
    close_left_over(conn, began, now)
