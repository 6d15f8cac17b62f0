"""Owns the list of changes of settings: who made which when, in words, and whether the reader may undo it."""

import sqlite3
from dataclasses import asdict
from typing import Any

from pydantic import Field

from counter import auth
from counter.errors import Forbidden
from counter.web import Body
from db import calendar, setting_changes, settings
from db.people_records import Role
from db.setting_changes import SettingChange
from db.words import Names
from lobby import setting_undo, texts
from lobby.change_words import Words
from lobby.orders import Command, Json, Order
from lobby.setting_undo import Undo

PAGE = 20
LARGEST_ID = 2**62


class Changes(Body):
    """The newest changes, or the newest of those before the change `before`."""

    before: int | None = Field(default=None, ge=1, le=LARGEST_ID)


def listed(conn: sqlite3.Connection, role: Role | None, before: int | None) -> Json:
    """A page of changes: {changes, older}, newest first; `older` is the `before` of the next page, None on the last.

    Of each: id, at, who, what, lines, undoes, undone_by, and as `refused` why whoever has this role (None: the command
    line) cannot undo it.
    """
    found = setting_changes.newest(conn, PAGE + 1, before)
    words, store = Words(conn), settings.load(conn)
    shown = [
        {
            "id": one.id,
            "at": calendar.stamp(one.at, store),
            "who": words.actor(one.actor),
            "what": words.command(one.command),
            "lines": words.lines(one.rows),
            "undoes": one.undoes,
            "undone_by": one.undone_by,
            "refused": _refused(conn, one, role, words),
        }
        for one in found[:PAGE]
    ]
    return {"changes": shown, "older": found[PAGE - 1].id if len(found) > PAGE else None}


def _refused(conn: sqlite3.Connection, one: SettingChange, role: Role | None, words: Words) -> Names | None:
    may = role is None or auth.includes(role, one.needs)
    error = setting_undo.refusal(conn, one, words) if may else Forbidden()
    return None if error is None else Names(**{code: texts.say(error, code) for code in texts.LANGUAGES})


def page(conn: sqlite3.Connection, role: Role, before: int | None) -> Json:
    """What the page of changes shows."""
    return {"store": settings.load(conn), **listed(conn, role, before), "before": before}


def _show(conn: sqlite3.Connection, order: Order, body: Changes) -> Json:
    found = listed(conn, order.role, body.before)
    return {**found, "changes": [_as_json(one) for one in found["changes"]]}


def _as_json(one: Json) -> Json:
    named = {key: asdict(value) if isinstance(value, Names) else value for key, value in one.items()}
    return {**named, "lines": [asdict(line) for line in one["lines"]]}


COMMANDS: dict[str, Command[Any]] = {
    "settings-changes": Command(Changes, _show),
    "settings-undo": Command(Undo, setting_undo.undo),
}
