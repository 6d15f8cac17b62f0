"""The office's list as it comes: every encoding and form gives the same members and the same faults, each named."""

import csv
import io
from datetime import date
from pathlib import Path

import importing
import office
import pytest
from importing import changes, take
from lobby_stage import CHEN, WANG, Stage

from counter import card, screen
from counter.present import load
from db import events, members, settings
from db.event_records import EventKind
from db.people_records import Member
from db.plans import Fault
from db.ticket_records import TicketClass
from kiosk import imports
from kiosk.errors import BadFile, ListChanged
from kiosk.fault_sheet import harmless, sheet
from lobby import texts

OFFICE = Path(__file__).parents[2] / "shared/data/members-office.csv"
SAMPLE = office.text(office.sample())


def _faults(faults: tuple[Fault, ...]) -> list[tuple[int, str, str, str]]:
    return [(fault.line, fault.column, fault.value, fault.reason) for fault in faults]


def _member(stage: Stage, number: str) -> Member:
    with stage.store.read() as conn:
        found = members.by_number(conn, number)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(SAMPLE.encode("gb18030"), id="GB18030"),
        pytest.param(SAMPLE.encode(), id="UTF-8"),
        pytest.param(SAMPLE.encode("utf-8-sig"), id="UTF-8 with mark"),
        pytest.param(SAMPLE.encode("utf-16"), id="UTF-16"),
        pytest.param(office.text(office.sample(), "\t").encode("gb18030"), id="tabs"),
        pytest.param(office.text(office.sample(), ";").encode(), id="semicolons"),
        pytest.param(office.workbook(office.sample()), id="workbook"),
    ],
)
def test_a_list_is_read_alike_in_every_form_it_comes_in(stage: Stage, data: bytes) -> None:
    outcome = take(stage, "members", data)
    assert (outcome.added, outcome.ended) == (3, 3)
    assert _faults(outcome.faults) == office.FAULTS
    assert _member(stage, "V1") == Member(
        "V1",
        "王秀英",
        "13900136631",
        "silver",
        date(2026, 9, 1),
        date(2027, 8, 31),
        None,
        date(1951, 2, 27),
        "M05",
        "M01",
    )
    second = _member(stage, "V2")
    assert (second.phone, second.tier, second.language) == ("13900136632", "gold", "en")
    assert (second.valid_from, second.valid_until) == (date(2026, 9, 1), date(2027, 8, 31))
    assert _member(stage, "V3").churned


def test_every_planted_fault_of_the_carriers_office_list_is_named(stage: Stage) -> None:
    if not OFFICE.exists():
        pytest.skip(f"{OFFICE} is not here: it is only for tests, and not shipped")
    outcome = take(stage, "members", OFFICE.read_bytes())
    named: dict[tuple[str, str], list[int]] = {}
    for fault in outcome.faults:
        named.setdefault((fault.column, fault.why.code), []).append(fault.line)
    assert named == {
        ("phone", "no_phone"): [66, 216, 227, 280, 318, 339, 407, 481],
        ("tier", "not_one_of"): [90, 124, 421, 565, 580],
        ("valid_until", "no_such_day"): [9, 50, 122, 333, 477, 522, 536, 597],
        ("valid_until", "before_start"): [168, 229, 287, 450, 461, 593],
        ("phone", "same_as"): [87, 139, 169, 199, 372, 417, 452, 496, 575],
    }
    assert len(outcome.faults) == 36
    assert outcome.added + outcome.changed == 600 - 36
    assert take(stage, "members", OFFICE.read_bytes(), strict=True).unchanged == 600 - 36


def test_a_workbook_with_real_dates_and_numbers_is_read_like_one_with_text(stage: Stage) -> None:
    rows: list[list[object]] = [
        ["2026年11月会员名单"],
        ["会员号", "客户姓名", "手机", "等级", "有效期起", "有效期止"],
        [70001, "王秀英", 13900136631, "金卡", date(2026, 9, 1), date(2027, 8, 31)],
    ]
    assert take(stage, "members", office.workbook(rows)).faults == ()
    read = _member(stage, "70001")
    assert (read.phone, read.valid_from, read.valid_until) == ("13900136631", date(2026, 9, 1), date(2027, 8, 31))


