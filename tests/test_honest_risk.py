"""The floor's risk list tells no time that nobody can know: no counter open, too little measured, no forecast."""

from sqlite3 import Connection
from typing import Any

import pytest
from lobby_stage import Stage
from watched_stage import Watched

from counter import desk
from db import settings
from db.setting_records import ServiceTime

HARDLY_KNOWN = ServiceTime(6.35, 0.3, known=5)
"""Five services of each kind: less than thirty altogether."""


@pytest.fixture
def watched(stage: Stage) -> Watched:
    return Watched(stage)


def _forget(conn: Connection) -> None:
    for code in settings.services(conn):
        settings.learn(conn, code, HARDLY_KNOWN)


def _busy(stage: Stage) -> None:
    """Lin has begun to serve somebody at counter 4."""
    stage.open(4, stage.lin)
    stage.issue()
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)


def _risks(watched: Watched) -> dict[str, dict[str, Any]]:
    watched.look()
    return {row["number"]: row for row in watched.floor()["risks"]}


def test_without_an_open_counter_the_list_says_so_and_tells_no_time(stage: Stage, watched: Watched) -> None:
    watched.vip("V001")
    stage.issue()
    for row in _risks(watched).values():
        assert row["call_in"] == {"unknown": "no_counter_open"}
        assert row["why"]["code"] == "no_counter"
        assert row["chance_percent"] == 100
    stage.open(4, stage.lin)
    assert _risks(watched) == {}


def test_with_fewer_than_thirty_services_known_neither_time_nor_chance_is_told(stage: Stage, watched: Watched) -> None:
    stage.store.write(_forget)
    _busy(stage)
    for n in (1, 2, 3):
        watched.vip(f"V{n:03}")
    guessed = _risks(watched)["V003"]
    assert (guessed["call_in"], guessed["chance_percent"]) == ({"unknown": "not_enough_data"}, None)
    assert guessed["why"]["values"] == {"ahead": 2, "counters": 1, "all": 5}
    Watched(stage).look()
    known = _risks(watched)["V003"]
    assert known["call_in"]["low_s"] <= known["call_in"]["mid_s"] <= known["call_in"]["high_s"]
    assert known["chance_percent"] > 90


def test_nobody_is_said_to_be_safe_before_enough_is_known(stage: Stage, watched: Watched) -> None:
    stage.store.write(_forget)
    _busy(stage)
    watched.vip("V001")
    stage.open(5, stage.zhou)
    watched.look()
    assert watched.floor()["risks"] is None
    Watched(stage).look()
    assert watched.floor()["risks"] == []


def test_a_pause_without_an_end_is_told_as_the_reason_and_no_time_is_guessed(stage: Stage, watched: Watched) -> None:
    stage.open(4, stage.lin)
    watched.pause(4)
    watched.vip("V001")
    paused = _risks(watched)["V001"]
    assert paused["call_in"] == {"unknown": "not_enough_data"}
    assert paused["why"]["code"] == "all_paused"


def test_a_forecast_that_no_longer_runs_is_not_taken_for_calm(stage: Stage, watched: Watched) -> None:
    stage.open(4, stage.lin)
    stage.issue()
    watched.look()
    assert watched.floor()["risks"] == []
    stage.later(2.1)
    assert watched.floor()["risks"] is None
