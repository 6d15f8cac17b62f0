"""Owns the rows of a store's link to its head office: where it is, how far it was told, what it asked for."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from db import chain_places


@dataclass(frozen=True, slots=True)
class ChainLink:
    """Where the head office is and how it knows us; `authority`: whose certificates are trusted there, as PEM.

    `incarnation`: which life of this database the head office counts, 0 before it was asked; `acked`: the last journal
    line it has; `told_at`: when it said so; `trouble`: why it cannot be told more, an error's code.
    """

    url: str
    token: str
    authority: str | None
    staff_names: bool
    joined_at: float
    incarnation: int
    acked: int
    told_at: float | None
    trouble: str | None


@dataclass(frozen=True, slots=True)
class MailDone:
    """What became of one thing the head office asked for; `answer` as it is told."""

    id: int
    state: str
    answer: Mapping[str, object]


def link(conn: sqlite3.Connection) -> ChainLink | None:
    """The store's link; None where it belongs to no chain."""
    row = conn.execute(
        "SELECT url, token, authority, staff_names, joined_at, incarnation, acked, told_at, trouble FROM chain_link"
    ).fetchone()
    if row is None:
        return None
    return ChainLink(**{**dict(row), "staff_names": bool(row["staff_names"])})


def join(
    conn: sqlite3.Connection, url: str, token: str, authority: str | None, now: float, *, staff_names: bool
) -> None:
    """Belong to the chain of this head office, and to no other; mail that another one sent is forgotten."""
    leave(conn)
    conn.execute(
        "INSERT INTO chain_link (id, url, token, authority, staff_names, joined_at) VALUES (1, ?, ?, ?, ?, ?)",
        (url, token, authority, staff_names, now),
    )


def leave(conn: sqlite3.Connection) -> bool:
    """Belong to no chain; whether the store did. What was booked there and came here stays booked."""
    conn.execute("DELETE FROM chain_mail")
    conn.execute("DELETE FROM chain_visits")
    chain_places.release(conn)
    return bool(conn.execute("DELETE FROM chain_link").rowcount)


def note_acked(conn: sqlite3.Connection, incarnation: int, acked: int, now: float) -> None:
    """The head office has the journal up to here."""
    conn.execute(
        "UPDATE chain_link SET incarnation = ?, acked = ?, told_at = ?, trouble = NULL", (incarnation, acked, now)
    )


def note_trouble(conn: sqlite3.Connection, trouble: str) -> None:
    """Why the head office cannot be told more."""
    conn.execute("UPDATE chain_link SET trouble = ? WHERE trouble IS NOT ?", (trouble, trouble))


def mail_done(conn: sqlite3.Connection, mail_id: int) -> MailDone | None:
    """What became of something the head office asked for; None of what was not done yet."""
    row = conn.execute("SELECT id, state, answer FROM chain_mail WHERE id = ?", (mail_id,)).fetchone()
    return MailDone(row["id"], row["state"], json.loads(row["answer"])) if row else None


def finish_mail(conn: sqlite3.Connection, done: MailDone, kind: str, now: float) -> None:
    """Keep what became of it, in the transaction that did it: so it is done once."""
    conn.execute(
        "INSERT INTO chain_mail (id, kind, state, answer, at) VALUES (?, ?, ?, ?, ?)",
        (done.id, kind, done.state, json.dumps(done.answer, ensure_ascii=False), now),
    )


def untold_mail(conn: sqlite3.Connection) -> list[MailDone]:
    """What was done and the head office does not know yet, oldest first."""
    rows = conn.execute("SELECT id, state, answer FROM chain_mail WHERE told = 0 ORDER BY id")
    return [MailDone(row["id"], row["state"], json.loads(row["answer"])) for row in rows]


def told_mail(conn: sqlite3.Connection, mail_id: int) -> None:
    """The head office knows."""
    conn.execute("UPDATE chain_mail SET told = 1 WHERE id = ?", (mail_id,))
