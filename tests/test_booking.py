"""Booking a visit: who may, which slot, what changes and cancelling do, and what the database itself refuses."""

import sqlite3
from dataclasses import replace
from datetime import date
from typing import Any

import importing
import pytest
from lobby_stage import CHEN, MINUTE, OLD_LI, TEN, WANG, Stage

from counter import desk
from counter.day import close_earlier_days
from db import appointments, calendar, settings
from db.booking_records import Appointment, AppointmentState, Booking, BookingRight
from db.errors import UnknownService
from db.event_records import EventKind
from db.people_records import Device, DeviceKind
from kiosk import booking, booking_places
from kiosk.appointments import close_missed
from kiosk.booking import Booker, Wish
from kiosk.errors import (
    AppointmentFixed,
    BookingNotAllowed,
    DayFull,
    MalformedPhone,
    NoSuchAppointment,
    NoSuchSlot,
    PermissionNeeded,
    PhoneBusy,
    SlotFull,
    SlotTooFar,
    SlotTooSoon,
)

TWO = TEN + 4 * 60 * MINUTE
TOMORROW = TEN + 24 * 60 * MINUTE
HOTLINE = Booker(device=Device(9, DeviceKind.API, "hotline"))
ZHAO = "13512345678"
AT_REST = "phone_hash, phone_tail, phone_sealed"
INSERT = f"INSERT INTO appointments (code, {AT_REST}, name, service, slot_at, channel)"


def _book(
    stage: Stage,
    at: float = TWO,
    by: Booker | None = None,
    *,
    service: str = "plan",
    phone: str = ZHAO,
    request_key: str | None = None,
    permission: str | None = None,
) -> Appointment:
    wish = Wish(service, at, phone, "赵敏", request_key=request_key, permission=permission)
    who = by or Booker(person=stage.lin)
    return stage.store.write(lambda conn: booking.book(conn, wish, who, stage.now))[0]


def _set(stage: Stage, rules: Booking) -> None:
    stage.store.write(lambda conn: settings.save(conn, replace(settings.load(conn), booking=rules)))


def _free(stage: Stage, service: str = "plan", at: float = TWO) -> int:
    with stage.store.read() as conn:
        day = calendar.local(at, settings.load(conn)).date()
        offers = booking_places.offers(conn, service, day, stage.now)
    return next(offer.free for offer in offers if offer.slot.begins == at)


def _change(stage: Stage, code: str, **changes: str | float) -> Appointment:
    lin = Booker(person=stage.lin)
    return stage.store.write(lambda conn: booking.change(conn, code, changes, lin, stage.now))


def _cancel(stage: Stage, code: str) -> Appointment:
    return stage.store.write(lambda conn: booking.cancel(conn, code, Booker(person=stage.lin), stage.now))


def _state(stage: Stage, code: str) -> AppointmentState:
    with stage.store.read() as conn:
        return booking.find(conn, code).state


def test_staff_book_for_anybody_and_the_journal_says_who_did(stage: Stage) -> None:
    booked = _book(stage)
    assert len(booked.code) == 6
    assert (booked.booked_by, booked.channel, booked.place) == ("staff:Lin", "staff", 1)
    event = stage.journal()[-1]
    assert (event.kind, event.actor) == (EventKind.APPOINTMENT_BOOKED, "staff:Lin")
    assert event.data["right"] == "staff"
    assert ZHAO not in str(event.data)
    assert _free(stage) == 4


def test_the_customer_checks_in_with_the_code_they_were_given(stage: Stage) -> None:
    booked = _book(stage)
    stage.now = TWO
    assert stage.check_in(code=booked.code).ticket.slot_at == TWO


