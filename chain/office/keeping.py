"""Owns how long the head office keeps what the public booked and lists of members, and letting it go."""

import logging
import time
from datetime import UTC, datetime, timedelta

import gevent

from chain.errors import OfficeDown
from chain.office import lists, shares, visits
from chain.office.database import Database

EVERY_S = 3600.0
PLACES_KEPT_S = 7 * 86_400.0
VISITS_KEPT = timedelta(days=90 + 365)
"""Longer than any store can be booked ahead, and then as long as stores keep bookings unless they say otherwise."""
LISTS_KEPT = timedelta(days=14)
"""A roll-out that takes longer begins anew: names and phone numbers do not wait for it."""
UNUSED_LISTS_KEPT = timedelta(hours=1)
"""Between sending a list and beginning a roll-out with it are seconds."""
_log = logging.getLogger("lobbyline.office")


def run(database: Database) -> None:
    """Let go what is too old, for ever; several processes may."""
    while True:
        try:
            with database.transaction() as conn:
                shares.forget(conn, time.time() - PLACES_KEPT_S)
            with database.transaction() as conn:
                visits.forget(conn, datetime.now(UTC) - VISITS_KEPT)
            with database.transaction() as conn:
                lists.forget(conn, datetime.now(UTC) - LISTS_KEPT, datetime.now(UTC) - UNUSED_LISTS_KEPT)
        except OfficeDown as down:
            _log.warning("nothing was let go: %s", down)
        gevent.sleep(EVERY_S)
