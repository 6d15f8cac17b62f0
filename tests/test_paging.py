"""Account managers: who is told of a VIP's arrival, what happens when nobody takes notice, who sees whose name."""

from dataclasses import replace
from typing import Any

import pytest
from lobby_stage import CHEN, MINUTE, OLD_LI, WANG, Stage

from counter import desk, duty_screen, paging
from counter.day import close_earlier_days
from counter.errors import Forbidden, NotYourPage, UnknownManager, UnknownPage
from counter.present import load_with_calls
from db import duty, members
from db.errors import NameTaken
from db.event_records import EventKind
from db.people_records import Staff

VIP = replace(WANG, manager_a="M05", manager_b="M01")


@pytest.fixture
def managed(stage: Stage) -> Stage:
    """Lin is account manager M05, Zhou M01; Wang is theirs. Nobody is on duty yet."""

    def link(conn: Any) -> None:
        members.put(conn, [VIP])
        duty.link(conn, stage.lin.id, "M05")
        duty.link(conn, stage.zhou.id, "M01")

    stage.store.write(link)
    stage.lin, stage.zhou = replace(stage.lin, manager_code="M05"), replace(stage.zhou, manager_code="M01")
    return stage


def _duty(stage: Stage, code: str, *, on: bool = True, by: Staff | None = None) -> None:
    stage.store.write(lambda conn: paging.set_duty(conn, code, by or stage.mei, stage.now, on=on))


def _screen(stage: Stage, person: Staff) -> Any:
    with stage.store.read() as conn:
        return duty_screen.read(conn, person.id, load_with_calls(conn, stage.now))


def _told(stage: Stage, person: Staff) -> list[str]:
    return [page["number"] for page in _screen(stage, person)["pages"]]


def _everybody_told(stage: Stage) -> dict[str, list[str]]:
    return {person.name: _told(stage, person) for person in (stage.lin, stage.zhou, stage.mei)}


def _acknowledge(stage: Stage, person: Staff) -> None:
    page = next(iter(_screen(stage, person)["pages"]), {"id": 1})["id"]
    stage.store.write(lambda conn: paging.acknowledge(conn, page, person, stage.now))


def _pass_on(stage: Stage) -> int:
    return stage.store.write(lambda conn: paging.pass_on_overdue(conn, stage.now))


def test_manager_a_on_duty_is_told_and_nobody_else(managed: Stage) -> None:
    _duty(managed, "M05")
    _duty(managed, "M01")
    managed.issue(member=VIP)
    assert _everybody_told(managed) == {"Lin": ["V001"], "Zhou": [], "Mei": []}
    (page,) = _screen(managed, managed.lin)["pages"]
    assert page["customer"] == {"zh": "王先生/女士", "en": "Mr/Ms 王"}
    assert (page["class"], page["tier_name"]["zh"]) == ("vip", "金卡")
    told = managed.journal()[-1]
    assert (told.kind, told.ticket) == (EventKind.MANAGER_PAGED, "V001")
    assert told.data == {"stage": "a", "manager": "Lin"}


def test_the_partner_is_told_when_a_is_off_and_the_floor_when_both_are(managed: Stage) -> None:
    _duty(managed, "M01")
    managed.issue(member=VIP)
    assert _everybody_told(managed) == {"Lin": [], "Zhou": ["V001"], "Mei": []}
    _duty(managed, "M01", on=False)
    assert _everybody_told(managed) == {"Lin": [], "Zhou": [], "Mei": ["V001"]}
    (page,) = _screen(managed, managed.mei)["pages"]
    assert page["customer"] is None


def test_nobody_is_told_of_whom_the_list_gives_no_manager_or_whose_card_has_ended(managed: Stage) -> None:
    managed.store.write(lambda conn: members.put(conn, [replace(OLD_LI, manager_a="M05")]))
    _duty(managed, "M05")
    managed.issue()
    managed.issue(member=CHEN)
    managed.issue(member=OLD_LI)
    assert _everybody_told(managed) == {"Lin": [], "Zhou": [], "Mei": []}


def test_a_member_who_booked_is_told_at_check_in(managed: Stage) -> None:
    _duty(managed, "M05")
    managed.book(managed.now + 5 * MINUTE, phone=VIP.phone)
    managed.check_in(phone=VIP.phone)
    assert _told(managed, managed.lin) == ["A001"]


