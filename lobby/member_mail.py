"""Owns taking over a list of members that the head office sends: fetched, read beside the lobby, looked at first.

Only what was looked at is taken over. What is told of a list has nothing of anybody in it: numbers, lines, columns.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chain.errors import MembersMovedOn
from chain.fetching import fetch
from chain.mailbox import OpenLine, Work
from chain.protocol import ListMail, Mail
from counter.web import Context
from db import events, plans
from db.event_records import EventKind
from db.plans import Facts, Fault
from kiosk import imports, list_reading
from kiosk.import_process import SOURCE
from lobby.visit_mail import HEAD_OFFICE

MEMBERS = "members"
COUNTS = ("added", "changed", "unchanged", "ended", "faults")
FAULTS_TOLD = 5
_NOT_OF_A_CELL = frozenset({"known", "line"})
"""What a fault's reason may quote; any other value stands in the list."""

Json = dict[str, Any]


def deliver(mail: Mail, line: OpenLine, context: Context) -> Work:
    """Look at the list, or take it over. Raises `BadFile`, `MembersMovedOn`, as `imports.apply` and as `fetch`."""
    order = _Order(mail, line, context)
    answer = order.look() if order.sent.dry_run else order.take_over()
    return lambda _: answer


class _Order:
    """One list that is sent to this store."""

    def __init__(self, mail: Mail, line: OpenLine, context: Context) -> None:
        self.sent = ListMail.model_validate(mail.body)
        self._mail_id, self._line, self._context = mail.id, line, context
        self._plan = f"mail-{mail.id}-{self.sent.sha256[:16]}"

    def look(self) -> Json:
        """What it would change, and its first faults."""
        with imports.workspace(self._context.store) as folder:
            facts = self._read(folder)
            faults = plans.faults(imports.plan_in(folder), limit=FAULTS_TOLD)
        counts = {**facts.counts, "faults": facts.faults}
        return {"seen": _digest(facts), "counts": counts, "faults": [_told(fault) for fault in faults]}

    def take_over(self) -> Json:
        """What it has changed. Asked again after a power cut it finishes what it had begun, and does nothing twice."""
        store, clock = self._context.store, self._context.clock
        imports.finish(store, self._plan, clock)
        if self._last_import().get("plan") != self._plan:
            with imports.workspace(store, self._plan) as folder:
                if _digest(self._read(folder)) != self.sent.seen:
                    raise MembersMovedOn
                imports.apply(store, folder, HEAD_OFFICE, clock, self._keep_up)
        done = self._last_import()
        return {"counts": {key: done[key] for key in COUNTS}}

    def _read(self, folder: Path) -> Facts:
        fetch(self._line, self._mail_id, self.sent, folder / SOURCE)
        with list_reading.begin(self._context.store.path, MEMBERS, folder) as process:
            return list_reading.follow(process, folder, self._keep_up)

    def _keep_up(self, *_: int) -> None:
        self._line.keep_up()

    def _last_import(self) -> Mapping[str, Any]:
        with self._context.store.read() as conn:
            last = events.last_import(conn, EventKind.MEMBERS_IMPORTED)
        return last.data if last else {}


def _digest(facts: Facts) -> str:
    """What a look came to: after which import, and how many of each. Members change by imports and by being let go."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _told(fault: Fault) -> Json:
    why = fault.why
    values = {name: str(value) if name in _NOT_OF_A_CELL else "…" for name, value in why.values.items()}
    return {"line": fault.line, "column": fault.heading, "text": why.text, "values": values}
