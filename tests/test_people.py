"""Staff come, change and leave; sign-ins end when they should; a store keeps an administrator."""

import sqlite3

import pytest
from lobby_stage import MINUTE, Stage
from people_stage import PIN_HASH, Office

from counter.errors import Forbidden
from db import people, staff
from db.errors import NameTaken
from db.event_records import EventKind
from db.people_records import Role
from lobby.people_errors import HasLeft, HasNotLeft, IdleTooLong, LastAdministrator, ServingNow

HOUR = 60


@pytest.fixture
def office(stage: Stage) -> Office:
    return Office(stage)


def test_who_leaves_is_signed_out_and_stays_in_history(office: Office, stage: Stage) -> None:
    browser = office.browser()
    browser.sign_in("Lin")
    token = office.session("Lin").get_json()["token"]
    stage.open(1, stage.lin)
    stage.issue("plan")
    stage.call(1, stage.lin)
    with pytest.raises(ServingNow):
        office.order(stage.mei, "staff-retire", name="Lin")
    stage.serve(1, stage.lin)
    office.order(stage.mei, "staff-retire", name="Lin")
    assert not browser.is_signed_in
    assert not office.is_known(token)
    assert "Lin" not in browser.get("/counter/sign-in").text
    assert office.session("Lin").get_json()["code"] == "sign_in_refused"
    assert {event.actor for event in stage.journal() if event.kind == EventKind.COMPLETED} == {"staff:Lin"}
    with pytest.raises(NameTaken):
        office.order(stage.mei, "staff-add", name="Lin", role="counter")
    with pytest.raises(HasLeft):
        office.order(stage.mei, "staff-rename", name="Lin", new_name="Lin 2")


def test_who_comes_back_sets_a_new_pin(office: Office, stage: Stage) -> None:
    office.order(stage.mei, "staff-retire", name="Lin")
    link = office.order(stage.mei, "staff-return", name="Lin")["link"]
    assert link.startswith("http://lobby/enrol/")
    assert office.session("Lin").status_code == 401
    with pytest.raises(HasNotLeft):
        office.order(stage.mei, "staff-return", name="Lin")


def test_another_role_counts_from_the_next_sign_in(office: Office) -> None:
    token = office.session("Lin").get_json()["token"]
    office.order(office.ada, "staff-role", name="Lin", role="manager")
    assert not office.is_known(token)
    with office.context.store.read() as conn:
        found = staff.staff_by_name(conn, "Lin")
    assert found is not None
    assert found.role == Role.MANAGER


def test_nobody_touches_who_is_above_them(office: Office, stage: Stage) -> None:
    for command in ("staff-retire", "staff-link", "staff-sign-out", "staff-reset-second-factor"):
        with pytest.raises(Forbidden):
            office.order(stage.mei, command, name="Ada")
    with pytest.raises(Forbidden):
        office.order(stage.mei, "staff-role", name="Lin", role="admin")
    with pytest.raises(Forbidden):
        office.order(stage.mei, "staff-sign-out", name="Lin")
    with pytest.raises(Forbidden):
        office.order(stage.mei, "sign-ins-set", managers_need_code=True)


def test_the_last_administrator_who_can_sign_in_stays(office: Office) -> None:
    with pytest.raises(LastAdministrator):
        office.order(office.ada, "staff-retire", name="Ada")
    with pytest.raises(LastAdministrator):
        office.order("command", "staff-role", name="Ada", role="counter")
    office.context.store.write(lambda conn: staff.add_staff(conn, "Eve", Role.ADMIN, PIN_HASH))
    office.order(office.ada, "staff-retire", name="Ada")
    assert office.person("Ada").retired_at is not None


def test_the_database_itself_keeps_an_administrator(office: Office, stage: Stage) -> None:
    def everyone_goes(conn: sqlite3.Connection) -> None:
        for one in people.everyone(conn):
            people.retire(conn, one.staff.id, stage.now)

    with pytest.raises(sqlite3.IntegrityError, match="administrator"):
        stage.store.write(everyone_goes)
    assert office.person("Lin").retired_at is None


def test_signing_out_everywhere_ends_every_sign_in_and_closes_an_idle_counter(office: Office, stage: Stage) -> None:
    here, there = office.browser(), office.browser("192.168.1.21")
    here.sign_in("Lin")
    there.sign_in("Lin")
    stage.open(1, stage.lin)
    assert "at 2 devices" in here.get("/me").text
    here.post("/me/sign-out-everywhere")
    assert not here.is_signed_in
    assert not there.is_signed_in
    assert stage.present().lobby.counters[0].staff_id is None
    there.sign_in("Lin")
    assert office.order(office.ada, "staff-sign-out", name="Lin") == {"ended": 1}


def test_an_unused_sign_in_ends_and_a_used_one_lasts_until_its_end(office: Office, stage: Stage) -> None:
    used, unused = office.browser(), office.browser()
    used.sign_in("Lin")
    unused.sign_in("Mei")
    for _ in range(4):
        stage.later(3 * HOUR)
        assert used.is_signed_in
    assert not unused.is_signed_in
    stage.later(2 * HOUR)
    assert not used.is_signed_in


def test_use_is_written_down_only_now_and_then(office: Office, stage: Stage) -> None:
    browser = office.browser()
    browser.sign_in("Lin")
    writes: list[object] = []
    stage.store.when_changed(lambda: writes.append(None))
    for _ in range(24):
        stage.later(1)
        assert browser.is_signed_in
    assert len(writes) == 1


def test_shorter_times_hold_for_those_signed_in_too(office: Office, stage: Stage) -> None:
    browser = office.browser()
    browser.sign_in("Lin")
    with pytest.raises(IdleTooLong):
        office.order(office.ada, "sign-ins-set", idle_minutes=61, longest_hours=1)
    office.order(office.ada, "sign-ins-set", idle_minutes=10, longest_hours=1)
    stage.later(9)
    assert browser.is_signed_in
    stage.later(11)
    assert not browser.is_signed_in


def test_the_page_of_staff_says_who_is_where_and_who_has_to_wait(office: Office, stage: Stage) -> None:
    admin, stranger = office.browser(), office.browser("192.168.1.66")
    admin.sign_in("Ada")
    stage.open(3, stage.lin)
    for _ in range(11):
        stranger.sign_in("Mei", "1357")
    page = admin.get("/settings/staff").text
    assert "Too many wrong PINs from 192.168.1.66: that address has to wait for 5 min 0 s." in page
    lin = page.split('data-person="Lin"')[1].split("</li>")[0]
    assert "<dd>3</dd>" in lin
    assert "today" in page.split('data-person="Ada"')[1].split("</li>")[0]
    listed = office.order(office.ada, "staff-list")["staff"]
    assert {one["name"]: one["locked"] for one in listed}["Mei"] == [{"at": "192.168.1.66", "left_s": 5 * MINUTE}]


def test_the_colleague_signs_in_at_a_device_of_theirs_while_a_guesser_waits(office: Office) -> None:
    own, guesser = office.browser("192.168.1.20"), office.browser("192.168.1.20")
    own.sign_in("Lin")
    own.post("/me/sign-out-everywhere")
    for _ in range(10):
        assert guesser.sign_in("Lin", "1357").status_code == 401
    refused = guesser.sign_in("Lin")
    assert refused.status_code == 429
    assert "Please wait 5 min 0 s." in refused.text
    assert 'data-wait="300"' in refused.text
    assert own.sign_in("Lin").status_code == 302
    assert own.is_signed_in
