"""A file of settings reaches stores stage by stage: each shows what it would change, and takes over just that."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chain_stage import Office
from member import Member
from rollout_stage import BOSS, IN_TWO_STAGES, PILOT, REST, at, go_on, seen, stop

from chain.office import rollouts
from chain.office.errors import NothingChosen, RolloutNotReady, RolloutOver, UnknownRollout
from chain.office.rollouts import RolloutState, StoreState
from chain.protocol import Kind

FAIR = "format = 1\n[rule]\nfair_after = 41\n"


@pytest.fixture
def branches(office: Office, tmp_path: Path) -> Iterator[dict[str, Member]]:
    found = {name: Member(office, tmp_path / name, name) for name in (PILOT, REST)}
    yield found
    for branch in found.values():
        branch.stage.store.close()


def begin(office: Office, toml: str = FAIR, stages: tuple[tuple[str, ...], ...] = IN_TWO_STAGES) -> int:
    with office.database.transaction() as conn:
        return rollouts.begin(conn, Kind.SETTINGS, "公平轮候", {"toml": toml}, stages, BOSS)[0]


def test_the_first_store_takes_it_over_and_then_the_others(office: Office, branches: dict[str, Member]) -> None:
    pilot, rest = branches.values()
    before = pilot.fair_after_min
    number = begin(office)
    assert seen(office, number).state == RolloutState.LOOKING
    for branch in branches.values():
        branch.answer()
    [change] = (at(office, number).shown or {})["changes"]
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


def test_a_stage_waits_for_every_answer_and_is_told_once(office: Office, branches: dict[str, Member]) -> None:
    pilot, rest = branches.values()
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


def test_a_store_that_has_moved_on_keeps_what_it_has(office: Office, branches: dict[str, Member]) -> None:
    pilot, rest = branches.values()
    number = begin(office)
    pilot.answer()
    rest.answer()
    pilot.set("settings-set", values={"rule.fair_after": 33})
    go_on(office, number, 0)
    pilot.answer()
    assert pilot.fair_after_min == 33
    shown = at(office, number)
    assert shown.state == StoreState.REFUSED
    assert "changed since this preview" in (shown.reason or "")


def test_a_store_where_it_cannot_work_says_why_and_is_not_asked(office: Office, branches: dict[str, Member]) -> None:
    pilot, rest = branches.values()
    number = begin(office, "format = 1\n[rule]\nfair_after = -3\n", ((PILOT,),))
    pilot.answer()
    rest.answer()
    shown = at(office, number)
    assert (shown.state, shown.shown) == (StoreState.REFUSED, None)
    assert "line 3: rule.fair_after" in (shown.reason or "")
    assert go_on(office, number, 0) == []
    assert seen(office, number).state == RolloutState.DONE


def test_in_short_it_is_told_how_many_stores_stand_where_and_whether_answers_are_to_come(
    office: Office, branches: dict[str, Member]
) -> None:
    pilot, rest = branches.values()
    number = begin(office)

    def told() -> tuple[int, ...]:
        with office.database.transaction() as conn:
            [one] = rollouts.recent(conn, 20)
        return one.looking, one.shown, one.taking, one.taken, one.cut_off, one.is_moving, one.is_ready

    assert told() == (2, 0, 0, 0, 2, True, False)
    pilot.answer()
    assert told() == (1, 1, 0, 0, 1, True, True)
    rest.answer()
    assert told() == (0, 2, 0, 0, 0, False, True)
    go_on(office, number, 0)
    stop(office, number)
    assert told() == (0, 1, 1, 0, 0, True, False)
    pilot.answer()
    assert told() == (0, 1, 0, 1, 0, False, False)
    stop(office, other := begin(office))
    assert not seen(office, other).is_moving


def test_who_stops_leaves_the_others_as_they_are(office: Office, branches: dict[str, Member]) -> None:
    pilot, rest = branches.values()
    number = begin(office)
    pilot.answer()
    rest.answer()
    stop(office, number)
    with pytest.raises(RolloutOver):
        go_on(office, number, 0)
    with pytest.raises(RolloutOver):
        stop(office, number)
    assert seen(office, number).state == RolloutState.STOPPED


@pytest.mark.usefixtures("branches")
def test_a_roll_out_goes_to_somebody_and_to_nobody_twice(office: Office) -> None:
    for stages in ((), ((),), ((PILOT,), (PILOT,))):
        with pytest.raises(NothingChosen):
            begin(office, stages=stages)
    with pytest.raises(UnknownRollout):
        seen(office, 99)
