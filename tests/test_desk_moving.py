"""Hold and resume, transfer and its places, services added, numbers called, moved, cancelled, reinstated by staff."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from sqlite3 import Connection, IntegrityError
from typing import Any

import pytest
from lobby_stage import CHEN, WANG, Stage

from counter import choosing, desk, holding, learning, transferring
from counter.day import close_earlier_days
from counter.desk_errors import (
    AddressedToCounter,
    AddressedToStaff,
    BookingMovedOn,
    CallNeedsManager,
    CounterClosed,
    HeldElsewhere,
    MemberHasTicket,
    MoveNeedsManager,
    NotServedHere,
    SameService,
    ServiceNotHere,
    StaffAtNoCounter,
    TransferToNowhere,
    UnknownNumber,
    WrongState,
)
from counter.present import load_with_calls
from counter.screen import read
from counter.transferring import Goal
from db import settings, tickets
from db.counter_records import CounterState
from db.errors import LobbyError
from db.event_records import EventKind
from db.people_records import Staff
from db.ticket_records import HoldKind, Place, TicketState
from kiosk import holder

Step = Callable[[Connection, int, Staff, float], object]


def served(stage: Stage, counter: int, person: Staff, service: str = "plan", **who: Any) -> str:
    """Somebody is being served at a counter: their token."""
    token = stage.issue(service, **who).ticket.token
    stage.open(counter, person)
    stage.call(counter, person)
    stage.act(desk.start, counter, person)
    return token


def hold(kind: HoldKind, note: str | None = None) -> Step:
    return lambda c, n, s, t: holding.hold(c, n, s, t, kind, note)


def resume(number: str) -> Step:
    return lambda c, n, s, t: holding.resume(c, n, s, t, number)


def transfer(service: str | None = None, **goal: Any) -> Step:
    return lambda c, n, s, t: transferring.transfer(c, n, s, t, Goal(service, **goal))


def chosen(action: Callable[..., object], number: str, **more: Any) -> Step:
    return lambda c, n, s, t: action(c, n, s, t, number, "because", **more)


def view(stage: Stage, counter: int) -> Any:
    with stage.store.read() as conn:
        return read(conn, counter, load_with_calls(conn, stage.now))


def queue(stage: Stage, counter: int) -> list[str]:
    return [row["number"] for row in view(stage, counter)["queue"]]


def test_on_hold_the_counter_is_free_and_the_customer_goes_on_where_they_were(stage: Stage) -> None:
    token = served(stage, 4, stage.lin)
    stage.later(3)
    stage.act(hold(HoldKind.SAME_COUNTER, "fetches the contract"), 4, stage.lin)
    assert view(stage, 4)["counter"]["state"] == "ready"
    assert [row["text"] for row in view(stage, 4)["held"][0]["notes"]] == ["fetches the contract"]
    stage.open(5, stage.zhou)
    assert view(stage, 5)["held"] == []
    assert view(stage, 5)["actions"]["resume"]["code"] == "nobody_held"
    with pytest.raises(HeldElsewhere, match="counter 4"):
        stage.act(resume("A001"), 5, stage.zhou)
    stage.later(10)
    stage.act(resume("A001"), 4, stage.lin)
    assert stage.journal()[-1].kind == EventKind.CALLED  # the display says it
    stage.act(desk.start, 4, stage.lin)
    stage.later(2)
    stage.act(desk.finish, 4, stage.lin)
    done = stage.ticket(token)
    assert (done.state, done.calls) == (TicketState.COMPLETED, 2)
    with stage.store.read() as conn:
        assert tickets.recent_services(conn, "plan", 9) == [300]  # three minutes and two, without the hold


def test_when_the_counter_closes_its_customers_on_hold_may_go_on_anywhere(stage: Stage) -> None:
    served(stage, 4, stage.lin)
    stage.act(hold(HoldKind.SAME_COUNTER), 4, stage.lin)
    stage.act(desk.close_counter, 4, stage.lin)
    stage.open(5, stage.zhou)
    assert [row["number"] for row in view(stage, 5)["held"]] == ["A001"]
    stage.act(resume("A001"), 5, stage.zhou)
    assert stage.at(5).state == TicketState.CALLED


def test_after_a_step_elsewhere_counters_see_that_it_is_done(stage: Stage) -> None:
    served(stage, 4, stage.lin)
    stage.act(hold(HoldKind.STEP), 4, stage.lin)
    stage.open(5, stage.zhou)
    step_done: Step = lambda c, n, s, t: holding.step_done(c, n, s, t, "A001")  # noqa: E731
    stage.act(step_done, 5, stage.zhou)
    assert [row["step_done"] for row in view(stage, 5)["held"]] == [True]
    with pytest.raises(WrongState):
        stage.act(step_done, 5, stage.zhou)
    stage.act(resume("A001"), 5, stage.zhou)


def test_nobody_goes_on_at_a_counter_that_cannot_serve_them(stage: Stage) -> None:
    served(stage, 4, stage.lin, "device")
    stage.act(hold(HoldKind.ANY_COUNTER), 4, stage.lin)
    stage.open(2, stage.zhou)
    with pytest.raises(NotServedHere):
        stage.act(resume("B001"), 2, stage.zhou)


def test_of_two_counters_that_resume_one_customer_one_succeeds(stage: Stage) -> None:
    stage.open(5, stage.zhou)
    stage.open(6, stage.mei)
    stage.open(4, stage.lin)
    for turn in range(15):
        token = stage.issue().ticket.token
        number = stage.call(4, stage.lin)[0]
        stage.act(desk.start, 4, stage.lin)
        stage.act(hold(HoldKind.ANY_COUNTER), 4, stage.lin)
        barrier = threading.Barrier(2)

        def go_on(seat: tuple[int, Staff], number: str = number, barrier: threading.Barrier = barrier) -> bool:
            barrier.wait()
            try:
                stage.act(resume(number), *seat)
            except LobbyError:
                return False
            return True

        with ThreadPoolExecutor(2) as both:
            won = list(both.map(go_on, [(5, stage.zhou), (6, stage.mei)]))
        assert sum(won) == 1, turn
        at, person = (5, stage.zhou) if won[0] else (6, stage.mei)
        assert stage.ticket(token).counter == at
        stage.serve(at, person, minutes=0)


def test_on_hold_over_night_expires(stage: Stage) -> None:
    token = served(stage, 4, stage.lin)
    stage.act(hold(HoldKind.STEP), 4, stage.lin)
    stage.later(24 * 60)
    stage.store.write(lambda conn: close_earlier_days(conn, stage.now))
    assert stage.ticket(token).state == TicketState.EXPIRED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tickets SET state = 'on_hold'",
        "UPDATE tickets SET hold_kind = 'step', held_at = 1",
        "UPDATE tickets SET outcome = 'done'",
        "UPDATE tickets SET to_staff = 1, to_counter = 4",
        "UPDATE tickets SET class = 'vip', due_at = 1, queued_at = issued_at",
        "UPDATE counters SET state = 'paused'",
        "UPDATE counters SET returns_at = 1",
    ],
)
def test_the_database_itself_refuses_what_is_neither_here_nor_there(stage: Stage, statement: str) -> None:
    served(stage, 4, stage.lin)
    with pytest.raises(IntegrityError, match="CHECK"):
        stage.store.write(lambda conn: conn.execute(statement).rowcount)


def test_a_transferred_customer_keeps_number_and_time_of_issue_and_begins_a_new_leg(stage: Stage) -> None:
    token = served(stage, 4, stage.lin)
    issued_at = stage.ticket(token).issued_at
    stage.later(4)
    stage.act(transfer("device"), 4, stage.lin)
    sent = stage.ticket(token)
    assert (sent.number, sent.issued_at, sent.service, sent.state) == ("A001", issued_at, "device", TicketState.WAITING)
    assert (sent.first_called_at, sent.waiting_since) == (issued_at, stage.now)
    stage.open(3, stage.zhou)
    stage.later(2)
    stage.call(3, stage.zhou)
    assert view(stage, 3)["current"]["waited_s"] == 120
    legs = view(stage, 3)["current"]["legs"]
    assert [(leg["service"], leg["counter"], leg["staff"], leg["served_s"], leg["how"]) for leg in legs] == [
        ("plan", 4, "Lin", 240, "transferred")
    ]


@pytest.mark.parametrize(
    ("place", "order"),
    [
        (Place.FIRST, ["A002", "V001", "A001", "A003"]),
        (Place.ORIGINAL, ["V001", "A001", "A002", "A003"]),
        (Place.LAST, ["V001", "A001", "A003", "A002"]),
    ],
)
def test_the_place_of_a_transferred_customer_is_the_one_chosen(stage: Stage, place: Place, order: list[str]) -> None:
    for member in (None, None, None, WANG):
        stage.issue(member=member)
        stage.later(1)
    stage.open(4, stage.lin)
    stage.open(5, stage.mei)
    stage.act(chosen(choosing.call, "A002"), 5, stage.mei)
    stage.act(transfer("other", place=place), 5, stage.mei)
    assert queue(stage, 4) == order


def test_a_second_transfer_to_the_front_goes_before_the_first(stage: Stage) -> None:
    for _ in range(3):
        stage.issue("plan")
    stage.open(4, stage.mei)
    for number in ("A002", "A003"):
        stage.act(chosen(choosing.call, number), 4, stage.mei)
        stage.act(transfer("other", place=Place.FIRST), 4, stage.mei)
    assert queue(stage, 4) == ["A003", "A002", "A001"]


def test_a_transferred_vip_has_the_same_promise_again_and_the_first_one_stays_scored(stage: Stage) -> None:
    token = served(stage, 4, stage.lin, member=WANG)
    stage.later(30)
    stage.act(transfer("device", place=Place.LAST), 4, stage.lin)
    sent = stage.ticket(token)
    assert (sent.promised_at, sent.due_at) == (stage.now + 600, sent.issued_at + 600)


def test_a_ticket_for_one_counter_is_called_there_alone(stage: Stage) -> None:
    served(stage, 4, stage.lin)
    stage.open(5, stage.zhou)
    stage.act(transfer(counter=5), 4, stage.lin)
    assert (queue(stage, 4), queue(stage, 5)) == ([], ["A001"])
    assert view(stage, 5)["queue"][0]["for"] == {"counter": 5, "staff": None}
    with pytest.raises(LobbyError):
        stage.call(4, stage.lin)
    stage.open(6, stage.mei)
    with pytest.raises(AddressedToCounter, match="counter 5"):
        stage.act(chosen(choosing.call, "A001"), 6, stage.mei)
    assert stage.call(5, stage.zhou)[0] == "A001"


def test_a_ticket_for_one_person_follows_them_to_another_counter(stage: Stage) -> None:
    served(stage, 4, stage.lin)
    stage.open(5, stage.zhou)
    stage.act(transfer(staff="Zhou"), 4, stage.lin)
    assert view(stage, 5)["queue"][0]["for"] == {"counter": None, "staff": "Zhou"}
    stage.open(6, stage.mei)
    with pytest.raises(AddressedToStaff, match="Zhou"):
        stage.act(chosen(choosing.call, "A001"), 6, stage.mei)
    assert stage.call(5, stage.zhou)[0] == "A001"


def test_whoever_waits_for_a_counter_that_closes_is_free_for_all_and_stays_so(stage: Stage) -> None:
    served(stage, 4, stage.lin)
    stage.open(5, stage.zhou)
    stage.act(transfer(counter=5), 4, stage.lin)
    stage.act(desk.close_counter, 5, stage.zhou)
    assert stage.journal()[-1].kind == EventKind.ADDRESS_LIFTED
    stage.open(5, stage.zhou)
    assert stage.call(4, stage.lin)[0] == "A001"


def test_a_counter_that_pauses_or_can_no_longer_serve_keeps_nobody_waiting(stage: Stage) -> None:
    served(stage, 4, stage.lin)
    stage.open(5, stage.zhou)
    stage.act(transfer(counter=5), 4, stage.lin)
    stage.store.write(lambda conn: conn.execute("DELETE FROM counter_skills WHERE counter = 5").rowcount)
    assert queue(stage, 4) == ["A001"]
    assert stage.call(4, stage.lin)[0] == "A001"


@pytest.mark.parametrize(
    ("goal", "error"),
    [
        ({}, TransferToNowhere),
        ({"service": "plan"}, TransferToNowhere),
        ({"counter": 5, "staff": "Zhou"}, TransferToNowhere),
        ({"counter": 6}, CounterClosed),
        ({"staff": "Mei"}, StaffAtNoCounter),
        ({"staff": "Nobody"}, StaffAtNoCounter),
        ({"counter": 3}, NotServedHere),
    ],
)
def test_a_transfer_that_cannot_be_changes_nothing(stage: Stage, goal: dict[str, Any], error: type[LobbyError]) -> None:
    served(stage, 4, stage.lin)
    stage.open(3, stage.zhou)
    before = stage.journal()
    with pytest.raises(error):
        stage.act(transfer(**goal), 4, stage.lin)
    assert (stage.journal(), stage.at(4).state) == (before, TicketState.SERVING)


def test_a_service_is_added_at_once_where_the_counter_does_it(stage: Stage) -> None:
    served(stage, 2, stage.lin)
    add: Callable[[str], Step] = lambda service: lambda c, n, s, t: transferring.add_service(c, n, s, t, service)  # noqa: E731
    stage.later(5)
    with pytest.raises(SameService):
        stage.act(add("plan"), 2, stage.lin)
    with pytest.raises(ServiceNotHere):
        stage.act(add("device"), 2, stage.lin)
    stage.act(add("billing"), 2, stage.lin)
    stage.later(2)
    stage.act(desk.finish, 2, stage.lin)
    with stage.store.read() as conn:
        assert (tickets.recent_services(conn, "plan", 9), tickets.recent_services(conn, "billing", 9)) == ([300], [120])
        assert tickets.handled_by(conn, "2026-11-21", stage.lin.id) == (2, 210)
    stage.store.write(learning.service_times)


def test_a_manager_calls_one_number_and_counter_staff_do_where_the_store_lets_them(stage: Stage) -> None:
    stage.issue()
    stage.issue()
    stage.open(4, stage.lin)
    with pytest.raises(CallNeedsManager):
        stage.act(chosen(choosing.call, "A002"), 4, stage.lin)
    assert view(stage, 4)["actions"]["call"]["code"] == "call_needs_manager"
    stage.store.write(_let_staff_call)
    stage.act(chosen(choosing.call, "A002"), 4, stage.lin)
    called = stage.journal()[-1]
    assert (called.ticket, called.rule, called.data["chosen"]) == ("A002", None, "because")


def test_only_somebody_who_waits_and_can_be_served_is_called(stage: Stage) -> None:
    stage.issue("device")
    stage.open(2, stage.mei)
    with pytest.raises(NotServedHere):
        stage.act(chosen(choosing.call, "B001"), 2, stage.mei)
    with pytest.raises(UnknownNumber):
        stage.act(chosen(choosing.call, "A777"), 2, stage.mei)
    stage.act(chosen(choosing.cancel, "B001"), 2, stage.mei)
    with pytest.raises(WrongState):
        stage.act(chosen(choosing.call, "B001"), 2, stage.mei)


def test_only_a_manager_moves_a_number_forward_and_its_holder_may_still_let_others_pass(stage: Stage) -> None:
    for _ in range(3):
        stage.later(1)
        last = stage.issue()
    stage.open(4, stage.lin)
    with pytest.raises(MoveNeedsManager):
        stage.act(chosen(choosing.prioritise, "A003"), 4, stage.lin)
    stage.act(chosen(choosing.prioritise, "A003"), 4, stage.mei)
    assert queue(stage, 4) == ["A003", "A001", "A002"]
    stage.store.write(lambda conn: holder.let_pass(conn, last.ticket.token, None, stage.now))
    assert queue(stage, 4) == ["A001", "A003", "A002"]


def test_an_early_appointment_that_was_sent_on_waits_for_no_slot_any_more(stage: Stage) -> None:
    stage.book(stage.now + 3600)
    stage.check_in(code="123456")
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    stage.issue("other")
    stage.act(transfer("other", place=Place.FIRST), 4, stage.lin)
    assert queue(stage, 4) == ["A001", "E001"]


def test_a_missed_customer_gets_the_old_place_back(stage: Stage) -> None:
    token = stage.issue().ticket.token
    stage.later(1)
    stage.issue()
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.miss(4, stage.lin)
    assert [(row["number"], row["other"]) for row in view(stage, 4)["missed"]] == [("A001", None)]
    stage.later(5)
    stage.act(chosen(choosing.reinstate, "A001"), 4, stage.lin)
    assert (stage.ticket(token).state, queue(stage, 4)) == (TicketState.WAITING, ["A001", "A002"])
    assert view(stage, 4)["missed"] == []


def test_a_booking_is_checked_in_again_unless_something_else_became_of_it(stage: Stage) -> None:
    stage.book(stage.now)
    stage.check_in(code="123456")
    stage.open(4, stage.lin)
    stage.act(chosen(choosing.cancel, "A001", left=True), 4, stage.lin)
    assert stage.journal()[-1].kind == EventKind.ABANDONED
    stage.act(chosen(choosing.reinstate, "A001"), 4, stage.lin)
    stage.act(chosen(choosing.cancel, "A001"), 4, stage.lin)
    stage.store.write(lambda conn: conn.execute("UPDATE appointments SET state = 'cancelled'").rowcount)
    with pytest.raises(BookingMovedOn):
        stage.act(chosen(choosing.reinstate, "A001"), 4, stage.lin)


def test_whoever_has_another_number_by_now_keeps_that_one(stage: Stage) -> None:
    stage.issue(member=CHEN)
    stage.open(4, stage.lin)
    stage.act(chosen(choosing.cancel, "V001"), 4, stage.lin)
    stage.issue(member=CHEN)
    with pytest.raises(MemberHasTicket, match="V002"):
        stage.act(chosen(choosing.reinstate, "V001"), 4, stage.lin)


def test_yesterdays_number_is_nobodys_today(stage: Stage) -> None:
    stage.issue()
    stage.open(4, stage.lin)
    stage.act(chosen(choosing.cancel, "A001"), 4, stage.lin)
    stage.later(24 * 60)
    with pytest.raises(UnknownNumber):
        stage.act(chosen(choosing.reinstate, "A001"), 4, stage.lin)


def test_the_day_caps_count_what_was_given_not_what_it_became(stage: Stage) -> None:
    served(stage, 4, stage.lin)
    stage.act(transfer("device"), 4, stage.lin)
    with stage.store.read() as conn:
        assert tickets.issued_count(conn, "2026-11-21") == {"plan": 1}
    assert view(stage, 4)["counter"]["state"] == CounterState.READY


def _let_staff_call(conn: Connection) -> None:
    store = settings.load(conn)
    settings.save(conn, replace(store, desk=replace(store.desk, staff_may_call=True)))
