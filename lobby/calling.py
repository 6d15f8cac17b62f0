"""Owns auto-call: counters that stay ready while somebody waits call by themselves, where the store wants that.

It looks every second; the step itself looks again in the writer's transaction, so that a key pressed at the same moment
and this never call twice: whoever comes second finds the counter busy.
"""

import logging

import gevent

from counter.desk import call_by_itself
from counter.web import Context
from db import counters, settings
from db.counter_records import CounterState

LOOK_EVERY_S = 1.0
"""In seconds of the store's clock."""

_log = logging.getLogger("lobbyline.calling")


class Calling:
    """Calls for idle counters for as long as `run` runs."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def run(self) -> None:
        """Look every second."""
        while True:
            try:
                self.look()
            except Exception:  # noqa: BLE001 — the one place of this loop; it looks again
                _log.exception("calling for idle counters failed; trying again")
            gevent.sleep(LOOK_EVERY_S / self._context.frame["speed"])

    def look(self) -> list[int]:
        """Call for every counter that has been ready long enough; returns which did."""
        now = self._context.clock()
        with self._context.store.read() as conn:
            wait_s = settings.load(conn).desk.auto_call_s
            if wait_s is None:
                return []
            ready = [
                counter.number
                for counter in counters.everyone(conn)
                if counter.state == CounterState.READY and now - counter.since >= wait_s
            ]
        return [number for number in ready if self._call(number, now)]

    def _call(self, number: int, now: float) -> bool:
        return self._context.store.write(lambda conn: call_by_itself(conn, number, now))
