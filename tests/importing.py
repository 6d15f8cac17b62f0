"""Owns taking a list over as the command line does it, for scenario tests: read, compared, written."""

from dataclasses import dataclass

from lobby_stage import Stage

from db import plans
from db.plans import Change, Fault
from kiosk import imports


@dataclass(frozen=True)
class Outcome:
    """What an import did, or in a dry run would do."""

    added: int
    changed: int
    unchanged: int
    ended: int
    faults: tuple[Fault, ...]


def take(stage: Stage, kind: str, data: bytes, *, dry_run: bool = False, strict: bool = False) -> Outcome:
    """Import a file's bytes."""
    with imports.workspace(stage.store) as folder:
        with stage.store.read() as conn:
            facts = imports.prepare(conn, kind, data, folder)
        if not dry_run and not (strict and facts.faults):
            imports.apply(stage.store, folder, "command", lambda: stage.now)
        return Outcome(**facts.counts, faults=tuple(plans.faults(imports.plan_in(folder))))


def changes(stage: Stage, kind: str, data: bytes) -> list[Change]:
    """What an import would change, one by one."""
    with imports.workspace(stage.store) as folder:
        with stage.store.read() as conn:
            imports.prepare(conn, kind, data, folder)
        return [change for chunk in plans.chunks(imports.plan_in(folder), 100) for change in chunk]
