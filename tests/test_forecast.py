"""The forecast: exact where chance is taken out of it, honest where it is not, and the same with compiled code."""

from dataclasses import replace
from math import inf, log
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lobby_stage import MINUTE

from counter import calibration, compiled, course
from counter.calibration import COVERAGE, FEWEST, NONE, Correction
from counter.course import Rows
from counter.forecast import LONGEST_S, World, foresee, ghost, horizon_s
from counter.habits import HALF_HOUR_S, USUAL_WALK_S, Habits, Visit, learn
from counter.line import Lobby
from counter.scenario import ticket_of
from counter.situation import Situation
from counter.whatif import compare
from db.counter_records import Counter, CounterState, Permission
from db.setting_records import Rules, ServiceTime
from db.ticket_records import Quote, Ticket, TicketClass, TicketState
from lobby import sample

NOW = 10 * 3600.0
VIP, APPOINTMENT, ORDINARY = TicketClass
RULES = Rules()
STEADY = {
    "plan": ServiceTime(log(10 * MINUTE), 1e-4, known=100),
    "billing": ServiceTime(log(5 * MINUTE), 1e-4, known=100),
}
"""Services that take ten and five minutes, to a tenth of a second."""
USUAL = {code: ServiceTime(time.log_mean, 0.7, time.known) for code, time in STEADY.items()}
GOLD = next(tier for tier in sample.TIERS if tier.code == "gold")


def counter(number: int, state: CounterState = CounterState.READY, **more: object) -> Counter:
    permissions = dict.fromkeys(TicketClass, Permission.PRIMARY)
    return replace(Counter(number, permissions, frozenset(STEADY), state), **more)  # type: ignore[arg-type]


def waiting(number: int, minutes: float, kind: TicketClass = ORDINARY, service: str = "plan") -> Ticket:
    ticket = ticket_of(kind, service, NOW - minutes * MINUTE, RULES, tier=GOLD)
    return replace(ticket, id=number, number=f"{number:03}")


def served(minutes: float, service: str = "plan") -> Ticket:
    """Somebody whose service began so many minutes ago."""
    return replace(
        waiting(900, minutes + 5, service=service), state=TicketState.SERVING, started_at=NOW - minutes * MINUTE
    )


def situation(
    *line: Ticket,
    counters: tuple[Counter, ...] = (),
    serving: dict[int, Ticket] | None = None,
    times: dict[str, ServiceTime] | None = None,
    habits: Habits | None = None,
    **more: object,
) -> Situation:
    at_work = counters or (counter(1),)
    serving = serving or {}
    there = [replace(c, state=CounterState.SERVING) if c.number in serving else c for c in at_work]
    return Situation(
        now=NOW,
        day_start=0.0,
        closes_at=inf,
        lobby=Lobby(line, there, serving, times or STEADY),
        rules=RULES,
        times=times or STEADY,
        habits=habits or Habits(walk_s=0.0),
        tiers=sample.TIERS,
        **more,  # type: ignore[arg-type]
    )


def minutes(quote: Quote | None) -> float:
    assert quote is not None
    return quote.mid_s / MINUTE


def test_with_services_of_known_length_the_forecast_is_arithmetic() -> None:
    """One counter, four minutes into a service of ten; two wait. They and a newcomer wait 6, 16 and 26 minutes."""
    told = foresee(situation(waiting(1, 3), waiting(2, 2), serving={1: served(4)}), {})
    assert [minutes(told.tickets[n]) for n in (1, 2)] == pytest.approx([6, 16], abs=0.05)
    assert minutes(told.newcomers[ORDINARY, None, "plan"]) == pytest.approx(26, abs=0.05)
    quote = told.tickets[2]
    assert quote.low_s == pytest.approx(quote.high_s, abs=1)


def test_a_vip_is_foreseen_before_the_ordinary_customers_and_delays_nobody_by_being_imagined() -> None:
    told = foresee(situation(waiting(1, 3), waiting(2, 2), serving={1: served(4)}), {})
    assert minutes(told.newcomers[VIP, "gold", "plan"]) == pytest.approx(6, abs=0.05)
    assert minutes(told.tickets[1]) == pytest.approx(6, abs=0.05)


