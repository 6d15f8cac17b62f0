"""Owns the turn of the day: once the business day has changed, what was left over is closed."""

import sqlite3

import gevent

from counter.day import close_earlier_days
from counter.web import Context
from db import calendar, settings
from kiosk.appointments import close_missed

LOOK_EVERY_S = 20.0
"""Seconds of the store's clock."""


class Days:
    """Watches the calendar for as long as `run` runs."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._closed_up_to = ""

    def run(self) -> None:
        """Close earlier days, now and at every turn of the day."""
        while True:
            self._look()
            gevent.sleep(LOOK_EVERY_S / self._context.frame["speed"])

    def _look(self) -> None:
        now = self._context.clock()
        with self._context.store.read() as conn:
            today = calendar.business_day(now, settings.load(conn))
        if today != self._closed_up_to:
            self._context.store.write(lambda conn: _close(conn, now))
            self._closed_up_to = today


def _close(conn: sqlite3.Connection, now: float) -> None:
    close_earlier_days(conn, now)
    close_missed(conn, calendar.day_start(now, settings.load(conn)), now)
