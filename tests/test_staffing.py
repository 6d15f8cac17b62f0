"""Staffing and replay: plans keep the promises with no counter too many, a past day plays again as it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bench import past_store
from counter import staffing
from counter.errors import UnknownCounter
from counter.habits import HALF_HOURS, Habits
from counter.scenario import known_times
from counter.staffing import Outlook, opening_order, plan
from db import calendar, counters, settings, studies
from db.setting_records import Hours, RuleKind, Rules
from db.store import Store
from db.ticket_records import TicketClass
from lobby import sample
from lobby.errors import NoPastDay, StudyRunning
from lobby.oracle import JOBS
from lobby.replaying import Question
from lobby.studies import DAYS_AHEAD, STAFFING, Studies

RULES = Rules()
TIMES = known_times({service.code: service for service in sample.SERVICES}, RULES, 200)
NINE, SIX_PM = 10, 28  # half hours of the business day, which begins at four
A_SECOND = 1 / 3600


def outlook(ordinary: float, vips: float = 1.0, counter_count: int = 6) -> Outlook:
    """So many customers an hour for plans, from nine to six."""
    hours = [1.0 if NINE <= n < SIX_PM else 0.0 for n in range(HALF_HOURS)]
    arrivals = {
        (TicketClass.ORDINARY, None, "plan"): tuple(ordinary * A_SECOND * on for on in hours),
        (TicketClass.VIP, "silver", "plan"): tuple(vips * A_SECOND * on for on in hours),
    }
    order = opening_order(sample.COUNTERS)[:counter_count]
    return Outlook(Habits(arrivals), TIMES, TIMES, sample.TIERS, RULES, order, range(NINE, SIX_PM))


def test_more_customers_need_more_counters_and_the_promises_are_kept() -> None:
    quiet, busy = plan(outlook(4)), plan(outlook(20))
    assert [half.number for half in busy.half_hours] == list(range(NINE, SIX_PM))
    assert sum(half.counters for half in quiet.half_hours) < sum(half.counters for half in busy.half_hours)
    assert quiet.is_enough
    assert busy.is_enough
    assert all(half.kept >= 0.95 or half.kept != half.kept for half in busy.half_hours)  # NaN: no VIP came
    assert busy.half_hours[0].expected == pytest.approx(10.5)


def test_a_plan_has_no_counter_that_is_not_needed() -> None:
    day = outlook(20)
    found = plan(day)
    counts = [0] * HALF_HOURS
    for half in found.half_hours:
        counts[half.number] = half.counters
    judge = staffing._judge([list(staffing._crowd(day, n)) for n in range(staffing.CROWDS)], day)
    for half in found.half_hours:
        if half.counters > 1:
            fewer = (*counts[: half.number], half.counters - 1, *counts[half.number + 1 :])
            assert staffing._failing(judge(fewer), range(NINE, SIX_PM)), half


def test_too_few_counters_are_said_to_be_too_few() -> None:
    found = plan(outlook(24, counter_count=2))
    assert not found.is_enough
    assert max(half.counters for half in found.half_hours) == 2


def test_a_day_without_customers_needs_nobody() -> None:
    assert plan(outlook(0, 0)).half_hours == ()


def test_the_first_counter_to_open_can_do_everything() -> None:
    order = opening_order(sample.COUNTERS)
    assert order[0].skills == {service.code for service in sample.SERVICES}
    assert len(order) == len(sample.COUNTERS)


@pytest.fixture
def weeks(store: Store) -> Store:
    """Four weeks, open from nine to six but on Sundays."""
    past_store.write(store, date(2026, 10, 5), 27, past_store.Past(load=0.5))
    hours = (*((Hours("09:00", "18:00"),),) * 6, ())
    store.write(lambda conn: settings.save(conn, replace(settings.load(conn), hours=hours)))
    return store


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that were computed; each greenlet runs at once, and in this process."""
    monkeypatch.setattr("lobby.studies.gevent.spawn", lambda run, *arguments: run(*arguments))
    monkeypatch.setattr(staffing, "CROWDS", 3)
    return []


def studies_of(store: Store, asked: list[str]) -> Studies:
    with store.read() as conn:
        now = calendar.start_of("2026-11-01", settings.load(conn)) + 6 * 3600

    @contextmanager
    def here() -> Iterator[Callable[..., Any]]:
        def compute(job: str, *arguments: Any) -> Any:
            asked.append(job)
            return JOBS[job](*arguments)

        yield compute

    return Studies(store, lambda: now, here)