def test_walking_up_counts() -> None:
    called = replace(served(0), started_at=None, state=TicketState.CALLED, called_at=NOW)
    told = foresee(situation(waiting(1, 3), serving={1: called}, habits=Habits(walk_s=60.0)), {})
    assert minutes(told.tickets[1]) == pytest.approx(11, abs=0.05)


def test_the_gap_between_a_service_and_the_next_call_counts() -> None:
    """Half a minute each: after the present service, and after the first in line."""
    told = foresee(
        situation(waiting(1, 3), waiting(2, 2), serving={1: served(4)}, habits=Habits(walk_s=0, gap_s=30)), {}
    )
    assert [minutes(told.tickets[n]) for n in (1, 2)] == pytest.approx([6.5, 17], abs=0.05)


def test_a_planned_pause_and_a_return_are_foreseen() -> None:
    pausing = situation(waiting(1, 3), serving={1: served(4)}, pauses=[(1, NOW + 60, 15 * MINUTE)])
    assert minutes(foresee(pausing, {}).tickets[1]) == pytest.approx(6 + 15, abs=0.05)
    paused = situation(waiting(1, 3), counters=(counter(1, CounterState.PAUSED, returns_at=NOW + 480),))
    assert minutes(foresee(paused, {}).tickets[1]) == pytest.approx(8, abs=0.05)


def test_a_newcomer_to_an_idle_counter_does_not_wait() -> None:
    assert minutes(foresee(situation(), {}).newcomers[ORDINARY, None, "plan"]) == 0


def test_nothing_is_told_to_whom_nobody_will_call() -> None:
    billing_only = counter(1, skills=frozenset({"billing"}))
    told = foresee(situation(waiting(1, 3), counters=(billing_only, counter(2, CounterState.CLOSED))), {})
    assert 1 not in told.tickets
    assert (ORDINARY, None, "plan") not in told.newcomers
    assert (ORDINARY, None, "billing") in told.newcomers


def test_people_who_come_before_one_is_called_are_foreseen_too() -> None:
    """VIPs who come every three minutes keep an ordinary customer waiting longer."""
    crowded = Habits({(VIP, "gold", "plan"): [1 / 180] * 48}, walk_s=0.0)
    quiet = foresee(situation(waiting(1, 1), waiting(2, 1), serving={1: served(4)}), {})
    busy = foresee(situation(waiting(1, 1), waiting(2, 1), serving={1: served(4)}, habits=crowded), {})
    assert busy.tickets[2].mid_s > quiet.tickets[2].mid_s + 5 * MINUTE


def test_nobody_comes_after_closing() -> None:
    crowded = Habits({(VIP, "gold", "plan"): [1 / 180] * 48}, walk_s=0.0)
    closing = replace(situation(waiting(1, 1), waiting(2, 1), serving={1: served(4)}, habits=crowded), closes_at=NOW)
    assert minutes(foresee(closing, {}).tickets[2]) == pytest.approx(16, abs=0.05)


def test_who_leaves_silently_shortens_the_wait_behind_them() -> None:
    line = [waiting(n, 60 - n) for n in range(1, 11)]
    staying = foresee(situation(*line, times=USUAL), {})
    leaving = foresee(situation(*line, times=USUAL, habits=Habits(leaving=1 / (20 * MINUTE), walk_s=0.0)), {})
    assert leaving.tickets[10].mid_s < 0.8 * staying.tickets[10].mid_s


def test_booked_customers_are_expected_at_their_slot() -> None:
    """A booking for now comes before the ordinary newcomer; on average 92 of 100 bookings come."""
    booked = replace(situation(serving={1: served(4)}), bookings=[(NOW, "plan")])
    world = World(booked, [ghost((ORDINARY, None, "plan"), booked)], horizon_s(booked), 1)
    assert 80 <= (world.people["kind"] == 1).sum() <= 99


