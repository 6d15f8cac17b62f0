"""Owns what takes longer than a moment: plans of the days to come, past days played again.

A process of its own computes, with lower priority, and ends when it is done; what it found is kept in the store until
what it rests on has changed. One study runs at a time.
"""

import json
import logging
import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import gevent

from counter import learning
from counter.habits import HALF_HOUR_S, HALF_HOURS
from counter.present import usable
from counter.service_times import cautious, prior
from counter.staffing import Outlook, Staffing, opening_order
from db import calendar, counters, day_facts, settings, studies
from db.setting_records import Hours
from db.store import Store
from db.studies import Study
from lobby.errors import StudyRunning
from lobby.forecasting import Oracle
from lobby.replaying import Question, prepare

Json = dict[str, Any]
Compute = Callable[..., Any]
DAYS_AHEAD = 7
LEARNT_DAYS = 28
STAFFING, REPLAY = "staffing", "replay"
FORM = 1
"""Grows whenever a study comes to other results from the same facts, so that what is kept is found anew."""

_log = logging.getLogger("lobbyline.studies")


@contextmanager
def computing() -> Iterator[Compute]:
    """A process for one study."""
    oracle = Oracle()
    try:
        yield oracle.ask
    finally:
        oracle.close()


@dataclass(slots=True)
class Running:
    """What is being computed: `done` of so many steps."""

    kind: str
    subject: str
    of: int
    done: int = 0