def test_the_next_seven_days_are_planned_and_kept_until_something_changes(weeks: Store, asked: list[str]) -> None:
    plans = studies_of(weeks, asked)
    assert plans.staffing() == {"running": None, "failed": False, "is_fresh": False, "taught_by_days": 27, "days": []}
    plans.start_staffing()
    found = plans.staffing()
    assert found["is_fresh"]
    assert [day["day"] for day in found["days"]] == [f"2026-11-{n:02}" for n in range(2, 2 + DAYS_AHEAD)]
    monday, sunday = found["days"][0]["plan"], found["days"][-1]["plan"]
    assert sunday is None  # the store is closed
    assert (monday["half_hours"][0]["from"], monday["half_hours"][-1]["from"]) == ("09:00", "17:30")
    assert monday["is_enough"]
    weeks.write(lambda conn: counters.set_work(conn, replace(sample.COUNTERS[5], skills=frozenset({"other"}))))
    assert not plans.staffing()["is_fresh"]


def test_one_study_at_a_time_and_a_failed_one_is_said_to_have_failed(weeks: Store, asked: list[str]) -> None:
    plans = studies_of(weeks, asked)

    @contextmanager
    def broken() -> Iterator[Callable[..., Any]]:
        with pytest.raises(StudyRunning):
            plans.start_replay(Question("2026-10-30"))
        plans.start_staffing()  # a second manager opens the page
        assert plans.staffing()["running"] == {"done": 0, "of": DAYS_AHEAD}
        yield _no_process

    plans._compute = broken
    plans.start_staffing()
    assert plans.staffing()["failed"]
    assert not plans.replay(Question("2026-10-30"))["failed"]
    assert plans.staffing()["running"] is None


def _no_process(*_: Any) -> Any:
    raise OSError("no such process")


def test_a_day_played_unchanged_is_much_like_the_recorded_one_and_first_come_makes_vips_wait(
    weeks: Store, asked: list[str]
) -> None:
    plans = studies_of(weeks, asked)
    question = Question("2026-10-30", RuleKind.FIFO)
    plans.start_replay(question)
    found = plans.replay(question)["found"]
    recorded, same, changed = (found["columns"][name] for name in ("recorded", "same", "changed"))
    assert recorded["customers"] == same["customers"] == changed["customers"]
    assert same["ordinary_mean_min"] == pytest.approx(recorded["ordinary_mean_min"], abs=1)
    assert same["utilisation_percent"] == pytest.approx(recorded["utilisation_percent"], abs=5)
    assert changed["vip_mean_min"] > same["vip_mean_min"]
    assert changed["overtakes_per_ordinary"] < same["overtakes_per_ordinary"]
    assert asked == ["play"]
    assert plans.replay(Question("2026-10-30"))["found"] is None  # another question


def test_fewer_counters_make_everybody_wait_and_thin_days_are_called_thin(store: Store, asked: list[str]) -> None:
    past_store.write(store, date(2026, 10, 30), 2, past_store.Past(load=0.1))
    plans = studies_of(store, asked)
    question = Question("2026-10-30", counters=(4,))
    plans.start_replay(question)
    found = plans.replay(question)["found"]
    assert found["counters"] == {"same": [1, 2, 3, 4, 5, 6], "changed": [4]}
    assert found["columns"]["changed"]["ordinary_mean_min"] > found["columns"]["same"]["ordinary_mean_min"]
    assert "thin" in found["cautions"]


def test_only_days_that_are_over_and_counters_that_exist_can_be_played(weeks: Store, asked: list[str]) -> None:
    plans = studies_of(weeks, asked)
    for question, error in (
        (Question("2026-11-01"), NoPastDay), (Question("2026-09-01"), NoPastDay),
        (Question("2026-10-30", counters=(9,)), UnknownCounter),
    ):  # fmt: skip
        with pytest.raises(error):
            plans.start_replay(question)
    assert asked == []


def test_the_newest_studies_are_kept(store: Store) -> None:
    for n in range(studies.KEPT + 5):
        store.write(lambda conn, n=n: studies.save(conn, STAFFING, f"{n}", studies.Study(n, "", {})))  # type: ignore[misc]
    with store.read() as conn:
        assert studies.load(conn, STAFFING, "4") is None
        assert studies.load(conn, STAFFING, "5") is not None
