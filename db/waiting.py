"""Owns reading who waits: the one question that is asked with every ticket, every call and every screen.

A row's `revision` changes with the row and is never used again, also where a change was rolled back. So a row whose
revision has been seen before is the record that was made of it then, whichever connection asks, and where all pairs are
as they were last time, so is everything. All pairs come as one row, because each row that is stepped to lets another
thread in, which may keep the interpreter for milliseconds.
"""

import json
import sqlite3
from collections.abc import Sequence

from db.ticket_records import Ticket
from db.tickets import COLUMNS, of_row

_Key = tuple[int, int]

_MARKS = """
SELECT json_group_array(id), json_group_array(revision)
    FROM (SELECT id, revision FROM tickets WHERE state = 'waiting' ORDER BY id)
"""
_SPARE = 1000
"""So many records of tickets that no longer wait are kept before they are let go."""

_known: dict[_Key, Ticket] = {}
_newest: dict[tuple[str, str], Sequence[Ticket]] = {}


def waiting(conn: sqlite3.Connection) -> Sequence[Ticket]:
    """Every waiting ticket, in the order of issue."""
    ids, revisions = conn.execute(_MARKS).fetchone()
    same = _newest.get((ids, revisions))
    if same is not None:
        return same
    keys: list[_Key] = list(zip(json.loads(ids), json.loads(revisions), strict=True))
    found = {key: _known.get(key) for key in keys}
    found |= _read(conn, [key for key, ticket in found.items() if ticket is None])
    if len(_known) > 2 * len(keys) + _SPARE:
        _known.clear()
        _known.update(found)  # type: ignore[arg-type]
    everyone: Sequence[Ticket] = tuple(found.values())  # type: ignore[arg-type]
    _newest.clear()
    _newest[ids, revisions] = everyone
    return everyone


def _read(conn: sqlite3.Connection, missing: list[_Key]) -> dict[_Key, Ticket]:
    if not missing:
        return {}
    rows = conn.execute(
        f"SELECT revision, {COLUMNS} FROM tickets WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps([ticket_id for ticket_id, _ in missing]),),
    )
    read = {(ticket[0], revision): of_row(ticket) for revision, *ticket in rows}
    _known.update(read)
    return read
