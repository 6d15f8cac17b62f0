"""A list of members reaches stores in stages, is taken over once whatever fails, and goes when nobody needs it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import importing
import pytest
from chain_stage import Office
from lobby_stage import OLD_LI, WANG
from member import Member
from rollout_stage import BOSS, IN_TWO_STAGES, PILOT, REST, at, everywhere, go_on, seen, stop

from chain import session as chain_session
from chain.errors import ListGone, MembersMovedOn, UnreachableHeadOffice
from chain.office import lists, rollouts, stores
from chain.office.rollouts import RolloutState, StoreState
from chain.protocol import Kind
from db import events, members
from db.event_records import EventKind
from kiosk import imports

HEADING = "会员编号,姓名,手机号码,客户等级,生效日期,失效日期"
RIGHT = (
    f"{WANG.member_no},{WANG.name},{WANG.phone},钻石卡,2026-09-01,2027-08-31",
    f"{OLD_LI.member_no},{OLD_LI.name},{OLD_LI.phone},银卡,2025-09-01,2026-08-31",
    "V8,周芳,13900136639,银卡,2026-09-01,2027-08-31",
)
FAULTY = ("V9,赵敏,139001366,铂金卡,2026-09-01,2026-01-07",)
LIST = "\r\n".join((HEADING, *RIGHT, *FAULTY)).encode()
LISTED = {WANG.member_no, OLD_LI.member_no, "V8"}
COUNTS = {"added": 1, "changed": 1, "unchanged": 1, "ended": 1, "faults": 3}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def parts_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LIST_PART", 100)


@pytest.fixture
def branches(office: Office, tmp_path: Path) -> Iterator[tuple[Member, Member]]:
    pilot, rest = (Member(office, tmp_path / name, name) for name in (PILOT, REST))
    yield pilot, rest
    pilot.stage.store.close()
    rest.stage.store.close()


def begin(office: Office, content: bytes = LIST, stages: tuple[tuple[str, ...], ...] = IN_TWO_STAGES) -> int:
    with office.database.transaction() as conn:
        body = lists.about(conn, lists.keep(conn, content))
        return rollouts.begin(conn, Kind.MEMBERS, "九月名单", body, stages, BOSS)[0]


def looked_at(office: Office, branches: tuple[Member, Member]) -> int:
    """Both stores have looked, the first is told to take it over."""
    number = begin(office)
    for branch in branches:
        branch.answer()
    go_on(office, number, 0)
    return number


def kept(office: Office) -> int:
    with office.database.transaction() as conn:
        row = conn.execute("SELECT count(*) AS n FROM lists").fetchone()
    assert row is not None
    return int(row["n"])


def tiers(branch: Member) -> dict[str, str]:
    """Of those who are on the list now."""
    with branch.stage.store.read() as conn:
        return {one.member_no: one.tier for one in members.everyone(conn).values() if one.listed}


def imported(branch: Member) -> list[Any]:
    return [event for event in branch.stage.journal() if event.kind == EventKind.MEMBERS_IMPORTED]


def test_stores_show_what_a_list_would_change_and_take_over_just_that(
    office: Office, branches: tuple[Member, Member]
) -> None:
    pilot, rest = branches
    before = tiers(pilot)
    number = begin(office)
    for branch in branches:
        branch.answer()
    assert [(one.shown or {})["counts"] for one in everywhere(office, number)] == [COUNTS] * 2
    assert tiers(pilot) == before
    go_on(office, number, 0)
    pilot.answer()
    rest.answer()
    after = {WANG.member_no: "diamond", OLD_LI.member_no: "silver", "V8": "silver"}
    assert (tiers(pilot), tiers(rest)) == (after, before)
    assert (imported(pilot)[0].actor, kept(office)) == ("head office", 1)
    go_on(office, number, 1)
    rest.answer()
    assert tiers(rest) == after
    assert (seen(office, number).state, seen(office, number).is_cut_short) == (RolloutState.DONE, False)
    assert kept(office) == 0


def test_faults_are_told_without_anything_of_anybody(office: Office, branches: tuple[Member, Member]) -> None:
    number = begin(office)
    branches[0].answer()
    faults = (at(office, number).shown or {})["faults"]
    assert {(one["line"], one["column"]) for one in faults} == {(5, "手机号码"), (5, "客户等级"), (5, "失效日期")}
    assert "not an 11-digit mobile number" in {one["text"] for one in faults}
    with office.database.transaction() as conn:
        said = json.dumps(conn.execute("SELECT body, result FROM mail").fetchall(), ensure_ascii=False)
    cells = {cell for line in (*RIGHT, *FAULTY) for cell in line.split(",")} - {"银卡", "钻石卡"}
    assert {cell for cell in cells if cell in said} == set()


def test_a_store_whose_members_have_changed_meanwhile_keeps_them(
    office: Office, branches: tuple[Member, Member]
) -> None:
    pilot, _ = branches
    number = looked_at(office, branches)
    importing.take(pilot.stage, "members", "\r\n".join((HEADING, *RIGHT[:1])).encode())
    before = tiers(pilot)
    pilot.answer()
    shown = at(office, number)
    assert (shown.state, (shown.words or {})["text"]) == (StoreState.REFUSED, MembersMovedOn.text)
    assert tiers(pilot) == before


def test_a_list_nobody_can_use_is_refused_and_kept_no_longer(office: Office, branches: tuple[Member, Member]) -> None:
    number = begin(office, "\r\n".join((HEADING, *FAULTY)).encode())
    branches[0].answer()
    assert kept(office) == 1
    branches[1].answer()
    shown = at(office, number)
    assert (shown.state, shown.shown) == (StoreState.REFUSED, None)
    assert "no line that can be used" in (shown.reason or "")
    assert kept(office) == 0
    go_on(office, number, 0)


def test_a_line_cut_while_a_list_is_fetched_loses_nothing_and_tells_what_is_new(
    office: Office, branches: tuple[Member, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    pilot, _ = branches
    number = begin(office)
    parts = iter(range(100))
    give = lists.part

    def cut_later(*given: Any) -> bytes:
        pilot.cable.is_cut = next(parts) == 1
        return give(*given)

    monkeypatch.setattr(lists, "part", cut_later)
    with pytest.raises(UnreachableHeadOffice):
        pilot.answer()
    assert at(office, number).state == StoreState.LOOKING
    assert list((pilot.stage.store.folder / imports.FOLDER).iterdir()) == []
    pilot.cable.is_cut = False
    pilot.answer()
    assert (at(office, number).shown or {})["counts"] == COUNTS
    asked = [event for _, event, _ in pilot.cable.sent]
    assert "push" in asked[asked.index("list") : asked.index("answer")]


@pytest.mark.parametrize("how", ["killed", "full disk", "line cut"])
def test_what_was_begun_is_finished_once_whatever_happens(
    office: Office, branches: tuple[Member, Member], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    pilot, _ = branches
    number = looked_at(office, branches)
    monkeypatch.setattr(imports, "CHUNK", 1)
    monkeypatch.setattr(chain_session, "MOMENT_GAP_S", 0)
    put, chunks = imports._put, iter(range(100))

    def fail(conn: Any, **more: Any) -> None:
        put(conn, **more)
        if next(chunks) != 1:
            return
        if how == "line cut":
            events.append(conn, pilot.stage.now, EventKind.NOTED, "somebody")  # there is something to tell
            pilot.cable.is_cut = True
        else:
            raise KeyboardInterrupt

    monkeypatch.setattr(imports, "_put", fail)
    with pytest.raises((KeyboardInterrupt, UnreachableHeadOffice)):
        pilot.answer()
    assert (set(tiers(pilot)) == LISTED) == (how == "line cut")  # a list is not left half done for want of a line
    if how == "killed":
        imports.resume(pilot.stage.store, lambda: pilot.stage.now)
    pilot.cable.is_cut = False
    pilot.answer()
    assert at(office, number).state == StoreState.TAKEN
    assert set(tiers(pilot)) == LISTED
    [event] = imported(pilot)
    assert {key: event.data[key] for key in COUNTS} == COUNTS
    assert list((pilot.stage.store.folder / imports.FOLDER).iterdir()) == []


def test_a_store_is_given_the_list_of_its_own_open_mail_only(office: Office, branches: tuple[Member, Member]) -> None:
    pilot, rest = branches
    begin(office, stages=((PILOT,),))
    asked = {"mail": 1, "offset": 0}

    def ask(branch: Member) -> dict[str, Any]:
        with office.database.transaction() as conn:
            store_id = stores.by_token(conn, branch.token)
        assert store_id is not None
        return office.desk.answer(store_id, "a line", "list", asked)

    assert (ask(pilot)["part"] is not None, ask(rest)["code"]) == (True, ListGone.code)
    pilot.answer()
    assert ask(pilot)["code"] == ListGone.code


def test_a_list_that_is_stopped_is_kept_for_those_only_who_were_told(
    office: Office, branches: tuple[Member, Member]
) -> None:
    pilot, _ = branches
    number = looked_at(office, branches)
    stop(office, number)
    assert kept(office) == 1
    pilot.answer()
    assert (at(office, number).state, kept(office)) == (StoreState.TAKEN, 0)
    stop(office, begin(office))
    assert kept(office) == 0


def test_a_list_kept_too_long_goes_and_its_roll_out_says_so(office: Office, branches: tuple[Member, Member]) -> None:
    pilot, rest = branches
    number = begin(office)
    rest.answer()
    with office.database.transaction() as conn:
        lists.forget(conn, datetime.now(UTC) + timedelta(days=1), LONG_AGO)
    pilot.answer()
    assert (at(office, number).words or {})["text"] == ListGone.text
    assert seen(office, number).is_cut_short
    with pytest.raises(ListGone):
        go_on(office, number, 0)


@pytest.mark.usefixtures("branches")
def test_a_list_no_roll_out_has_begun_with_goes_soon(office: Office) -> None:
    begin(office)
    with office.database.transaction() as conn:
        unused = lists.keep(conn, LIST)
        lists.forget(conn, LONG_AGO, datetime.now(UTC) + timedelta(days=1))
        with pytest.raises(ListGone):
            lists.about(conn, unused)
    assert kept(office) == 1


def test_a_list_that_arrives_otherwise_is_not_taken(office: Office, branches: tuple[Member, Member]) -> None:
    number = begin(office)
    with office.database.transaction() as conn:
        conn.execute("UPDATE lists SET content = overlay(content PLACING 'x' FROM 200)")
    branches[0].answer()
    assert "did not arrive as it was sent" in (at(office, number).reason or "")


def test_two_lists_are_never_written_at_once(office: Office, branches: tuple[Member, Member]) -> None:
    pilot, _ = branches
    number = looked_at(office, branches)
    other = imports.new_folder(pilot.stage.store)
    imports._begin(other, "staff:Mei")
    pilot.answer()
    assert "Another list is being taken over" in (at(office, number).reason or "")
