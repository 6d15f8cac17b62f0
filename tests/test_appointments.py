"""Appointments: check-in by code or phone, early, on time and late, and what happens to those who never come."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from lobby_stage import MINUTE, TEN, WANG, Stage

from counter import desk
from db import appointments
from db.booking_records import AppointmentState
from db.ticket_records import TicketClass
from kiosk import holder
from kiosk.appointments import close_missed
from kiosk.errors import (
    AppointmentOtherDay,
    AppointmentOver,
    AppointmentUsed,
    MalformedCode,
    MalformedPhone,
    UnknownAppointment,
)


@pytest.mark.parametrize("how", [{"code": "123456"}, {"phone": "135 1234 5678"}])
def test_a_booking_is_checked_in_by_its_code_or_phone(stage: Stage, how: dict[str, str]) -> None:
    stage.book(TEN + 3 * MINUTE)
    issued = stage.check_in(**how)
    assert (issued.ticket.number, issued.ticket.ticket_class) == ("A001", TicketClass.APPOINTMENT)
    assert [note.code for note in issued.notes] == ["on_time"]
    assert issued.ticket.due_at == TEN + 13 * MINUTE


def test_checking_in_twice_gives_the_same_ticket(stage: Stage) -> None:
    stage.book(TEN)
    first = stage.check_in(code="123456")
    again = stage.check_in(phone="13512345678")
    assert again.ticket == first.ticket
    assert not again.created


def test_who_comes_early_is_told_when_they_will_be_called_and_waits_for_it(stage: Stage) -> None:
    stage.book(TEN + 30 * MINUTE)
    note = stage.check_in(code="123456").notes[0]
    assert (note.code, note.values) == ("early", {"time": "10:30"})
    stage.issue("plan")
    stage.open(4, stage.lin)
    assert stage.call(4, stage.lin)[0] == "A002"


def test_a_few_minutes_late_is_still_an_appointment_promised_from_the_check_in(stage: Stage) -> None:
    stage.book(TEN)
    stage.later(9)
    ticket = stage.check_in(code="123456").ticket
    assert (ticket.ticket_class, ticket.due_at) == (TicketClass.APPOINTMENT, stage.now + 10 * MINUTE)


def test_who_comes_more_than_ten_minutes_late_is_an_ordinary_customer_from_then_on(stage: Stage) -> None:
    stage.book(TEN)
    stage.later(11)
    issued = stage.check_in(code="123456")
    assert issued.ticket.ticket_class == TicketClass.ORDINARY
    assert issued.ticket.waiting_since == stage.now
    assert issued.notes[0].code == "late"


def test_a_late_vip_is_still_a_vip(stage: Stage) -> None:
    stage.book(TEN, phone=WANG.phone)
    stage.later(11)
    assert stage.check_in(code="123456").ticket.ticket_class == TicketClass.VIP


def test_a_booking_of_another_day_says_when_it_is(stage: Stage) -> None:
    stage.book(TEN + 24 * 60 * MINUTE)
    with pytest.raises(AppointmentOtherDay, match="2026-11-22 at 10:00"):
        stage.check_in(code="123456")


def test_a_booking_of_a_day_gone_by_is_told_to_take_an_ordinary_number(stage: Stage) -> None:
    stage.book(TEN - 24 * 60 * MINUTE)
    with pytest.raises(AppointmentOver, match="take an ordinary number"):
        stage.check_in(code="123456")


def test_of_two_bookings_of_a_phone_the_open_one_of_today_counts(stage: Stage) -> None:
    stage.book(TEN - 60 * MINUTE, code="111111", service="billing")
    stage.check_in(code="111111")
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.serve(4, stage.lin)
    stage.book(TEN + 2 * MINUTE, code="222222", service="device")
    assert stage.check_in(phone="13512345678").ticket.service == "device"


def test_a_served_booking_cannot_be_used_again(stage: Stage) -> None:
    stage.book(TEN)
    stage.check_in(code="123456")
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    stage.act(desk.finish, 4, stage.lin)
    with pytest.raises(AppointmentUsed):
        stage.check_in(code="123456")


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"code": "999999"}, UnknownAppointment),
        ({"phone": "13000000000"}, UnknownAppointment),
        ({"phone": "1234"}, MalformedPhone),
        ({}, MalformedCode),
    ],
)
def test_a_check_in_of_nobody_says_what_to_do(stage: Stage, how: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        stage.check_in(**how)


def test_who_gives_their_place_up_can_check_the_booking_in_again(stage: Stage) -> None:
    stage.book(TEN)
    first = stage.check_in(code="123456").ticket
    stage.store.write(lambda conn: holder.cancel(conn, first.token, stage.now))
    again = stage.check_in(code="123456")
    assert again.created
    assert again.ticket.number != first.number


def test_a_member_who_already_holds_a_number_gets_it_back_at_check_in(stage: Stage) -> None:
    held = stage.issue(member=WANG).ticket
    stage.book(TEN, phone=WANG.phone)
    again = stage.check_in(code="123456")
    assert (again.ticket.number, again.created) == (held.number, False)
    assert again.notes[0].code == "had_ticket"


def test_two_kiosks_checking_in_the_same_booking_at_once_give_one_ticket(stage: Stage) -> None:
    stage.book(TEN)
    barrier = threading.Barrier(8)

    def touch(_: int) -> str:
        barrier.wait()
        return stage.check_in(code="123456").ticket.number

    with ThreadPoolExecutor(8) as kiosks:
        assert set(kiosks.map(touch, range(8))) == {"A001"}


def test_a_booking_nobody_came_for_is_closed_as_missed(stage: Stage) -> None:
    stage.book(TEN)
    stage.later(24 * 60)
    stage.store.write(lambda conn: close_missed(conn, stage.now, stage.now))
    with stage.store.read() as conn:
        booking = appointments.by_code(conn, "123456")
    assert booking is not None
    assert booking.state == AppointmentState.NO_SHOW
