"""What is foreseen for the floor: chances, what a change would help, the day's course, and too much demand."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from sqlite3 import Connection

import pytest
from lobby_stage import TEN, Stage
from watched_stage import Watched

from counter import desk, learning, outlook, prospects, remedies
from counter.habits import HALF_HOURS, Habits
from counter.proposal import changed
from counter.situation import Situation
from db import alerts, print_jobs, staff, webhooks
from db.alarm_records import ActKind, AlertKind, AlertRule
from db.counter_records import CounterState, Permission
from db.paper_records import PrintState
from db.people_records import DeviceKind, Staff
from db.ticket_records import TicketClass
from display import day_course
from kiosk import help_desk

ORDINARY = (TicketClass.ORDINARY, None, "plan")


@pytest.fixture
def watched(stage: Stage) -> Watched:
    return Watched(stage)


def _situation(stage: Stage, habits: Habits | None = None) -> Situation:
    with stage.store.read() as conn:
        return learning.situation(conn, stage.now, habits or Habits())


def _an_hour(people: float) -> Habits:
    return Habits(arrivals={ORDINARY: [people / 3600] * HALF_HOURS})


def test_who_can_be_called_at_once_is_never_late_and_whom_nobody_serves_always(stage: Stage, watched: Watched) -> None:
    watched.vip("V001")
    assert outlook.prospects(_situation(stage)).each[0].chance == 1.0
    stage.open(4, stage.lin)
    found = outlook.prospects(_situation(stage))
    assert (found.each[0].chance, found.any_late) == (0.0, 0.0)


def test_the_chance_that_any_promise_breaks_is_no_less_than_each_ones(stage: Stage, watched: Watched) -> None:
    stage.open(4, stage.lin)
    stage.issue()
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    stage.issue()
    watched.vip("V001")
    found = outlook.prospects(_situation(stage))
    promised = found.each[1]
    assert 0 < promised.chance < 1
    assert found.any_late == promised.chance
    watched.vip("V002")
    more = outlook.prospects(_situation(stage))
    assert more.any_late >= max(one.chance for one in more.each[1:])


def test_a_second_counter_saves_a_promise_and_shortens_the_wait(stage: Stage, watched: Watched) -> None:
    stage.open(4, stage.lin)
    for n in range(3):
        watched.vip(f"V00{n}")
        stage.issue()
    stage.now += 5
    now = _situation(stage)
    with stage.store.read() as conn:
        book = learning.rule_book(conn)
    option = remedies.Option(ActKind.OPEN_COUNTER, 5)
    [opened, nothing] = outlook.weigh(now, [changed(now, book, option.proposal), now])
    assert opened.saved > 0.9
    assert opened.ordinary_s < -300
    assert (nothing.saved, nothing.ordinary_s) == (0, 0)


def test_remedies_are_few_and_a_closed_counter_is_one_only_with_somebody_free(stage: Stage, watched: Watched) -> None:
    stage.open(1, stage.lin)
    stage.open(2, stage.zhou)
    watched.pause(2)
    vip = watched.vip("V001")
    counters = stage.present().lobby.counters
    alone = remedies.options(counters, [vip], [])
    assert [(one.kind, one.counter) for one in alone] == [(ActKind.END_PAUSE, 2)]
    helped = remedies.options(counters, [vip], [Staff(9, "Sun", stage.lin.role)])
    assert [(one.kind, one.counter) for one in helped][:1] == [(ActKind.OPEN_COUNTER, 4)]
    assert len(helped) <= 6
    plain = stage.issue().ticket
    lent = remedies.options(counters, [plain], [])
    assert (lent[-1].counter, lent[-1].before, lent[-1].permission) == (1, Permission.VIP_FIRST, Permission.PRIMARY)


@pytest.mark.usefixtures("watched")
def test_demand_beyond_the_counters_lasts_until_the_half_hour_that_they_can_serve(stage: Stage) -> None:
    """Ten minutes a service: a counter does six an hour."""
    stage.open(4, stage.lin)
    assert prospects.beyond_until(_situation(stage, _an_hour(5))) is None
    rates = [8 / 3600] * HALF_HOURS
    rates[15] = 1 / 3600  # the business day begins at four: half past eleven
    busy = Habits(arrivals={ORDINARY: rates})
    assert prospects.beyond_until(_situation(stage, busy)) == TEN + 90 * 60
    closing = replace(_situation(stage, busy), closes_at=TEN + 20 * 60)
    assert prospects.beyond_until(closing) == TEN + 20 * 60


@pytest.mark.usefixtures("watched")
def test_the_days_course_joins_what_was_with_what_will_be(stage: Stage) -> None:
    stage.open(4, stage.lin)
    for _ in range(3):
        stage.issue()
    stage.later(12)
    stage.call(4, stage.lin)
    situation = replace(_situation(stage, _an_hour(2)), closes_at=inf)
    ahead = outlook.course(situation, stage.now + 3600)
    assert [one.low <= one.mid <= one.high for one in ahead] == [True] * len(ahead)
    assert ahead[0].mid <= 3
    assert ahead[-1].mid <= 1
    times = [(TEN, stage.now, None), (TEN, None, None), (TEN, None, TEN + 300)]
    shown = day_course.course(times, situation, ahead, None)
    assert shown["past"] == [[TEN, 3, 3, 0], [TEN + 600, 2, 0, 0]]
    assert shown["usual"][0] == [TEN, round(2 / 6, 1)]
    assert shown["usual"][-1][0] == shown["ahead"][-1][0] == ahead[-1].at


def test_a_call_for_help_and_a_failing_printer_are_alerts_until_they_are_mended(stage: Stage, watched: Watched) -> None:
    def fail(conn: Connection) -> None:
        printer_id, _ = staff.add_device(conn, DeviceKind.PRINTER, "P1", {})
        print_jobs.add(conn, stage.present().lobby.waiting[0].id, printer_id, stage.now)
        job = print_jobs.claim(conn, printer_id, stage.now)
        assert job is not None
        print_jobs.finish(conn, job.id, PrintState.FAILED, "no paper", stage.now)

    stage.issue()
    with stage.store.read() as conn:
        kiosk = staff.devices(conn, DeviceKind.KIOSK)[0]
    asked = stage.store.write(lambda conn: help_desk.call(conn, kiosk, stage.now))
    stage.store.write(fail)
    watched.look()
    kinds = {one.kind for one in watched.open_alerts()}
    assert kinds >= {AlertKind.HELP_CALLED, AlertKind.PRINTER_FAILED}
    stage.store.write(lambda conn: help_desk.answer(conn, asked.id, stage.mei, stage.now))
    stage.store.write(lambda conn: conn.execute("UPDATE print_jobs SET state = 'printed'"))
    watched.look()
    assert not {one.kind for one in watched.open_alerts()} & {AlertKind.HELP_CALLED, AlertKind.PRINTER_FAILED}


def test_an_alert_that_is_switched_off_is_never_raised_and_one_put_off_is_out_of_sight(
    stage: Stage, watched: Watched
) -> None:
    rule = _rule(stage, AlertKind.PROMISE_BROKEN)
    stage.store.write(lambda conn: alerts.set_rule(conn, replace(rule, is_on=False)))
    watched.vip("V001")
    stage.later(11)
    watched.look()
    assert watched.open_alerts(AlertKind.PROMISE_BROKEN) == []
    stage.store.write(lambda conn: alerts.set_rule(conn, rule))
    watched.look()
    [alert] = watched.open_alerts(AlertKind.PROMISE_BROKEN)
    stage.store.write(lambda conn: alerts.snooze(conn, alert.id, stage.now + 60))
    shown: Callable[[], list[str]] = lambda: [one["kind"] for one in watched.floor()["alerts"]]  # noqa: E731
    assert "promise_broken" not in shown()
    stage.later(1)
    assert "promise_broken" in shown()
    with stage.store.read() as conn:
        assert webhooks.counts(conn)["pending"] == 0


def _rule(stage: Stage, kind: AlertKind) -> AlertRule:
    with stage.store.read() as conn:
        return alerts.rules(conn)[kind]


def test_a_store_without_hours_and_people_foresees_nothing_and_fails_at_nothing(stage: Stage, watched: Watched) -> None:
    watched.look()
    floor = watched.floor()
    assert (floor["risks"], floor["remedies"], floor["alerts"]) == ([], None, [])
    assert floor["day"]["past"]
    assert all(counter.state == CounterState.CLOSED for counter in stage.present().lobby.counters)