def test_a_program_books_for_gold_and_diamond_for_silver_by_permission_and_for_nobody_else(stage: Stage) -> None:
    with stage.store.read() as conn:
        assert settings.load(conn).booking.right_of("silver") == BookingRight.BY_PERMISSION
    assert _book(stage, by=HOTLINE, phone=WANG.phone).booked_by == "device:hotline"
    assert _book(stage, by=HOTLINE, phone=CHEN.phone).phone == CHEN.phone
    with pytest.raises(BookingNotAllowed):
        _book(stage, by=HOTLINE)
    with pytest.raises(BookingNotAllowed):
        _book(stage, by=HOTLINE, phone=OLD_LI.phone)  # the card has ended
    stage.store.write(
        lambda conn: conn.execute(
            "UPDATE members SET valid_until = '2027-08-31' WHERE member_no = ?", (OLD_LI.member_no,)
        )
    )
    with pytest.raises(PermissionNeeded):
        _book(stage, by=HOTLINE, phone=OLD_LI.phone)
    booked = _book(stage, by=HOTLINE, phone=OLD_LI.phone, permission="no visit at home possible")
    with stage.store.read() as conn:
        assert booking.find(conn, booked.code).permission == "no visit at home possible"
    assert stage.journal()[-1].data["permission"] is True  # the journal knows that there was one, never its words


def test_who_may_book_is_a_setting(stage: Stage) -> None:
    _set(stage, Booking(rights={"gold": BookingRight.STAFF_ONLY, "silver": BookingRight.FREE}))
    with pytest.raises(BookingNotAllowed):
        _book(stage, by=HOTLINE, phone=WANG.phone)


@pytest.mark.parametrize(
    ("at", "wish", "error"),
    [
        (TEN + 30 * MINUTE, {}, SlotTooSoon),
        (TEN + 31 * 24 * 60 * MINUTE, {}, SlotTooFar),
        (TWO + 5 * MINUTE, {}, NoSuchSlot),
        (TWO, {"service": "haircut"}, UnknownService),
        (TWO, {"phone": "1234"}, MalformedPhone),
    ],
)
def test_what_cannot_be_booked_says_why_and_changes_nothing(
    stage: Stage, at: float, wish: dict[str, Any], error: type[Exception]
) -> None:
    before = stage.journal()
    with pytest.raises(error):
        _book(stage, at, **wish)
    assert stage.journal() == before


def test_outside_the_opening_hours_nothing_is_booked(stage: Stage) -> None:
    stage.set_hours("09:00", "14:00")
    with pytest.raises(NoSuchSlot):
        _book(stage, TWO)
    assert _book(stage, TWO - 15 * MINUTE).ends_at == TWO


def test_a_full_slot_names_the_nearest_free_times(stage: Stage) -> None:
    _set(stage, Booking(places={"plan": 2}))
    for n in range(2):
        _book(stage, phone=f"1360000000{n}")
    with pytest.raises(SlotFull, match="Still free that day: 13:30, 13:45, 14:15, 14:30"):
        _book(stage)


def test_a_full_day_sends_to_another_one(stage: Stage) -> None:
    stage.set_hours("14:00", "14:15")
    _set(stage, Booking(places={"plan": 1}))
    _book(stage, phone="13600000000")
    with pytest.raises(DayFull, match="another day"):
        _book(stage)


def test_services_share_the_counters_that_can_do_them(stage: Stage) -> None:
    """Counters 1, 4, 5 and 6 can do everything, 2 plans, 3 devices: six bookings a slot, whatever they are for."""
    for n in range(5):
        _book(stage, phone=f"1360000000{n}")
    assert (_free(stage, "plan"), _free(stage, "device")) == (0, 1)
    _book(stage, service="device")
    assert (_free(stage, "device"), _free(stage, "billing")) == (0, 0)


def test_one_phone_has_one_visit_at_a_time(stage: Stage) -> None:
    first = _book(stage)
    with pytest.raises(PhoneBusy, match=f"14:00, code {first.code}"):
        _book(stage, service="device")
    _book(stage, TWO + 15 * MINUTE, service="device")
    _set(stage, Booking(slot_s=3600))
    with pytest.raises(PhoneBusy):
        _book(stage, TWO, service="billing")


def test_a_repeated_request_gets_the_same_booking(stage: Stage) -> None:
    assert _book(stage, request_key="k1") == _book(stage, request_key="k1")
    assert _free(stage) == 4


