"""Owns undoing a change of settings: whole, while nothing of it has changed since, and never into what cannot work.

To undo is a change like any other, so an undo is undone in the same way. Whoever may make a change may undo it.
"""

import sqlite3
from collections.abc import Sequence

from pydantic import Field

from counter import learning
from counter.faults import UnsoundSettings
from counter.web import LARGEST, Body
from db import printers, sessions, setting_changes, setting_rows, settings
from db.errors import LobbyError
from db.people_records import DeviceKind
from db.setting_changes import SettingChange
from db.setting_rows import ChangedSince, RowChange, StillUsed
from lobby import rule_settings, undo_checks
from lobby.change_words import Words
from lobby.orders import Json, Order

_WITH_A_LINK = frozenset({"devices", "staff"})
_LEAVING = {"devices": ("removed_at",), "staff": ("retired_at",)}


class UnknownChange(LobbyError):
    """No such change."""

    code, status, field = "unknown_change", 404, "id"
    text = "There is no change of settings with the number {id}."


class ChangeUndone(LobbyError):
    """It was taken back before."""

    code, status = "change_undone", 409
    text = "This change has been undone already."


class SettingMovedOn(LobbyError):
    """Something of the change is no longer as it was left."""

    code, status = "setting_moved_on", 409
    text = "“{what}” has been changed since, so this can no longer be undone. Set it anew instead."


class SettingChangedBy(SettingMovedOn):
    """The same, and it is known by whom."""

    text = "“{what}” has been changed since, by {who}. Undo that change first, or set it anew."


class SettingInUse(LobbyError):
    """Something that was added is needed by now."""

    code, status = "setting_in_use", 409
    text = "“{what}” is in use by now: numbers, bookings or other settings refer to it. It can no longer be undone."


class AddAnew(LobbyError):
    """Somebody or something that comes in by a link."""

    code, status = "add_anew", 409
    text = "“{what}” was taken out with its link. Add it anew, so that it gets another one."


class ComesWithALink(LobbyError):
    """Somebody or something whose PIN, links and sign-ins come and go with it."""

    code, status = "comes_with_a_link", 409
    text = "“{what}” has come or gone together with PIN, links and sign-ins. Do it on the page of staff or of devices."


class Undo(Body):
    """Which change is taken back."""

    id: int = Field(ge=1, le=LARGEST)


def undo(conn: sqlite3.Connection, order: Order, body: Undo) -> Json:
    """Take a change back: {changed, undone}. Raises `Forbidden`, or what `refusal` says."""
    change = setting_changes.by_id(conn, body.id)
    if change is None:
        raise UnknownChange(id=body.id)
    order.require_at_least(change.needs)
    words = Words(conn)
    refused = refusal(conn, change, words)
    if refused is not None:
        raise refused
    unsound = rule_settings.faults(conn)
    with undo_checks.kept(conn, change.rows, order.context.clock()):
        try:
            setting_rows.put_back(conn, change.rows)
        except ChangedSince as since:
            raise _moved(conn, change, since.change, words) from None
        except StillUsed as used:
            raise SettingInUse(what=words.row(used.change)) from None
    faults = rule_settings.faults(conn)
    if faults and not unsound:
        raise UnsoundSettings(faults)
    _follow(conn, change.rows, order.context.clock())
    order.undoes = change.id
    return {"changed": True, "undone": change.id}


def refusal(conn: sqlite3.Connection, change: SettingChange, words: Words) -> LobbyError | None:
    """Why a change cannot be undone, by its rows: `ChangeUndone`, `AddAnew`, `ComesWithALink`, `SettingMovedOn`."""
    if change.undone_by is not None:
        return ChangeUndone()
    gone = next((one for one in change.rows if one.after is None and one.table in _WITH_A_LINK), None)
    if gone is not None:
        return AddAnew(what=words.row(gone))
    linked = next((one for one in change.rows if _comes_or_goes_with_a_link(one)), None)
    if linked is not None:
        return ComesWithALink(what=words.owner(linked))
    other = setting_rows.moved(conn, change.rows)
    return None if other is None else _moved(conn, change, other, words)


def _moved(conn: sqlite3.Connection, change: SettingChange, row: RowChange, words: Words) -> SettingMovedOn:
    """By whom, unless it was the floor's doing, which is no change of settings."""
    last = setting_changes.last_of_row(conn, row.table, row.key)
    what = words.row(setting_rows.since(conn, row))
    if last is None or last.id <= change.id:
        return SettingMovedOn(what=what)
    return SettingChangedBy(what=what, who=words.actor(last.actor))


def _comes_or_goes_with_a_link(one: RowChange) -> bool:
    """A printer has none: it is found by its address."""
    if one.before is None or one.after is None or one.after.get("kind") == DeviceKind.PRINTER:
        return False
    return any(one.before.get(column) != one.after.get(column) for column in _LEAVING.get(one.table, ()))


def _follow(conn: sqlite3.Connection, rows: Sequence[RowChange], now: float) -> None:
    """What is worked out of settings is worked out anew, and sign-ins are as the commands leave them."""
    if any(one.table == "services" for one in rows):
        learning.service_times(conn)
    for one in rows:
        if one.table == "devices":
            printers.forget(conn, int(one.key[0]))
        elif one.table == "staff" and (one.before or {}).get("role") != (one.after or {}).get("role"):
            sessions.end_all(conn, int(one.key[0]))
        elif (one.table, one.key[0]) == ("settings", "sign_ins"):
            sign_ins = settings.load(conn).sign_ins
            sessions.limit(conn, now, sign_ins.idle_s, sign_ins.longest_s)