class Studies:
    """Starts studies and tells what they found."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float],
        compute: Callable[[], AbstractContextManager[Compute]] = computing,
    ) -> None:
        self._store, self._clock, self._compute = store, clock, compute
        self._running: Running | None = None
        self._failed: Running | None = None

    def progress(self, kind: str, subject: str = "") -> Json:
        """`running`: null or {done, of} of this kind; `failed`: whether the last study was this one and failed."""
        running, failed = self._running, self._failed
        shown = {"done": running.done, "of": running.of} if running and running.kind == kind else None
        return {"running": shown, "failed": failed is not None and (failed.kind, failed.subject) == (kind, subject)}

    def staffing(self) -> Json:
        """The plans of the next days that are known, and whether they are all there and still hold."""
        now = self._clock()
        with self._store.read() as conn:
            basis, days = _staffing_basis(conn, now), _next_days(conn, now)
            known = {day: studies.load(conn, STAFFING, day) for day in days}
            taught = len(_taught(conn, now))
            shown = [_plan_view(conn, day, found) for day, found in known.items() if found is not None]
        is_fresh = all(found is not None and found.basis == basis for found in known.values())
        return {**self.progress(STAFFING), "is_fresh": is_fresh, "taught_by_days": taught, "days": shown}

    def start_staffing(self) -> None:
        """Plan the next days anew, unless that is being done. Raises `StudyRunning` while something else is."""
        if self._running is None or self._running.kind != STAFFING:
            self._start(Running(STAFFING, "", DAYS_AHEAD), self._plan_days)

    def replay(self, question: Question) -> Json:
        """What is known of a question. Raises `NoPastDay`, `UnknownCounter`."""
        now = self._clock()
        with self._store.read() as conn:
            prepare(conn, question, now)
            found = studies.load(conn, REPLAY, _subject(question))
            is_fresh = found is not None and found.basis == _rule_basis(conn)
        return {**self.progress(REPLAY, _subject(question)), "found": found.found if found and is_fresh else None}

    def start_replay(self, question: Question) -> None:
        """Play a day again. Raises `NoPastDay`, `UnknownCounter`, `StudyRunning`."""
        now = self._clock()
        with self._store.read() as conn:
            prepare(conn, question, now)
        self._start(Running(REPLAY, _subject(question), 1), lambda running: self._play(question, running))

    def _start(self, running: Running, work: Callable[[Running], None]) -> None:
        if self._running is not None:
            raise StudyRunning
        self._running, self._failed = running, None
        gevent.spawn(self._run, running, work)

    def _run(self, running: Running, work: Callable[[Running], None]) -> None:
        try:
            work(running)
        except (Exception, gevent.Timeout):  # noqa: BLE001 — the page says that it failed, the log why
            _log.exception("a study failed: %s", running.kind)
            self._failed = running
        finally:
            self._running = None

    def _plan_days(self, running: Running) -> None:
        now = self._clock()
        with self._store.read() as conn:
            basis = _staffing_basis(conn, now)
            outlooks = {day: _outlook(conn, now, day) for day in _next_days(conn, now)}
        with self._compute() as compute:
            for day, outlook in outlooks.items():
                found = None if outlook is None else compute("plan", outlook)
                self._save(STAFFING, day, Study(now, basis, None if found is None else _plan_json(found, outlook)))
                running.done += 1

    def _play(self, question: Question, running: Running) -> None:
        now = self._clock()
        with self._store.read() as conn:
            stage, basis = prepare(conn, question, now), _rule_basis(conn)
        with self._compute() as compute:
            found = compute("play", stage)
        self._save(REPLAY, _subject(question), Study(now, basis, found))
        running.done += 1

    def _save(self, kind: str, subject: str, study: Study) -> None:
        self._store.write(lambda conn: studies.save(conn, kind, subject, study))


def _next_days(conn: sqlite3.Connection, now: float) -> list[str]:
    today = date.fromisoformat(calendar.business_day(now, settings.load(conn)))
    return [str(today + timedelta(days=n)) for n in range(1, DAYS_AHEAD + 1)]


def _taught(conn: sqlite3.Connection, now: float) -> list[str]:
    """The days plans are learnt from."""
    today = date.fromisoformat(calendar.business_day(now, settings.load(conn)))
    return day_facts.days_with_tickets(conn, str(today - timedelta(days=LEARNT_DAYS)), str(today - timedelta(days=1)))


def _outlook(conn: sqlite3.Connection, now: float, day: str) -> Outlook | None:
    """What is known of a day to come; None for one on which the store is closed."""
    store = usable(settings.set_up(conn))
    when = date.fromisoformat(day)
    spans = calendar.spans_on(when, store.settings)
    if not spans:
        return None
    is_always_open = not store.settings.hours and spans == (calendar.ALL_DAY,)
    times = {code: service.learnt or prior(service) for code, service in store.services.items()}
    return Outlook(
        habits=learning.habits(conn, now, when.weekday()),
        times=times,
        cautious={code: cautious(time, store.settings.rules) for code, time in times.items()},
        tiers=tuple(store.tiers.values()),
        rules=store.settings.rules,
        counters=opening_order(counters.everyone(conn)),
        open_halves=range(HALF_HOURS) if is_always_open else _half_hours(spans),
    )


def _half_hours(spans: Iterable[Hours]) -> list[int]:
    """Those that a day is open in, in order; one that a span ends and the next one begins in counts once."""
    return sorted({n for span in spans for n in range(_half_hour(span.opens), _half_hour(span.closes))})


def _half_hour(clock: str) -> int:
    """Of the business day, which begins at four."""
    minutes = int(clock[:2]) * 60 + int(clock[3:]) - calendar.DAY_BEGINS.total_seconds() / 60
    return min(HALF_HOURS, max(0, round(minutes / (HALF_HOUR_S / 60))))


def _plan_json(found: Staffing, outlook: Outlook | None) -> Json:
    begins = calendar.DAY_BEGINS.total_seconds()
    return {
        "is_enough": found.is_enough,
        "counters": [counter.number for counter in outlook.counters] if outlook else [],
        "half_hours": [
            {
                "from": _clock(begins + half.number * HALF_HOUR_S),
                "expected": round(half.expected, 1),
                "counters": half.counters,
                "kept_percent": _percent(half.kept),
                "ordinary_percent": _percent(half.ordinary),
            }
            for half in found.half_hours
        ],
    }


def _plan_view(conn: sqlite3.Connection, day: str, study: Study) -> Json:
    store = settings.load(conn)
    begins = calendar.start_of(day, store)
    booked = day_facts.bookings_by_state(conn, begins, begins + 86_400.0)
    return {
        "day": day,
        "made_at": calendar.stamp(study.made_at, store),
        "booked": booked.get("booked", 0) + booked.get("checked_in", 0),
        "plan": study.found,
    }


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600) % 24:02}:{int(seconds % 3600 // 60):02}"


def _percent(share: float) -> float | None:
    return None if math.isnan(share) else round(100 * share, 1)


def _subject(question: Question) -> str:
    return json.dumps(asdict(question))


def _rule_basis(conn: sqlite3.Connection) -> str:
    """Changes with whatever decides who is called."""
    book = learning.rule_book(conn)
    services = {code: replace(service, learnt=None) for code, service in book.services.items()}
    work = [(one.number, sorted(one.permissions.items()), sorted(one.skills)) for one in book.counters.values()]
    return sha256(repr((FORM, book.rules, work, services, book.tiers)).encode()).hexdigest()[:16]


def _staffing_basis(conn: sqlite3.Connection, now: float) -> str:
    """And with the day and the opening hours."""
    store = settings.load(conn)
    return f"{calendar.business_day(now, store)} {store.hours!r} {store.special_days!r} {_rule_basis(conn)}"
