"""Letting one person pass: who moves, who never does, and what two taps or a call at the same moment lead to."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lobby_stage import CHEN, MINUTE, TEN, WANG, Stage

from counter import chances, desk
from counter.desk_errors import NobodyBehind, PromiseRuns
from counter.line import Choice, Lobby, Reason, choose, lineup, people_ahead, queue_name
from counter.passing import behind_next
from db.counter_records import Counter, CounterState, Permission
from db.errors import LobbyError
from db.event_records import EventKind
from db.setting_records import RuleKind, Rules, ServiceTime
from db.ticket_records import Ticket, TicketClass, TicketState
from kiosk import holder
from kiosk.errors import PassesUsed, YourTurn
from kiosk.issuing import Issued

NOW = 100_000.0


def _let_pass(stage: Stage, issued: Issued, passed: int | None = None) -> None:
    stage.store.write(lambda conn: holder.let_pass(conn, issued.ticket.token, passed, stage.now))


def _line(stage: Stage) -> list[str]:
    present = stage.present()
    return [ticket.number for ticket in lineup(present.lobby, present.now, present.settings.rules)]


def _arrive(stage: Stage, count: int, service: str = "plan", minutes: float = 1) -> list[Issued]:
    arrived = []
    for _ in range(count):
        arrived.append(stage.issue(service))
        stage.later(minutes)
    return arrived


def test_one_person_passes_and_the_clock_and_the_promise_stay(stage: Stage) -> None:
    first, *_ = _arrive(stage, 3)
    _let_pass(stage, first)
    assert _line(stage) == ["A002", "A001", "A003"]
    moved = stage.ticket(first.ticket.token)
    assert (moved.issued_at, moved.waiting_since, moved.due_at) == (TEN, TEN, None)
    assert (moved.passes, moved.passes_left) == (1, 2)
    last = stage.journal()[-1]
    assert (last.kind, last.ticket, last.actor) == (EventKind.STEPPED_BACK, "A001", "holder")
    assert dict(last.data) == {"passed": "A002", "passes": 1}


def test_three_may_pass_and_then_no_more(stage: Stage) -> None:
    first, *_ = _arrive(stage, 6)
    for expected in (1, 2, 3):
        _let_pass(stage, first)
        assert _line(stage).index("A001") == expected
    with pytest.raises(PassesUsed):
        _let_pass(stage, first)
    assert _line(stage) == ["A002", "A003", "A004", "A001", "A005", "A006"]


def test_numbers_taken_in_the_same_instant_lose_nothing_by_it(stage: Stage) -> None:
    first, *_ = _arrive(stage, 3, minutes=0)
    _let_pass(stage, first)
    assert _line(stage) == ["A002", "A003", "A001"]  # nothing tells those two apart but their numbers


def test_who_steps_back_after_each_other_moves_one_place_each(stage: Stage) -> None:
    a, b, c, d = _arrive(stage, 4)
    for who, then in [(a, "BACD"), (b, "ABCD"), (c, "ABDC"), (a, "BADC"), (b, "ABDC"), (d, "ABCD"), (a, "BACD")]:
        _let_pass(stage, who)
        assert "".join("ABCD"[int(number[1:]) - 1] for number in _line(stage)) == then


def test_somebody_of_another_queue_is_not_who_passes(stage: Stage) -> None:
    _arrive(stage, 1)
    plan, device = stage.issue("plan"), stage.issue("device")
    stage.later(1)
    behind = stage.issue("plan")
    _let_pass(stage, plan)
    assert _line(stage) == ["A001", "B001", behind.ticket.number, "A002"]
    with pytest.raises(NobodyBehind):
        _let_pass(stage, device)


def test_nobody_behind_is_said_and_costs_nothing(stage: Stage) -> None:
    (alone,) = _arrive(stage, 1)
    with pytest.raises(NobodyBehind):
        _let_pass(stage, alone)
    assert stage.ticket(alone.ticket.token).passes == 0


def test_a_vip_lets_another_pass_despite_a_larger_head_start(stage: Stage) -> None:
    diamond = stage.issue(member=CHEN)
    stage.later(1.5)
    gold = stage.issue(member=WANG)
    _let_pass(stage, diamond)
    assert _line(stage) == [gold.ticket.number, diamond.ticket.number]
    moved = stage.ticket(diamond.ticket.token)
    assert moved.due_at == diamond.ticket.due_at
    assert moved.waiting_since == diamond.ticket.issued_at


def test_a_vip_whose_promise_is_in_danger_is_not_moved_for_show(stage: Stage) -> None:
    diamond = stage.issue(member=CHEN)
    stage.later(1.5)
    stage.issue(member=WANG)
    stage.later(2)  # less than seven minutes are left, and no service times are known
    with pytest.raises(PromiseRuns):
        _let_pass(stage, diamond)
    assert stage.ticket(diamond.ticket.token).moved_to is None


def test_a_due_appointment_lets_a_walk_in_pass_and_an_early_one_is_not_waited_for(stage: Stage) -> None:
    stage.book(TEN + 2 * MINUTE)
    due = stage.check_in(code="123456")
    stage.later(1)
    walk_in = stage.issue()
    stage.book(TEN + 60 * MINUTE, code="654321", phone="13512345679")
    stage.check_in(code="654321")
    assert _line(stage)[:2] == [due.ticket.number, walk_in.ticket.number]
    _let_pass(stage, due)
    assert _line(stage)[:2] == [walk_in.ticket.number, due.ticket.number]
    _let_pass(stage, walk_in)
    with pytest.raises(NobodyBehind):  # the one of an hour later would cost the place to everybody who comes meanwhile
        _let_pass(stage, walk_in)


def test_a_repeated_tap_moves_once(stage: Stage) -> None:
    first, *_ = _arrive(stage, 4)
    _let_pass(stage, first, passed=0)
    _let_pass(stage, first, passed=0)
    assert _line(stage) == ["A002", "A001", "A003", "A004"]
    _let_pass(stage, first, passed=1)
    assert _line(stage) == ["A002", "A003", "A001", "A004"]


def test_two_taps_at_once_move_once(stage: Stage) -> None:
    first, *_ = _arrive(stage, 5)
    outcomes = _at_once([lambda: _let_pass(stage, first, passed=0)] * 8)
    assert outcomes == [None] * 8
    assert _line(stage) == ["A002", "A001", "A003", "A004", "A005"]


def test_many_wishes_at_once_never_exceed_three(stage: Stage) -> None:
    first, *_ = _arrive(stage, 8)
    outcomes = _at_once([lambda: _let_pass(stage, first)] * 8)
    assert sorted(str(type(outcome).__name__) for outcome in outcomes) == ["NoneType"] * 3 + ["PassesUsed"] * 5
    assert stage.ticket(first.ticket.token).passes == 3
    assert _line(stage).index("A001") == 3


def test_a_call_and_a_step_back_at_the_same_moment_are_one_after_the_other(stage: Stage) -> None:
    stage.open(4, stage.lin)
    seen = set()
    for _ in range(30):
        first, second = _arrive(stage, 2)
        passed, _called = _at_once(
            [lambda who=first: _let_pass(stage, who), lambda: stage.call(4, stage.lin)]  # type: ignore[misc]
        )
        at_counter, ticket = stage.at(4), stage.ticket(first.ticket.token)
        seen.add(type(passed))
        if passed is None:
            assert (at_counter.number, ticket.state) == (second.ticket.number, TicketState.WAITING)
        else:
            assert isinstance(passed, YourTurn)
            assert (at_counter.number, ticket.passes) == (first.ticket.number, 0)
        stage.serve(4, stage.lin)
        stage.call(4, stage.lin)
        stage.serve(4, stage.lin)
    assert seen <= {type(None), YourTurn}


def test_who_is_being_called_is_told_where_to_go(stage: Stage) -> None:
    stage.open(4, stage.lin)
    first, _ = _arrive(stage, 2)
    stage.call(4, stage.lin)
    with pytest.raises(YourTurn) as refused:
        _let_pass(stage, first)
    assert refused.value.attrs == {"number": "A001", "counter": 4}
    stage.act(desk.put_back, 4, stage.lin)
    _let_pass(stage, first)
    assert _line(stage) == ["A002", "A001"]


def test_the_call_follows_the_place(stage: Stage) -> None:
    stage.open(4, stage.lin)
    first, *_ = _arrive(stage, 3)
    _let_pass(stage, first)
    called = []
    for _ in range(3):
        called.append(stage.call(4, stage.lin)[0])
        stage.serve(4, stage.lin)
    assert called == ["A002", "A001", "A003"]


def _at_once(acts: list[Callable[[], object]]) -> list[LobbyError | None]:
    """Run all at the same moment; what each raised."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> LobbyError | None:
        start.wait()
        try:
            act()
        except LobbyError as refused:
            return refused
        return None

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


