"""Owns the journal: one appended line for every change; `seq` is the version every screen follows."""

import json
import sqlite3
from contextvars import ContextVar

from db.event_records import Event, EventKind

noted: ContextVar[list[tuple[int, str | None]] | None] = ContextVar("noted", default=None)
"""Who wants to know which lines a piece of work wrote sets a list here; it gets each `seq` with the ticket's number."""


def append(
    conn: sqlite3.Connection,
    at: float,
    kind: EventKind,
    actor: str,
    *,
    ticket: str | None = None,
    counter: int | None = None,
    rule: str | None = None,
    **data: object,
) -> int:
    """Write one event and return its `seq`. `actor` is `staff:NAME`, `device:NAME`, `holder`, `command`,
    `head office` or `system`."""
    cursor = conn.execute(
        "INSERT INTO events (at, kind, ticket, counter, actor, rule, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (at, kind, ticket, counter, actor, rule, json.dumps(data, ensure_ascii=False)),
    )
    seq = int(cursor.lastrowid or 0)
    notes = noted.get()
    if notes is not None:
        notes.append((seq, ticket))
    return seq


def newest_at(conn: sqlite3.Connection) -> float | None:
    """When the newest line was written; None in an empty journal."""
    row = conn.execute("SELECT at FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    return None if row is None else float(row["at"])


def version(conn: sqlite3.Connection) -> int:
    """The newest `seq`; 0 for an empty journal."""
    return int(conn.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])


def after(conn: sqlite3.Connection, seq: int, limit: int = 1000) -> list[Event]:
    """The events that follow `seq`, oldest first."""
    rows = conn.execute("SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))
    return [_event(row) for row in rows]


def recent_calls(conn: sqlite3.Connection, since: float, limit: int) -> list[Event]:
    """Of the newest calls and recalls those not older than `since`, newest first."""
    rows = conn.execute("SELECT * FROM events WHERE kind IN ('called', 'recalled') ORDER BY seq DESC LIMIT ?", (limit,))
    return [_event(row) for row in rows if row["at"] >= since]


def last_import(conn: sqlite3.Connection, kind: EventKind) -> Event | None:
    """The newest import of a kind of list."""
    row = conn.execute(
        "SELECT * FROM events WHERE kind IN ('members_imported', 'appointments_imported') AND kind = ?"
        " ORDER BY seq DESC LIMIT 1",
        (kind,),
    ).fetchone()
    return _event(row) if row else None


def last_call_rules(conn: sqlite3.Connection, limit: int) -> list[str]:
    """By which rule the last tickets were called, newest first; what staff chose or took back does not count.

    The index of calls is only used where its own condition stands too: then a morning without a call is not walked back.
    """
    rows = conn.execute(
        "SELECT rule FROM events WHERE kind IN ('called', 'recalled') AND kind = 'called' AND rule IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM undone_events u WHERE u.seq = events.seq) ORDER BY seq DESC LIMIT ?",
        (limit,),
    )
    return [row["rule"] for row in rows]


def _event(row: sqlite3.Row) -> Event:
    return Event(
        seq=row["seq"],
        at=row["at"],
        kind=EventKind(row["kind"]),
        ticket=row["ticket"],
        counter=row["counter"],
        actor=row["actor"],
        rule=row["rule"],
        data=json.loads(row["data"]),
    )