def test_the_range_holds_four_of_five_futures() -> None:
    """The last of five before one counter, against the same sum of services drawn by themselves."""
    told = foresee(situation(*[waiting(n, 10 - n) for n in range(1, 6)], serving={1: served(0)}, times=USUAL), {})
    random = np.random.default_rng(5)
    waits = np.exp(random.normal(USUAL["plan"].log_mean, USUAL["plan"].log_sd, (20_000, 5))).sum(axis=1)
    inside = np.mean((waits >= told.tickets[5].low_s) & (waits <= told.tickets[5].high_s))
    assert inside == pytest.approx(COVERAGE, abs=0.12)  # three standard errors of quantiles of a hundred futures


def test_the_same_moment_is_told_the_same() -> None:
    moment = situation(waiting(1, 3), waiting(2, 2), serving={1: served(4)}, times=USUAL)
    assert foresee(moment, {}) == foresee(moment, {})


def in_python(people: Rows, bounds: Rows, posts: Rows, pauses: Rows, *more: Any) -> Rows:
    """The same course uncompiled, which needs rows whose fields are attributes."""
    people, posts, pauses = (rows.view(np.recarray) for rows in (people, posts, pauses))
    return course.play(people, bounds, posts, pauses, *more)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_compiled_and_plain_python_take_the_same_course(seed: int) -> None:
    random = Random(seed)
    line = [
        waiting(n, random.uniform(0, 40), random.choice([VIP, ORDINARY, ORDINARY]), random.choice(list(STEADY)))
        for n in range(1, random.randint(2, 12))
    ]
    counters = tuple(
        counter(
            n,
            skills=frozenset(random.sample(list(STEADY), random.randint(1, 2))),
            permissions={
                VIP: random.choice(list(Permission)),
                APPOINTMENT: Permission.PRIMARY,
                ORDINARY: Permission.PRIMARY,
            },
        )
        for n in range(1, random.randint(2, 5))
    )
    coming = Habits({(kind, "gold", "plan"): [1 / 300] * 48 for kind in (VIP, ORDINARY)}, leaving=1 / 3000)
    moment = situation(
        *line, counters=counters, serving={1: served(3)}, times=USUAL, habits=coming, pauses=[(1, NOW + 300, 600.0)]
    )
    spans = np.tile([0, len(line)], (100, 1))
    fast, slow = (World(moment, line, 1800.0, seed, machine).play(spans) for machine in (compiled.play, in_python))
    assert np.array_equal(fast, slow, equal_nan=True)


def test_quotes_that_were_too_narrow_and_too_short_are_mended() -> None:
    """Real waits are half as long again as foreseen and spread twice as wide."""
    random = Random(3)
    plain = [Quote(0.8 * mid, mid, 1.2 * mid) for mid in (random.uniform(300, 1800) for _ in range(400))]
    waits = [quote.mid_s * 1.5 * random.lognormvariate(0, 0.3) for quote in plain]
    correction = calibration.learn(list(zip(plain, waits, strict=True)))
    fresh = [Quote(0.8 * mid, mid, 1.2 * mid) for mid in (random.uniform(300, 1800) for _ in range(2000))]
    told = [correction.apply(quote) for quote in fresh]
    real = [quote.mid_s * 1.5 * random.lognormvariate(0, 0.3) for quote in fresh]
    inside = np.mean([q.low_s <= wait <= q.high_s for q, wait in zip(told, real, strict=True)])
    assert inside == pytest.approx(COVERAGE, abs=0.05)
    assert np.mean([q.mid_s for q in told]) == pytest.approx(np.mean([1.5 * q.mid_s for q in fresh]), rel=0.06)


@given(
    st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4)), max_size=90),
    st.tuples(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4)),
)
def test_a_corrected_quote_is_in_order_and_never_in_the_past(
    history: list[tuple[float, float, float, float]], ends: tuple[float, float, float]
) -> None:
    scored = [(Quote(*sorted(past)), wait) for *past, wait in history]
    correction = calibration.learn(scored)
    told = correction.apply(Quote(*sorted(ends)))
    assert 0 <= told.low_s <= told.mid_s <= told.high_s
    if len(history) < FEWEST:
        assert correction == NONE
        assert told == Quote(*sorted(ends))


