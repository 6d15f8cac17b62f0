"""Early, on time, late: what the customer is told on kiosk, paper and phone, and what the counter sees."""

from datetime import datetime

import pytest
from lobby_stage import CHEN, MINUTE, TEN, WANG, ZONE, Stage
from printing_store import compose

from counter import screen
from counter.present import load_with_calls
from db import calendar
from db.ticket_records import Ticket
from display import screens
from printer.slip import Text

HALF_PAST = TEN + 30 * MINUTE


def _on_the_phone(stage: Stage, ticket: Ticket) -> list[tuple[str, object]]:
    with stage.store.read() as conn:
        view = screens.read_ticket(conn, ticket.token, load_with_calls(conn, stage.now))["ticket"]
    return [(note["code"], note["values"]["time"]) for note in view["notes"]]


def _on_paper(stage: Stage, ticket: Ticket) -> list[str]:
    present = stage.present()
    issued = datetime.fromtimestamp(ticket.issued_at, ZONE)
    slip = compose(ticket, present.services[ticket.service], present.settings, 0, None, "http://x/t/1", issued, None)
    return [block.text for block in slip.blocks if isinstance(block, Text)]


def _due(stage: Stage, counter: int = 4) -> list[tuple[str, str | None]]:
    with stage.store.read() as conn:
        seen = screen.read(conn, counter, load_with_calls(conn, stage.now))["appointments"]
    return [(one["slot_at"][11:16], one["number"]) for one in seen]


@pytest.mark.parametrize(
    ("comes", "note", "paper"),
    [
        (TEN, "early", "10:25 起叫号"),
        (HALF_PAST - 4 * MINUTE, "on_time", "预约 10:30"),
        (HALF_PAST + 8 * MINUTE, "a_little_late", "预约 10:30"),
        (HALF_PAST + 11 * MINUTE, "late", "已过预约时间，从现在起排队"),
    ],
)
def test_who_comes_early_on_time_or_late_is_told_so_everywhere(
    stage: Stage, comes: float, note: str, paper: str
) -> None:
    stage.book(HALF_PAST)
    stage.now = comes
    issued = stage.check_in(code="123456")
    assert [said.code for said in issued.notes] == [note]
    assert _on_the_phone(stage, issued.ticket) == [(note, "10:30")]
    assert paper in _on_paper(stage, issued.ticket)


def test_paper_says_when_calls_begin_only_to_who_came_early(stage: Stage) -> None:
    stage.book(HALF_PAST)
    stage.now = HALF_PAST - 4 * MINUTE
    assert not any("起叫号" in line for line in _on_paper(stage, stage.check_in(code="123456").ticket))


def test_the_phone_of_who_came_early_changes_when_the_time_has_come(stage: Stage) -> None:
    stage.book(HALF_PAST)
    ticket = stage.check_in(code="123456").ticket
    stage.now = HALF_PAST - 5 * MINUTE
    assert _on_the_phone(stage, ticket) == [("on_time", "10:30")]


def test_the_phone_of_who_is_called_talks_of_the_call_only(stage: Stage) -> None:
    stage.book(HALF_PAST)
    ticket = stage.check_in(code="123456").ticket
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    assert _on_the_phone(stage, ticket) == []


def test_a_vip_who_is_late_is_told_of_the_vip_queue(stage: Stage) -> None:
    stage.book(TEN, phone=WANG.phone)
    stage.later(11)
    (note,) = stage.check_in(code="123456").notes
    assert "VIP queue" in note.text


def test_a_counter_sees_who_is_due_within_a_quarter_of_an_hour_checked_in_or_not(stage: Stage) -> None:
    stage.book(TEN + 15 * MINUTE, code="111111", phone="13600000001")
    stage.book(TEN + 16 * MINUTE, code="222222", phone="13600000002")
    stage.book(TEN + 5 * MINUTE, code="333333", phone=CHEN.phone)
    assert _due(stage) == [("10:05", None), ("10:15", None)]
    number = stage.check_in(code="333333").ticket.number
    stage.later(1)
    assert _due(stage) == [("10:05", number), ("10:15", None), ("10:16", None)]
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    assert _due(stage) == [("10:15", None), ("10:16", None)]


def test_who_is_too_late_for_their_appointment_is_no_longer_expected(stage: Stage) -> None:
    stage.book(TEN)
    stage.later(10)
    assert _due(stage) == [("10:00", None)]
    stage.later(1)
    assert _due(stage) == []


def test_a_counter_sees_only_the_appointments_it_can_take(stage: Stage) -> None:
    stage.book(TEN, service="device")
    assert (_due(stage, 3), _due(stage, 2)) == ([("10:00", None)], [])


def test_the_counter_shows_a_surname_and_no_phone(stage: Stage) -> None:
    stage.book(TEN)
    with stage.store.read() as conn:
        seen = screen.read(conn, 4, load_with_calls(conn, stage.now))["appointments"]
    assert seen[0]["customer"]["zh"] == "赵先生/女士"
    assert "13512345678" not in str(seen)
    assert calendar.stamp(TEN, stage.present().settings) == seen[0]["slot_at"]
