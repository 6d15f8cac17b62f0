"""Owns comparisons: what stores have set otherwise than one of them, the reference, as each of them says itself.

The reference is asked for its file of settings. In the transaction that keeps the file every other store is asked what it
would change there, so no process has to remember whose turn it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg.rows import DictRow

from chain.answers import SettingsCopy
from chain.office import mail, stores
from chain.office.database import Conn, one
from chain.office.errors import NoReferenceFile, NothingToCompare, UnknownComparison
from chain.office.stores import IS_THERE, NAMES
from chain.protocol import Kind, MailAnswer, MailState

_STORE = (
    f"{NAMES}, region, {IS_THERE} AS is_there, standing = 'left' AS has_left, mail.state AS answer, mail.reason,"
    " CASE mail.state WHEN 'refused' THEN mail.result END AS words,"
    " jsonb_array_length(coalesce(mail.result -> 'changes', '[]')) AS changes"
)
_IS_OVER = "(mail.state <> 'pending' OR standing = 'left')"

Names = Mapping[str, str]
"""{zh, en}"""


class Answer(StrEnum):
    """What one store has said."""

    WAITING = "waiting"
    SAME = "same"
    DIFFERENT = "different"
    REFUSED = "refused"
    GONE = "gone"
    """It left the chain before it answered."""


class Stage(StrEnum):
    """How far a comparison is."""

    COPYING = "copying"
    """The reference has not told its settings yet."""
    ASKING = "asking"
    DONE = "done"
    FAILED = "failed"
    """The reference cannot tell them."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One store. `changes`: how many settings differ; `reason`, and `words` for any language: why the file cannot work."""

    store: str
    name_zh: str
    name_en: str
    region: str
    is_there: bool
    answer: Answer
    changes: int
    reason: str | None
    words: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that is not everywhere as in the reference. `values`: what else it is, each {value, stores}, most stores first."""

    what: Names
    reference: Names
    values: list[dict[str, Any]]

    @property
    def stores(self) -> int:
        """How many have it otherwise."""
        return sum(len(one["stores"]) for one in self.values)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A reference, and stores beside it."""

    id: int
    made_by: str
    made_at: datetime
    has_file: bool
    reference: Compared
    stores: Sequence[Compared]

    @property
    def stage(self) -> Stage:
        """How far it is."""
        if not self.has_file:
            return Stage.COPYING if self.reference.answer == Answer.WAITING else Stage.FAILED
        return Stage.ASKING if any(one.answer == Answer.WAITING for one in self.stores) else Stage.DONE


def begin(conn: Conn, reference: str, names: Sequence[str], by: str) -> tuple[int, list[int]]:
    """Ask the reference for its settings; the comparison's number, and the stores that have mail.

    Raises `UnknownStore`, `NothingToCompare`.
    """
    chosen = stores.ids(conn, [reference, *names])
    first = chosen.pop(reference)
    if not chosen:
        raise NothingToCompare
    asked = mail.send(conn, [first], Kind.SETTINGS_COPY, {}, by)
    row = one(
        conn.execute(
            "INSERT INTO comparisons (reference, asked, made_by) VALUES (%s, %s, %s) RETURNING id",
            (first, asked[first], by),
        )
    )
    conn.execute(
        "INSERT INTO comparison_stores (comparison, store) SELECT %s, unnest(%s::int[])",
        (row["id"], list(chosen.values())),
    )
    return int(row["id"]), list(asked)


def settle(conn: Conn, store_id: int, said: MailAnswer) -> list[int]:
    """A store has answered: a reference's file is kept and the others are asked about it; the stores that have mail."""
    row = conn.execute(
        "SELECT id, made_by FROM comparisons WHERE reference = %s AND asked = %s AND toml IS NULL FOR UPDATE",
        (store_id, said.id),
    ).fetchone()
    if row is None or said.state != MailState.APPLIED:
        return []
    toml = SettingsCopy.model_validate(said.result).toml
    conn.execute("UPDATE comparisons SET toml = %s WHERE id = %s", (toml, row["id"]))
    found = conn.execute(
        "SELECT stores.id FROM stores JOIN comparison_stores ON store = stores.id"
        " WHERE comparison = %s AND standing <> 'left' ORDER BY stores.id FOR UPDATE OF stores",
        (row["id"],),
    ).fetchall()
    asked = mail.send(
        conn, [other["id"] for other in found], Kind.SETTINGS, {"toml": toml, "dry_run": True}, row["made_by"]
    )
    conn.execute(
        "UPDATE comparison_stores SET asked = told.mail FROM unnest(%s::int[], %s::bigint[]) AS told (store, mail)"
        " WHERE comparison = %s AND comparison_stores.store = told.store",
        (list(asked), list(asked.values()), row["id"]),
    )
    return list(asked)