def test_a_correction_of_one_class_leaves_the_others_alone() -> None:
    moment = situation(waiting(1, 3), waiting(2, 2, VIP), serving={1: served(4)}, times=USUAL)
    plain = foresee(moment, {})
    told = foresee(moment, {ORDINARY: Correction(-0.5, 0.5, 2.0)})
    assert told.tickets[2] == plain.tickets[2]
    assert told.tickets[1].mid_s > plain.tickets[1].mid_s
    assert told.plain_newcomers == plain.newcomers


def test_habits_are_rates_per_half_hour_of_the_days_that_saw_it() -> None:
    """Two days; today has seen the first half hour of the two that had visits, and says nothing of the second."""
    stream = (ORDINARY, None, "plan")
    past = [Visit("d1", 10 + n, stream, 60.0, 20.0, False) for n in range(6)]
    past += [Visit("d1", HALF_HOUR_S + n, stream, 60.0, None, True) for n in range(3)]
    today = [Visit("d2", 10 + n, stream, 60.0, 9_999.0, False) for n in range(2)]
    habits = learn([*past, *today], {"d1": 86_400.0, "d2": HALF_HOUR_S + 600})
    rates = habits.arrivals[stream]
    assert rates[:3] == pytest.approx([4 / HALF_HOUR_S, 3 / HALF_HOUR_S, 0])
    assert habits.leaving == pytest.approx(3 / (11 * 60))
    assert habits.walk_s == 20.0
    assert learn([], {}).walk_s == USUAL_WALK_S


def test_three_days_of_one_weekday_are_a_better_teacher_than_the_whole_week() -> None:
    stream = (ORDINARY, None, "plan")
    days = [f"d{n}" for n in range(7)]
    visits = [Visit(day, 5.0, stream, 0.0, None, False) for day in days[:3] for _ in range(10)]
    seen = dict.fromkeys(days, 86_400.0)
    assert learn(visits, seen, days[:3]).arrivals[stream][0] == pytest.approx(10 / HALF_HOUR_S)
    assert learn(visits, seen, days[:2]).arrivals[stream][0] == pytest.approx(30 / 7 / HALF_HOUR_S)


def test_what_if_another_counter_opened() -> None:
    """Ten ordinary customers and three VIPs before one busy counter: a second one saves VIPs and halves the wait."""
    line = [*(waiting(n, 12 - n) for n in range(1, 11)), *(waiting(n, 1, VIP) for n in (11, 12, 13))]
    now = situation(*line, counters=(counter(1), counter(2, CounterState.CLOSED)), serving={1: served(0)}, times=USUAL)
    then = replace(now, lobby=replace_counters(now.lobby, (now.lobby.counters[0], counter(2))))
    found = compare(now, then)
    at_risk, waits = found.difference["vips_at_risk"], found.difference["ordinary_p90_s"]
    assert at_risk is not None
    assert waits is not None
    assert at_risk.mid <= -1
    assert waits.high < 0
    assert found.now["vip_service_level"].mid < found.then["vip_service_level"].mid  # type: ignore[union-attr]
    assert compare(now, now).difference["ordinary_p50_s"] == (0.0, 0.0, 0.0)


def replace_counters(lobby: Lobby, counters: tuple[Counter, ...]) -> Lobby:
    return Lobby(lobby.waiting, counters, lobby.serving, lobby.service_times, lobby.last_reasons)


def test_nobody_is_told_a_wait_beyond_the_longest() -> None:
    line = [waiting(n, 60) for n in range(1, 60)]
    told = foresee(situation(*line, serving={1: served(0)}, times=USUAL), {})
    assert all(quote.high_s <= LONGEST_S for quote in told.tickets.values())
    assert 59 not in told.tickets