def test_another_time_frees_the_old_place_and_wants_a_new_reminder(stage: Stage) -> None:
    booked = _book(stage, TOMORROW)
    lin = Booker(person=stage.lin)
    stage.store.write(lambda conn: booking.remind(conn, booked.code, lin, stage.now, reminded=True))
    moved = _change(stage, booked.code, slot_at=TOMORROW + 15 * MINUTE, service="device")
    assert (moved.reminded_at, moved.service) == (None, "device")
    assert _free(stage, at=TOMORROW) == 5
    event = stage.journal()[-1]
    assert (event.kind, event.data["fields"]) == (EventKind.APPOINTMENT_CHANGED, ["slot_at", "service"])


def test_a_change_may_not_take_what_is_not_there(stage: Stage) -> None:
    _set(stage, Booking(places={"plan": 1}))
    booked, other = _book(stage), _book(stage, TWO + 15 * MINUTE, phone="13600000000")
    with pytest.raises(SlotFull):
        _change(stage, booked.code, slot_at=other.slot_at)
    with pytest.raises(PhoneBusy):
        _change(stage, booked.code, phone=other.phone, slot_at=other.slot_at, service="device")
    with pytest.raises(NoSuchAppointment):
        _change(stage, "000000", name="?")


def test_changing_only_the_name_keeps_time_and_place(stage: Stage) -> None:
    booked = _book(stage)
    stage.now = TWO - 5 * MINUTE
    assert _change(stage, booked.code, name="赵敏敏") == replace(booked, name="赵敏敏")


def test_changing_nothing_leaves_no_trace(stage: Stage) -> None:
    booked, before = _book(stage), len(stage.journal())
    assert _change(stage, booked.code, name=booked.name) == booked
    assert len(stage.journal()) == before


def test_cancelling_frees_the_place_and_twice_is_once(stage: Stage) -> None:
    booked = _book(stage)
    assert _cancel(stage, booked.code).state == AppointmentState.CANCELLED
    assert _cancel(stage, booked.code).state == AppointmentState.CANCELLED
    kinds = [event.kind for event in stage.journal()]
    assert kinds.count(EventKind.APPOINTMENT_CANCELLED) == 1
    assert _free(stage) == 5
    assert _book(stage).place == 1


def test_a_booking_in_use_can_neither_be_changed_nor_cancelled_nor_reminded(stage: Stage) -> None:
    booked = _book(stage)
    stage.now = TWO
    stage.check_in(code=booked.code)
    lin = Booker(person=stage.lin)
    with pytest.raises(AppointmentFixed):
        _cancel(stage, booked.code)
    with pytest.raises(AppointmentFixed):
        _change(stage, booked.code, name="?")
    with pytest.raises(AppointmentFixed):
        stage.store.write(lambda conn: booking.remind(conn, booked.code, lin, stage.now, reminded=True))


def test_who_reminded_a_customer_is_written_down_once_and_can_be_taken_back(stage: Stage) -> None:
    booked = _book(stage, TOMORROW)

    def remind(reminded: bool, person: Booker) -> Appointment:
        return stage.store.write(lambda conn: booking.remind(conn, booked.code, person, stage.now, reminded=reminded))

    lin, zhou = Booker(person=stage.lin), Booker(person=stage.zhou)
    assert (remind(True, lin).reminded_by, remind(True, zhou).reminded_by) == ("staff:Lin", "staff:Lin")
    assert remind(False, zhou).reminded_by is None
    assert [event.actor for event in stage.journal()[-2:]] == ["staff:Lin", "staff:Zhou"]


def test_a_list_keeps_what_was_promised_elsewhere_and_its_bookings_count(stage: Stage) -> None:
    _set(stage, Booking(places={"plan": 2}))
    for n in range(2):
        _book(stage, phone=f"1360000000{n}")
    heading = "code,phone,name,service,date,time,channel\n"
    line = "777777,13600000009,孙二,plan,2026-11-21,14:00,hotline\n"

    def take(text: str) -> tuple[int, list[str]]:
        done = importing.take(stage, "appointments", (heading + text).encode())
        return done.added, [fault.reason for fault in done.faults]

    assert take(line) == (1, [])
    assert _free(stage) == 0
    assert take(line.replace("777777", "888888")) == (0, ["has another visit at this time, code 777777"])
    again = line.replace("777777", "999999").replace("14:00", "14:10")
    assert "another visit" in take(again)[1][0]


