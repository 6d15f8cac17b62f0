"""Slots, as properties: never outside the opening hours, never over capacity, also where the clock is changed."""

from collections import Counter as Tally
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from db import calendar
from db.booking_records import Appointment, Booking
from db.counter_records import Counter, Permission
from db.setting_records import Hours, Settings
from db.ticket_records import TicketClass
from db.words import Names
from kiosk import slots

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
FORWARD, BACK = date(2026, 3, 29), date(2026, 10, 25)  # in Berlin
SERVICES = ("plan", "device", "billing")
NAME = Names("店", "Store")

clock = st.integers(0, 24 * 4).map(lambda quarters: f"{quarters // 4:02}:{quarters % 4 * 15:02}")
spans = st.tuples(clock, clock).filter(lambda span: span[0] < span[1]).map(lambda span: Hours(*span))
days_spans = st.lists(clock, max_size=6, unique=True).map(
    lambda times: tuple(Hours(*pair) for pair in zip(*[iter(sorted(times))] * 2, strict=False))
)
lengths = st.sampled_from([5, 10, 15, 20, 30, 45, 60, 90, 240]).map(lambda minutes: minutes * 60)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31)) | st.sampled_from(
    [FORWARD, BACK, date(2026, 3, 8), date(2026, 11, 1)]
)


def _store(zone: str, hours: tuple[tuple[Hours, ...], ...], length_s: int) -> Settings:
    return Settings(NAME, zone, hours=hours, booking=Booking(slot_s=length_s))


@given(st.sampled_from(ZONES), st.tuples(*[days_spans] * 7) | st.just(()), lengths, days)
@example("Europe/Berlin", ((Hours("01:00", "04:00"),),) * 7, 900, FORWARD)
@example("Europe/Berlin", ((Hours("01:00", "04:00"),),) * 7, 900, BACK)
@example("Europe/Berlin", ((Hours("02:15", "02:45"),),) * 7, 900, FORWARD)
@example("Europe/Berlin", ((Hours("01:30", "02:30"),),) * 7, 3600, BACK)
@example("Europe/Berlin", ((Hours("00:30", "02:30"), Hours("03:30", "05:00")),) * 7, 900, FORWARD)
def test_every_slot_lies_within_the_opening_hours_of_its_day_and_none_overlap(
    zone: str, hours: tuple[tuple[Hours, ...], ...], length_s: int, day: date
) -> None:
    store = _store(zone, hours, length_s)
    found = slots.slots_of(day, store)
    for slot in found:
        assert slot.ends - slot.begins == length_s
        minutes = [slot.begins + 60 * n for n in range(length_s // 60)]
        assert all(calendar.is_open(at, store) for at in [*minutes, slot.ends - 1])
        assert calendar.local(slot.begins, store).date() == day
        assert calendar.local(slot.ends - 1, store).date() == day
    assert all(before.ends <= after.begins for before, after in pairwise(found))


@given(st.sampled_from(ZONES), spans, lengths, days)
def test_no_slot_is_missing_on_a_day_without_a_change_of_the_clock(
    zone: str, span: Hours, length_s: int, day: date
) -> None:
    store = _store(zone, ((span,),) * 7, length_s)
    midnight, next_one = (datetime(d.year, d.month, d.day, tzinfo=ZoneInfo(zone)) for d in (day, day + timedelta(1)))
    if midnight.utcoffset() != next_one.utcoffset():
        return
    opens, closes = (int(text[:2]) * 60 + int(text[3:]) for text in (span.opens, span.closes))
    assert len(slots.slots_of(day, store)) == (closes - opens) * 60 // length_s


@pytest.mark.parametrize(("day", "hours"), [(FORWARD, 23), (BACK, 25), (date(2026, 6, 1), 24)])
def test_a_store_that_is_always_open_has_the_slots_of_the_days_real_hours(day: date, hours: int) -> None:
    found = slots.slots_of(day, _store("Europe/Berlin", (), 3600))
    assert len(found) == hours
    assert len({slot.begins for slot in found}) == hours


def test_a_closed_day_has_no_slots() -> None:
    store = _store("Asia/Shanghai", (*[(Hours("09:00", "18:00"),)] * 6, ()), 900)
    assert slots.slots_of(date(2026, 11, 22), store) == []


skills = st.frozensets(st.sampled_from(SERVICES))
counters = st.lists(
    st.tuples(skills, st.sampled_from([Permission.PRIMARY, Permission.BACKUP, Permission.NEVER])), max_size=6
)


def _counters(drawn: list[tuple[frozenset[str], Permission]]) -> list[Counter]:
    return [
        Counter(number, dict.fromkeys(TicketClass, permission), skill)
        for number, (skill, permission) in enumerate(drawn, start=1)
    ]


def _fits(wanted: list[str], lanes: list[frozenset[str]]) -> bool:
    """Every way to give bookings to counters tried out: slow and plainly right."""
    if not wanted:
        return True
    first, *rest = wanted
    able = [lanes.index(lane) for lane in set(lanes) if first in lane]
    return any(_fits(rest, lanes[:at] + lanes[at + 1 :]) for at in able)


@settings(deadline=None)
@given(
    counters,
    st.integers(1, 2),
    st.dictionaries(st.sampled_from(SERVICES), st.integers(0, 4)),
    st.lists(st.sampled_from(SERVICES), max_size=14),
)
def test_whoever_books_in_whatever_order_no_slot_is_ever_over_capacity(
    drawn: list[tuple[frozenset[str], Permission]], per_counter: int, limits: dict[str, int], wishes: list[str]
) -> None:
    rules = Booking(per_counter=per_counter, places=limits)
    lanes = slots.lanes(_counters(drawn), rules)
    taken: list[str] = []
    for wish in wishes:
        left = slots.places_left(wish, tuple(sorted(taken)), lanes, limits.get(wish))
        is_below = Tally(taken)[wish] < limits.get(wish, len(wishes))
        assert (left > 0) == (is_below and _fits([*taken, wish], list(lanes)))
        if left:
            taken.append(wish)
    assert _fits(taken, list(lanes))
    assert all(Tally(taken)[service] <= most for service, most in limits.items())


@given(counters, st.lists(st.sampled_from(SERVICES), max_size=4), st.sampled_from(SERVICES))
def test_as_many_places_as_are_said_to_be_left_can_be_booked_and_not_one_more(
    drawn: list[tuple[frozenset[str], Permission]], taken: list[str], service: str
) -> None:
    lanes = slots.lanes(_counters(drawn), Booking())
    left = slots.places_left(service, tuple(sorted(taken)), lanes, None)
    assert _fits([*taken, *[service] * left], list(lanes)) or left == 0
    assert not _fits([*taken, *[service] * (left + 1)], list(lanes))


def test_a_booking_counts_in_every_slot_it_reaches_into() -> None:
    """After the slots were made shorter an hour booked before still takes its counter for the hour."""
    booked = Appointment("1", "13512345678", "赵敏", "plan", slot_at=3600, channel="web", length_s=3600)
    quarters = [slots.Slot(2700 + 900 * n, 3600 + 900 * n) for n in range(6)]
    assert [slots.taken_in(slot, [booked]) for slot in quarters] == [(), *[("plan",)] * 4, ()]
