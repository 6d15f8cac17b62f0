"""Each kind of alert on its own: once for one cause, however often one looks, sways or restarts; and it ends."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from sqlite3 import Connection

import pytest
from lobby_stage import Stage
from watched_stage import Watched

from counter import desk, learning
from counter.habits import HALF_HOURS, Habits
from counter.situation import Situation
from db import counters, print_jobs, staff
from db.alarm_records import AlertKind
from db.event_records import EventKind
from db.paper_records import PrintState
from db.people_records import DeviceKind
from db.ticket_records import TicketClass
from kiosk import help_desk

EIGHT_AN_HOUR = Habits(arrivals={(TicketClass.ORDINARY, None, "plan"): [8 / 3600] * HALF_HOURS})
"""Of ten minutes each: too many for one counter."""


@pytest.fixture
def watched(stage: Stage) -> Watched:
    return Watched(stage)


class Busy(Watched):
    """A store whose past days brought eight customers an hour."""

    @staticmethod
    def _situation(conn: Connection, now: float) -> Situation:
        return learning.situation(conn, now, EIGHT_AN_HOUR)


@dataclass
class Scene:
    """How one kind comes about and how it is mended, by somebody on the floor."""

    stage: Stage
    watched: Watched

    def promise_at_risk(self) -> None:
        self.watched.vip("V001")

    def promise_at_risk_mended(self) -> None:
        self.stage.open(4, self.stage.lin)

    def promise_broken(self) -> None:
        self.watched.vip("V001")
        self.stage.later(11)

    def promise_broken_mended(self) -> None:
        self.stage.open(4, self.stage.lin)
        self.stage.call(4, self.stage.lin)

    def queue_longer(self) -> None:
        for _ in range(15):
            self.stage.issue("billing")

    def queue_longer_mended(self) -> None:
        self._leave(4)

    def wait_longer(self) -> None:
        for _ in range(2):
            self.stage.issue("billing")
        self.stage.later(36)
        self.stage.issue("billing")

    def wait_longer_mended(self) -> None:
        self._leave(2)

    def counter_idle(self) -> None:
        self.stage.open(4, self.stage.lin)
        self.stage.issue()
        self.stage.later(3)

    def counter_idle_mended(self) -> None:
        self.stage.call(4, self.stage.lin)

    def service_long(self) -> None:
        self.stage.open(4, self.stage.lin)
        self.stage.issue()
        self.stage.call(4, self.stage.lin)
        self.stage.act(desk.start, 4, self.stage.lin)
        self.stage.later(46)

    def service_long_mended(self) -> None:
        self.stage.act(desk.finish, 4, self.stage.lin)

    def paused_long(self) -> None:
        self.stage.open(4, self.stage.lin)
        self.watched.pause(4)
        self.stage.later(21)

    def paused_long_mended(self) -> None:
        assert self.stage.store.write(lambda conn: counters.come_back(conn, 4, self.stage.now))

    def demand_beyond(self) -> None:
        self.stage.act(desk.close_counter, 5, self.stage.zhou)

    def demand_beyond_mended(self) -> None:
        self.stage.open(5, self.stage.zhou)

    def printer_failed(self) -> None:
        self.stage.issue()
        self.printer = self.stage.store.write(lambda conn: staff.add_device(conn, DeviceKind.PRINTER, "P1", {})[0])
        ticket = self.stage.present().lobby.waiting[0]
        self.stage.store.write(lambda conn: print_jobs.add(conn, ticket.id, self.printer, self.stage.now))
        self.printed(PrintState.FAILED, "no paper")

    def printer_failed_mended(self) -> None:
        self.printed(PrintState.PRINTED, None)

    def screen_silent(self) -> None:
        self.on_line()
        self.off_line()
        self.stage.later(3)

    def screen_silent_mended(self) -> None:
        self.on_line()

    def help_called(self) -> None:
        with self.stage.store.read() as conn:
            kiosk = staff.devices(conn, DeviceKind.KIOSK)[0]
        self.asked = self.stage.store.write(lambda conn: help_desk.call(conn, kiosk, self.stage.now))

    def help_called_mended(self) -> None:
        self.stage.store.write(lambda conn: help_desk.answer(conn, self.asked.id, self.stage.mei, self.stage.now))

    def printed(self, state: PrintState, error: str | None) -> None:
        """The printer's next try."""
        now = self.stage.now

        def do(conn: Connection) -> None:
            job = print_jobs.claim(conn, self.printer, now)
            assert job is not None
            print_jobs.finish(conn, job.id, state, error, now)

        self.stage.store.write(do)

    def on_line(self) -> None:
        """The kiosk is there, and seen."""
        self.watched.there = {1}
        self.watched.look()

    def off_line(self) -> None:
        """It is not, and that is seen."""
        self.watched.there = set()
        self.watched.look()

    def _leave(self, count: int) -> None:
        """The first so many give up."""
        self.stage.store.write(
            lambda conn: conn.execute(
                "UPDATE tickets SET state = 'abandoned', ended_at = ? WHERE id IN"
                " (SELECT id FROM tickets WHERE state = 'waiting' ORDER BY id LIMIT ?)",
                (self.stage.now, count),
            )
        )