def test_a_list_that_moves_a_booking_frees_its_place(stage: Stage) -> None:
    booked = _book(stage)
    text = f"code,phone,name,service,date,time\n{booked.code},{ZHAO},赵敏,plan,2026-11-21,15:00\n"
    importing.take(stage, "appointments", text.encode())
    with stage.store.read() as conn:
        moved = booking.find(conn, booked.code)
    assert (moved.slot_at, moved.place, moved.booked_by) == (TWO + 60 * MINUTE, None, "staff:Lin")
    assert _free(stage) == 5


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("UPDATE appointments SET place = 1 WHERE place = 2", "UNIQUE"),
        ("UPDATE appointments SET place = places + 1 WHERE place = 2", "CHECK"),
        ("UPDATE appointments SET phone_hash = x'00', phone_tail = x'00', phone_sealed = x'00'", "one visit at a time"),
        ("UPDATE appointments SET reminded_at = 1", "CHECK"),
        (
            f"{INSERT} SELECT 'X', {AT_REST}, name, service, slot_at + 60, channel FROM appointments",
            "one visit at a time",
        ),
    ],
)
def test_the_database_itself_refuses_two_in_one_place_and_one_phone_twice(stage: Stage, change: str, rule: str) -> None:
    for n in range(2):
        _book(stage, phone=f"1360000000{n}")
    with pytest.raises(sqlite3.IntegrityError, match=rule):
        stage.store.write(lambda conn: conn.execute(change).rowcount)


def test_at_the_days_close_a_booking_is_missed_or_completed_as_its_ticket_was(stage: Stage) -> None:
    never, left, served = (_book(stage, phone=f"1360000000{n}").code for n in range(3))
    stage.now = TWO
    stage.check_in(code=served)
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)  # and nobody pressed finish
    stage.check_in(code=left)
    stage.later(24 * 60)

    def close(conn: sqlite3.Connection) -> None:
        close_earlier_days(conn, stage.now)
        close_missed(conn, calendar.day_start(stage.now, settings.load(conn)), stage.now)

    stage.store.write(close)
    stage.store.write(close)
    final = [_state(stage, code) for code in (never, left, served)]
    assert final == [AppointmentState.NO_SHOW, AppointmentState.NO_SHOW, AppointmentState.COMPLETED]
    kinds = [event.kind for event in stage.journal()]
    assert kinds.count(EventKind.APPOINTMENT_NO_SHOW) == 2
    assert kinds.count(EventKind.APPOINTMENT_COMPLETED) == 1


def test_who_checked_in_after_midnight_of_the_same_business_day_is_not_missed(stage: Stage) -> None:
    late = TEN + 14.5 * 60 * MINUTE  # half past midnight
    booked = _book(stage, late)
    stage.now = late
    assert stage.check_in(code=booked.code).ticket.slot_at == late
    stage.store.write(lambda conn: close_missed(conn, calendar.day_start(stage.now, settings.load(conn)), stage.now))
    assert _state(stage, booked.code) == AppointmentState.CHECKED_IN


def test_offers_of_a_day_say_why_they_cannot_be_booked(stage: Stage) -> None:
    stage.set_hours("09:00", "18:00")
    with stage.store.read() as conn:
        today = booking_places.offers(conn, "plan", date(2026, 11, 21), stage.now)
        far = booking_places.offers(conn, "plan", date(2026, 12, 22), stage.now)
    assert [offer.refusal is None for offer in today] == [False] * 8 + [True] * 28
    assert {type(offer.refusal) for offer in far} == {SlotTooFar}


def test_a_store_of_before_keeps_its_bookings(stage: Stage) -> None:
    """A booking written without anything of a place, as older data has it."""
    at_rest = "hash_phone(:phone), hash_phone_tail(:phone), seal_phone(:phone)"
    statement = f"{INSERT} VALUES ('1', {at_rest}, '赵敏', 'plan', :at, 'web')"
    stage.store.write(lambda conn: conn.execute(statement, {"phone": ZHAO, "at": TWO}).rowcount)
    assert _free(stage) == 4
    with stage.store.read() as conn:
        found = appointments.by_code(conn, "1")
    assert found is not None
    assert found.ends_at == TWO + 15 * MINUTE
