"""Owns the rows of stores at the head office: their tokens, how they stand, and the lives of their databases."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from psycopg.errors import UniqueViolation

from chain.errors import JournalParted, NotParted, NotThisLine, UnknownStore
from chain.office import shares
from chain.office.database import Conn, one
from chain.protocol import SILENT_S, Hello, Standing, Welcome, digest
from db.errors import NameTaken

_COLUMNS = "id, name, region, standing, incarnation, since, acked, common, newest, heard_at, name_zh, name_en, timezone, program"

IS_THERE = f"(line IS NOT NULL AND heard_at > now() - make_interval(secs => {SILENT_S}))"
"""Whether a row's store can be reached now, as SQL."""
NAMES = "stores.name AS store, coalesce(nullif(name_zh, ''), stores.name) AS name_zh, coalesce(nullif(name_en, ''), stores.name) AS name_en"
"""What a row's store is called here and, if it has said so, in public, as SQL."""


@dataclass(frozen=True, slots=True)
class ChainStore:
    """A store as the head office knows it. `acked`: the last journal line that is here; `newest`: the last it has."""

    id: int
    name: str
    region: str
    standing: Standing
    incarnation: int
    since: int
    acked: int
    common: int | None
    newest: int
    heard_at: datetime | None
    name_zh: str
    name_en: str
    timezone: str
    program: str


def add(conn: Conn, name: str, region: str) -> str:
    """A new store; its token, shown this once. Raises `NameTaken`."""
    token = secrets.token_urlsafe(32)
    try:
        conn.execute("INSERT INTO stores (name, region, token_hash) VALUES (%s, %s, %s)", (name, region, _hash(token)))
    except UniqueViolation:
        raise NameTaken(name=name) from None
    return token


def new_token(conn: Conn, name: str) -> str:
    """Another token in place of the old one, whose line ends. Raises `UnknownStore`."""
    token = secrets.token_urlsafe(32)
    changed = conn.execute(
        "UPDATE stores SET token_hash = %s, line = NULL, standing = CASE standing WHEN 'left' THEN 'expected' ELSE standing END"
        " WHERE name = %s",
        (_hash(token), name),
    )
    if not changed.rowcount:
        raise UnknownStore(store=name)
    return token


def remove(conn: Conn, name: str) -> None:
    """Its token counts no more; what it told is kept. Raises `UnknownStore`."""
    changed = conn.execute(
        "UPDATE stores SET token_hash = NULL, line = NULL, standing = 'left', common = NULL WHERE name = %s", (name,)
    )
    if not changed.rowcount:
        raise UnknownStore(store=name)


def everyone(conn: Conn) -> list[ChainStore]:
    """All of them, by name."""
    return [_store(row) for row in conn.execute(f"SELECT {_COLUMNS} FROM stores ORDER BY name")]


def by_name(conn: Conn, name: str) -> ChainStore:
    """One of them. Raises `UnknownStore`."""
    row = conn.execute(f"SELECT {_COLUMNS} FROM stores WHERE name = %s", (name,)).fetchone()
    if row is None:
        raise UnknownStore(store=name)
    return _store(row)


def ids(conn: Conn, names: Sequence[str]) -> dict[str, int]:
    """The numbers of these stores by name, each once, in order. Raises `UnknownStore`."""
    found = conn.execute("SELECT name, id FROM stores WHERE name = ANY (%s)", (list(names),)).fetchall()
    known = {row["name"]: int(row["id"]) for row in found}
    missing = next((name for name in names if name not in known), None)
    if missing is not None:
        raise UnknownStore(store=missing)
    return {name: known[name] for name in names}


def by_token(conn: Conn, token: str) -> int | None:
    """Whose token it is."""
    row = conn.execute("SELECT id FROM stores WHERE token_hash = %s", (_hash(token),)).fetchone()
    return None if row is None else int(row["id"])


def greet(conn: Conn, store_id: int, line: str, hello: Hello) -> Welcome:
    """From now on this line is the store's, and an older one no more."""
    row = one(
        conn.execute(
            "UPDATE stores SET line = %s, name_zh = %s, name_en = %s, timezone = %s, program = %s, newest = %s, heard_at = now(),"
            " standing = CASE standing WHEN 'expected' THEN 'joined' ELSE standing END"
            " WHERE id = %s RETURNING standing, incarnation, since, acked",
            (line, hello.name_zh, hello.name_en, hello.timezone, hello.program, hello.newest, store_id),
        )
    )
    return Welcome(**row, digest=digest_at(conn, store_id, row["acked"]))


def hang_up(conn: Conn, store_id: int, line: str) -> None:
    """This line has ended; a newer one of the store is not touched."""
    conn.execute("UPDATE stores SET line = NULL WHERE id = %s AND line = %s", (store_id, line))


def digest_at(conn: Conn, store_id: int, seq: int) -> str | None:
    """What a line of the store's present journal is known by; None where there is none."""
    row = conn.execute(
        "SELECT seq, at, kind, ticket, counter, actor, rule, data FROM events WHERE store = %s AND seq = %s"
        " ORDER BY incarnation DESC LIMIT 1",
        (store_id, seq),
    ).fetchone()
    return digest(tuple(row.values())) if row else None


def part(conn: Conn, store_id: int, line: str, common: int) -> None:
    """The store's journal is not the one that is here after `common`. Raises `NotThisLine`."""
    changed = conn.execute(
        "UPDATE stores SET standing = 'parted', common = least(%s, acked) WHERE id = %s AND line = %s",
        (common, store_id, line),
    )
    if not changed.rowcount:
        raise NotThisLine


def accept(conn: Conn, name: str, by: str) -> None:
    """A parted store goes on as a new incarnation after the last common line; what came after it before is kept apart.

    What it was asked and had done after that line is lost to it, so it is asked again. Of the places it held all that are
    free are returned: it may hold them no more. Raises `UnknownStore`, `NotParted`.
    """
    store = by_name(conn, name)
    changed = conn.execute(
        "UPDATE stores SET standing = 'joined', incarnation = incarnation + 1, since = common, acked = common, common = NULL"
        " WHERE id = %s AND standing = 'parted'",
        (store.id,),
    )
    if not changed.rowcount or store.common is None:
        raise NotParted(store=name)
    conn.execute(
        "INSERT INTO incarnations (store, incarnation, since, ended_at, accepted_by) VALUES (%s, %s, %s, %s, %s)",
        (store.id, store.incarnation + 1, store.common, store.acked, by),
    )
    conn.execute(
        "UPDATE mail SET state = 'pending', answered_at = NULL, seq = NULL, code = NULL, reason = NULL, result = NULL"
        " WHERE store = %s AND seq > %s AND state = 'applied'",
        (store.id, store.common),
    )
    shares.close(conn, store.id)


def require_line(conn: Conn, store_id: int, line: str) -> dict[str, Any]:
    """The store's row, locked, if this is its line. Raises `NotThisLine`, `JournalParted`."""
    row = conn.execute(
        "SELECT line, standing, incarnation, since, acked FROM stores WHERE id = %s FOR UPDATE", (store_id,)
    ).fetchone()
    if row is None or row["line"] != line:
        raise NotThisLine
    if row["standing"] != Standing.JOINED:
        raise JournalParted
    return row


def _store(row: dict[str, Any]) -> ChainStore:
    return ChainStore(**{**row, "standing": Standing(row["standing"])})


def _hash(token: str) -> bytes:
    """A token has 256 random bits, so a fast hash is enough."""
    return sha256(token.encode()).digest()
