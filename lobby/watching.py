"""Owns the periodic look at the floor: what is foreseen, which alerts follow, what would help, what ends by itself.

Heavy computing is asked of the forecast's process and kept in the store, where every screen reads it. Nobody waits for
this: where the process fails, the alerts that need no forecast go on.
"""

import logging
import sqlite3
from collections.abc import Callable, Collection, Sequence
from math import isinf
from typing import Any

import gevent

from counter import learning, prospects, remedies
from counter.moment import Present
from counter.present import load
from counter.proposal import changed
from counter.remedies import Option
from counter.situation import Situation
from db import acts, calendar, day_figures, outlooks, presence
from db.counter_records import Counter, CounterState
from db.errors import LobbyError
from db.people_records import Device
from db.store import Store
from db.ticket_records import Ticket
from display import acts as floor_acts
from display import alert_book, day_course
from display.outlook_view import is_at_risk
from lobby.clock import Clock
from lobby.turns import Turns

LOOK_EVERY_S = 5.0
WEIGH_EVERY_S = 20.0
DAY_EVERY_S = 60.0
# all in seconds of the store's clock
LEAST_GAP_S = 0.5
"""In real seconds, so that a fast demo leaves the machine something."""
MOST_REMEDIES = 3
LEAST_SAVED, LEAST_SHORTER_S = 0.3, 60.0
"""A remedy is worth telling if it saves a promise in every third future, or everybody else a minute."""

_log = logging.getLogger("lobbyline.watching")


class Watching:
    """Looks for as long as `run` runs. `ask` does one of `lobby.oracle.JOBS`; `on_line` tells which devices are there;
    `situation` makes what a forecast starts from.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ask: Callable[..., Any],
        situation: Callable[[sqlite3.Connection, float], Situation],
        turns: Turns,
        on_line: Callable[[], Collection[int]] = tuple,
    ) -> None:
        self._store, self._clock, self._ask = store, clock, ask
        self._situation, self._turns, self._on_line = situation, turns, on_line
        self._began_at = clock()
        self._seen: frozenset[int] = frozenset()
        self._weigh_at = self._day_at = 0.0
        self._weighed: object = None

    def run(self) -> None:
        """Look again and again, for ever."""
        while True:
            for step in (self.foresee, self.look, self.weigh, self.follow_day):
                self._turns.give()
                try:
                    step()
                except Exception:  # noqa: BLE001 — the one place of this loop; one question must not stop the others
                    _log.exception("a look at the floor failed; the next one goes on")
            gevent.sleep(max(LEAST_GAP_S, LOOK_EVERY_S / self._clock.speed))

    def foresee(self) -> None:
        """Who will probably be called too late."""
        now = self._clock()
        with self._store.read() as conn:
            situation = self._situation(conn, now)
            last = outlooks.load(conn).get("promises")
        found = self._ask("prospects", situation) if situation.lobby.waiting else prospects.Prospects()
        seen = {
            "prospects": [_prospect(one) for one in found.each],
            "any_late": round(found.any_late, 2),
            "beyond_until": prospects.beyond_until(situation),
        }
        if last is None or found.each or last[1] != seen or now - last[0] > alert_book.RENEW_S:
            self._store.write(lambda conn: outlooks.save(conn, "promises", now, seen))

    def look(self) -> None:
        """Which alerts begin and end; what was done for a while ends; who is on the line is written down."""
        now = self._clock()
        self._note_presence(now)
        with self._store.read() as conn:
            is_anything = alert_book.look(conn, load(conn, now), self._silent(conn)).changes_anything
            is_over = bool(acts.expired(conn, now))
        if is_anything or is_over:
            self._store.write(lambda conn: self._write(conn, now))

    def weigh(self) -> None:
        """What would help those at risk, if any: when they or the counters have changed, and from time to time."""
        now = self._clock()
        with self._store.read() as conn:
            present = load(conn, now)
            at_risk = _at_risk(conn, present)
            question = (_who(at_risk), _what_they_do(present.lobby.counters))
            if not at_risk or (question == self._weighed and now < self._weigh_at):
                self._weighed = question
                return
            situation = self._situation(conn, now)
            book = learning.rule_book(conn)
            free = acts.free_staff(conn, now)
        self._weighed, self._weigh_at = question, now + WEIGH_EVERY_S
        options, changes = [], []
        for option in remedies.options(present.lobby.counters, at_risk, free):
            try:
                changes.append(changed(situation, book, option.proposal))
            except LobbyError:
                continue  # settings that would not work are nothing to propose
            options.append(option)
        effects = self._ask("weigh", situation, changes) if changes else []
        best = _best(options, effects)
        self._store.write(lambda conn: outlooks.save(conn, "remedies", now, {"remedies": best}))

    def follow_day(self) -> None:
        """The day's course for the chart."""
        now = self._clock()
        if now < self._day_at:
            return
        self._day_at = now + DAY_EVERY_S
        with self._store.read() as conn:
            situation = self._situation(conn, now)
            present = load(conn, now)
            store = present.settings
            times = day_figures.times(conn, calendar.business_day(now, store))
        until = now + prospects.AHEAD_S if isinf(situation.closes_at) else situation.closes_at
        ahead = self._ask("course", situation, until) if until > now and present.is_known else []
        seen = day_course.course(times, situation, ahead, calendar.opens_at(now, store))
        self._store.write(lambda conn: outlooks.save(conn, "day", now, seen))

    def _write(self, conn: sqlite3.Connection, now: float) -> None:
        floor_acts.expire(conn, now)
        alert_book.write(conn, load(conn, now), self._silent(conn))

    def _note_presence(self, now: float) -> None:
        there = frozenset(self._on_line())
        moved = there ^ self._seen
        if moved:
            self._store.write(lambda conn: presence.saw(conn, moved, now))
            self._seen = there

    def _silent(self, conn: sqlite3.Connection) -> list[tuple[Device, float]]:
        """Screens that are not on the line; this process cannot know of a time before it began."""
        return [
            (screen, max(seen_at, self._began_at))
            for screen, seen_at in presence.screens(conn)
            if screen.id not in self._seen
        ]


