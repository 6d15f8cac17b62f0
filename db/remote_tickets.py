"""Owns the rows of places in line that somebody keeps from elsewhere, and of all visits that came from the head office."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class RemoteState(StrEnum):
    """Where a place kept from elsewhere is in its life."""

    KEPT = "kept"
    CHECKED_IN = "checked_in"
    EXPIRED = "expired"
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class RemoteTicket:
    """A place in line since `taken_at`, for who checks in with `code` up to `expires_at`; it then has a `ticket_id`."""

    code: str
    service: str
    language: str
    taken_at: float
    expires_at: float
    state: RemoteState = RemoteState.KEPT
    ticket_id: int | None = None


@dataclass(frozen=True, slots=True)
class ChainVisit:
    """A visit by the head office's number `ref`: the code of its appointment or of its kept place; `told`: what it knows."""

    ref: int
    appointment: str | None
    remote: str | None
    told: Mapping[str, Any] | None


_COLUMNS = "code, service, language, taken_at, expires_at, state, ticket_id"


def add(conn: sqlite3.Connection, kept: RemoteTicket) -> None:
    """Keep one more place."""
    conn.execute(
        "INSERT INTO remote_tickets (code, service, language, taken_at, expires_at) VALUES (?, ?, ?, ?, ?)",
        (kept.code, kept.service, kept.language, kept.taken_at, kept.expires_at),
    )


def by_code(conn: sqlite3.Connection, code: str) -> RemoteTicket | None:
    """The place with this code."""
    row = conn.execute(f"SELECT {_COLUMNS} FROM remote_tickets WHERE code = ?", (code,)).fetchone()
    return _remote(row) if row else None


def kept_count(conn: sqlite3.Connection) -> int:
    """How many places are kept now."""
    return int(conn.execute("SELECT count(*) FROM remote_tickets WHERE state = 'kept'").fetchone()[0])


def end(conn: sqlite3.Connection, code: str, state: RemoteState, ticket_id: int | None = None) -> bool:
    """kept → another state; false where it is kept no more."""
    changed = conn.execute(
        "UPDATE remote_tickets SET state = ?, ticket_id = ? WHERE code = ? AND state = 'kept'", (state, ticket_id, code)
    )
    return changed.rowcount == 1


def overdue(conn: sqlite3.Connection, now: float) -> list[RemoteTicket]:
    """Places kept for longer than they are."""
    rows = conn.execute(f"SELECT {_COLUMNS} FROM remote_tickets WHERE state = 'kept' AND expires_at < ?", (now,))
    return [_remote(row) for row in rows]


def note_visit(
    conn: sqlite3.Connection, ref: int, *, appointment: str | None = None, remote: str | None = None
) -> None:
    """The head office wants to hear what becomes of this visit. A repeat changes nothing."""
    conn.execute(
        "INSERT INTO chain_visits (ref, appointment, remote) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (ref, appointment, remote),
    )


def visit(conn: sqlite3.Connection, ref: int) -> ChainVisit | None:
    """The visit by the head office's number."""
    row = conn.execute("SELECT ref, appointment, remote, told FROM chain_visits WHERE ref = ?", (ref,)).fetchone()
    return _visit(row) if row else None


def open_visits(conn: sqlite3.Connection) -> list[ChainVisit]:
    """Those of which there can be news."""
    rows = conn.execute("SELECT ref, appointment, remote, told FROM chain_visits WHERE is_over = 0 ORDER BY ref")
    return [_visit(row) for row in rows]


def note_told(conn: sqlite3.Connection, ref: int, told: Mapping[str, Any], *, is_over: bool) -> None:
    """The head office knows; after the end nothing more is told."""
    conn.execute(
        "UPDATE chain_visits SET told = ?, is_over = ? WHERE ref = ?",
        (json.dumps(told, ensure_ascii=False), is_over, ref),
    )


def _remote(row: sqlite3.Row) -> RemoteTicket:
    return RemoteTicket(**{**dict(row), "state": RemoteState(row["state"])})


def _visit(row: sqlite3.Row) -> ChainVisit:
    told = json.loads(row["told"]) if row["told"] else None
    return ChainVisit(row["ref"], row["appointment"], row["remote"], told)
