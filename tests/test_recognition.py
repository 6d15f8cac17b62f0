"""Whoever types or scans something at a kiosk: card, phone, booking and ticket are told apart, people greeted."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from lobby_stage import CHEN, MINUTE, OLD_LI, WANG, Stage

from counter.customer import is_birthday_near
from counter.errors import StoreClosed
from counter.present import load
from db import duty, members
from db.people_records import Member
from kiosk import holder, recognition
from kiosk.errors import TicketOver, UnknownCode, UnknownMember

TODAY = date(2026, 11, 21)


def _scan(stage: Stage, code: str) -> dict[str, Any]:
    with stage.store.read() as conn:
        return recognition.tell(conn, load(conn, stage.now), phone=None, member_no=None, code=code)


def _codes_said(stage: Stage, member: Member) -> list[str]:
    stage.store.write(lambda conn: members.put(conn, [member]))
    return [wish["code"] for wish in _scan(stage, member.member_no)["wishes"]]


@pytest.mark.parametrize(
    "code",
    [
        "V07000001",
        " v07000001 ",
        "Ｖ０７０００００１",
        "13800136620",
        "+86 138-0013-6620",
        ";V07000001=2712?",
        "%BV07000001^WANG?",
    ],
)
def test_a_card_is_known_however_it_is_read(stage: Stage, code: str) -> None:
    found = _scan(stage, code)
    assert (found["kind"], found["member_no"], found["vip"]) == ("member", "V07000001", True)


def test_a_booking_is_known_by_its_code_and_by_the_phone_of_somebody_who_is_no_member(stage: Stage) -> None:
    stage.book(stage.now + 30 * MINUTE)
    assert _scan(stage, "123456") == {"kind": "appointment", "code": "123456"}
    assert _scan(stage, "13512345678") == {"kind": "appointment", "code": "123456"}
    stage.book(stage.now + 24 * 60 * MINUTE, code="654321", phone="13612345678")
    with pytest.raises(UnknownCode):
        _scan(stage, "13612345678")


def test_a_members_phone_greets_the_member_and_offers_the_booking(stage: Stage) -> None:
    stage.book(stage.now + 30 * MINUTE, phone=WANG.phone)
    found = _scan(stage, WANG.phone)
    assert found["kind"] == "member"
    assert (found["booking"]["code"], found["booking"]["time"]) == ("123456", "10:30")
    stage.check_in(code="123456")
    after = _scan(stage, WANG.phone)
    assert after["booking"] is None
    assert after["ticket"]["class"] == "appointment"


def test_a_tickets_own_link_shows_it_while_it_waits_and_says_so_once_it_is_over(stage: Stage) -> None:
    ticket = stage.issue().ticket
    found = _scan(stage, f"http://192.168.1.10:8080/t/{ticket.token}")
    assert (found["kind"], found["ticket"]["number"]) == ("ticket", "A001")
    stage.store.write(lambda conn: holder.cancel(conn, ticket.token, stage.now))
    with pytest.raises(TicketOver, match="A001"):
        _scan(stage, f"https://elsewhere/t/{ticket.token}?lang=en")


@pytest.mark.parametrize(
    "code", ["999999", "hello world", "http://example.org/", "V99999999", "/t/aaaaaaaaaaaaaaaaaaaaaa"]
)
def test_what_nobody_knows_is_said_to_be_unknown(stage: Stage, code: str) -> None:
    with pytest.raises(UnknownCode):
        _scan(stage, code)


def test_out_of_hours_a_card_is_told_the_hours_but_a_ticket_is_still_shown(stage: Stage) -> None:
    ticket = stage.issue().ticket
    stage.set_hours("11:00", "18:00")
    with pytest.raises(StoreClosed, match="11:00"):
        _scan(stage, "V07000001")
    assert _scan(stage, f"/t/{ticket.token}")["ticket"]["number"] == "A001"


def test_a_typed_number_of_nobody_keeps_its_own_words(stage: Stage) -> None:
    with stage.store.read() as conn, pytest.raises(UnknownMember):
        recognition.tell(conn, load(conn, stage.now), phone="13000000000", member_no=None)


def test_a_vip_is_greeted_by_surname_and_a_title_that_fits_everybody(stage: Stage) -> None:
    stage.store.write(lambda conn: members.put(conn, [replace(CHEN, name="欧阳静")]))
    greeted = [_scan(stage, member.member_no)["greeting"] for member in (WANG, CHEN, OLD_LI)]
    assert [names["zh"] for names in greeted] == ["尊敬的王贵宾", "尊敬的欧阳贵宾", "李先生/女士"]
    assert "秀英" not in str(greeted)


@pytest.mark.parametrize(
    ("birthday", "today", "near"),
    [
        (date(1980, 11, 24), TODAY, True),
        (date(1980, 11, 18), TODAY, True),
        (date(1980, 11, 25), TODAY, False),
        (date(1980, 11, 17), TODAY, False),
        (date(1980, 1, 2), date(2026, 12, 31), True),
        (date(1980, 12, 30), date(2027, 1, 2), True),
        (date(1980, 2, 29), date(2027, 3, 4), True),
        (date(1980, 2, 29), date(2028, 2, 26), True),
        (date(1980, 2, 29), date(2028, 3, 4), False),
    ],
)
def test_a_birthday_is_near_within_three_days(birthday: date, today: date, *, near: bool) -> None:
    assert is_birthday_near(birthday, today) == near


def test_a_vip_is_told_of_birthday_manager_and_a_card_that_ends_soon_and_nobody_else_is(stage: Stage) -> None:
    assert _codes_said(stage, WANG) == []
    told = replace(WANG, birthday=date(1980, 11, 23), manager_a="李晓明", valid_until=TODAY + timedelta(days=31))
    assert _codes_said(stage, told) == ["birthday", "manager", "card_ends"]
    kept = replace(told, birthday=None, manager_a=None, contract_until=TODAY + timedelta(days=200))
    assert _codes_said(stage, kept) == []
    ended = replace(told, valid_until=TODAY - timedelta(days=1))
    assert _codes_said(stage, ended) == []


def test_a_manager_whom_the_list_names_by_code_is_told_by_name_once_one_of_the_staff_is_known_to_be_it(
    stage: Stage,
) -> None:
    assert _codes_said(stage, replace(WANG, manager_a="M05")) == []
    stage.store.write(lambda conn: duty.link(conn, stage.lin.id, "M05"))
    [said] = _scan(stage, WANG.member_no)["wishes"]
    assert said["values"] == {"name": "Lin"}
