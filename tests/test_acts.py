"""What the floor manager does at once: done, journalled, undone within a minute, ended by itself; races included."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from sqlite3 import Connection
from typing import Any

import pytest
from lobby_stage import Stage
from watched_stage import Watched, permission

from counter import duty_screen
from counter.desk_errors import CounterBusy, CounterTaken
from counter.errors import ServiceFull
from counter.faults import UnsoundSettings
from counter.present import load_with_calls
from db import acts as rows
from db import settings
from db.alarm_records import Act, ActKind
from db.counter_records import CounterState, Permission
from db.event_records import EventKind
from db.people_records import Staff
from db.ticket_records import TicketClass
from db.words import Names
from display import acts, screens
from display.acts import Wish
from display.errors import ActOver, IncompleteAct, NothingToEnd

VIP, PRIMARY, NEVER = TicketClass.VIP, Permission.PRIMARY, Permission.NEVER


@pytest.fixture
def watched(stage: Stage) -> Watched:
    return Watched(stage)


def _do(stage: Stage, kind: ActKind, **wish: Any) -> Act:
    return stage.store.write(lambda conn: acts.do(conn, Wish(kind, **wish), stage.mei, stage.now))


def _undo(stage: Stage, act: Act) -> Act:
    return stage.store.write(lambda conn: acts.undo(conn, act.id, stage.mei, stage.now))


def _counter(stage: Stage, number: int) -> CounterState:
    return stage.present().lobby.counters[number - 1].state


def _duty(stage: Stage, person: Staff) -> Any:
    with stage.store.read() as conn:
        return duty_screen.read(conn, person.id, load_with_calls(conn, stage.now))


def test_a_counter_is_opened_for_somebody_who_is_told_and_comes(stage: Stage) -> None:
    act = _do(stage, ActKind.OPEN_COUNTER, counter=4, staff=stage.zhou.id)
    assert _counter(stage, 4) == CounterState.READY
    [page] = _duty(stage, stage.zhou)["called"]
    assert (page["counter"], page["by"]) == (4, "Mei")
    assert _duty(stage, stage.lin)["called"] == []
    stage.store.write(lambda conn: acts.acknowledge(conn, page["id"], stage.zhou, stage.now))
    assert _duty(stage, stage.zhou)["called"] == []
    kinds = [event.kind for event in stage.journal()][-4:]
    assert kinds == [
        EventKind.COUNTER_OPENED, EventKind.STAFF_PAGED, EventKind.FLOOR_ACTED, EventKind.STAFF_PAGE_ACKNOWLEDGED,
    ]  # fmt: skip
    assert _undo(stage, act).ended_at == stage.now
    assert _counter(stage, 4) == CounterState.CLOSED


def test_an_opened_counter_that_serves_somebody_is_not_closed_by_undoing(stage: Stage) -> None:
    act = _do(stage, ActKind.OPEN_COUNTER, counter=4, staff=stage.zhou.id)
    stage.issue()
    stage.call(4, stage.zhou)
    with pytest.raises(CounterBusy):
        _undo(stage, act)
    assert _counter(stage, 4) == CounterState.CALLED


def test_two_managers_open_one_counter_and_one_of_them_does(stage: Stage) -> None:
    def attempt(person: Staff) -> str:
        try:
            _do(stage, ActKind.OPEN_COUNTER, counter=4, staff=person.id)
        except CounterTaken:
            return "taken"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, [stage.lin, stage.zhou])) == ["done", "taken"]


def test_what_was_done_for_good_can_be_undone_for_a_minute(stage: Stage) -> None:
    act = _do(stage, ActKind.OPEN_COUNTER, counter=4, staff=stage.zhou.id)
    stage.now += 61
    with pytest.raises(ActOver):
        _undo(stage, act)


def test_a_pause_is_ended_and_goes_on_as_if_nothing_had_been(stage: Stage, watched: Watched) -> None:
    stage.open(4, stage.lin)
    watched.pause(4)
    since = stage.now
    stage.later(5)
    act = _do(stage, ActKind.END_PAUSE, counter=4)
    assert _counter(stage, 4) == CounterState.READY
    assert len(_duty(stage, stage.lin)["called"]) == 1
    _undo(stage, act)
    assert _counter(stage, 4) == CounterState.PAUSED
    assert stage.present().lobby.counters[3].since == since
    assert _duty(stage, stage.lin)["called"] == []
    with pytest.raises(NothingToEnd):
        _do(stage, ActKind.END_PAUSE, counter=1)


def test_a_permission_is_lent_for_an_hour_and_goes_back_by_itself(stage: Stage, watched: Watched) -> None:
    _do(stage, ActKind.PERMIT, counter=2, ticket_class=VIP, permission=PRIMARY, length_s=3600)
    assert permission(stage, 2, VIP) == PRIMARY
    stage.later(59)
    watched.look()
    assert permission(stage, 2, VIP) == PRIMARY
    watched.restart()
    stage.later(1)
    watched.look()
    assert permission(stage, 2, VIP) == Permission.BACKUP
    assert watched.floor()["acts"] == []


def test_what_somebody_changed_meanwhile_is_not_put_back(stage: Stage) -> None:
    act = _do(stage, ActKind.PERMIT, counter=2, ticket_class=VIP, permission=PRIMARY, length_s=3600)
    _do(stage, ActKind.PERMIT, counter=2, ticket_class=VIP, permission=NEVER)
    _undo(stage, act)
    assert permission(stage, 2, VIP) == NEVER


def test_a_lent_permission_can_be_ended_long_before_its_time(stage: Stage) -> None:
    act = _do(stage, ActKind.PERMIT, counter=2, ticket_class=VIP, permission=PRIMARY, length_s=3600)
    stage.later(30)
    _undo(stage, act)
    assert permission(stage, 2, VIP) == Permission.BACKUP
    with pytest.raises(NothingToEnd):
        _undo(stage, act)


def test_a_permission_that_leaves_customers_without_a_counter_is_refused(stage: Stage) -> None:
    for number in (1, 2, 3, 4, 5):
        _do(stage, ActKind.PERMIT, counter=number, ticket_class=VIP, permission=NEVER)
    with pytest.raises(UnsoundSettings):
        _do(stage, ActKind.PERMIT, counter=6, ticket_class=VIP, permission=NEVER)
    assert permission(stage, 6, VIP) == PRIMARY


def test_a_notice_is_on_the_displays_until_it_ends(stage: Stage, watched: Watched) -> None:
    _do(stage, ActKind.NOTICE, text=Names("系统维护，缴费稍慢", "Payments are slow at the moment"), length_s=600)
    assert _board(stage)["store"]["notices"][0] == {"zh": "系统维护，缴费稍慢", "en": "Payments are slow at the moment"}
    stage.later(10)
    watched.look()
    assert len(_board(stage)["store"]["notices"]) == 2


def _board(stage: Stage) -> Any:
    with stage.store.read() as conn:
        return screens.read_board(conn, load_with_calls(conn, stage.now))


def test_issuing_for_a_service_stops_and_goes_on_after_undoing_or_the_next_day(stage: Stage, watched: Watched) -> None:
    stage.issue("billing")
    act = _do(stage, ActKind.STOP_ISSUING, service="billing")
    with pytest.raises(ServiceFull):
        stage.issue("billing")
    stage.issue("plan")
    refusals = {queue["code"]: queue["refusal"] for queue in _board(stage)["queues"]}
    assert refusals["billing"]["code"] == "service_full"
    assert refusals["plan"] is None
    _undo(stage, act)
    stage.issue("billing")
    _do(stage, ActKind.STOP_ISSUING, service="billing")
    stage.later(18 * 60)
    watched.look()
    assert _caps(stage)["billing"] is None


def test_a_cap_that_was_there_before_is_there_again(stage: Stage) -> None:
    stage.store.write(lambda conn: settings.set_daily_cap(conn, "billing", 40))
    act = _do(stage, ActKind.STOP_ISSUING, service="billing")
    assert _caps(stage)["billing"] == 0
    _undo(stage, act)
    assert _caps(stage)["billing"] == 40


def test_closing_the_day_stops_every_service_and_nobody_in_the_lobby_loses_a_place(stage: Stage) -> None:
    waiting = stage.issue()
    act = _do(stage, ActKind.CLOSE_DAY)
    for service in ("plan", "device", "billing", "support", "other"):
        with pytest.raises(ServiceFull):
            stage.issue(service)
    stage.open(4, stage.lin)
    assert stage.call(4, stage.lin)[0] == waiting.ticket.number
    _undo(stage, act)
    stage.issue()


def test_a_closed_day_that_is_reopened_leaves_no_service_stopped(stage: Stage) -> None:
    _do(stage, ActKind.STOP_ISSUING, service="billing")
    with pytest.raises(NothingToEnd):
        _do(stage, ActKind.STOP_ISSUING, service="billing")
    day = _do(stage, ActKind.CLOSE_DAY)
    with stage.store.read() as conn:
        assert [act.kind for act in rows.running(conn, stage.now)] == [ActKind.CLOSE_DAY]
    _undo(stage, day)
    assert set(_caps(stage).values()) == {None}


def _caps(stage: Stage) -> dict[str, int | None]:
    with stage.store.read() as conn:
        return {code: service.daily_cap for code, service in settings.services(conn).items()}


def test_somebody_is_paged_and_the_page_can_be_withdrawn(stage: Stage) -> None:
    act = _do(stage, ActKind.PAGE, staff=stage.lin.id)
    assert len(_duty(stage, stage.lin)["called"]) == 1
    _undo(stage, act)
    assert _duty(stage, stage.lin)["called"] == []


@pytest.mark.parametrize(
    "wish",
    [Wish(ActKind.OPEN_COUNTER, counter=4), Wish(ActKind.PERMIT, counter=4), Wish(ActKind.NOTICE), Wish(ActKind.PAGE)],
)
def test_a_wish_that_lacks_something_changes_nothing(stage: Stage, wish: Wish) -> None:
    before = len(stage.journal())
    with pytest.raises(IncompleteAct):
        stage.store.write(lambda conn: acts.do(conn, wish, stage.mei, stage.now))
    assert len(stage.journal()) == before


def test_an_act_taken_back_by_two_at_once_is_taken_back_once(stage: Stage) -> None:
    act = _do(stage, ActKind.PERMIT, counter=2, ticket_class=VIP, permission=PRIMARY, length_s=3600)
    undo: Callable[[int], str] = lambda _: _outcome(stage, act)  # noqa: E731
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(undo, range(4))) == ["done", "over", "over", "over"]
    ended = [event for event in stage.journal() if event.kind == EventKind.FLOOR_ACT_ENDED]
    assert len(ended) == 1


def _outcome(stage: Stage, act: Act) -> str:
    try:
        _undo(stage, act)
    except NothingToEnd:
        return "over"
    return "done"


def test_the_free_staff_are_those_signed_in_at_no_counter(stage: Stage, watched: Watched) -> None:
    free: Callable[[Connection], list[Staff]] = lambda conn: rows.free_staff(conn, stage.now)  # noqa: E731
    for person in (stage.lin, stage.zhou, stage.mei):
        watched.sign_in(person.id)
    stage.open(4, stage.lin)
    with stage.store.read() as conn:
        assert [person.name for person in free(conn)] == ["Zhou"]
    assert [row["name"] for row in watched.floor()["team"]] == ["Zhou", "Lin"]
