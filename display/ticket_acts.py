"""Owns what the floor manager does to one number: place it, move it, cancel it, reinstate it; and taking that back.

They are the counter's own steps, taken at no counter; what is kept of them is the step's id.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

from counter import choosing, transferring, undoing
from counter.transferring import Goal
from db import steps
from db.people_records import Staff
from db.ticket_records import Place
from display.errors import NothingToEnd

Data = dict[str, Any]


def place(conn: sqlite3.Connection, number: str, where: Place, reason: str, by: Staff, now: float) -> Data:
    """First, last, or by its own time."""
    step = _step(conn, lambda: choosing.place(conn, None, by, now, number, where, reason))
    return {"number": number, "place": where, "step": step}


def move(conn: sqlite3.Connection, number: str, goal: Goal, reason: str, by: Staff, now: float) -> Data:
    """To another service's queue, or for one counter alone."""
    step = _step(conn, lambda: transferring.redirect(conn, by, now, number, goal, reason))
    return {"number": number, "service": goal.service, "counter": goal.counter, "step": step}


def cancel(conn: sqlite3.Connection, number: str, reason: str, by: Staff, now: float) -> Data:
    """waiting or on hold → cancelled."""
    return {"number": number, "step": _step(conn, lambda: choosing.cancel(conn, None, by, now, number, reason))}


def reinstate(conn: sqlite3.Connection, number: str, reason: str, by: Staff, now: float) -> Data:
    """missed, abandoned or cancelled → waiting."""
    return {"number": number, "step": _step(conn, lambda: choosing.reinstate(conn, None, by, now, number, reason))}


def take_back(conn: sqlite3.Connection, step: int, actor: str, now: float) -> None:
    """Exactly as it was. Raises `UndoMovedOn` where the number has moved on."""
    undoing.undo_on_floor(conn, step, actor, now)


def _step(conn: sqlite3.Connection, does: Callable[[], None]) -> int:
    """The id of what was done. Raises `NothingToEnd` where that changed nothing."""
    before = steps.last(conn, None)
    does()
    done = steps.last(conn, None)
    if done is None or (before is not None and done.id == before.id):
        raise NothingToEnd
    return done.id
