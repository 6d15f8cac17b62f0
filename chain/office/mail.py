"""Owns mail to stores: rows that each store does once, in order, and what became of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from chain.answers import RESULTS
from chain.errors import UnknownStore
from chain.office.database import Conn
from chain.office.stores import NAMES
from chain.protocol import MOST_MAIL, Kind, Mail, MailAnswer, MailState


def send(conn: Conn, store_ids: Sequence[int], kind: Kind, body: Mapping[str, Any], by: str) -> dict[int, int]:
    """One piece for each of these stores; their numbers. Raises `UnknownStore` for one that has left."""
    numbers = {}
    for store_id in sorted(store_ids):
        row = conn.execute(
            "UPDATE stores SET last_mail = last_mail + 1 WHERE id = %s AND standing <> 'left' RETURNING last_mail",
            (store_id,),
        ).fetchone()
        if row is None:
            raise UnknownStore(store=store_id)
        numbers[store_id] = int(row["last_mail"])
        conn.execute(
            "INSERT INTO mail (store, id, kind, body, sent_by) VALUES (%s, %s, %s, %s, %s)",
            (store_id, row["last_mail"], kind, Jsonb(dict(body)), by),
        )
    return numbers


def pending(conn: Conn, store_id: int) -> list[Mail]:
    """What the store has not answered yet, oldest first."""
    rows = conn.execute(
        "SELECT id, kind, body FROM mail WHERE store = %s AND state = 'pending' ORDER BY id LIMIT %s",
        (store_id, MOST_MAIL),
    )
    return [Mail(**row) for row in rows]


def is_pending(conn: Conn, store_id: int) -> bool:
    """Whether there is any."""
    found = conn.execute("SELECT 1 FROM mail WHERE store = %s AND state = 'pending' LIMIT 1", (store_id,)).fetchone()
    return found is not None


def answer(conn: Conn, store_id: int, said: MailAnswer) -> bool:
    """pending → applied or refused; a repeated answer changes nothing. Raises pydantic's `ValidationError` for nonsense."""
    changed = conn.execute(
        "UPDATE mail SET state = %s, seq = %s, code = %s, reason = %s, result = %s, answered_at = now()"
        " WHERE store = %s AND id = %s AND state = 'pending' RETURNING kind",
        (said.state, said.seq, said.code, said.reason, Jsonb(said.result), store_id, said.id),
    ).fetchone()
    if changed is not None and said.state == MailState.APPLIED and changed["kind"] in RESULTS:
        RESULTS[changed["kind"]].model_validate(said.result)
    return changed is not None


def recent(conn: Conn, limit: int) -> list[dict[str, Any]]:
    """What people sent last, newest first, with the store's names and what became of it. Comparing sends nothing."""
    return conn.execute(
        f"SELECT {NAMES}, mail.id, kind, state, sent_at, sent_by, code, reason, answered_at,"
        " CASE state WHEN 'refused' THEN result END AS words FROM mail"
        " JOIN stores ON stores.id = mail.store WHERE kind = ANY (%s)"
        " AND NOT EXISTS (SELECT 1 FROM comparison_stores WHERE comparison_stores.store = mail.store AND asked = mail.id)"
        " ORDER BY sent_at DESC, mail.store, mail.id DESC LIMIT %s",
        ([Kind.NOTICE, Kind.SETTINGS, Kind.MEMBERS], limit),
    ).fetchall()
