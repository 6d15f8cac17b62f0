"""Owns which rows are a store's settings: what of them is kept, what a change made of them, and putting them back.

A column that is no setting (a counter's state, what was learnt, a PIN or a token) is not kept and never put back.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.images import Image, Kept

Key = tuple[Any, ...]

TABLES = (
    Kept("settings", ("key",), ("value",)),
    Kept(
        "services",
        ("code",),
        (
            "letter",
            "name_zh",
            "name_en",
            "icon",
            "position",
            "mean_s",
            "cv",
            "daily_cap",
            "group_zh",
            "group_en",
            "hint_zh",
            "hint_en",
            "shown",
            "retired_at",
        ),
    ),
    Kept("tiers", ("code",), ("rank", "name_zh", "name_en", "target_s", "head_start_s", "may_proxy", "target_reason")),
    Kept(
        "counters",
        ("number",),
        ("vip", "appointment", "ordinary", "name_zh", "name_en", "where_zh", "where_en", "retired_at"),
    ),
    Kept("counter_skills", ("counter", "service"), ()),
    Kept("perks", ("code",), ("name_zh", "name_en", "position")),
    Kept("perk_quotas", ("perk", "tier"), ("times", "period")),
    Kept("alert_rules", ("kind",), ("threshold", "clear_at", "is_on", "seen_by", "sound", "webhook")),
    Kept("webhooks", ("id",), ("url", "secret")),
    Kept("slip_templates", ("language", "ticket_class"), ("text",)),
    Kept("slip_texts", ("name",), ("zh", "en")),
    Kept("slip_logo", ("id",), ("png",)),
    Kept("pictures", ("name",), ("digest", "png")),
    Kept("staff", ("id",), ("name", "role", "manager_code", "retired_at")),
    Kept("devices", ("id",), ("kind", "name", "printer_id", "options", "removed_at")),
)
"""Every table of settings; a table stands after those its rows refer to."""

HIDDEN = {"webhooks": frozenset({"secret"})}
"""Columns that are put back, and told to nobody."""

UNTOLD, UNTOLD_NEW = "hidden", "hidden, another one"
"""What stands in the place of such a column."""

_JSON = {"settings": "value", "devices": "options"}
_KEPT = {kept.table: kept for kept in TABLES}
_ORDER = {kept.table: at for at, kept in enumerate(TABLES)}
_PARKED: Mapping[str, tuple[str, Callable[[int], Any]]] = {
    "services": ("letter", lambda at: chr(0xE000 + at)),
    "tiers": ("rank", lambda at: -1 - at),
}
"""Columns that are unique: two rows may exchange theirs, so all step aside first."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row before and after a change; None where it was not there."""

    table: str
    key: Key
    before: Image | None
    after: Image | None


class NotPutBack(Exception):
    """A row that cannot be put back; nothing of the whole may be kept then."""

    def __init__(self, change: RowChange) -> None:
        super().__init__(change)
        self.change = change


class ChangedSince(NotPutBack):
    """The row is no longer as the change left it."""


class StillUsed(NotPutBack):
    """The database needs the row as it is: others refer to it, or what is unique has been taken."""


Snapshot = Mapping[str, Mapping[Key, Image]]


def snapshot(conn: sqlite3.Connection) -> Snapshot:
    """Every row of settings as it is; some dozens."""
    return {kept.table: kept.everyone(conn) for kept in TABLES}


def differences(before: Snapshot, after: Snapshot) -> tuple[RowChange, ...]:
    """What differs, row by row."""
    return tuple(
        RowChange(table, key, before[table].get(key), after[table].get(key))
        for table in _ORDER
        for key in dict.fromkeys((*before[table], *after[table]))
        if not _is_same(table, before[table].get(key), after[table].get(key))
    )


def _is_same(table: str, one: Image | None, other: Image | None) -> bool:
    """Whether two images say the same; stored JSON may be written in several ways."""
    column = _JSON.get(table)
    if one is None or other is None or column is None:
        return one == other
    return {**one, column: _opened(one[column])} == {**other, column: _opened(other[column])}


def since(conn: sqlite3.Connection, one: RowChange) -> RowChange:
    """What became of a row since a change."""
    return RowChange(one.table, one.key, one.after, _KEPT[one.table].image(conn, one.key))


def moved(conn: sqlite3.Connection, changes: Sequence[RowChange]) -> RowChange | None:
    """The first row that is no longer as these changes left it."""
    now = ((one, _KEPT[one.table].image(conn, one.key)) for one in changes)
    return next((one for one, image in now if not _is_same(one.table, image, one.after)), None)


def put_back(conn: sqlite3.Connection, changes: Sequence[RowChange]) -> None:
    """Give every row what it was before; call it in a transaction of its own. Raises `ChangedSince`, `StillUsed`.

    What rows refer to is there before they do, and goes after they have let go of it.
    """
    other = moved(conn, changes)
    if other is not None:
        raise ChangedSince(other)
    ordered = sorted(changes, key=lambda one: _ORDER[one.table])
    _park(conn, ordered)
    steps = (
        [one for one in ordered if one.after is None],
        [one for one in ordered if one.after is not None and one.before is not None],
        [one for one in reversed(ordered) if one.before is None],
    )
    for one in (one for step in steps for one in step):
        try:
            _put_one_back(conn, one)
        except sqlite3.IntegrityError:
            raise StillUsed(one) from None


def _park(conn: sqlite3.Connection, changes: Sequence[RowChange]) -> None:
    for at, one in enumerate(changes):
        if one.table in _PARKED and one.after is not None:
            column, aside = _PARKED[one.table]
            _KEPT[one.table].update(conn, one.key, {column: aside(at)})


def _put_one_back(conn: sqlite3.Connection, one: RowChange) -> None:
    kept = _KEPT[one.table]
    if one.before is None:
        if one.table in {"devices", "staff"}:  # a link that nobody has opened is no use of what it is for
            column = "device_id" if one.table == "devices" else "staff_id"
            conn.execute(f"DELETE FROM enrolments WHERE used_at IS NULL AND {column} = ?", one.key)
        kept.delete(conn, one.key)
    elif one.after is None:
        kept.insert(conn, one.key, one.before)
    else:
        kept.update(conn, one.key, one.before)


def told(one: RowChange) -> dict[str, Any]:
    """A change as everybody may read it: {table, key, before, after}; of a changed row the values that differ.

    Of a secret only that it is there or another one; of a picture its size and digest.
    """
    before, after = _values(one.table, one.before), _values(one.table, one.after)
    if one.before is not None and one.after is not None and before is not None and after is not None:
        for column in HIDDEN.get(one.table, ()):
            after[column] = UNTOLD if one.before[column] == one.after[column] else UNTOLD_NEW
        same = {name for name in before.keys() & after.keys() if before[name] == after[name]}
        before, after = ({name: value for name, value in row.items() if name not in same} for row in (before, after))
    return {"table": one.table, "key": "/".join(map(str, one.key)), "before": before, "after": after}


def _values(table: str, image: Image | None) -> dict[str, Any] | None:
    """An image's values for people: what is stored as JSON is opened."""
    if image is None:
        return None
    hidden = HIDDEN.get(table, frozenset())
    plain = {name: UNTOLD if name in hidden else _plain(value) for name, value in image.items()}
    text = plain.pop(_JSON.get(table, ""), None)
    opened = _opened(text) if text is not None else {}
    return plain | (opened if isinstance(opened, dict) else {"value": opened})


def _opened(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:  # damaged by hand; it is told as it stands
        return text


def _plain(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    return {"bytes": len(value), "digest": hashlib.sha256(value).hexdigest()[:12]}