def _scene(stage: Stage, kind: AlertKind) -> Scene:
    if kind != AlertKind.DEMAND_BEYOND:
        return Scene(stage, Watched(stage))
    stage.open(4, stage.lin)
    stage.open(5, stage.zhou)
    return Scene(stage, Busy(stage))


def _raised(stage: Stage, kind: AlertKind) -> int:
    return sum(one.kind == EventKind.ALERT_RAISED and one.data["about"] == kind for one in stage.journal())


def _look_for(scene: Scene, minutes: float) -> None:
    for _ in scene.watched.looks(minutes, every_s=30):
        pass


@pytest.mark.parametrize("kind", AlertKind)
def test_a_cause_raises_one_alert_which_a_restart_keeps_and_mending_it_ends(stage: Stage, kind: AlertKind) -> None:
    scene = _scene(stage, kind)
    scene.watched.look()
    assert scene.watched.history(kind) == []
    getattr(scene, kind)()
    _look_for(scene, 1.5)
    [alert] = scene.watched.open_alerts(kind)
    scene.watched.restart()
    _look_for(scene, 1)
    assert [one.id for one in scene.watched.open_alerts(kind)] == [alert.id]
    getattr(scene, f"{kind}_mended")()
    _look_for(scene, 4)
    assert scene.watched.open_alerts(kind) == []
    [ended] = scene.watched.history(kind)
    assert (ended.id, _raised(stage, kind)) == (alert.id, 1)
    assert ended.ended_at is not None
    assert alert.began_at < ended.ended_at <= stage.now


def _risk_sways(scene: Scene) -> Iterator[Callable[[], object]]:
    stage = scene.stage
    yield scene.promise_at_risk
    yield scene.promise_at_risk_mended
    yield lambda: stage.act(desk.close_counter, 4, stage.lin)


def _queue_sways(scene: Scene) -> Iterator[Callable[[], object]]:
    yield scene.queue_longer
    yield scene.queue_longer_mended
    yield lambda: [scene.stage.issue("billing") for _ in range(5)]


def _demand_sways(scene: Scene) -> Iterator[Callable[[], object]]:
    stage = scene.stage
    yield scene.demand_beyond
    yield scene.demand_beyond_mended
    yield lambda: stage.act(desk.close_counter, 5, stage.zhou)


def _printer_sways(scene: Scene) -> Iterator[Callable[[], object]]:
    yield scene.printer_failed
    yield lambda: scene.printed(PrintState.FAILED, "no paper")
    yield lambda: scene.printed(PrintState.FAILED, "cover open")


SWAYS = {
    AlertKind.PROMISE_AT_RISK: _risk_sways,
    AlertKind.QUEUE_LONGER: _queue_sways,
    AlertKind.DEMAND_BEYOND: _demand_sways,
    AlertKind.PRINTER_FAILED: _printer_sways,
}


@pytest.mark.parametrize("kind", SWAYS)
def test_what_sways_about_its_threshold_raises_one_alert(stage: Stage, kind: AlertKind) -> None:
    scene = _scene(stage, kind)
    for step in SWAYS[kind](scene):
        step()
        _look_for(scene, 1)
    assert len(scene.watched.open_alerts(kind)) == 1
    assert (len(scene.watched.history(kind)), _raised(stage, kind)) == (1, 1)


def test_a_screen_whose_line_drops_for_two_minutes_again_and_again_raises_nothing(
    stage: Stage, watched: Watched
) -> None:
    scene = Scene(stage, watched)
    for _ in range(4):
        scene.on_line()
        scene.off_line()
        stage.later(2)
        watched.look()
    assert watched.history(AlertKind.SCREEN_SILENT) == []


def test_two_causes_of_one_kind_are_two_alerts_and_end_each_for_itself(stage: Stage, watched: Watched) -> None:
    scene = Scene(stage, watched)
    scene.paused_long()
    stage.open(5, stage.zhou)
    watched.pause(5)
    stage.later(21)
    watched.look()
    assert {one.cause for one in watched.open_alerts(AlertKind.PAUSED_LONG)} == {"counter:4", "counter:5"}
    scene.paused_long_mended()
    watched.look()
    assert [one.cause for one in watched.open_alerts(AlertKind.PAUSED_LONG)] == ["counter:5"]
