"""Owns roll-outs: settings or a list of members that chosen stores look at first, and take over stage by stage.

Each store is asked what the file would change there. Only that is taken over later: a store that has moved on since
refuses, and so does one where the file cannot work. The next stage waits until every store of the last has answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from chain.errors import ListGone
from chain.office import lists, mail, stores
from chain.office.database import Conn, one
from chain.office.errors import NothingChosen, RolloutNotReady, RolloutOver, UnknownRollout
from chain.protocol import Kind, MailState

_COLUMNS = (
    "id, kind, name, made_by, made_at, stages, stage, stopped_by,"
    " kind = 'settings' OR EXISTS (SELECT 1 FROM lists WHERE rollout = rollouts.id) AS is_kept"
)


class RolloutState(StrEnum):
    """How far a roll-out is."""

    LOOKING = "looking"
    """Nothing was changed yet."""
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Progress:
    """One store of a roll-out: what it would change (None: not answered), or why it cannot; and what became of it.

    `preview` and `applied` are states of mail; `shown` of settings is {changes}, each {what, before, after} with its names
    in both languages; of members {counts, faults}. `reason` is why not, in English; `words` of it {text, values, faults}.
    """

    store: str
    name_zh: str
    name_en: str
    stage: int
    preview: MailState
    shown: dict[str, Any] | None
    reason: str | None
    words: dict[str, Any] | None
    applied: MailState | None


@dataclass(frozen=True, slots=True)
class Rollout:
    """A file on its way. `stage`: the last that was told to take it over, of `stages`; `is_kept`: it is still here."""

    id: int
    kind: Kind
    name: str
    made_by: str
    made_at: datetime
    stages: int
    stage: int
    stopped_by: str | None
    is_kept: bool
    stores: Sequence[Progress]

    @property
    def state(self) -> RolloutState:
        """How far it is."""
        if self.stopped_by is not None:
            return RolloutState.STOPPED
        if self.stage == 0:
            return RolloutState.LOOKING
        return RolloutState.DONE if self.stage == self.stages and self.is_answered else RolloutState.RUNNING

    @property
    def is_answered(self) -> bool:
        """Whether every store that was told so far has answered."""
        told = [one for one in self.stores if one.stage <= self.stage and one.preview == MailState.APPLIED]
        return all(one.applied not in {None, MailState.PENDING} for one in told)

    @property
    def is_ready(self) -> bool:
        """Whether the next stage can be told."""
        has_looked = all(one.preview != MailState.PENDING for one in self.stores if one.stage == self.stage + 1)
        is_open = self.stopped_by is None and self.stage < self.stages
        return is_open and self.is_answered and has_looked and not self.is_cut_short

    @property
    def is_cut_short(self) -> bool:
        """Whether there are stores that can no longer be given the file."""
        return not self.is_kept and any(
            one.stage > self.stage and one.preview == MailState.APPLIED for one in self.stores
        )


def begin(
    conn: Conn, kind: Kind, name: str, body: Mapping[str, Any], stages: Sequence[Sequence[str]], by: str
) -> tuple[int, list[int]]:
    """Ask every chosen store what the file would change there; its number, and the stores that have mail.

    `body`: what mail of this kind says of the file. Raises `UnknownStore`, `NothingChosen`.
    """
    known = stores.ids(conn, [store for names in stages for store in names])
    chosen = [(known[store], n) for n, names in enumerate(stages, 1) for store in dict.fromkeys(names)]
    if not chosen or len({store_id for store_id, _ in chosen}) < len(chosen):
        raise NothingChosen
    row = one(
        conn.execute(
            "INSERT INTO rollouts (kind, name, body, made_by, stages) VALUES (%s, %s, %s, %s, %s) RETURNING id",
            (kind, name, Jsonb(dict(body)), by, len(stages)),
        )
    )
    if kind == Kind.MEMBERS:
        lists.give(conn, body["list"], row["id"])
    numbers = mail.send(conn, [store_id for store_id, _ in chosen], kind, {**body, "dry_run": True}, by)
    for store_id, stage in chosen:
        conn.execute(
            "INSERT INTO rollout_stores (rollout, store, stage, preview) VALUES (%s, %s, %s, %s)",
            (row["id"], store_id, stage, numbers[store_id]),
        )
    return int(row["id"]), list(numbers)


def go_on(conn: Conn, rollout_id: int, seen_stage: int, by: str) -> list[int]:
    """Tell the next stage to take over what its stores have shown; the stores that have mail.

    `seen_stage`: the stage whoever decides has seen, so that two who press at once tell one stage. Raises
    `UnknownRollout`, `RolloutOver`, `ListGone`, `RolloutNotReady`.
    """
    _lock(conn, rollout_id)
    rollout = find(conn, rollout_id)
    if rollout.stopped_by is not None or rollout.stage == rollout.stages or rollout.stage != seen_stage:
        raise RolloutOver
    if rollout.is_cut_short:
        raise ListGone
    if not rollout.is_ready:
        raise RolloutNotReady
    rows = conn.execute(
        "SELECT rollout_stores.store, rollouts.body, mail.result FROM rollout_stores"
        " JOIN rollouts ON rollouts.id = rollout JOIN mail ON mail.store = rollout_stores.store AND mail.id = preview"
        " WHERE rollout = %s AND rollout_stores.stage = %s AND mail.state = 'applied' ORDER BY rollout_stores.store",
        (rollout_id, rollout.stage + 1),
    ).fetchall()
    for row in rows:
        body = {**row["body"], "seen": row["result"]["seen"]}
        number = mail.send(conn, [row["store"]], rollout.kind, body, by)[row["store"]]
        conn.execute(
            "UPDATE rollout_stores SET applied = %s WHERE rollout = %s AND store = %s AND applied IS NULL",
            (number, rollout_id, row["store"]),
        )
    conn.execute("UPDATE rollouts SET stage = stage + 1 WHERE id = %s AND stage = %s", (rollout_id, seen_stage))
    return [row["store"] for row in rows]


def stop(conn: Conn, rollout_id: int, by: str) -> None:
    """No further stage is told; what was told stays. Raises `UnknownRollout`, `RolloutOver`."""
    _lock(conn, rollout_id)
    if find(conn, rollout_id).state in {RolloutState.DONE, RolloutState.STOPPED}:
        raise RolloutOver
    conn.execute("UPDATE rollouts SET stopped_by = %s WHERE id = %s AND stopped_by IS NULL", (by, rollout_id))
    lists.release(conn, rollout_id)


def find(conn: Conn, rollout_id: int) -> Rollout:
    """One of them. Raises `UnknownRollout`."""
    found = _read(conn, conn.execute(f"SELECT {_COLUMNS} FROM rollouts WHERE id = %s", (rollout_id,)).fetchall())
    if not found:
        raise UnknownRollout
    return found[0]


def recent(conn: Conn, limit: int) -> list[Rollout]:
    """The newest, newest first."""
    return _read(conn, conn.execute(f"SELECT {_COLUMNS} FROM rollouts ORDER BY id DESC LIMIT %s", (limit,)).fetchall())


def _lock(conn: Conn, rollout_id: int) -> None:
    conn.execute("SELECT 1 FROM rollouts WHERE id = %s FOR UPDATE", (rollout_id,))


def _read(conn: Conn, rows: Sequence[DictRow]) -> list[Rollout]:
    progress = _progress(conn, [row["id"] for row in rows])
    return [Rollout(**{**row, "kind": Kind(row["kind"])}, stores=progress[row["id"]]) for row in rows]


def _progress(conn: Conn, rollout_ids: list[int]) -> dict[int, list[Progress]]:
    """How far each is at its stores, by the roll-out."""
    found: dict[int, list[Progress]] = {rollout_id: [] for rollout_id in rollout_ids}
    rows = conn.execute(
        "SELECT rollout, stores.name AS store, stores.name_zh, stores.name_en, rollout_stores.stage, looked.state AS preview,"
        " CASE looked.state WHEN 'applied' THEN looked.result END AS shown, coalesce(taken.reason, looked.reason) AS reason,"
        " CASE 'refused' WHEN taken.state THEN taken.result WHEN looked.state THEN looked.result END AS words, taken.state AS applied"
        " FROM rollout_stores JOIN stores ON stores.id = rollout_stores.store"
        " JOIN mail looked ON looked.store = rollout_stores.store AND looked.id = preview"
        " LEFT JOIN mail taken ON taken.store = rollout_stores.store AND taken.id = rollout_stores.applied"
        " WHERE rollout = ANY (%s) ORDER BY rollout_stores.stage, stores.name",
        (rollout_ids,),
    )
    for row in rows:
        found[row.pop("rollout")].append(
            Progress(**{
                **row,
                "name_zh": row["name_zh"] or row["store"],
                "name_en": row["name_en"] or row["store"],
                "preview": MailState(row["preview"]),
                "applied": row["applied"] and MailState(row["applied"]),
            })
        )  # fmt: skip
    return found