def test_an_old_workbook_is_read_too(stage: Stage) -> None:
    assert take(stage, "members", office.OLD_WORKBOOK).faults == ()
    read = _member(stage, "V07000001")
    assert (read.phone, read.tier, read.valid_until) == ("13800136620", "gold", date(2099, 12, 31))


def test_a_card_follows_from_the_assessment_where_the_list_tells_no_term(stage: Stage) -> None:
    rows = [
        ["会员编号", "姓名", "手机号码", "客户等级", "评定日期", "合约到期"],
        ["V1", "王秀英", "13900136631", "金卡", "2025/12/15", ""],
        ["V2", "陈静", "13900136632", "金卡", "2025/11/30", "2028/3/31"],
        ["V3", "李建国", "13900136633", "金卡", "2025/13/1", ""],
    ]
    outcome = take(stage, "members", office.text(rows).encode())
    assert _faults(outcome.faults) == [(4, "assessed", "2025/13/1", "there is no such day in the calendar")]
    first, second = _member(stage, "V1"), _member(stage, "V2")
    assert (first.valid_from, card.last_day(first)) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (second.valid_from, card.last_day(second)) == (date(2025, 12, 1), date(2028, 3, 31))


def _said(stage: Stage, member: Member) -> tuple[TicketClass, str]:
    issued = stage.issue(member=member)
    return issued.ticket.ticket_class, issued.notes[0].code


def test_who_left_the_network_is_an_ordinary_customer_at_once_and_the_counter_sees_why(stage: Stage) -> None:
    rows = [
        office.HEADING,
        [WANG.member_no, WANG.name, WANG.phone, "金卡", "2026/9/1", "2027/8/31", "", "", "", "", "", "离网"],
        ["V1", "孙伟", WANG.phone, "银卡", "2026/9/1", "2027/8/31", "", "", "", "", "", "在网"],
    ]
    data = office.text(rows).encode()
    found = {change.key: change for change in changes(stage, "members", data)}
    assert (found[WANG.member_no].kind, found[WANG.member_no].shown["reason"]) == ("ended", "churned")
    assert (found[CHEN.member_no].kind, found[CHEN.member_no].shown["reason"]) == ("ended", "unlisted")
    outcome = take(stage, "members", data)
    assert (outcome.added, outcome.ended, outcome.faults) == (1, 3, ())
    assert take(stage, "members", data).ended == 0
    assert _said(stage, WANG) == (TicketClass.ORDINARY, "card_churned")
    assert _said(stage, CHEN) == (TicketClass.ORDINARY, "card_void")
    with stage.store.read() as conn:
        successor = members.by_phone(conn, WANG.phone)
    assert successor is not None
    assert successor.member_no == "V1"
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    with stage.store.read() as conn:
        view = screen.read(conn, 4, load(conn, stage.now))
    assert view["current"]["customer"]["card"]["code"] == "card_churned"


def test_a_change_is_shown_field_by_field_and_phones_are_masked(stage: Stage) -> None:
    line = f"{WANG.member_no},王秀英,13800130000,钻石卡,2026-09-01,2027-08-31,,,,,,".split(",")
    changed = next(one for one in changes(stage, "members", office.text([office.HEADING, line]).encode()) if one.row)
    assert changed.kind == "changed"
    assert changed.shown["fields"] == [["phone", "138 ···· 6620", "138 ···· 0000"], ["tier", "gold", "diamond"]]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "damaged"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (office.workbook(office.sample())[:2000], "damaged"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "no list that can be read"),
        (office.workbook([["a", "b"]]), "heading lacks member_no"),
    ],
)
def test_a_file_that_is_no_list_is_named_for_what_it_is(stage: Stage, data: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        take(stage, "members", data)


def test_a_damaged_character_or_a_lost_quotation_mark_is_a_fault_of_its_line_only(stage: Stage) -> None:
    data = bytearray(SAMPLE.encode())
    data[data.index("秀".encode()) + 1] = 0xFF
    assert (2, "name", "has characters that cannot be read") in [
        (fault.line, fault.column, fault.reason) for fault in take(stage, "members", bytes(data)).faults
    ]
    torn = SAMPLE.replace("王秀英", '"王秀英').replace("陈静", '陈静"').encode()
    assert "goes over several lines" in take(stage, "members", torn).faults[0].reason


def test_the_faults_are_saved_in_the_readers_language_and_hold_no_formula(stage: Stage) -> None:
    faults = take(stage, "members", SAMPLE.replace("铂金卡", '"=HYPERLINK(""http://x"")"').encode()).faults
    saved = sheet(faults, lambda said: texts.say(said, "zh"))
    assert saved.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(saved.decode("utf-8-sig"), newline="")))
    assert rows[:2] == [["行", "列", "内容", "原因"], ["5", "手机号码", "139001366", "不是 11 位手机号码"]]
    assert rows[2][2] == '\'=HYPERLINK("http://x")'
    for start in ("=1+1", "+86-1", "-1", "@x", "\t=1", " =1", "＝1"):
        assert harmless(start) == f"'{start}"
    english = sheet(faults, lambda said: texts.say(said, "en")).decode("utf-8-sig")
    assert english.startswith("Line,Column,Value,Reason")


