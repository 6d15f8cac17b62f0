"""Owns the lists on their way to stores: names and phone numbers, kept here only until no store needs them any more.

A store is given the list that mail of its own speaks of, while that mail waits for its answer.
"""

from datetime import datetime
from typing import Any

from chain.errors import ListGone
from chain.office.database import Conn, one
from chain.protocol import LIST_PART, ListAsked


def keep(conn: Conn, content: bytes) -> int:
    """Keep a list for a roll-out that is about to begin; its number."""
    return int(one(conn.execute("INSERT INTO lists (content) VALUES (%b) RETURNING id", (content,)))["id"])


def about(conn: Conn, number: int) -> dict[str, Any]:
    """What mail says of a list that no roll-out has yet. Raises `ListGone`."""
    row = conn.execute(
        "SELECT id AS list, length(content) AS size, encode(sha256(content), 'hex') AS sha256 FROM lists"
        " WHERE id = %s AND rollout IS NULL FOR UPDATE",
        (number,),
    ).fetchone()
    if row is None:
        raise ListGone
    return row


def give(conn: Conn, number: int, rollout_id: int) -> None:
    """From now on it is this roll-out's."""
    conn.execute("UPDATE lists SET rollout = %s WHERE id = %s AND rollout IS NULL", (rollout_id, number))


def part(conn: Conn, store_id: int, asked: ListAsked) -> bytes:
    """Some bytes of a list. Raises `ListGone`, also where no mail of the store's waits for it."""
    row = conn.execute(
        "SELECT substring(content FROM %s FOR %s) AS part FROM mail JOIN lists ON lists.id = (body ->> 'list')::int"
        " WHERE store = %s AND mail.id = %s AND kind = 'members' AND state = 'pending'",
        (asked.offset + 1, LIST_PART, store_id, asked.mail),
        binary=True,
    ).fetchone()
    if row is None:
        raise ListGone
    return bytes(row["part"])


def settle(conn: Conn, store_id: int, mail_id: int) -> None:
    """A store has answered: the list that it was about goes if this was the last that needed it.

    The roll-out is locked, so that of two last answers one sees the other.
    """
    row = conn.execute(
        "SELECT rollouts.id FROM mail JOIN lists ON lists.id = (mail.body ->> 'list')::int JOIN rollouts ON rollouts.id = rollout"
        " WHERE store = %s AND mail.id = %s AND mail.kind = 'members' FOR UPDATE OF rollouts",
        (store_id, mail_id),
    ).fetchone()
    if row is not None:
        release(conn, row["id"])


def release(conn: Conn, rollout_id: int) -> None:
    """Let a roll-out's list go if no store needs it: each has refused it or taken it over, or will not be told to."""
    conn.execute(
        "DELETE FROM lists USING rollouts WHERE rollouts.id = %(rollout)s AND lists.rollout = rollouts.id AND NOT EXISTS ("
        "SELECT 1 FROM rollout_stores JOIN mail looked ON looked.store = rollout_stores.store AND looked.id = preview"
        " LEFT JOIN mail taken ON taken.store = rollout_stores.store AND taken.id = applied WHERE rollout_stores.rollout = %(rollout)s"
        " AND (taken.state = 'pending' OR taken.state IS NULL AND looked.state <> 'refused' AND stopped_by IS NULL))",
        {"rollout": rollout_id},
    )


def forget(conn: Conn, before: datetime, before_unused: datetime) -> None:
    """Let go of those sent before a moment, whoever still waits for them, and of those no roll-out has begun with."""
    conn.execute("DELETE FROM lists WHERE kept_at < %s OR rollout IS NULL AND kept_at < %s", (before, before_unused))