_TIME = {code: ServiceTime(*chances.lognormal(420, 0.8), known=0) for code in ("plan", "device")}


@st.composite
def _tickets(draw: st.DrawFn) -> list[Ticket]:
    """A lobby of all classes and tiers, with moments that often coincide and some who have let others pass before."""
    waiting = []
    for n in range(1, draw(st.integers(2, 12)) + 1):
        kind = draw(st.sampled_from(TicketClass))
        issued_at = NOW - draw(st.integers(0, 50)) * 30.0
        slot_at = NOW + draw(st.integers(-8, 40)) * MINUTE if kind == TicketClass.APPOINTMENT else None
        head_start = {TicketClass.VIP: draw(st.sampled_from([300.0, 360.0, 420.0])), TicketClass.ORDINARY: 0.0}
        passes = draw(st.integers(0, 2))
        waiting.append(
            Ticket(
                id=n, number=f"{kind.value[0].upper()}{n:03d}", token=str(n), business_day="2026-11-21",
                service=draw(st.sampled_from(sorted(_TIME))), ticket_class=kind, state=TicketState.WAITING,
                language="zh", issued_at=issued_at, head_start_s=head_start.get(kind, 300.0), slot_at=slot_at,
                due_at=None if kind == TicketClass.ORDINARY else max(issued_at, slot_at or 0) + 600,
                moved_to=issued_at + draw(st.integers(1, 20)) * 30 if passes else None, passes=passes,
            )
        )  # fmt: skip
    return waiting


