"""When alerts begin and end: thresholds, hysteresis, one alert per cause, a restart; and how a VIP comes to be late."""

import pytest
from lobby_stage import CHEN, WANG, Stage
from watched_stage import Watched

from counter import desk
from db import alerts, events
from db.alarm_records import USUAL_RULES, Alert, AlertKind, AlertRule, Fact
from db.event_records import EventKind
from display.alarms import CALM_S, judge

RULES = {rule.kind: rule for rule in USUAL_RULES}
QUEUE = AlertKind.QUEUE_LONGER


@pytest.fixture
def watched(stage: Stage) -> Watched:
    return Watched(stage)


def _fact(people: float) -> Fact:
    return Fact(QUEUE, "queue:plan", people)


def test_an_alert_begins_at_its_threshold_and_not_below() -> None:
    rules = {**RULES, QUEUE: AlertRule(QUEUE, 15, 12)}
    assert judge(rules, [], [_fact(14)], 0).raised == []
    assert judge(rules, [], [_fact(15)], 0).raised == [_fact(15)]
    assert judge({**rules, QUEUE: AlertRule(QUEUE, 15, 12, is_on=False)}, [], [_fact(99)], 0).raised == []


def test_a_queue_that_sways_about_the_threshold_makes_one_alert() -> None:
    """16, 14, 16, 14 …: below the threshold but not calm; the alert stays, and ends after three calm minutes."""
    alert = Alert(1, QUEUE, "queue:plan", {}, began_at=0)
    for now, people in enumerate([16, 14, 13, 16, 12], start=1):
        verdict = judge(RULES, [alert], [_fact(people)], now)
        assert (verdict.raised, verdict.ended) == ([], [])
        assert verdict.kept[0].calm_since is None
    calm = judge(RULES, [alert], [_fact(11)], 100).kept[0]
    assert calm.calm_since == 100
    alert = Alert(1, QUEUE, "queue:plan", {}, began_at=0, calm_since=100)
    assert judge(RULES, [alert], [_fact(11)], 99 + CALM_S).ended == []
    assert judge(RULES, [alert], [_fact(11)], 100 + CALM_S).ended == [alert]
    assert judge(RULES, [alert], [_fact(12)], 100 + CALM_S).kept[0].calm_since is None


def test_a_cause_that_is_gone_ends_its_alert_at_once() -> None:
    alert = Alert(1, AlertKind.PROMISE_BROKEN, "ticket:7", {}, began_at=0)
    assert judge(RULES, [alert], [], 5).ended == [alert]


def test_a_vip_drifts_towards_a_breach_and_is_listed_long_before(stage: Stage, watched: Watched) -> None:
    """One counter, a long service, three VIPs: the third cannot be called in time."""
    stage.open(4, stage.lin)
    stage.issue()
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    watched.sign_in(stage.zhou.id)
    last = [watched.vip(f"V{n:03}") for n in (1, 2, 3)][-1]
    watched.look()
    floor = watched.floor()
    listed = {row["number"]: row for row in floor["risks"]}
    assert listed["V003"]["chance_percent"] >= 90
    assert listed["V003"]["why"]["values"] == {"ahead": 2, "counters": 1, "all": 5}
    assert [one["kind"] for one in floor["alerts"]] == ["promise_at_risk"]
    best = floor["remedies"][0]
    assert best["kind"] == "open_counter"
    assert best["staff"][0]["name"] == "Zhou"
    assert best["saved"] >= 1
    assert (last.due_at or 0) - stage.now >= 180


def _day(stage: Stage, watched: Watched, *, acts: bool) -> list[str]:
    """Three VIPs and one counter, twenty minutes; with `acts` the best remedy is taken at its first showing."""
    from display.acts import Wish, do  # noqa: PLC0415

    stage.open(4, stage.lin)
    stage.issue()
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    watched.sign_in(stage.zhou.id)
    for n in (1, 2, 3):
        watched.vip(f"V{n:03}")
    busy_until = {4: stage.now + 400}
    at_work = {4: stage.lin}
    for now in watched.looks(20):
        remedies = [one for one in watched.floor()["remedies"] or [] if one["kind"] == "open_counter"]
        if acts and remedies and len(at_work) == 1:
            number = remedies[0]["counter"]
            wish = Wish(remedies[0]["kind"], number, remedies[0]["staff"][0]["id"])
            stage.store.write(lambda conn, wish=wish: do(conn, wish, stage.mei, stage.now))  # type: ignore[misc]
            at_work[number], busy_until[number] = stage.zhou, now + 30
        for number, person in at_work.items():
            if now >= busy_until[number] and stage.present().lobby.waiting:
                if number in stage.present().lobby.serving:
                    stage.act(desk.finish, number, person)
                stage.call(number, person)
                stage.act(desk.start, number, person)
                busy_until[number] = now + 400
    return [str(one.said["number"]) for one in watched.history(AlertKind.PROMISE_BROKEN)]


