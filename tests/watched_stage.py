"""Owns the stage with a watch over it: looks happen when a test says so, the futures are played in this process."""

from collections.abc import Iterator
from sqlite3 import Connection
from typing import Any

from lobby_stage import Stage

from counter import learning
from counter.habits import Habits
from counter.present import load_with_calls
from counter.situation import Situation
from db import alerts, counters, events, sessions, settings, tickets
from db.alarm_records import Alert, AlertKind
from db.counter_records import PauseReason, Permission
from db.event_records import EventKind
from db.setting_records import ServiceTime
from db.ticket_records import Ticket, TicketClass, TicketState
from display import screens
from lobby.clock import Clock
from lobby.oracle import JOBS
from lobby.turns import Turns
from lobby.watching import Watching

MEAN_10 = ServiceTime(6.35, 0.3, known=50)
"""Ten minutes, and measured often enough to be trusted."""


class HandClock(Clock):
    """A server's clock that a stage moves."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage

    def __call__(self) -> float:
        return self._stage.now


class Watched:
    """The sample store with services of ten minutes; `there` are the devices on the line."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.there: set[int] = set()
        self.jobs: list[str] = []
        stage.store.write(_teach)
        self.restart()

    def restart(self) -> None:
        """A new process over the same store."""
        self.watching = Watching(
            self.stage.store, HandClock(self.stage), self._ask, self._situation, Turns(), lambda: self.there
        )

    def look(self) -> None:
        """One round of everything."""
        self.watching.foresee()
        self.watching.look()
        self.watching.weigh()
        self.watching.follow_day()

    def looks(self, minutes: float, every_s: float = 15) -> Iterator[float]:
        """Let time pass, looking; yields the time after each look."""
        until = self.stage.now + minutes * 60
        while self.stage.now < until:
            self.look()
            yield self.stage.now
            self.stage.now += every_s

    def vip(self, member_no: str) -> Ticket:
        """A VIP arrives whose card nobody on the stage needs to know."""
        return self.stage.store.write(lambda conn: self._vip(conn, member_no))

    def _vip(self, conn: Connection, key: str) -> Ticket:
        now = self.stage.now
        ticket = Ticket(
            0, key, f"token-{key}", "2026-11-21", "plan", TicketClass.VIP, TicketState.WAITING, "zh", now,
            tier="gold", head_start_s=360.0, due_at=now + 600,
        )  # fmt: skip
        ticket = tickets.insert(conn, ticket, f"key-{key}")
        events.append(conn, now, EventKind.ISSUED, "device:kiosk", ticket=key)
        return ticket

    def pause(self, counter: int) -> None:
        """Somebody leaves the counter for a while."""
        now = self.stage.now
        assert self.stage.store.write(lambda conn: counters.pause(conn, counter, PauseReason.BREAK, None, None, now))

    def sign_in(self, staff_id: int) -> None:
        """Somebody is here, and at no counter yet."""
        self.stage.store.write(lambda conn: sessions.add(conn, staff_id, self.stage.now, 3600, 3600))

    def floor(self) -> dict[str, Any]:
        """What the floor page receives."""
        with self.stage.store.read() as conn:
            return screens.read_floor(conn, load_with_calls(conn, self.stage.now))

    def open_alerts(self, kind: AlertKind | None = None) -> list[Alert]:
        """What is open, of one kind or all."""
        with self.stage.store.read() as conn:
            return [one for one in alerts.open_ones(conn) if kind in {None, one.kind}]

    def history(self, kind: AlertKind) -> list[Alert]:
        """Every alert of a kind, the first first."""
        with self.stage.store.read() as conn:
            return [one for one in reversed(alerts.since(conn, 0, 1000)) if one.kind == kind]

    def _ask(self, job: str, *arguments: Any) -> Any:
        self.jobs.append(job)
        return JOBS[job](*arguments)

    @staticmethod
    def _situation(conn: Connection, now: float) -> Situation:
        return learning.situation(conn, now, Habits())


def _teach(conn: Connection) -> None:
    for code in settings.services(conn):
        settings.learn(conn, code, MEAN_10)


def permission(stage: Stage, counter: int, kind: TicketClass) -> Permission:
    """What a counter may do now."""
    with stage.store.read() as conn:
        found = counters.get(conn, counter)
    assert found is not None
    return found.permissions[kind]