def find(conn: Conn, number: int) -> Comparison:
    """One of them. Raises `UnknownComparison`."""
    row = conn.execute(
        f"SELECT comparisons.id, made_by, made_at, toml IS NOT NULL AS has_file, {_STORE} FROM comparisons"
        " JOIN stores ON stores.id = reference JOIN mail ON mail.store = reference AND mail.id = asked WHERE comparisons.id = %s",
        (number,),
    ).fetchone()
    if row is None:
        raise UnknownComparison
    others = conn.execute(
        f"SELECT {_STORE} FROM comparison_stores JOIN stores ON stores.id = store"
        " LEFT JOIN mail ON mail.store = comparison_stores.store AND mail.id = asked WHERE comparison = %s ORDER BY stores.name",
        (number,),
    )
    own = {key: row.pop(key) for key in ("id", "made_by", "made_at", "has_file")}
    return Comparison(**own, reference=_compared(row), stores=[_compared(other) for other in others])


def differences(conn: Conn, number: int) -> list[Difference]:
    """The settings that differ somewhere: what splits the stores into fewest parts first, what each has of its own last."""
    rows = conn.execute(
        "SELECT change -> 'what' AS what, change -> 'after' AS reference, change -> 'before' AS value,"
        " array_agg(stores.name ORDER BY stores.name) AS stores FROM comparison_stores JOIN stores ON stores.id = store"
        " JOIN mail ON mail.store = comparison_stores.store AND mail.id = asked,"
        " jsonb_array_elements(mail.result -> 'changes') AS change"
        " WHERE comparison = %s AND mail.state = 'applied' GROUP BY 1, 2, 3 ORDER BY count(*) DESC, 3",
        (number,),
    )
    found: dict[tuple[str, ...], Difference] = {}
    for row in rows:
        key = (*row["what"].values(), *row["reference"].values())
        known = found.setdefault(key, Difference(row["what"], row["reference"], []))
        known.values.append({"value": row["value"], "stores": row["stores"]})
    return sorted(found.values(), key=lambda one: (len(one.values), -one.stores, one.what["zh"]))


def recent(conn: Conn, limit: int) -> list[DictRow]:
    """The newest, newest first: {id, made_by, made_at, the names of the reference, copied, stores, answered, cut_off}."""
    return conn.execute(
        f"SELECT comparisons.id, made_by, made_at, {NAMES}, copied.state AS copied, others.*"
        " FROM comparisons JOIN stores ON stores.id = reference"
        " JOIN mail copied ON copied.store = reference AND copied.id = asked, LATERAL (SELECT count(*) AS stores,"
        f" count(*) FILTER (WHERE {_IS_OVER}) AS answered, count(*) FILTER (WHERE {_IS_OVER} IS NOT TRUE AND NOT {IS_THERE}) AS cut_off"
        " FROM comparison_stores JOIN stores ON stores.id = store"
        " LEFT JOIN mail ON mail.store = comparison_stores.store AND mail.id = comparison_stores.asked"
        " WHERE comparison = comparisons.id) AS others ORDER BY comparisons.id DESC LIMIT %s",
        (limit,),
    ).fetchall()


def file(conn: Conn, number: int) -> str:
    """The reference's file of settings. Raises `UnknownComparison`, `NoReferenceFile`."""
    row = conn.execute("SELECT toml FROM comparisons WHERE id = %s", (number,)).fetchone()
    if row is None:
        raise UnknownComparison
    if row["toml"] is None:
        raise NoReferenceFile
    return str(row["toml"])


def _compared(row: DictRow) -> Compared:
    told, has_left = row.pop("answer"), row.pop("has_left")
    return Compared(**row, answer=_answer(told, row["changes"], has_left=has_left))


def _answer(told: str | None, changes: int, *, has_left: bool) -> Answer:
    if told == MailState.REFUSED:
        return Answer.REFUSED
    if told == MailState.APPLIED:
        return Answer.DIFFERENT if changes else Answer.SAME
    return Answer.GONE if has_left else Answer.WAITING