def test_the_day_without_the_remedy_breaches(stage: Stage, watched: Watched) -> None:
    assert _day(stage, watched, acts=False) == ["V002", "V003"]


def test_the_same_day_with_the_remedy_does_not(stage: Stage, watched: Watched) -> None:
    assert _day(stage, watched, acts=True) == []
    assert watched.history(AlertKind.PROMISE_AT_RISK)


def test_risk_becomes_breach_becomes_history(stage: Stage, watched: Watched) -> None:
    """First one alert that promises are at risk, then one for each that is broken, each with its beginning and end."""
    stage.open(4, stage.lin)
    stage.issue()
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    for n in (1, 2):
        watched.vip(f"V{n:03}")
    for _ in watched.looks(12, every_s=30):
        pass
    [broken] = [one for one in watched.open_alerts(AlertKind.PROMISE_BROKEN) if one.said["number"] == "V002"]
    [risk] = watched.history(AlertKind.PROMISE_AT_RISK)
    assert risk.began_at < broken.began_at - 180
    stage.act(desk.finish_and_call_next, 4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    stage.act(desk.finish_and_call_next, 4, stage.lin)
    watched.look()
    assert watched.open_alerts(AlertKind.PROMISE_BROKEN) == []


def test_a_restart_keeps_open_alerts_and_raises_none_twice(stage: Stage, watched: Watched) -> None:
    watched.vip("V001")
    stage.later(11)
    watched.look()
    [before] = watched.open_alerts(AlertKind.PROMISE_BROKEN)
    watched.restart()
    watched.look()
    assert watched.open_alerts(AlertKind.PROMISE_BROKEN) == [before]
    raised = [event for event in stage.journal() if event.kind == EventKind.ALERT_RAISED]
    assert len([event for event in raised if event.data["about"] == "promise_broken"]) == 1


def test_the_database_refuses_a_second_open_alert_of_one_cause(stage: Stage) -> None:
    import sqlite3  # noqa: PLC0415

    begin = lambda conn: alerts.begin(conn, QUEUE, "queue:plan", {}, stage.now)  # noqa: E731
    first = stage.store.write(begin)
    with pytest.raises(sqlite3.IntegrityError):
        stage.store.write(begin)
    stage.store.write(lambda conn: alerts.end(conn, first, stage.now))
    stage.store.write(begin)


def test_a_look_that_finds_nothing_new_writes_nothing(stage: Stage, watched: Watched) -> None:
    watched.vip("V001")
    stage.later(11)
    watched.look()
    with stage.store.read() as conn:
        before = events.version(conn)
    stage.now += 5
    watched.watching.look()
    with stage.store.read() as conn:
        assert events.version(conn) == before


def test_everything_that_can_go_wrong_on_a_floor_raises_its_alert(stage: Stage, watched: Watched) -> None:
    stage.open(4, stage.lin)
    stage.issue()
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    stage.open(1, stage.zhou)
    watched.pause(1)
    stage.later(46)
    for _ in range(15):
        stage.issue("billing")
    stage.later(36)
    watched.look()
    kinds = {one.kind for one in watched.open_alerts()}
    assert kinds >= {
        AlertKind.SERVICE_LONG, AlertKind.PAUSED_LONG, AlertKind.QUEUE_LONGER, AlertKind.WAIT_LONGER,
    }  # fmt: skip
    stage.act(desk.finish, 4, stage.lin)
    stage.later(4)
    watched.look()
    [idle] = watched.open_alerts(AlertKind.COUNTER_IDLE)
    assert idle.said["counter"] == 4
    assert watched.open_alerts(AlertKind.SERVICE_LONG) == []


def test_a_kiosk_that_falls_silent_is_told_and_one_that_was_never_there_is_not(stage: Stage, watched: Watched) -> None:
    watched.look()
    stage.later(10)
    watched.look()
    assert watched.open_alerts(AlertKind.SCREEN_SILENT) == []
    watched.there = {1}
    watched.look()
    stage.later(1)
    watched.there = set()
    watched.look()
    stage.later(2)
    watched.look()
    assert watched.open_alerts(AlertKind.SCREEN_SILENT) == []
    stage.later(1)
    watched.look()
    assert len(watched.open_alerts(AlertKind.SCREEN_SILENT)) == 1
    watched.there = {1}
    watched.look()
    assert watched.open_alerts(AlertKind.SCREEN_SILENT) == []


def test_without_risk_nothing_is_weighed(stage: Stage, watched: Watched) -> None:
    stage.open(4, stage.lin)
    stage.issue(member=WANG)
    watched.look()
    assert "weigh" not in watched.jobs


def test_the_same_risk_is_weighed_now_and_then_only(stage: Stage, watched: Watched) -> None:
    watched.sign_in(stage.zhou.id)
    stage.issue(member=WANG)
    stage.issue(member=CHEN)
    for _ in watched.looks(1, every_s=5):
        pass
    assert watched.jobs.count("weigh") == 3