def test_a_page_nobody_notices_goes_on_to_b_and_then_to_the_floor(managed: Stage) -> None:
    _duty(managed, "M05")
    _duty(managed, "M01")
    managed.issue(member=VIP)
    managed.later(1.9)
    assert _pass_on(managed) == 0
    managed.later(0.1)
    assert _pass_on(managed) == 1
    assert _everybody_told(managed) == {"Lin": [], "Zhou": ["V001"], "Mei": []}
    managed.later(2)
    _pass_on(managed)
    assert _everybody_told(managed) == {"Lin": [], "Zhou": [], "Mei": ["V001"]}
    managed.later(60)
    assert _pass_on(managed) == 0
    stages = [event.data["stage"] for event in managed.journal() if event.kind == EventKind.MANAGER_PAGED]
    assert stages == ["a", "b", "floor"]


def test_acknowledged_once_it_is_gone_from_every_screen(managed: Stage) -> None:
    _duty(managed, "M05")
    managed.issue(member=VIP)
    page = _screen(managed, managed.lin)["pages"][0]["id"]
    for person in (managed.lin, managed.mei):
        managed.store.write(lambda conn, who=person: paging.acknowledge(conn, page, who, managed.now))  # type: ignore[misc]
    assert _everybody_told(managed) == {"Lin": [], "Zhou": [], "Mei": []}
    managed.later(10)
    assert _pass_on(managed) == 0
    seen = [event for event in managed.journal() if event.kind == EventKind.PAGE_ACKNOWLEDGED]
    assert [(event.actor, event.ticket) for event in seen] == [("staff:Lin", "V001")]


def test_a_manager_who_goes_off_leaves_no_page_behind(managed: Stage) -> None:
    _duty(managed, "M05")
    _duty(managed, "M01")
    managed.issue(member=VIP)
    _duty(managed, "M05", on=False, by=managed.lin)
    assert _everybody_told(managed) == {"Lin": [], "Zhou": ["V001"], "Mei": []}


def test_who_is_served_need_not_be_met_any_more(managed: Stage) -> None:
    _duty(managed, "M05")
    managed.issue(member=VIP)
    managed.open(4, managed.zhou)
    managed.call(4, managed.zhou)
    assert _told(managed, managed.lin) == ["V001"]
    managed.act(desk.start, 4, managed.zhou)
    assert _told(managed, managed.lin) == []


def test_only_the_customers_managers_and_floor_managers_acknowledge(managed: Stage) -> None:
    _duty(managed, "M05")
    managed.issue(member=VIP)
    stranger = replace(managed.zhou, manager_code="M06")
    with pytest.raises(NotYourPage):
        managed.store.write(lambda conn: paging.acknowledge(conn, 1, stranger, managed.now))
    with pytest.raises(UnknownPage):
        managed.store.write(lambda conn: paging.acknowledge(conn, 99, managed.mei, managed.now))
    _acknowledge(managed, managed.zhou)  # the partner steps in before it is passed on
    assert _told(managed, managed.lin) == []


def test_duty_is_ones_own_or_the_floor_managers_and_is_journalled_once(managed: Stage) -> None:
    for _ in range(2):
        _duty(managed, "M05", by=managed.lin)
    with pytest.raises(Forbidden):
        _duty(managed, "M05", on=False, by=managed.zhou)
    with pytest.raises(UnknownManager):
        _duty(managed, "M99")
    changes = [event for event in managed.journal() if event.kind == EventKind.DUTY_CHANGED]
    assert [(event.actor, event.data) for event in changes] == [
        ("staff:Lin", {"name": "Lin", "manager": "M05", "on": True})
    ]
    assert _screen(managed, managed.lin)["me"] | {"figures": None} == {
        "manager": "M05",
        "on_duty": True,
        "figures": None,
    }


def test_duty_ends_with_the_business_day_but_not_with_a_restart(managed: Stage) -> None:
    _duty(managed, "M05")
    managed.later(60)
    managed.store.write(lambda conn: close_earlier_days(conn, managed.now))
    assert _screen(managed, managed.lin)["me"]["on_duty"]
    managed.later(24 * 60)
    managed.store.write(lambda conn: close_earlier_days(conn, managed.now))
    assert not _screen(managed, managed.lin)["me"]["on_duty"]
    ended = managed.journal()[-1]
    assert (ended.kind, ended.actor, ended.data["on"]) == (EventKind.DUTY_CHANGED, "system", False)


def test_two_people_cannot_be_one_account_manager(managed: Stage) -> None:
    with pytest.raises(NameTaken):
        managed.store.write(lambda conn: duty.link(conn, managed.mei.id, "M05"))


def test_the_floor_manager_sees_every_account_manager_and_others_do_not(managed: Stage) -> None:
    _duty(managed, "M05")
    managed.issue(member=VIP)
    seen = [(one["code"], one["on_duty"], one["pages"]) for one in _screen(managed, managed.mei)["managers"]]
    assert seen == [("M01", False, 0), ("M05", True, 1)]
    assert _screen(managed, managed.lin)["managers"] == []