def test_bookings_come_in_the_same_forms(stage: Stage) -> None:
    rows = [
        ["预约编号", "手机号", "姓名", "业务", "预约日期", "预约时间", "渠道"],
        ["598656", "155 0024 8445", "崔萍", "缴费与账单", "2026/12/7", "9:45", "hotline"],
        ["598657", "15500248446", "余秀", "理发", "2026/12/7", "9:45", "hotline"],
    ]
    for data in (office.text(rows).encode("gb18030"), office.workbook(rows)):
        outcome = take(stage, "appointments", data)
        assert outcome.added + outcome.unchanged == 1
        assert [(fault.line, fault.column, fault.heading) for fault in outcome.faults] == [(3, "service", "业务")]


def test_a_list_compared_with_an_older_one_than_the_stores_is_not_taken_over(stage: Stage) -> None:
    with imports.workspace(stage.store) as folder:
        with stage.store.read() as conn:
            imports.prepare(conn, "members", SAMPLE.encode(), folder)
        take(stage, "members", SAMPLE.encode())
        with pytest.raises(ListChanged):
            imports.apply(stage.store, folder, "command", lambda: stage.now)


def test_what_was_begun_before_a_power_cut_is_finished_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 1)
    folder = imports.new_folder(stage.store)
    with stage.store.read() as conn:
        imports.prepare(conn, "members", SAMPLE.encode(), folder)

    def cut(done: int, total: int) -> None:
        assert done < total
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.apply(stage.store, folder, "staff:Mei", lambda: stage.now, cut)
    assert _kinds(stage).count(EventKind.MEMBERS_IMPORTED) == 0
    imports.resume(stage.store, lambda: stage.now)
    imports.resume(stage.store, lambda: stage.now)
    assert importing.take(stage, "members", SAMPLE.encode(), dry_run=True).unchanged == 3
    with stage.store.read() as conn:
        last = events.last_import(conn, EventKind.MEMBERS_IMPORTED)
    assert last is not None
    assert (last.actor, last.data["added"]) == ("staff:Mei", 3)
    assert _kinds(stage).count(EventKind.MEMBERS_IMPORTED) == 1
    assert list((stage.store.folder / imports.FOLDER).iterdir()) == []


def test_what_was_finished_before_the_store_closed_is_not_journalled_again(stage: Stage) -> None:
    folder = imports.new_folder(stage.store)
    with stage.store.read() as conn:
        imports.prepare(conn, "members", SAMPLE.encode(), folder)
    imports.apply(stage.store, folder, "staff:Mei", lambda: stage.now)
    imports.resume(stage.store, lambda: stage.now)
    assert _kinds(stage).count(EventKind.MEMBERS_IMPORTED) == 1


def _kinds(stage: Stage) -> list[EventKind]:
    return [event.kind for event in stage.journal()]


def test_every_reason_has_its_places_filled(stage: Stage) -> None:
    for fault in take(stage, "members", SAMPLE.encode()).faults:
        assert "{" not in texts.say(fault.why, "zh")


def test_a_tier_is_known_by_every_name_it_has(stage: Stage) -> None:
    with stage.store.read() as conn:
        assert set(settings.tiers(conn)) == {"silver", "gold", "diamond"}
    rows = [
        [f"V{n}", "王秀英", f"1390013663{n}", word, "2026/9/1", "2027/8/31"]
        for n, word in enumerate(["gold", "Gold", "GOLD CARD", "金卡", "金卡客户", "金", " 金 卡 "])
    ]
    assert take(stage, "members", office.text([office.HEADING[:6], *rows]).encode()).faults == ()