def _at_risk(conn: sqlite3.Connection, present: Present) -> list[Ticket]:
    answer = outlooks.load(conn).get("promises")
    waiting = present.lobby.by_id
    listed = answer[1]["prospects"] if answer else []
    return [
        waiting[one["ticket"]]
        for one in listed
        if one["ticket"] in waiting and is_at_risk(waiting[one["ticket"]], one, present.now)
    ]


def _who(people: Sequence[Ticket]) -> frozenset[int]:
    return frozenset(ticket.id for ticket in people)


def _what_they_do(counters: Sequence[Counter]) -> list[object]:
    """What a remedy could change of each counter."""
    idle = {CounterState.CLOSED, CounterState.PAUSED}
    return [(one.state if one.state in idle else None, dict(one.permissions)) for one in counters]


def _prospect(one: prospects.Prospect) -> dict[str, Any]:
    wait = one.wait
    return {
        "ticket": one.ticket_id,
        "limit_at": one.limit_at,
        "chance": round(one.chance, 2),
        "low_s": round(wait.low_s) if wait else None,
        "mid_s": round(wait.mid_s) if wait else None,
        "high_s": round(wait.high_s) if wait else None,
    }


def _best(options: Sequence[Option], effects: Sequence[prospects.Effect]) -> list[dict[str, Any]]:
    """Those that help, the most promises saved first, then the shortest wait of everybody else."""
    pairs = [
        (option, effect)
        for option, effect in zip(options, effects, strict=True)
        if effect.saved >= LEAST_SAVED or (effect.saved >= 0 and effect.ordinary_s <= -LEAST_SHORTER_S)
    ]
    pairs.sort(key=lambda pair: (-round(pair[1].saved), pair[1].ordinary_s))
    return [
        {**option.as_json(), "saved": round(effect.saved, 1), "ordinary_s": round(effect.ordinary_s)}
        for option, effect in pairs[:MOST_REMEDIES]
    ]
