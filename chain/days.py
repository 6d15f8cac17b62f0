"""Owns telling the head office what reports count of past days: day by day, only when there is no news to tell.

The head office says which days it has, so nothing of this is kept here: a cut, a repeat, or a backup put back on either
side is made good by asking again. Who of the staff did what leaves the store only if its link says so.
"""

import json
import logging
import time
from sqlite3 import Connection
from typing import Any

from chain.dial import Line, Refused
from chain.protocol import LARGEST_FACTS, DayFacts, packed
from db import day_facts, settings
from db.event_records import StoredFacts
from db.store import Store
from db.words import Names
from display.ticket_facts import FORM

GAP_S = 0.25
"""Between two days: a year takes a minute and a half, of which the lobby feels nothing."""
LOOK_EVERY_S = 60.0
"""So often it is looked whether another day is over."""
REST_S = 3600.0
"""After facts that the head office could not take."""
REFUSALS = frozenset({"unknown_form", "bad_facts", "invalid_request"})

_log = logging.getLogger("lobbyline.chain")


class Days:
    """The past days of one open line."""

    def __init__(self, store: Store, line: Line, *, with_staff_names: bool) -> None:
        self._store, self._line, self._with_staff_names = store, line, with_staff_names
        self._known: dict[str, int] | None = None
        self._due_at = time.monotonic()

    def due_in_s(self) -> float:
        """When `tell` has something to do again, in seconds from now."""
        return max(0.0, self._due_at - time.monotonic())

    def tell(self) -> None:
        """Tell one day that the head office does not have, if it is time. Raises as the line does."""
        if self.due_in_s():
            return
        if self._known is None:
            self._known = self._line.ask("days", {})["days"]
        with self._store.read() as conn:
            day = next((day for day in day_facts.days(conn, FORM) if self._known.get(day) != FORM), None)
            told = None if day is None else self._ready(conn, day)
        rest_s = LOOK_EVERY_S if told is None else self._offer(told)
        self._due_at = time.monotonic() + rest_s

    def _ready(self, conn: Connection, day: str) -> DayFacts:
        stored = day_facts.between(conn, day, day, FORM)[day]
        set_up = settings.set_up(conn)
        names = {
            "service": {code: service.name for code, service in set_up.services.items()},
            "tier": {code: tier.name for code, tier in set_up.tiers.items()},
        }
        return leaving(stored, names, with_staff_names=self._with_staff_names)

    def _offer(self, told: DayFacts) -> float:
        """How long to rest after it, in seconds."""
        known = self._known = self._known or {}
        if len(told.model_dump_json().encode()) > LARGEST_FACTS:
            _log.warning("the facts of %s are too many to be told to the head office", told.day)
            known[told.day] = FORM
            return GAP_S
        try:
            answer = self._line.ask("facts", told.model_dump())
        except Refused as refused:
            if refused.code not in REFUSALS:
                raise
            _log.warning("the head office cannot take the facts of %s: %s", told.day, refused.text)
            return REST_S
        if answer["is_kept"]:
            known[told.day] = FORM
        return max(GAP_S, float(answer["rest_s"]))


def leaving(stored: StoredFacts, names: dict[str, dict[str, Names]], *, with_staff_names: bool) -> DayFacts:
    """A day's facts as they leave the store: staff are numbers of that day, unless names may be told."""
    about = json.loads(stored.about)
    if not with_staff_names:
        _forget_names(about)
    called = {
        kind: {code: (known[code].zh, known[code].en) for code in about["words"][kind] if code in known}
        for kind, known in names.items()
    }
    return DayFacts(
        day=stored.day,
        form=stored.form,
        tickets=packed(stored.tickets),
        posts=packed(stored.posts),
        about=json.dumps(about, ensure_ascii=False),
        names=called,
    )


def _forget_names(about: dict[str, Any]) -> None:
    """Somebody is the same number all day, and another day another one."""
    numbers: dict[str, str] = {"": ""}
    for name in [*about["words"]["staff"], *(shift[1] for shift in about["shifts"])]:
        numbers.setdefault(name, str(len(numbers)))
    about["words"]["staff"] = [numbers[name] for name in about["words"]["staff"]]
    for shift in about["shifts"]:
        shift[1] = numbers[shift[1]]
