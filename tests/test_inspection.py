"""The inspection report: each miss has the cause that the counters' day shows, months and tiers add up."""

from dataclasses import replace
from datetime import date

import pytest

from bench import past_store
from counter.scenario import ticket_of
from db import calendar, settings
from db.setting_records import Rules
from db.store import Store
from db.ticket_records import Ticket, TicketClass
from display.attendance import Attendance, Line, attendance
from display.causes import Cause, cause, passed_over, posts
from display.report_reading import Wish, read_inspection
from lobby import sample

SILVER = sample.TIERS[0]
CAME, DUE = 1000.0, 1600.0
DAY_ENDS = 86_400.0
VIP = replace(
    ticket_of(TicketClass.VIP, "plan", CAME, Rules(), tier=SILVER), id=1, number="V001", first_called_at=1700.0
)
VISIT = replace(VIP, ticket_class=TicketClass.APPOINTMENT, tier=None)


def line(at: float, kind: str, counter: int, ticket: str | None = None) -> Line:
    return Line(at, kind, ticket, counter, "Lin")


def busy(counter: int, begins: float, ends: float, number: str = "A001") -> list[Line]:
    return [
        line(begins, "called", counter, number), line(begins + 5, "started", counter, number),
        line(ends, "completed", counter, number),
    ]  # fmt: skip


def why(journal: list[Line], ticket: Ticket = VIP, others: tuple[Ticket, ...] = ()) -> Cause:
    day = attendance(sorted(journal, key=lambda one: one.at), DAY_ENDS)
    at_work = posts(sample.COUNTERS, day)
    return cause(ticket, DUE, at_work, passed_over([ticket, *others], at_work))


OPEN_4 = line(0, "counter_opened", 4)
BUSY_4 = busy(4, 900, 1690)


def test_nobody_was_there_who_may_serve() -> None:
    assert why([]) == Cause.NO_COUNTER
    assert why([line(0, "counter_opened", 3)]) == Cause.NO_COUNTER  # counter 3 cannot do plans
    assert why([line(1650, "counter_opened", 4)]) == Cause.NO_COUNTER  # too late


def test_all_were_busy() -> None:
    assert why([OPEN_4, *BUSY_4]) == Cause.DEMAND


def test_a_counter_was_free_and_nobody_called() -> None:
    assert why([OPEN_4, *busy(4, 900, 1500), *busy(4, 1540, 1690, "A002")]) == Cause.CALLED_LATE
    assert (
        why([OPEN_4, *busy(4, 900, 1500), *busy(4, 1520, 1690, "A002")]) == Cause.DEMAND
    )  # twenty seconds are nothing


def test_a_wrap_up_is_no_free_time() -> None:
    assert why([OPEN_4, *busy(4, 900, 1500), line(1690, "wrap_up_ended", 4)]) == Cause.DEMAND


def test_the_free_counter_kept_itself_for_vips() -> None:
    journal = [line(0, "counter_opened", 1), OPEN_4, *BUSY_4]
    assert why(journal, VISIT) == Cause.RESERVED
    assert why(journal) == Cause.CALLED_LATE  # for a VIP it was there


def test_the_customer_stepped_back() -> None:
    assert why([OPEN_4], replace(VIP, passes=1)) == Cause.STEPPED_BACK


def test_a_later_customer_without_a_promise_was_called_first() -> None:
    later = replace(
        VIP, id=2, number="A009", ticket_class=TicketClass.ORDINARY, issued_at=1100.0, first_called_at=1300.0
    )
    assert why([OPEN_4, *BUSY_4], others=(replace(later, counter=4),)) == Cause.OTHERS_FIRST
    assert why([OPEN_4, *BUSY_4], others=(replace(later, counter=3),)) == Cause.DEMAND  # that counter cannot do plans
    earlier = replace(later, counter=4, issued_at=900.0)
    assert why([OPEN_4, *BUSY_4], others=(earlier,)) == Cause.DEMAND


def test_a_counter_paused_for_half_the_time() -> None:
    pause = [line(1000, "counter_paused", 4), line(1400, "counter_back", 4)]
    assert why([OPEN_4, *pause, *busy(4, 1400, 1690)]) == Cause.PAUSED
    short = [line(1000, "counter_paused", 4), line(1200, "counter_back", 4)]
    assert why([OPEN_4, *short, *busy(4, 1200, 1690)]) == Cause.DEMAND


def test_the_journal_tells_who_was_where() -> None:
    day: Attendance = attendance(
        [
            OPEN_4, *busy(4, 100, 200), line(210, "counter_paused", 4), line(300, "called", 4, "A002"),
            line(310, "started", 4, "A002"), line(400, "held", 4, "A002"), line(410, "something_new", 4, "A002"),
            line(500, "called", 4, "A002"), line(505, "started", 4, "A002"), line(600, "completed", 4, "A002"),
            line(700, "counter_closed", 4), line(800, "counter_opened", 4),
        ],
        DAY_ENDS,
    )  # fmt: skip
    assert [(stay.called_at, stay.handling_s) for stay in day.stays] == [(100, 95), (300, 90), (500, 95)]
    first, second = day.shifts
    assert (first.opens, first.closes, first.pauses) == (0, 700, [(210, 300)])  # a call ends a pause
    assert (second.opens, second.closes) == (800, DAY_ENDS)


@pytest.fixture
def busy_store(store: Store) -> Store:
    """Two overloaded days on either side of a month's end."""
    past_store.write(store, date(2026, 9, 30), 2, past_store.Past(load=1.6, vip_share=0.3))
    return store


def test_months_tiers_misses_and_causes_add_up(busy_store: Store) -> None:
    with busy_store.read() as conn:
        later = calendar.start_of("2026-10-05", settings.load(conn))
        found = read_inspection(conn, Wish(date(2026, 9, 1), date(2026, 10, 4)), later)
        cards = conn.execute("SELECT count(*) FROM tickets WHERE class <> 'ordinary'").fetchone()[0]
        numbers = {(row["business_day"], row["number"]) for row in conn.execute("SELECT * FROM tickets")}
    assert [row["tier"] for row in found["totals"]] == ["diamond", "gold", "silver", None]
    assert sum(row["came"] for row in found["totals"]) == cards
    assert len(found["misses"]) == sum(row["missed"] for row in found["totals"]) > 0
    assert sum(row["missed"] for row in found["months"]) == sum(row["misses"] for row in found["causes"])
    assert {row["month"] for row in found["months"]} == {"2026-09", "2026-10"}
    assert all((miss["day"], miss["number"]) in numbers and "member_no" not in miss for miss in found["misses"])
    assert all(miss["waited_s"] is None or miss["waited_s"] > miss["limit_s"] for miss in found["misses"])
    assert sum(row["booked"] for row in found["bookings"]) == 20
