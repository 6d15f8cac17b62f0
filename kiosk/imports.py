"""Owns taking a list over: read and compared beside the lobby, then written a little at a time, so that nobody waits.

What is to change stands in a plan file first. Once taking over has begun it is finished, also after a power cut: the
plan stays in the store's folder until then, and writing it again changes nothing.
"""

import os
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db import events, plans
from db.event_records import EventKind
from db.plans import Change, Facts
from kiosk import booking_list, lists, member_list, tables
from kiosk.errors import ImportBusy, ListChanged
from kiosk.lists import Report

if TYPE_CHECKING:  # the process that reads a list needs no store, and does not wait for its libraries
    from db.store import Store

FOLDER = "imports"
CHUNK = 250
"""So many rows are written at once: some milliseconds, as long as a call may have to wait for them."""

_APPLYING = "applying"
_PLAN = "plan.db"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of list: how it is read, how its changes are written, what the journal calls it."""

    listing: Callable[[sqlite3.Connection], lists.List[Any]]
    put: Callable[[sqlite3.Connection, Iterable[Change]], None]
    event: EventKind


KINDS = {
    "members": _Kind(member_list.MemberList, member_list.put, member_list.event),
    "appointments": _Kind(booking_list.BookingList, booking_list.put, booking_list.event),
}


def ignore(done: int, total: int) -> None:
    """For whoever does not want to hear how far it is."""


@contextmanager
def workspace(store: "Store", name: str | None = None) -> Iterator[Path]:
    """A folder for one import, gone afterwards: it holds names and phone numbers. Only what was begun and not finished
    stays, for `finish`.
    """
    folder = new_folder(store, name)
    try:
        yield folder
    finally:
        if not (folder / _APPLYING).exists():
            shutil.rmtree(folder, ignore_errors=True)


def new_folder(store: "Store", name: str | None = None) -> Path:
    """A folder for one import, readable by this user only; the name it is given is the plan's in the journal."""
    parent = store.folder / FOLDER
    parent.mkdir(mode=0o700, exist_ok=True)
    if name is None:
        return Path(tempfile.mkdtemp(dir=parent))
    folder = parent / name
    folder.mkdir(mode=0o700)
    return folder


def plan_in(folder: Path) -> Path:
    """Where an import's plan is."""
    return folder / _PLAN


def prepare(conn: sqlite3.Connection, kind: str, data: bytes, folder: Path, report: Report = ignore) -> Facts:
    """Read a list, compare it with what a connection sees, and write the plan into a folder. Raises `BadFile`."""
    chosen = KINDS[kind]
    base = events.last_import(conn, chosen.event)
    listing = chosen.listing(conn)
    reading = lists.read(tables.read(data), listing, report)
    changes = list(listing.changes(reading))
    count = Counter(change.kind for change in changes)
    facts = Facts(
        kind=kind,
        base=base.seq if base else 0,
        added=count["added"],
        changed=count["changed"],
        ended=count["ended"],
        unchanged=len(reading.found) - sum(change.row is not None for change in changes),
        faults=len(reading.faults),
        right=len(reading.found),
    )
    plans.write(plan_in(folder), facts, changes, reading.faults)
    return facts


def apply(store: "Store", folder: Path, actor: str, clock: Callable[[], float], report: Report = ignore) -> None:
    """Write what the plan in a folder says, a little at a time, and journal it. Raises `ListChanged`, `ImportBusy`."""
    facts = plans.facts(plan_in(folder))
    with store.read() as conn:
        _require_base(conn, facts)
    if any((store.folder / FOLDER).glob(f"*/{_APPLYING}")):
        raise ImportBusy
    _begin(folder, actor)
    _write(store, folder, facts, actor, clock, report)


def resume(store: "Store", clock: Callable[[], float]) -> None:
    """Finish what was begun before this store was last closed; whatever else is left of imports goes."""
    for folder in (store.folder / FOLDER).glob("*"):
        finish(store, folder.name, clock)


def finish(store: "Store", name: str, clock: Callable[[], float]) -> None:
    """Finish the import of this name if it was begun; if not, what is left of it goes."""
    folder = store.folder / FOLDER / name
    begun = folder / _APPLYING
    if begun.exists():
        _write(store, folder, plans.facts(plan_in(folder)), begun.read_text("utf-8"), clock, ignore)
    shutil.rmtree(folder, ignore_errors=True)


def _require_base(conn: sqlite3.Connection, facts: Facts) -> None:
    last = events.last_import(conn, KINDS[facts.kind].event)
    if (last.seq if last else 0) != facts.base:
        raise ListChanged


def _begin(folder: Path, actor: str) -> None:
    """From here on it will be finished, whatever happens: on the disk before the first row is."""
    with (folder / _APPLYING).open("w", encoding="utf-8") as begun:
        begun.write(actor)
        begun.flush()
        os.fsync(begun.fileno())
    directory = os.open(folder, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


def _write(store: "Store", folder: Path, facts: Facts, actor: str, clock: Callable[[], float], report: Report) -> None:
    kind = KINDS[facts.kind]
    done, total = 0, facts.added + facts.changed + facts.ended
    for chunk in plans.chunks(plan_in(folder), CHUNK):
        store.write(partial(_put, put=kind.put, chunk=chunk))
        done += len(chunk)
        report(done, total)
    store.write(partial(_journal, facts=facts, plan=folder.name, actor=actor, now=clock()))
    (folder / _APPLYING).unlink()


def _put(
    conn: sqlite3.Connection, put: Callable[[sqlite3.Connection, Iterable[Change]], None], chunk: list[Change]
) -> None:
    put(conn, chunk)


def _journal(conn: sqlite3.Connection, facts: Facts, plan: str, actor: str, now: float) -> None:
    """One event for each import, also when its end had to be written twice."""
    event = KINDS[facts.kind].event
    last = events.last_import(conn, event)
    if last is None or last.data.get("plan") != plan:
        counts: dict[str, Any] = facts.counts
        events.append(conn, now, event, actor, faults=facts.faults, plan=plan, **counts)
