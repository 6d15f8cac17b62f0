"""Calling a person to a kiosk: one open call however often it is touched, one answer, told to everybody at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sqlite3 import IntegrityError

import pytest
from lobby_stage import Stage
from serving import Serving

from db import help_calls, staff
from db.errors import NotFound
from db.event_records import EventKind, HelpCall
from db.people_records import Device, DeviceKind, Staff
from kiosk import help_desk


def _kiosk(stage: Stage, name: str = "door") -> Device:
    device_id, _ = stage.store.write(lambda conn: staff.add_device(conn, DeviceKind.KIOSK, name, {}))
    return Device(device_id, DeviceKind.KIOSK, name)


def _touch(stage: Stage, kiosk: Device) -> HelpCall:
    return stage.store.write(lambda conn: help_desk.call(conn, kiosk, stage.now))


def _answer(stage: Stage, call_id: int, person: Staff) -> HelpCall:
    return stage.store.write(lambda conn: help_desk.answer(conn, call_id, person, stage.now))


def _kinds(stage: Stage) -> list[EventKind]:
    return [event.kind for event in stage.journal() if event.kind in {EventKind.HELP_CALLED, EventKind.HELP_ANSWERED}]


def test_a_child_that_plays_with_the_button_rings_once(stage: Stage) -> None:
    kiosk = _kiosk(stage)
    calls = {_touch(stage, kiosk).id for _ in range(50)}
    assert len(calls) == 1
    assert _kinds(stage) == [EventKind.HELP_CALLED]


def test_who_waits_on_may_ring_again_and_the_floor_sees_how_often(stage: Stage) -> None:
    kiosk = _kiosk(stage)
    first = _touch(stage, kiosk)
    stage.later(1)
    again = _touch(stage, kiosk)
    assert (again.id, again.asked, again.at) == (first.id, 2, first.at)
    assert _kinds(stage) == [EventKind.HELP_CALLED] * 2


def test_an_answer_is_the_first_ones_and_while_somebody_comes_nobody_else_is_called(stage: Stage) -> None:
    kiosk = _kiosk(stage)
    called = _touch(stage, kiosk)
    stage.later(0.5)
    answers = [_answer(stage, called.id, person) for person in (stage.mei, stage.lin)]
    assert [answer.answered_by for answer in answers] == ["staff:Mei", "staff:Mei"]
    assert _touch(stage, kiosk).id == called.id
    answered = [event for event in stage.journal() if event.kind == EventKind.HELP_ANSWERED]
    assert [(event.actor, event.data["kiosk"], event.data["waited_s"]) for event in answered] == [
        ("staff:Mei", "door", 30)
    ]
    stage.later(2)
    assert _touch(stage, kiosk).id != called.id


def test_two_kiosks_call_for_themselves(stage: Stage) -> None:
    doors = [_kiosk(stage, name) for name in ("east", "west")]
    for kiosk in doors:
        _touch(stage, kiosk)
    with stage.store.read() as conn:
        assert [call.kiosk for call in help_calls.recent(conn, stage.now)] == ["east", "west"]


def test_many_touches_at_once_open_one_call(stage: Stage) -> None:
    kiosk = _kiosk(stage)
    barrier = threading.Barrier(8)

    def touch(_: int) -> int:
        barrier.wait()
        return _touch(stage, kiosk).id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(touch, range(8)))) == 1
    assert _kinds(stage) == [EventKind.HELP_CALLED]


def test_the_database_itself_keeps_a_kiosk_to_one_open_call(stage: Stage) -> None:
    kiosk = _kiosk(stage)
    _touch(stage, kiosk)
    with pytest.raises(IntegrityError, match="UNIQUE"):
        stage.store.write(lambda conn: help_calls.open_call(conn, kiosk.id, stage.now))


def test_a_call_that_nobody_answered_ends_with_its_day(stage: Stage) -> None:
    called = _touch(stage, _kiosk(stage))
    stage.later(24 * 60)
    stage.store.write(lambda conn: help_desk.close_left_over(conn, stage.now, stage.now))
    with stage.store.read() as conn:
        closed = help_calls.by_id(conn, called.id)
    assert closed is not None
    assert closed.answered_by == "system"
    with pytest.raises(NotFound):
        _answer(stage, 999, stage.mei)


def test_only_a_kiosk_calls_only_a_manager_answers_and_the_board_tells_both(tmp_path: Path) -> None:
    with Serving(tmp_path / "store") as server:
        kiosk = server.client(server.device("kiosk", "door")["token"])
        program = server.client(server.device("api", "program")["token"])
        clerk, manager = (server.client(server.sign_in(name, name)) for name in ("counter", "manager"))
        with kiosk, program, clerk, manager:
            assert program.post("/api/v1/help-calls", json={}).status_code == 401
            called = kiosk.post("/api/v1/help-calls", json={}).json()
            assert (called["kiosk"], called["coming"]) == ("door", False)
            path = f"/api/v1/help-calls/{called['id']}/answer"
            assert clerk.post(path, json={}).status_code == 403
            assert [call["kiosk"] for call in manager.get("/api/v1/floor").json()["help"]] == ["door"]
            assert manager.post(path, json={}).json()["coming"] is True
            assert [call["coming"] for call in kiosk.get("/api/v1/board").json()["help"]] == [True]
            assert manager.get("/api/v1/floor").json()["help"] == []
            assert manager.post("/api/v1/help-calls/99/answer", json={}).status_code == 404
