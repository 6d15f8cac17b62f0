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
from chain.office.stores import IS_THERE, NAMES
from chain.protocol import Kind


class RolloutState(StrEnum):
    """How far a roll-out is."""

    LOOKING = "looking"
    """Nothing was changed yet."""
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class StoreState(StrEnum):
    """Where one store of a roll-out stands."""

    LOOKING = "looking"
    """It has not answered yet what the file would change."""
    SHOWN = "shown"
    """It has, and is not told to take it over."""
    TAKING = "taking"
    """It is told, and has not answered yet."""
    TAKEN = "taken"
    REFUSED = "refused"


_STATE = (
    "CASE WHEN taken.state = 'applied' THEN 'taken' WHEN 'refused' IN (looked.state, taken.state) THEN 'refused'"
    " WHEN taken.state = 'pending' THEN 'taking' WHEN looked.state = 'applied' THEN 'shown' ELSE 'looking' END AS state"
)
_STORES = (
    "rollout_stores JOIN stores ON stores.id = rollout_stores.store"
    " JOIN mail looked ON looked.store = rollout_stores.store AND looked.id = preview"
    " LEFT JOIN mail taken ON taken.store = rollout_stores.store AND taken.id = rollout_stores.applied"
)
_COUNTS = ", ".join(f"count(*) FILTER (WHERE state = '{state}') AS {state}" for state in StoreState)
_ROLLOUTS = (
    "SELECT id, kind, name, made_by, made_at, stages, rollouts.stage, stopped_by, counted.*,"
    " kind = 'settings' OR EXISTS (SELECT 1 FROM lists WHERE rollout = rollouts.id) AS is_kept"
    f" FROM rollouts, LATERAL (SELECT {_COUNTS}, count(*) FILTER (WHERE state = 'looking' AND stage = rollouts.stage + 1)"
    " AS looking_next, count(*) FILTER (WHERE state IN ('looking', 'taking') AND NOT is_there) AS cut_off"
    f" FROM (SELECT rollout_stores.stage, {IS_THERE} AS is_there, {_STATE} FROM {_STORES} WHERE rollout = rollouts.id)"
    " AS stand) AS counted"
)


@dataclass(frozen=True, slots=True)
class Progress:
    """One store of a roll-out: what it would change (None: not answered, or it cannot), or why it does not.

    `shown` of settings is {changes}, each {what, before, after} with its names in both languages; of members
    {counts, faults}. `reason` is why not, in English; `words` of it {text, values, faults}.
    """

    store: str
    name_zh: str
    name_en: str
    stage: int
    is_there: bool
    state: StoreState
    shown: dict[str, Any] | None
    reason: str | None
    words: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Rollout:
    """A file on its way. `stage`: the last that was told to take it over, of `stages`; `is_kept`: it is still here.

    `looking` to `refused`: how many stores stand so; `looking_next`: of the next stage; `cut_off`: of all that have to answer.
    """

    id: int
    kind: Kind
    name: str
    made_by: str
    made_at: datetime
    stages: int
    stage: int
    stopped_by: str | None
    is_kept: bool
    looking: int
    shown: int
    taking: int
    taken: int
    refused: int
    looking_next: int
    cut_off: int

    @property
    def state(self) -> RolloutState:
        """How far it is."""
        if self.stopped_by is not None:
            return RolloutState.STOPPED
        if self.stage == 0:
            return RolloutState.LOOKING
        return RolloutState.RUNNING if self.stage < self.stages or self.taking else RolloutState.DONE

    @property
    def is_moving(self) -> bool:
        """Whether answers are still to come that matter."""
        return self.taking > 0 or (self.looking > 0 and self.stopped_by is None)

    @property
    def is_ready(self) -> bool:
        """Whether the next stage can be told: all who were told, and all whose turn it is, have answered."""
        is_open = self.stopped_by is None and self.stage < self.stages
        return is_open and not (self.taking or self.looking_next or self.is_cut_short)

    @property
    def is_cut_short(self) -> bool:
        """Whether there are stores that can no longer be given the file."""
        return not self.is_kept and self.shown > 0


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
    row = conn.execute(f"{_ROLLOUTS} WHERE id = %s", (rollout_id,)).fetchone()
    if row is None:
        raise UnknownRollout
    return _rollout(row)


def recent(conn: Conn, limit: int) -> list[Rollout]:
    """The newest, newest first."""
    return [_rollout(row) for row in conn.execute(f"{_ROLLOUTS} ORDER BY id DESC LIMIT %s", (limit,))]


def progress(conn: Conn, rollout_id: int) -> list[Progress]:
    """Each of its stores, by stage and name."""
    rows = conn.execute(
        f"SELECT {NAMES}, rollout_stores.stage, {IS_THERE} AS is_there, {_STATE}, CASE looked.state WHEN 'applied' THEN looked.result END AS shown,"
        " coalesce(taken.reason, looked.reason) AS reason,"
        " CASE 'refused' WHEN taken.state THEN taken.result WHEN looked.state THEN looked.result END AS words"
        f" FROM {_STORES} WHERE rollout = %s ORDER BY rollout_stores.stage, stores.name",
        (rollout_id,),
    )
    return [Progress(**{**row, "state": StoreState(row["state"])}) for row in rows]


def _lock(conn: Conn, rollout_id: int) -> None:
    conn.execute("SELECT 1 FROM rollouts WHERE id = %s FOR UPDATE", (rollout_id,))


def _rollout(row: DictRow) -> Rollout:
    return Rollout(**{**row, "kind": Kind(row["kind"])})
