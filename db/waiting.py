"""Owns reading who waits: the one question that is asked with every ticket, every call and every screen.

A row's `revision`, a random number of 64 bits, changes with the row and is never used again, also where a change was
rolled back. So a revision that has been seen before stands for the record that was made of its row then, whichever
connection asks, and where all are as they were last time, so is everything. All come as one row, because each row that
is stepped to lets another thread in, which may keep the interpreter for milliseconds.
"""

import json
import sqlite3
from collections.abc import Sequence

from db.ticket_records import Ticket
from db.tickets import COLUMNS, of_row

_REVISIONS = """
SELECT json_group_array(revision) FROM (SELECT revision FROM tickets WHERE state = 'waiting' ORDER BY id)
"""
_SPARE = 1000
"""So many records of tickets that no longer wait are kept before they are let go."""

_known: dict[int, Ticket] = {}
_newest: dict[str, Sequence[Ticket]] = {}


def waiting(conn: sqlite3.Connection) -> Sequence[Ticket]:
    """Every waiting ticket, in the order of issue."""
    [text] = conn.execute(_REVISIONS).fetchone()
    same = _newest.get(text)
    if same is not None:
        return same
    revisions: list[int] = json.loads(text)
    found = [_known.get(revision) for revision in revisions]
    new = _read(conn, [revision for revision, ticket in zip(revisions, found, strict=True) if ticket is None])
    everyone = tuple(ticket or new[revision] for revision, ticket in zip(revisions, found, strict=True))
    if len(_known) > 2 * len(revisions) + _SPARE:
        _known.clear()
        _known.update(zip(revisions, everyone, strict=True))
    _newest.clear()
    _newest[text] = everyone
    return everyone


def _read(conn: sqlite3.Connection, missing: list[int]) -> dict[int, Ticket]:
    if not missing:
        return {}
    rows = conn.execute(
        f"SELECT revision, {COLUMNS} FROM tickets WHERE state = 'waiting' AND revision IN"
        " (SELECT value FROM json_each(?))",
        (json.dumps(missing),),
    )
    read = {revision: of_row(ticket) for revision, *ticket in rows}
    _known.update(read)
    return read
