"""Owns keeping the forecast fresh: soon after the lobby changes, off the request path, in a process of its own.

The last good forecast stays in the store until a better one is there. Nobody ever waits for this: a process that is
slow or gone only makes the forecast older, and one that is too old is no longer told.
"""

import logging
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import gevent
from gevent.event import Event as Signal

from counter import learning
from counter.calibration import Correction
from counter.errors import ForecastUnavailable
from counter.habits import Habits
from counter.present import load
from counter.proposal import Proposal, changed
from counter.situation import Comparison, Situation
from db import events, forecasts
from db.store import Store
from db.ticket_records import Forecast, TicketClass
from lobby.clock import Clock
from lobby.helper import Helper

GAP_S = 1.0
HEARTBEAT_S = 15.0
LEARN_EVERY_S = 600.0
# all in seconds of the store's clock
LONGEST_JOB_S = 180.0
"""In real seconds: the first job on a machine compiles the rule."""
LONGEST_REST_S = 5.0
"""A forecast is followed by as long without one, up to this in real seconds: a thousand people's takes seconds, and its
process must not keep a small machine's CPU from those who press keys all the time.
"""

_log = logging.getLogger("lobbyline.forecasting")


class Oracle(Helper):
    """The process that computes `lobby.oracle.JOBS`."""

    def __init__(self) -> None:
        super().__init__("lobby.oracle", LONGEST_JOB_S)


class Forecasting:
    """Watches the lobby for as long as `run` runs. `ask` does one of `lobby.oracle.JOBS`."""

    def __init__(self, store: Store, clock: Clock, ask: Callable[..., Any]) -> None:
        self._store, self._clock, self._ask = store, clock, ask
        self._changed = Signal()
        self._version = -1
        self._learn_at = 0.0
        self._habits = Habits()
        self._corrections: dict[TicketClass, Correction] = {}

    def wake(self) -> None:
        """Something was committed."""
        self._changed.set()

    def run(self) -> None:
        """Refresh the forecast after changes, and from time to time without one, for ever."""
        while True:
            began = time.monotonic()
            try:
                self.refresh()
            except Exception:  # noqa: BLE001 — the one place of this loop; the last good forecast stays
                _log.exception("the forecast failed; trying again")
                gevent.sleep(HEARTBEAT_S)
            self._wait(began)

    def refresh(self) -> None:
        """Make one forecast, if enough is known for one."""
        now = self._clock()
        with self._store.read() as conn:
            self._version = events.version(conn)
            if not load(conn, now).is_known:
                return
            situation = self.situation(conn, now)
        forecast: Forecast = self._ask("foresee", situation, self._corrections)
        self._store.write(lambda conn: forecasts.save(conn, forecast))

    def what_if(self, proposal: Proposal) -> Comparison:
        """The next hour as things are and as they would be.

        Raises `ForecastUnavailable`, `NothingProposed`, `UnknownCounter` and `UnsoundSettings`.
        """
        with self._store.read() as conn:
            present = self.situation(conn, self._clock())
            then = changed(present, learning.rule_book(conn), proposal)
        try:
            comparison: Comparison = self._ask("compare", present, then)
        except (OSError, EOFError, gevent.Timeout) as error:
            raise ForecastUnavailable from error
        return comparison

    def situation(self, conn: sqlite3.Connection, now: float) -> Situation:
        """The present; from time to time the past is asked anew what it teaches."""
        if now >= self._learn_at:
            self._habits, self._corrections = learning.habits(conn, now), learning.corrections(conn, now)
            self._learn_at = now + LEARN_EVERY_S
        return learning.situation(conn, now, self._habits)

    def _wait(self, began: float) -> None:
        """Until there is news, but no shorter than the gap and the rest, and no longer than the heartbeat."""
        speed = self._clock.speed
        gevent.sleep(rest_s(time.monotonic() - began, speed))
        deadline = time.monotonic() + HEARTBEAT_S / speed
        while time.monotonic() < deadline:
            self._changed.wait(deadline - time.monotonic())
            self._changed.clear()
            with self._store.read() as conn:
                if events.version(conn) != self._version:
                    return


def rest_s(took_s: float, speed: float) -> float:
    """How long to wait after a forecast that took so long, where the store's clock runs `speed` times; real seconds."""
    return max(GAP_S / speed - took_s, min(took_s, LONGEST_REST_S))