def _counter(number: int, vip: Permission, skills: frozenset[str]) -> Counter:
    permissions = {
        TicketClass.VIP: vip,
        TicketClass.APPOINTMENT: Permission.PRIMARY,
        TicketClass.ORDINARY: Permission.PRIMARY,
    }
    return Counter(number, permissions, skills, CounterState.READY)


@given(_tickets(), st.data(), st.sampled_from(RuleKind))
def test_nobody_elses_place_ever_gets_worse(waiting: list[Ticket], data: st.DataObject, kind: RuleKind) -> None:
    rules = Rules(kind=kind)
    counters = [_counter(1, Permission.PRIMARY, frozenset(_TIME)), _counter(2, Permission.VIP_FIRST, frozenset(_TIME))]
    lobby = Lobby(waiting, counters, {}, _TIME)
    mover = data.draw(st.sampled_from(waiting))
    try:
        moved_to, other = behind_next(mover, lobby, NOW, rules)
    except LobbyError:
        return
    moved = replace(lobby, waiting=[replace(t, moved_to=moved_to) if t.id == mover.id else t for t in waiting])
    lines = [lineup(room, NOW, rules) for room in (lobby, moved)]
    before, after = ([ticket.id for ticket in line] for line in lines)
    assert moved_to > mover.order_at
    assert queue_name(other) == queue_name(mover)
    assert before.index(mover.id) < before.index(other.id)
    assert after.index(other.id) < after.index(mover.id)
    ahead_before, ahead_after = map(people_ahead, lines)
    for one in waiting:
        if one.id != mover.id:
            assert after.index(one.id) <= before.index(one.id)
            assert ahead_after[one.id] <= ahead_before[one.id]
    assert ahead_after[mover.id] > ahead_before[mover.id]


@given(_tickets(), st.data())
def test_nobody_else_is_called_later(waiting: list[Ticket], data: st.DataObject) -> None:
    counters = [_counter(1, Permission.PRIMARY, frozenset(_TIME)), _counter(2, Permission.BACKUP, frozenset(_TIME))]
    at = data.draw(st.sampled_from(counters))
    lobby = Lobby(waiting, counters, {}, _TIME)
    mover = data.draw(st.sampled_from(waiting))
    try:
        moved_to, _ = behind_next(mover, lobby, NOW, Rules())
    except LobbyError:
        return
    moved = replace(lobby, waiting=[replace(t, moved_to=moved_to) if t.id == mover.id else t for t in waiting])
    before, after = _calls(at, lobby), _calls(at, moved)
    for one in waiting:
        if one.id != mover.id:
            assert after.index(one.id) <= before.index(one.id)


def _calls(at: Counter, lobby: Lobby) -> list[int]:
    """Whom one counter would call, one after another, if nobody came any more."""
    called: list[int] = []
    reasons: tuple[Reason, ...] = ()
    while isinstance(choice := choose(at, replace(lobby, last_reasons=reasons), NOW, Rules()), Choice):
        called.append(choice.ticket.id)
        reasons = (choice.reason, *reasons)
        lobby = replace(lobby, waiting=[t for t in lobby.waiting if t.id != choice.ticket.id])
    return called
