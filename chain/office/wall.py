"""Owns the wall: every store's last moment as one row, how grave it is, and reading what changed."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from chain.office.database import Conn, one
from chain.protocol import SILENT_S, Standing

LONG_WAIT_S = 1800
"""Somebody who waits longer than this is told of in amber."""
_ROWS = (
    "SELECT stores.id, name, region, standing, name_zh, name_en, acked, newest, common, program, moments.seq, moments.body,"
    " extract(epoch FROM now() - heard_at)::float AS silent_s, extract(epoch FROM now() - told_at)::float AS age_s"
    " FROM stores LEFT JOIN moments ON moments.store = stores.id"
)

Json = dict[str, Any]


class Level(StrEnum):
    """How a store stands, gravest first."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    GREY = "grey"
    """Closed, or not joined yet: nothing to do."""


def every_row(conn: Conn) -> list[Json]:
    """All stores that have not left, by name."""
    return [_row(row) for row in conn.execute(f"{_ROWS} WHERE standing <> 'left' ORDER BY name")]


def rows_of(conn: Conn, store_ids: Sequence[int]) -> list[Json]:
    """Some stores."""
    return [_row(row) for row in conn.execute(f"{_ROWS} WHERE stores.id = ANY(%s)", (list(store_ids),))]


def told_since(conn: Conn, since: datetime) -> list[Json]:
    """The stores that told something since then, and those that somebody has to decide about."""
    return [_row(row) for row in conn.execute(f"{_ROWS} WHERE told_at > %s OR standing = 'parted'", (since,))]


def now(conn: Conn) -> datetime:
    """The database's own time, which all processes share."""
    found: datetime = one(conn.execute("SELECT now() AS now"))["now"]
    return found


def _row(row: Json) -> Json:
    """As the page has it: {store, name {zh, en}, region, level, standing, is_silent, age_s, behind, seq, moment}.

    `age_s`: how old the moment is, in seconds; `behind`: journal lines that are not here yet; `common`: the last
    line shared with a store that was restored from a backup.
    """
    is_silent = row["silent_s"] is None or row["silent_s"] > SILENT_S
    return {
        "id": row["id"],
        "store": row["name"],
        "name": {"zh": row["name_zh"] or row["name"], "en": row["name_en"] or row["name"]},
        "region": row["region"],
        "standing": row["standing"],
        "level": level(row["standing"], row["body"], is_silent=is_silent),
        "is_silent": is_silent,
        "silent_s": row["silent_s"],
        "age_s": row["age_s"],
        "behind": max(0, row["newest"] - row["acked"]),
        "acked": row["acked"],
        "common": row["common"],
        "program": row["program"],
        "seq": row["seq"] or 0,
        "moment": row["body"],
    }


def level(standing: str, moment: Json | None, *, is_silent: bool) -> Level:
    """How grave it is: a promise broken, a journal that parted or a line cut in opening hours is red."""
    if standing == Standing.PARTED:
        return Level.RED
    if standing != Standing.JOINED or moment is None:
        return Level.GREY
    if is_silent:
        return Level.RED if moment["is_open"] else Level.GREY
    if moment["late"] or (moment["waiting"] and not moment["counters_open"]):
        return Level.RED
    if moment["at_risk"] or moment["alerts"] or moment["longest_s"] > LONG_WAIT_S:
        return Level.AMBER
    return Level.GREEN if moment["is_open"] or moment["waiting"] else Level.GREY
