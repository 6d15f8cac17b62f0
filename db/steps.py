"""Owns the rows of what may still be undone: each action's changes, as the rows were before and after it.

A step is kept only as long as it can be undone; what was undone is a row for good beside the journal's line that it took
back.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from db.images import Image, Kept

_TICKETS = (
    "state", "service", "counter", "first_called_at", "called_at", "started_at", "ended_at", "calls", "moved_to", "passes",
    "placed_at", "queued_at", "leg_due_at", "to_counter", "to_staff", "held_at", "step_done_at", "call_began_at", "recalls",
    "served_s", "wrap_up_s", "staff_id", "hold_kind", "outcome",
)  # fmt: skip
_KEPT = {
    kept.table: kept
    for kept in (
        Kept("tickets", ("id",), _TICKETS),
        Kept("counters", ("number",), ("state", "since", "staff_id", "returns_at", "pause_reason", "pause_text")),
        Kept("quotes", ("ticket_id",), ("wait_s",)),
        Kept("appointments", ("code",), ("state",)),
    )
}

Row = tuple[str, int | str]
"""A table and the key of one of its rows; of `legs` the ticket, whose earlier legs are counted."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row before and after an action."""

    row: Row
    before: Image
    after: Image


@dataclass(frozen=True, slots=True)
class Step:
    """One action at a counter, or (None) from the floor: on whose number, the journal's first and last line about it."""

    id: int
    counter: int | None
    action: str
    ticket: str | None
    at: float
    first_seq: int
    last_seq: int
    changes: tuple[Change, ...]


def image(conn: sqlite3.Connection, row: Row) -> Image | None:
    """A row as it is; None where there is none."""
    table, key = row
    if table == "legs":
        found = conn.execute("SELECT count(*) AS count FROM legs WHERE ticket_id = ?", (key,)).fetchone()
        return dict(found)
    return _KEPT[table].image(conn, (key,))


def put_back(conn: sqlite3.Connection, change: Change) -> bool:
    """Give a row its columns of before, if it still has those of after."""
    table, key = change.row
    if image(conn, change.row) != change.after:
        return False
    if table == "legs":
        conn.execute(
            "DELETE FROM legs WHERE ticket_id = ? AND id NOT IN (SELECT id FROM legs WHERE ticket_id = ? ORDER BY id LIMIT ?)",
            (key, key, change.before["count"]),
        )
        return True
    return _KEPT[table].update(conn, (key,), change.before)


def add(conn: sqlite3.Connection, step: Step) -> None:
    """Keep a step; `id` is given here."""
    conn.execute(
        "INSERT INTO steps (counter, action, ticket, at, first_seq, last_seq, changes) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (step.counter, step.action, step.ticket, step.at, step.first_seq, step.last_seq, _written(step.changes)),
    )


def extend(conn: sqlite3.Connection, step: Step) -> None:
    """Let a step reach further: its last line and its changes."""
    statement = "UPDATE steps SET last_seq = ?, changes = ? WHERE id = ?"
    conn.execute(statement, (step.last_seq, _written(step.changes), step.id))


def last(conn: sqlite3.Connection, counter: int | None) -> Step | None:
    """The last action at a counter, or from the floor, that has not been undone."""
    row = conn.execute("SELECT * FROM steps WHERE counter IS ? ORDER BY id DESC LIMIT 1", (counter,)).fetchone()
    return _step(row) if row else None


def by_id(conn: sqlite3.Connection, step_id: int) -> Step | None:
    """One action, while it is kept."""
    row = conn.execute("SELECT * FROM steps WHERE id = ?", (step_id,)).fetchone()
    return _step(row) if row else None


def _step(row: sqlite3.Row) -> Step:
    changes = tuple(Change((table, key), before, after) for table, key, before, after in json.loads(row["changes"]))
    return Step(
        row["id"], row["counter"], row["action"], row["ticket"], row["at"], row["first_seq"], row["last_seq"], changes
    )


def remove(conn: sqlite3.Connection, step: Step) -> None:
    """It has been undone."""
    conn.execute("DELETE FROM steps WHERE id = ?", (step.id,))


def forget(conn: sqlite3.Connection, counter: int | None, before: float) -> None:
    """Nobody can undo these any more."""
    conn.execute("DELETE FROM steps WHERE counter IS ? AND at < ?", (counter, before))


def mark_undone(conn: sqlite3.Connection, counter: int | None, seqs: Iterable[int], now: float) -> None:
    """These lines of the journal no longer count."""
    conn.executemany(
        "INSERT INTO undone_events (seq, counter, at) VALUES (?, ?, ?)", [(seq, counter, now) for seq in seqs]
    )


def last_undone_at(conn: sqlite3.Connection, counter: int) -> float | None:
    """When something was last undone at a counter."""
    row = conn.execute("SELECT max(at) AS at FROM undone_events WHERE counter = ?", (counter,)).fetchone()
    return None if row["at"] is None else float(row["at"])


def _written(changes: Iterable[Change]) -> str:
    return json.dumps([[*change.row, change.before, change.after] for change in changes], ensure_ascii=False)
