"""A file of settings reaches stores stage by stage: each shows what it would change, and takes over just that."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from chain_stage import Office, Postgres
from member import Member

from chain.office import rollouts
from chain.office.errors import NothingChosen, RolloutNotReady, RolloutOver, UnknownRollout
from chain.office.rollouts import Rollout, RolloutState

BOSS = "郑经理"
FAIR = "format = 1\n[rule]\nfair_after = 41\n"
PILOT, REST = "浦东一店", "西湖店"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with closing(Postgres()) as started:
        yield started


@pytest.fixture
def office(postgres: Postgres) -> Iterator[Office]:
    with closing(Office(postgres.new_database())) as opened:
        yield opened


@pytest.fixture
def members(office: Office, tmp_path: Path) -> Iterator[dict[str, Member]]:
    found = {name: Member(office, tmp_path / name, name) for name in (PILOT, REST)}
    yield found
    for member in found.values():
        member.stage.store.close()


def begin(office: Office, toml: str = FAIR, stages: tuple[tuple[str, ...], ...] = ((PILOT,), (REST,))) -> int:
    with office.database.transaction() as conn:
        return rollouts.begin(conn, "公平轮候", toml, stages, BOSS)[0]


def go_on(office: Office, number: int, stage: int) -> None:
    with office.database.transaction() as conn:
        rollouts.go_on(conn, number, stage, BOSS)


def seen(office: Office, number: int) -> Rollout:
    with office.database.transaction() as conn:
        return rollouts.find(conn, number)


def test_the_first_store_takes_it_over_and_then_the_others(office: Office, members: dict[str, Member]) -> None:
    pilot, rest = members.values()
    before = pilot.fair_after_min
    number = begin(office)
    assert seen(office, number).state == RolloutState.LOOKING
    for member in members.values():
        member.answer()
    shown = seen(office, number)
    [change] = shown.stores[0].changes or []
    assert change["after"]["en"] == "41 min"
    assert pilot.fair_after_min == before
    go_on(office, number, 0)
    pilot.answer()
    rest.answer()
    assert (pilot.fair_after_min, rest.fair_after_min) == (41, before)
    assert seen(office, number).state == RolloutState.RUNNING
    go_on(office, number, 1)
    rest.answer()
    assert rest.fair_after_min == 41
    assert seen(office, number).state == RolloutState.DONE


def test_a_stage_waits_for_every_answer_and_is_told_once(office: Office, members: dict[str, Member]) -> None:
    pilot, rest = members.values()
    number = begin(office)
    with pytest.raises(RolloutNotReady):
        go_on(office, number, 0)
    pilot.answer()
    rest.answer()
    go_on(office, number, 0)
    with pytest.raises(RolloutOver):  # somebody else pressed at the same moment
        go_on(office, number, 0)
    with pytest.raises(RolloutNotReady):
        go_on(office, number, 1)
    pilot.answer()
    go_on(office, number, 1)


def test_a_store_that_has_moved_on_keeps_what_it_has(office: Office, members: dict[str, Member]) -> None:
    pilot, rest = members.values()
    number = begin(office)
    pilot.answer()
    rest.answer()
    pilot.set("settings-set", values={"rule.fair_after": 33})
    go_on(office, number, 0)
    pilot.answer()
    assert pilot.fair_after_min == 33
    shown = seen(office, number).stores[0]
    assert shown.applied == "refused"
    assert "changed since this preview" in (shown.refusal or "")


def test_a_store_where_it_cannot_work_says_why_and_is_not_asked(office: Office, members: dict[str, Member]) -> None:
    pilot, rest = members.values()
    number = begin(office, "format = 1\n[rule]\nfair_after = -3\n", ((PILOT,),))
    pilot.answer()
    rest.answer()
    shown = seen(office, number).stores[0]
    assert (shown.preview, shown.changes) == ("refused", None)
    assert "line 3: rule.fair_after" in (shown.refusal or "")
    go_on(office, number, 0)
    assert seen(office, number).stores[0].applied is None


def test_who_stops_leaves_the_others_as_they_are(office: Office, members: dict[str, Member]) -> None:
    pilot, rest = members.values()
    number = begin(office)
    pilot.answer()
    rest.answer()
    with office.database.transaction() as conn:
        rollouts.stop(conn, number, BOSS)
    with pytest.raises(RolloutOver):
        go_on(office, number, 0)
    with office.database.transaction() as conn, pytest.raises(RolloutOver):
        rollouts.stop(conn, number, BOSS)
    assert seen(office, number).state == RolloutState.STOPPED


@pytest.mark.usefixtures("members")
def test_a_roll_out_goes_to_somebody_and_to_nobody_twice(office: Office) -> None:
    for stages in ((), ((),), ((PILOT,), (PILOT,))):
        with pytest.raises(NothingChosen):
            begin(office, stages=stages)
    with pytest.raises(UnknownRollout):
        seen(office, 99)
