"""What the floor manager decides about one number: place, move, cancel, reinstate; undone, refused, in a race."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from sqlite3 import Connection
from typing import Any

import pytest
from lobby_stage import WANG, Stage

from counter import desk, holding, undoing
from counter.desk_errors import (
    CounterClosed,
    MemberHasTicket,
    TransferToNowhere,
    UndoCalledElsewhere,
    UndoMovedOn,
    UnknownNumber,
    WrongState,
)
from counter.present import load_with_calls
from db import calendar, retention, settings
from db.alarm_records import Act, ActKind
from db.booking_records import AppointmentState
from db.errors import LobbyError
from db.event_records import EventKind
from db.retention import Kind, Periods
from db.ticket_records import HoldKind, Place, TicketState
from display import acts, screens
from display.acts import Wish
from display.errors import ActOver, IncompleteAct, NothingToEnd

PLACE, MOVE = ActKind.PLACE_TICKET, ActKind.MOVE_TICKET
CANCEL, REINSTATE = ActKind.CANCEL_TICKET, ActKind.REINSTATE_TICKET
WHY = "行动不便"


def _do(stage: Stage, kind: ActKind, number: str, **wish: Any) -> Act:
    whole = Wish(kind, ticket=number, **{"reason": WHY, **wish})
    return stage.store.write(lambda conn: acts.do(conn, whole, stage.mei, stage.now))


def _undo(stage: Stage, act: Act) -> Act:
    return stage.store.write(lambda conn: acts.undo(conn, act.id, stage.mei, stage.now))


def _line(stage: Stage) -> list[str]:
    return [ticket.number for ticket in stage.present().line]


def _floor(stage: Stage) -> Any:
    with stage.store.read() as conn:
        return screens.read_floor(conn, load_with_calls(conn, stage.now))


def _three(stage: Stage) -> list[str]:
    numbers = []
    for _ in range(3):
        numbers.append(stage.issue().ticket.number)
        stage.later(1)
    return numbers


def test_a_number_goes_first_last_and_back_to_its_own_place(stage: Stage) -> None:
    first, second, third = _three(stage)
    _do(stage, PLACE, third, place=Place.FIRST)
    assert _line(stage) == [third, first, second]
    assert [row["number"] for row in _floor(stage)["line"] if row["placed"]] == [third]
    _do(stage, PLACE, third, place=Place.ORIGINAL)
    assert _line(stage) == [first, second, third]
    _do(stage, PLACE, first, place=Place.LAST)
    assert _line(stage) == [second, third, first]


def test_why_a_number_was_placed_is_in_the_journal_and_only_there(stage: Stage) -> None:
    _, _, third = _three(stage)
    _do(stage, PLACE, third, place=Place.FIRST)
    placed, acted = stage.journal()[-2:]
    assert (placed.kind, placed.actor, placed.ticket, placed.counter) == (
        EventKind.PRIORITISED, "staff:Mei", third, None,
    )  # fmt: skip
    assert placed.data == {"reason": WHY}
    assert acted.kind == EventKind.FLOOR_ACTED
    assert WHY not in str(acted.data)


def test_placing_is_undone_exactly_and_not_after_a_minute(stage: Stage) -> None:
    first, second, third = _three(stage)
    before = stage.present().lobby.waiting
    act = _do(stage, PLACE, third, place=Place.FIRST)
    [shown] = _floor(stage)["acts"]
    assert (shown["kind"], shown["number"], shown["place"]) == ("place_ticket", third, "first")
    _undo(stage, act)
    assert stage.present().lobby.waiting == before
    assert _line(stage) == [first, second, third]
    assert _floor(stage)["acts"] == []
    undone = [event for event in stage.journal() if event.kind == EventKind.UNDONE]
    assert [(event.ticket, event.counter, event.data["action"]) for event in undone] == [(third, None, "prioritise")]
    late = _do(stage, PLACE, third, place=Place.FIRST)
    stage.now += 61
    with pytest.raises(ActOver):
        _undo(stage, late)
    assert _line(stage)[0] == third


def test_whom_a_counter_has_called_since_is_not_put_back(stage: Stage) -> None:
    stage.open(4, stage.lin)
    _, _, third = _three(stage)
    act = _do(stage, PLACE, third, place=Place.FIRST)
    assert stage.call(4, stage.lin)[0] == third
    with pytest.raises(UndoCalledElsewhere):
        _undo(stage, act)
    assert stage.at(4).number == third


def test_two_acts_on_one_number_are_undone_in_their_order_only(stage: Stage) -> None:
    first, second, third = _three(stage)
    forward = _do(stage, PLACE, third, place=Place.FIRST)
    back = _do(stage, PLACE, third, place=Place.LAST)
    with pytest.raises(UndoMovedOn):
        _undo(stage, forward)
    _undo(stage, back)
    _undo(stage, forward)
    assert _line(stage) == [first, second, third]


def test_a_counters_own_undo_leaves_what_the_floor_did(stage: Stage) -> None:
    stage.open(4, stage.lin)
    first, second, third = _three(stage)
    stage.call(4, stage.lin)
    _do(stage, PLACE, third, place=Place.FIRST)
    stage.act(undoing.undo, 4, stage.lin)
    assert _line(stage) == [first, third, second]


def test_a_wrong_service_is_put_right_with_the_old_place_and_clock(stage: Stage) -> None:
    token = stage.issue("billing").ticket.token
    before = stage.ticket(token)
    stage.later(4)
    later = stage.issue("plan").ticket.number
    act = _do(stage, MOVE, before.number, service="plan")
    assert stage.ticket(token) == replace(before, service="plan")
    assert _line(stage) == [before.number, later]
    moved = stage.journal()[-2]
    assert (moved.kind, moved.data["before"], moved.data["service"]) == (EventKind.TRANSFERRED, "billing", "plan")
    assert _floor(stage)["acts"][0]["service_name"]["en"]
    _undo(stage, act)
    assert stage.ticket(token) == before


def test_a_number_is_moved_to_one_counter_and_that_counter_calls_it(stage: Stage) -> None:
    stage.open(4, stage.lin)
    first, second, _ = _three(stage)
    with pytest.raises(CounterClosed):
        _do(stage, MOVE, second, counter=5)
    stage.open(5, stage.zhou)
    _do(stage, MOVE, first, counter=5)
    assert stage.call(4, stage.lin)[0] == second
    assert stage.call(5, stage.zhou)[0] == first
    with pytest.raises(WrongState):
        _do(stage, MOVE, first, counter=4)


def test_moving_to_where_a_number_stands_is_refused(stage: Stage) -> None:
    stage.open(4, stage.lin)
    number = stage.issue("plan").ticket.number
    with pytest.raises(TransferToNowhere):
        _do(stage, MOVE, number, service="plan")
    _do(stage, MOVE, number, counter=4)
    with pytest.raises(NothingToEnd):
        _do(stage, MOVE, number, counter=4)


def test_a_cancelled_number_is_told_and_can_be_reinstated_or_the_cancelling_undone(stage: Stage) -> None:
    first, second, third = _three(stage)
    token = stage.present().line[0].token
    act = _do(stage, CANCEL, first)
    assert stage.ticket(token).state == TicketState.CANCELLED
    assert [(row["number"], row["state"]) for row in _floor(stage)["gone"]] == [(first, "cancelled")]
    with stage.store.read() as conn:
        phone = screens.read_ticket(conn, token, load_with_calls(conn, stage.now))["ticket"]
    assert phone["state"] == "cancelled"
    _undo(stage, act)
    assert _line(stage) == [first, second, third]
    _do(stage, CANCEL, first)
    stage.later(5)
    back = _do(stage, REINSTATE, first, reason="客户已返回")
    assert _line(stage) == [first, second, third]
    _undo(stage, back)
    assert _line(stage) == [second, third]


def test_who_is_on_hold_is_seen_from_the_floor_and_can_be_cancelled_there(stage: Stage) -> None:
    stage.open(4, stage.lin)
    stage.open(5, stage.zhou)
    first, second, third = _three(stage)
    for counter, person, kind in ((4, stage.lin, HoldKind.STEP), (5, stage.zhou, HoldKind.SAME_COUNTER)):
        stage.call(counter, person)
        stage.act(desk.start, counter, person)
        stage.act(partial(holding.hold, kind=kind), counter, person)
        stage.later(1)
    stage.act(partial(holding.step_done, wanted=first), 4, stage.lin)
    held = _floor(stage)["held"]
    assert [(row["number"], row["kind"], row["counter"], row["step_done"]) for row in held] == [
        (first, "step", 4, True),
        (second, "same_counter", 5, False),
    ]
    assert held[0]["since"] < held[1]["since"]
    act = _do(stage, CANCEL, first)
    assert [row["number"] for row in _floor(stage)["held"]] == [second]
    assert [row["number"] for row in _floor(stage)["gone"]] == [first]
    _undo(stage, act)
    assert [row["number"] for row in _floor(stage)["held"]] == [first, second]
    assert _line(stage) == [third]


def test_a_missed_number_is_reinstated_from_the_floor(stage: Stage) -> None:
    stage.open(4, stage.lin)
    first, second, _ = _three(stage)
    stage.call(4, stage.lin)
    stage.miss(4, stage.lin)
    assert [row["number"] for row in _floor(stage)["gone"]] == [first]
    _do(stage, REINSTATE, first)
    assert _line(stage)[:2] == [first, second]
    assert _floor(stage)["gone"] == []


def test_who_has_another_number_meanwhile_is_not_reinstated_and_the_cancelling_not_undone(stage: Stage) -> None:
    number = stage.issue(member=WANG).ticket.number
    act = _do(stage, CANCEL, number)
    other = stage.issue(member=WANG).ticket.number
    assert _floor(stage)["gone"][0]["other"] == other
    with pytest.raises(MemberHasTicket):
        _do(stage, REINSTATE, number)
    with pytest.raises(MemberHasTicket):
        _undo(stage, act)


def test_cancelling_gives_a_booking_back_and_undoing_takes_it_again(stage: Stage) -> None:
    stage.book(stage.now + 300)
    number = stage.check_in(code="123456").ticket.number
    act = _do(stage, CANCEL, number)
    assert _booking(stage) == AppointmentState.BOOKED
    _undo(stage, act)
    assert _booking(stage) == AppointmentState.CHECKED_IN


def _booking(stage: Stage) -> str:
    with stage.store.read() as conn:
        return str(conn.execute("SELECT state FROM appointments WHERE code = '123456'").fetchone()["state"])


@pytest.mark.parametrize("kind", [PLACE, MOVE, CANCEL, REINSTATE])
def test_an_act_on_a_number_needs_a_reason_and_a_number_of_today(stage: Stage, kind: ActKind) -> None:
    _three(stage)
    before = len(stage.journal())
    with pytest.raises(IncompleteAct):
        _do(stage, kind, "A001", reason=None, place=Place.FIRST, service="plan")
    with pytest.raises(UnknownNumber):
        _do(stage, kind, "Z999", place=Place.FIRST, service="plan")
    assert len(stage.journal()) == before


def test_whom_a_counter_serves_the_floor_does_not_touch(stage: Stage) -> None:
    stage.open(4, stage.lin)
    number = stage.issue().ticket.number
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    for kind in (PLACE, MOVE, CANCEL, REINSTATE):
        with pytest.raises(WrongState):
            _do(stage, kind, number, place=Place.FIRST, service="billing")


@pytest.mark.parametrize(
    ("kind", "wish", "otherwise"),
    [
        (PLACE, {"place": Place.FIRST}, NothingToEnd),
        (PLACE, {"place": Place.LAST}, NothingToEnd),
        (MOVE, {"service": "billing"}, TransferToNowhere),
        (CANCEL, {}, WrongState),
    ],
)
def test_two_managers_and_a_double_tap_have_one_outcome(
    stage: Stage, kind: ActKind, wish: Any, otherwise: type[LobbyError]
) -> None:
    _, second, _ = _three(stage)

    def attempt(_: int) -> str:
        try:
            _do(stage, kind, second, **wish)
        except otherwise:
            return "so already"
        return "done"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == ["done", "so already", "so already", "so already"]
    assert sum(event.kind == EventKind.FLOOR_ACTED for event in stage.journal()) == 1


def test_a_counter_calls_while_the_manager_cancels_and_one_of_them_does(stage: Stage) -> None:
    stage.open(4, stage.lin)
    token = stage.issue().ticket.token
    number = stage.ticket(token).number
    tries: list[Callable[[], object]] = [lambda: stage.call(4, stage.lin), lambda: _do(stage, CANCEL, number)]

    def attempt(step: Callable[[], object]) -> bool:
        try:
            step()
        except LobbyError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, tries)) == [False, True]
    assert stage.ticket(token).state in {TicketState.CALLED, TicketState.CANCELLED}


def test_an_undo_is_taken_once_by_two_at_once(stage: Stage) -> None:
    first, *_ = _three(stage)
    act = _do(stage, CANCEL, first)

    def attempt(_: int) -> bool:
        try:
            _undo(stage, act)
        except NothingToEnd:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(attempt, range(3))) == [False, False, True]
    assert _line(stage)[0] == first


def test_the_words_of_an_act_on_a_number_are_let_go_in_time(stage: Stage) -> None:
    first, second, _ = _three(stage)
    _do(stage, PLACE, second, place=Place.LAST)
    _do(stage, MOVE, first, service="billing")
    stage.later(200 * 24 * 60)

    stage.store.write(lambda conn: _let_words_go(conn, stage.now))
    kinds = {EventKind.PLACED, EventKind.TRANSFERRED}
    said = {event.kind: event.data["reason"] for event in stage.journal() if event.kind in kinds}
    assert said == dict.fromkeys(kinds, "")


def _let_words_go(conn: Connection, now: float) -> None:
    store = settings.load(conn)
    limits = retention.limits(Periods(), calendar.business_day(now, store), store)
    for part in retention.PARTS:
        if part.kind == Kind.WORDS:
            retention.let_go(conn, part, limits[part.kind])
