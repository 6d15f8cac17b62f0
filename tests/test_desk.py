"""The desk: who is called, why, what staff can and cannot do, and that no ticket is called twice."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from sqlite3 import Connection

import pytest
from lobby_stage import CHEN, WANG, Stage

from counter import auth, desk
from counter.acting import get_counter
from counter.day import close_earlier_days
from counter.desk_errors import (
    CounterBusy,
    CounterClosed,
    CounterTaken,
    NobodyEligible,
    NobodyForSkills,
    NoCurrentTicket,
    NotYourCounter,
    StaffElsewhere,
    WrongState,
)
from counter.errors import WeakPin
from db import counters, members, staff
from db.counter_records import Counter, CounterState, Permission
from db.errors import LobbyError
from db.event_records import EventKind
from db.people_records import Member, Role, Staff
from db.ticket_records import TicketClass, TicketState


def test_a_ticket_is_called_started_and_finished(stage: Stage) -> None:
    token = stage.issue().ticket.token
    stage.open(2, stage.lin)
    number, reason = stage.call(2, stage.lin)
    assert (number, reason.code) == ("A001", "order")
    stage.act(desk.start, 2, stage.lin)
    assert stage.ticket(token).state == TicketState.SERVING
    stage.later(4)
    stage.act(desk.finish, 2, stage.lin)
    done = stage.ticket(token)
    assert (done.state, done.ended_at) == (TicketState.COMPLETED, stage.now)


def test_the_reason_of_a_call_is_journalled_with_who_called(stage: Stage) -> None:
    stage.issue()
    stage.open(2, stage.lin)
    stage.later(3)
    stage.call(2, stage.lin)
    event = stage.journal()[-1]
    assert (event.kind, event.rule, event.actor, event.counter) == (EventKind.CALLED, "order", "staff:Lin", 2)
    assert event.data["waited_s"] == 180


def test_finish_and_call_next_is_one_step(stage: Stage) -> None:
    stage.issue()
    stage.issue()
    stage.open(2, stage.lin)
    stage.call(2, stage.lin)
    stage.act(desk.start, 2, stage.lin)
    stage.act(desk.finish_and_call_next, 2, stage.lin)
    assert stage.at(2).number == "A002"


def test_finish_and_call_next_with_nobody_waiting_finishes_nothing(stage: Stage) -> None:
    token = stage.issue().ticket.token
    stage.open(2, stage.lin)
    stage.call(2, stage.lin)
    stage.act(desk.start, 2, stage.lin)
    with pytest.raises(NobodyEligible):
        stage.act(desk.finish_and_call_next, 2, stage.lin)
    assert stage.ticket(token).state == TicketState.SERVING


def test_a_returned_ticket_keeps_its_place_and_its_clock(stage: Stage) -> None:
    token = stage.issue().ticket.token
    stage.issue()
    stage.open(2, stage.lin)
    stage.call(2, stage.lin)
    stage.later(2)
    stage.act(desk.put_back, 2, stage.lin)
    back = stage.ticket(token)
    assert (back.state, back.issued_at, back.counter) == (TicketState.WAITING, stage.now - 120, None)
    assert _state(stage, 2) == CounterState.READY
    assert stage.call(2, stage.lin)[0] == "A001"


def test_a_recall_counts_and_is_journalled(stage: Stage) -> None:
    stage.issue()
    stage.open(2, stage.lin)
    stage.call(2, stage.lin)
    stage.later(0.5)
    stage.act(desk.recall, 2, stage.lin)
    assert stage.at(2).calls == 2
    assert stage.journal()[-1].kind == EventKind.RECALLED


def test_a_no_show_frees_the_counter(stage: Stage) -> None:
    token = stage.issue().ticket.token
    stage.open(2, stage.lin)
    stage.call(2, stage.lin)
    stage.miss(2, stage.lin)
    assert stage.ticket(token).state == TicketState.NO_SHOW
    assert _state(stage, 2) == CounterState.READY


@pytest.mark.parametrize(
    ("action", "error"),
    [
        (desk.call_next, CounterClosed),
        (desk.recall, CounterClosed),
        (desk.finish, CounterClosed),
    ],
)
def test_a_closed_counter_cannot_act(stage: Stage, action: Callable[..., object], error: type[LobbyError]) -> None:
    stage.issue()
    with pytest.raises(error):
        stage.act(action, 2, stage.lin)


def test_each_impossible_step_says_why_and_changes_nothing(stage: Stage) -> None:
    stage.open(2, stage.lin)
    with pytest.raises(NobodyEligible):
        stage.call(2, stage.lin)
    with pytest.raises(NoCurrentTicket):
        stage.act(desk.start, 2, stage.lin)
    stage.issue()
    stage.call(2, stage.lin)
    before = stage.journal()
    impossible: list[tuple[Callable[[Connection, int, Staff, float], object], type[LobbyError]]] = [
        (desk.finish, WrongState),
        (desk.call_next, CounterBusy),
        (desk.close_counter, CounterBusy),
    ]
    for action, error in impossible:
        with pytest.raises(error):
            stage.act(action, 2, stage.lin)
    assert stage.journal() == before
    assert stage.at(2).state == TicketState.CALLED


def test_people_waiting_for_other_counters_are_named_as_the_reason(stage: Stage) -> None:
    stage.issue("device")
    stage.open(2, stage.lin)
    with pytest.raises(NobodyForSkills, match="1 waiting"):
        stage.call(2, stage.lin)


def test_one_person_sits_at_one_counter_and_one_counter_has_one_person(stage: Stage) -> None:
    stage.open(2, stage.lin)
    stage.open(2, stage.lin)
    with pytest.raises(CounterTaken, match="Lin"):
        stage.open(2, stage.zhou)
    with pytest.raises(StaffElsewhere):
        stage.open(3, stage.lin)


def test_only_who_sits_there_or_a_manager_may_act_at_a_counter(stage: Stage) -> None:
    stage.open(2, stage.lin)
    with stage.store.read() as conn:
        counter = get_counter(conn, 2)
    auth.require_counter(stage.lin, counter)
    auth.require_counter(stage.mei, counter)
    with pytest.raises(NotYourCounter):
        auth.require_counter(stage.zhou, counter)


def test_a_vip_near_the_promise_goes_before_those_who_came_earlier(stage: Stage) -> None:
    stage.issue()
    stage.later(20)
    stage.issue(member=WANG)
    stage.open(4, stage.lin)
    number, reason = stage.call(4, stage.lin)
    assert (number, reason.code) == ("A001", "order")
    stage.serve(4, stage.lin, minutes=4)
    stage.issue()
    number, reason = stage.call(4, stage.lin)
    assert (number, reason.code) == ("V001", "deadline")


def test_after_three_deadline_calls_whoever_waited_45_minutes_has_a_fair_turn(stage: Stage) -> None:
    stage.open(4, stage.lin)
    stage.issue()
    stage.later(46)
    vips = _more_vips(stage, 4)
    reasons = []
    for vip in vips:
        stage.issue(member=vip)
    stage.later(4)
    for _ in range(4):
        number, reason = stage.call(4, stage.lin)
        reasons.append((number[0], reason.code))
        stage.serve(4, stage.lin, minutes=0)
    assert reasons == [("V", "deadline")] * 3 + [("A", "fair_turn")]


def test_eight_counters_call_400_tickets_each_exactly_once(stage: Stage) -> None:
    for _ in range(400):
        stage.issue("plan")
    people = stage.store.write(_eight_open_counters)
    barrier = threading.Barrier(8)

    def work(seat: tuple[int, Staff]) -> list[str]:
        number, person = seat
        called = []
        barrier.wait()
        while True:
            try:
                called.append(stage.call(number, person)[0])
            except NobodyEligible:
                return called
            stage.serve(number, person, minutes=0)

    with ThreadPoolExecutor(8) as floor:
        called = [number for numbers in floor.map(work, people) for number in numbers]
    assert sorted(called) == [f"A{n:03d}" for n in range(1, 401)]


def test_the_turn_of_the_day_expires_what_was_left_and_closes_its_counter(stage: Stage) -> None:
    waiting, called = stage.issue().ticket, stage.issue(member=CHEN).ticket
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.later(24 * 60)
    assert stage.store.write(lambda conn: close_earlier_days(conn, stage.now)) == 2
    assert {stage.ticket(t.token).state for t in (waiting, called)} == {TicketState.EXPIRED}
    stage.open(4, stage.zhou)


def test_the_turn_of_the_day_closes_counters_somebody_forgot(stage: Stage) -> None:
    stage.open(4, stage.lin)
    stage.later(24 * 60)
    stage.open(5, stage.zhou)
    stage.store.write(lambda conn: close_earlier_days(conn, stage.now))
    assert (_state(stage, 4), _state(stage, 5)) == (CounterState.CLOSED, CounterState.READY)


def test_a_pin_lets_its_owner_in_and_nobody_else(stage: Stage) -> None:
    pin_hash = auth.hash_pin("2468")
    lin = Staff(stage.lin.id, "Lin", Role.COUNTER, pin_hash)
    assert auth.is_pin_of(lin, "2468")
    for person, pin in [(lin, "2469"), (None, "2468"), (stage.zhou, "2468")]:
        assert not auth.is_pin_of(person, pin)


@pytest.mark.parametrize("pin", ["", "123", "1111", "12a4", "1234567890123", "１２３４"])
def test_a_pin_that_is_none_is_refused(pin: str) -> None:
    with pytest.raises(WeakPin):
        auth.require_strong(pin)


def _state(stage: Stage, number: int) -> CounterState:
    with stage.store.read() as conn:
        return get_counter(conn, number).state


def _more_vips(stage: Stage, count: int) -> list[Member]:
    more = [replace(CHEN, member_no=f"V0800000{n}", phone=f"1390013700{n}") for n in range(count)]
    stage.store.write(lambda conn: members.put(conn, more))
    return more


def _eight_open_counters(conn: Connection) -> list[tuple[int, Staff]]:
    """Counters 11 to 18, each with somebody at it, all of whom do plans for everybody."""
    seats = []
    for number in range(11, 19):
        counters.add(conn, Counter(number, dict.fromkeys(TicketClass, Permission.PRIMARY), frozenset({"plan"})))
        person = Staff(staff.add_staff(conn, f"clerk {number}", Role.COUNTER, None), f"clerk {number}", Role.COUNTER)
        desk.open_counter(conn, number, person, 0)
        seats.append((number, person))
    return seats
