"""Owns how long the head office keeps what the public booked, and letting it go."""

import logging
import time
from datetime import UTC, datetime, timedelta

import gevent

from chain.errors import OfficeDown
from chain.office import shares, visits
from chain.office.database import Database

EVERY_S = 3600.0
PLACES_KEPT_S = 7 * 86_400.0
VISITS_KEPT = timedelta(days=90 + 365)
"""Longer than any store can be booked ahead, and then as long as stores keep bookings unless they say otherwise."""
_log = logging.getLogger("lobbyline.office")


def run(database: Database) -> None:
    """Let go what is too old, for ever; several processes may."""
    while True:
        try:
            with database.transaction() as conn:
                shares.forget(conn, time.time() - PLACES_KEPT_S)
            with database.transaction() as conn:
                visits.forget(conn, datetime.now(UTC) - VISITS_KEPT)
        except OfficeDown as down:
            _log.warning("nothing was let go: %s", down)
        gevent.sleep(EVERY_S)
