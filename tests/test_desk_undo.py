"""Undo: the last action at a counter is taken back exactly, or refused with the reason."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from sqlite3 import Connection
from typing import Any

import pytest
from lobby_stage import WANG, Stage

from counter import choosing, desk, holding, undoing
from counter.desk_errors import (
    MemberHasTicket,
    NothingToUndo,
    UndoCalledElsewhere,
    UndoCounterChanged,
    UndoDayTurned,
    UndoMovedOn,
)
from counter.present import load_with_calls
from counter.screen import read
from db import quotes, settings
from db.errors import LobbyError
from db.event_records import EventKind
from db.ticket_records import HoldKind, TicketState
from kiosk import holder

SECOND = 1 / 60


def test_a_wrong_call_is_undone_with_place_clock_and_quote(stage: Stage) -> None:
    token = stage.issue().ticket.token
    stage.later(5)
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.later(20 * SECOND)
    stage.act(undoing.undo, 4, stage.lin)
    back = stage.ticket(token)
    assert (back.state, back.calls, back.first_called_at, back.counter) == (TicketState.WAITING, 0, None, None)
    assert _scored(stage) == []
    assert stage.call(4, stage.lin)[0] == back.number


def test_finish_and_call_next_is_undone_as_a_whole(stage: Stage) -> None:
    served, called = stage.issue().ticket.token, stage.issue().ticket.token
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    started_at = stage.ticket(served).started_at
    stage.later(3)
    stage.act(desk.finish_and_call_next, 4, stage.lin)
    stage.act(undoing.undo, 4, stage.lin)
    assert stage.at(4).token == served
    assert (stage.ticket(served).state, stage.ticket(served).started_at) == (TicketState.SERVING, started_at)
    assert stage.ticket(served).outcome is None
    assert (stage.ticket(called).state, stage.ticket(called).first_called_at) == (TicketState.WAITING, None)
    undone = [event for event in stage.journal() if event.kind == EventKind.UNDONE]
    assert [(event.ticket, event.data["undid"][0]["kind"]) for event in undone] == [  # type: ignore[index]
        ("A001", "completed"),
        ("A002", "called"),
    ]


def test_a_quote_that_was_scored_before_stays_scored(stage: Stage) -> None:
    stage.issue()
    stage.open(4, stage.lin)
    stage.later(2)
    stage.call(4, stage.lin)
    stage.act(desk.put_back, 4, stage.lin)
    stage.later(2)
    stage.call(4, stage.lin)
    stage.act(undoing.undo, 4, stage.lin)
    assert _scored(stage) == [120]


def test_a_call_that_was_undone_is_over_and_no_longer_counts_for_the_rule(stage: Stage) -> None:
    stage.issue()
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.act(undoing.undo, 4, stage.lin)
    with stage.store.read() as conn:
        present = load_with_calls(conn, stage.now)
        assert [call["over"] for call in read(conn, 4, present)["calls"]] == [True]
        assert present.lobby.last_reasons == []


def test_a_recall_belongs_to_its_call(stage: Stage) -> None:
    token = stage.issue().ticket.token
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.later(15 * SECOND)
    stage.act(desk.recall, 4, stage.lin)
    stage.act(undoing.undo, 4, stage.lin)
    assert (stage.ticket(token).state, stage.ticket(token).calls) == (TicketState.WAITING, 0)


def test_one_undo_after_the_other_goes_back_step_by_step(stage: Stage) -> None:
    token = stage.issue().ticket.token
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    stage.act(lambda c, n, s, t: holding.hold(c, n, s, t, HoldKind.STEP), 4, stage.lin)
    states = []
    for _ in range(3):
        stage.act(undoing.undo, 4, stage.lin)
        states.append(stage.ticket(token).state)
    assert states == [TicketState.SERVING, TicketState.CALLED, TicketState.WAITING]
    with pytest.raises(NothingToUndo):
        stage.act(undoing.undo, 4, stage.lin)


def test_a_double_tap_takes_back_one_action(stage: Stage) -> None:
    stage.issue()
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    shown = _view(stage)["undo"]["id"]
    stage.act(lambda c, n, s, t: undoing.undo(c, n, s, t, shown), 4, stage.lin)
    with pytest.raises(NothingToUndo):
        stage.act(lambda c, n, s, t: undoing.undo(c, n, s, t, shown), 4, stage.lin)
    assert stage.at(4).state == TicketState.CALLED


def test_after_a_minute_it_is_too_late_and_the_view_says_until_when(stage: Stage) -> None:
    stage.issue()
    stage.open(4, stage.lin)
    assert _view(stage)["actions"]["undo"]["code"] == "nothing_to_undo"
    stage.call(4, stage.lin)
    assert (_view(stage)["undo"]["what"], _view(stage)["undo"]["number"]) == ("call-next", "A001")
    assert _view(stage)["actions"]["undo"] is None
    stage.later(61 * SECOND)
    assert _view(stage)["undo"] is None
    with pytest.raises(NothingToUndo):
        stage.act(undoing.undo, 4, stage.lin)


def test_what_was_called_elsewhere_since_is_not_taken_away(stage: Stage) -> None:
    stage.issue()
    stage.open(4, stage.lin)
    stage.open(5, stage.zhou)
    stage.call(4, stage.lin)
    stage.act(desk.put_back, 4, stage.lin)
    stage.call(5, stage.zhou)
    with pytest.raises(UndoCalledElsewhere, match="counter 5"):
        stage.act(undoing.undo, 4, stage.lin)
    assert stage.at(5).state == TicketState.CALLED


def test_a_counter_that_somebody_left_is_not_brought_back(stage: Stage) -> None:
    stage.issue()
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.serve(4, stage.lin)
    stage.act(desk.close_counter, 4, stage.lin)
    stage.open(4, stage.zhou)
    with pytest.raises(UndoCounterChanged):
        stage.act(undoing.undo, 4, stage.zhou)


def test_a_member_who_has_taken_another_number_is_not_brought_back_too(stage: Stage) -> None:
    stage.issue(member=WANG)
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.miss(4, stage.lin)
    other = stage.issue(member=WANG).ticket.number
    with pytest.raises(MemberHasTicket, match=other):
        stage.act(undoing.undo, 4, stage.lin)


def test_a_customer_who_has_stepped_back_since_keeps_the_place_they_chose(stage: Stage) -> None:
    token = stage.issue().ticket.token
    stage.issue()
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.act(desk.put_back, 4, stage.lin)
    stage.store.write(lambda conn: holder.let_pass(conn, token, None, stage.now))
    with pytest.raises(UndoMovedOn):
        stage.act(undoing.undo, 4, stage.lin)


def test_a_booking_goes_back_with_its_ticket(stage: Stage) -> None:
    stage.book(stage.now)
    stage.check_in(code="123456")
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    stage.act(desk.finish, 4, stage.lin)
    assert _booking(stage) == "completed"
    stage.act(undoing.undo, 4, stage.lin)
    assert _booking(stage) == "checked_in"


def test_a_day_that_has_turned_stays_turned(stage: Stage) -> None:
    stage.later(18 * 60 - 0.5)
    stage.issue()
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.later(1)
    with pytest.raises(UndoDayTurned):
        stage.act(undoing.undo, 4, stage.lin)


def test_what_a_manager_decided_can_be_undone_too(stage: Stage) -> None:
    stage.issue()
    last = stage.issue().ticket
    stage.open(4, stage.mei)
    stage.act(lambda c, n, s, t: choosing.prioritise(c, n, s, t, last.number, "aged 90"), 4, stage.mei)
    assert _queue(stage) == ["A002", "A001"]
    stage.act(undoing.undo, 4, stage.mei)
    assert _queue(stage) == ["A001", "A002"]


def test_undo_and_a_call_elsewhere_at_once_never_leave_a_ticket_at_two_counters(stage: Stage) -> None:
    """Lin takes her return back while Zhou calls: whoever comes first wins, the other is told."""
    stage.open(4, stage.lin)
    stage.open(5, stage.zhou)
    for _ in range(20):
        token = stage.issue().ticket.token
        stage.call(4, stage.lin)
        stage.act(desk.put_back, 4, stage.lin)
        barrier = threading.Barrier(2)

        def at_once(work: object, barrier: threading.Barrier = barrier) -> bool:
            barrier.wait()
            try:
                work()  # type: ignore[operator]
            except LobbyError:
                return False
            return True

        with ThreadPoolExecutor(2) as both:
            keys = [lambda: stage.act(undoing.undo, 4, stage.lin), lambda: stage.act(desk.call_next, 5, stage.zhou)]
            won = list(both.map(at_once, keys))
        assert sum(won) == 1
        at = 4 if won[0] else 5
        assert stage.ticket(token).counter == at
        stage.serve(at, stage.lin if at == 4 else stage.zhou, minutes=0)


def test_auto_call_does_not_call_again_at_once_what_was_taken_back(stage: Stage) -> None:
    stage.store.write(lambda conn: _auto_call(conn, 10))
    stage.issue()
    stage.open(4, stage.lin)
    stage.later(11 * SECOND)
    assert stage.store.write(lambda conn: desk.call_by_itself(conn, 4, stage.now))
    stage.later(5 * SECOND)
    stage.act(undoing.undo, 4, stage.lin)
    assert not stage.store.write(lambda conn: desk.call_by_itself(conn, 4, stage.now))
    stage.later(10 * SECOND)
    assert stage.store.write(lambda conn: desk.call_by_itself(conn, 4, stage.now))


def _auto_call(conn: Connection, seconds: float) -> None:
    store = settings.load(conn)
    settings.save(conn, replace(store, desk=replace(store.desk, auto_call_s=seconds)))


def _view(stage: Stage) -> Any:
    with stage.store.read() as conn:
        return read(conn, 4, load_with_calls(conn, stage.now))


def _queue(stage: Stage) -> list[str]:
    with stage.store.read() as conn:
        return [row["number"] for row in read(conn, 4, load_with_calls(conn, stage.now))["queue"]]


def _scored(stage: Stage) -> list[float]:
    with stage.store.read() as conn:
        assert quotes.people_ahead(conn, 1) == 0
        return [row["wait_s"] for row in conn.execute("SELECT wait_s FROM quotes WHERE wait_s IS NOT NULL")]


def _booking(stage: Stage) -> str:
    with stage.store.read() as conn:
        return str(conn.execute("SELECT state FROM appointments").fetchone()["state"])
