"""Owns a counter's pauses: why, and until when as planned. `open` ends them.

The calling rule and the forecast count with the planned return; a pause without one is one without an end.
"""

import sqlite3

from counter import acting
from counter.acting import free
from counter.desk_errors import CounterBusy, PauseTextMissing
from counter.undoing import keeping
from db import calendar, counters, events, settings
from db.counter_records import PauseReason
from db.event_records import EventKind
from db.people_records import Staff

MINUTE_S = 60.0


def pause(
    conn: sqlite3.Connection, number: int, person: Staff, now: float, reason: PauseReason, text: str | None = None,
    minutes: float | None = None,
) -> None:  # fmt: skip
    """ready or wrap-up → paused. Raises `PauseTextMissing` for another reason that is not said, `CounterBusy`."""
    if reason == PauseReason.OTHER and not text:
        raise PauseTextMissing
    counter = free(conn, number)
    returns_at = None if minutes is None else now + minutes * MINUTE_S
    with keeping(conn, number, "pause", now) as kept:
        acting.end_wrap_up(conn, counter, person.actor, now, kept)
        if not counters.pause(conn, number, reason, text, returns_at, now):
            raise CounterBusy(counter=number, number="")
        events.append(
            conn, now, EventKind.COUNTER_PAUSED, person.actor, counter=number, reason=reason, text=text,
            returns_at=calendar.stamp(returns_at, settings.load(conn)),
        )  # fmt: skip
