"""Owns keeping what a set-up command changes: every row of settings before and after it, in the journal and for undo.

The rows themselves are compared, so a command has nothing to tell, and none can forget to. What changes no settings (a
backup, a printed page, a member list) leaves nothing here.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from db import setting_changes, setting_rows
from db.event_records import EventKind
from lobby.orders import Json, Order


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command answered, and the id of the change it made; None where no setting changed."""

    answer: Json
    change: int | None


def recorded(conn: sqlite3.Connection, order: Order, name: str, work: Callable[[], Json]) -> Outcome:
    """Do what a command does, in the writer's transaction, and keep what it changes."""
    before = setting_rows.snapshot(conn)
    answer = work()
    rows = setting_rows.differences(before, setting_rows.snapshot(conn))
    if not rows:
        return Outcome(answer, None)
    told = [setting_rows.told(one) for one in rows]
    seq = order.journal(conn, EventKind.SETTINGS_CHANGED, command=name, changes=told)
    return Outcome(answer, setting_changes.add(conn, seq, order.needs, rows, order.undoes))
