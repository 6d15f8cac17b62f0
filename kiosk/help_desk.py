"""Owns calling a person to a kiosk: asked for at the kiosk, answered by the floor, and kept from being a toy.

A kiosk has one open call however often its button is touched; it rings again at most every `REMIND_S`. Once answered,
the kiosk says for `help_calls.COMING_S` that somebody is coming, and a touch in that time calls nobody else.
"""

import sqlite3

from db import events, help_calls
from db.errors import NotFound
from db.event_records import EventKind, HelpCall
from db.people_records import Device, Staff

REMIND_S = 30.0


def call(conn: sqlite3.Connection, kiosk: Device, now: float) -> HelpCall:
    """Ask for a person; the call as it stands now."""
    last = help_calls.last_of(conn, kiosk.id)
    if last is None or (last.answered_at is not None and now - last.answered_at >= help_calls.COMING_S):
        call_id = help_calls.open_call(conn, kiosk.id, now)
    elif last.answered_at is None and now - last.asked_at >= REMIND_S:
        call_id = last.id
        help_calls.ask_again(conn, call_id, now)
    else:
        return last
    asked = _get(conn, call_id)
    events.append(conn, now, EventKind.HELP_CALLED, kiosk.actor, call=asked.id, asked=asked.asked)
    return asked


def answer(conn: sqlite3.Connection, call_id: int, person: Staff, now: float) -> HelpCall:
    """Somebody goes there; answering again changes nothing. Raises `NotFound`."""
    _end(conn, _get(conn, call_id), person.actor, now)
    return _get(conn, call_id)


def close_left_over(conn: sqlite3.Connection, before: float, now: float) -> None:
    """A call of before a moment that nobody answered ends: whoever asked has gone."""
    for left in help_calls.recent(conn, now):
        if left.at < before:
            _end(conn, left, "system", now)


def _end(conn: sqlite3.Connection, called: HelpCall, actor: str, now: float) -> None:
    if help_calls.answer(conn, called.id, actor, now):
        waited_s = round(now - called.at)
        events.append(conn, now, EventKind.HELP_ANSWERED, actor, call=called.id, kiosk=called.kiosk, waited_s=waited_s)


def _get(conn: sqlite3.Connection, call_id: int) -> HelpCall:
    called = help_calls.by_id(conn, call_id)
    if called is None:
        raise NotFound
    return called
