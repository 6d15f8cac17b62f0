"""Quotes in the lobby: told on every screen from one forecast, remembered at issue, scored at the first call."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gevent
import pytest
from lobby_stage import CHEN, MINUTE, TEN, Stage
from watched_stage import HandClock

from counter import desk, learning, views
from counter.calibration import FEWEST
from counter.errors import ForecastUnavailable, NothingProposed, UnknownCounter
from counter.faults import UnsoundSettings
from counter.forecast import foresee
from counter.moment import STALE_S
from counter.proposal import Proposal
from counter.situation import Situation
from db import forecasts, quotes, settings
from db.errors import LobbyError
from db.setting_records import ServiceTime
from db.ticket_records import NOTHING_FORESEEN, Forecast, Quote, Ticket, TicketClass
from display import screens
from display.floor import comparison
from lobby.forecasting import LONGEST_REST_S, Forecasting, Oracle, rest_s
from lobby.oracle import JOBS

VIP, APPOINTMENT, ORDINARY = TicketClass


def teach(stage: Stage) -> None:
    """The store has measured every service often enough: ten minutes each, more or less."""

    def learn(conn: sqlite3.Connection) -> None:
        for code in settings.services(conn):
            settings.learn(conn, code, ServiceTime(6.35, 0.3, known=50))

    stage.store.write(learn)


def ask_here(job: str, *arguments: Any) -> Any:
    """The forecasting process's jobs, done in this one."""
    return JOBS[job](*arguments)


@pytest.fixture
def forecasting(stage: Stage) -> Forecasting:
    return Forecasting(stage.store, HandClock(stage), ask_here)


def board_quote(stage: Stage, queue: str) -> dict[str, object]:
    with stage.store.read() as conn:
        rows = screens.read_board(conn, stage.present())["queues"]
    return next(dict(row["quote"]) for row in rows if row["code"] == queue)


def kept_quote(stage: Stage, ticket_id: int) -> sqlite3.Row:
    with stage.store.read() as conn:
        row: sqlite3.Row = conn.execute("SELECT * FROM quotes WHERE ticket_id = ?", (ticket_id,)).fetchone()
    return row


def tell(stage: Stage, ticket: Ticket, told: Quote) -> None:
    """As if this had been told when the ticket was issued."""

    def instead(conn: sqlite3.Connection) -> None:
        conn.execute("DELETE FROM quotes WHERE ticket_id = ?", (ticket.id,))
        quotes.add(conn, ticket.id, ticket.issued_at, 0, told, told)

    stage.store.write(instead)


def test_before_enough_is_measured_no_wait_is_told(stage: Stage, forecasting: Forecasting) -> None:
    stage.open(4, stage.lin)
    forecasting.refresh()
    assert board_quote(stage, "plan") == {"unknown": "not_enough_data"}
    assert kept_quote(stage, stage.issue().ticket.id)["unknown"] == "not_enough_data"


def test_board_ticket_phone_counter_and_floor_tell_the_same_wait(stage: Stage, forecasting: Forecasting) -> None:
    teach(stage)
    stage.open(4, stage.lin)
    stage.issue()
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    forecasting.refresh()
    board = board_quote(stage, "plan")
    issued = stage.issue()
    kept = kept_quote(stage, issued.ticket.id)
    told = views.ticket(issued.ticket, issued.lobby, issued.paper)["quote"]
    assert told == board == {key: round(kept[key]) for key in ("low_s", "mid_s", "high_s")}
    assert 0 < told["low_s"] < told["mid_s"] < told["high_s"]
    forecasting.refresh()
    with stage.store.read() as conn:
        present = stage.present()
        phone = screens.read_ticket(conn, issued.ticket.token, present)["ticket"]["quote"]
        floor = next(row["quote"] for row in screens.read_floor(conn, present)["queues"] if row["code"] == "plan")
    assert phone == views.quote(present.quote(issued.ticket))
    assert floor == views.quote(present.quote_queue(ORDINARY, "plan"))
    assert floor["mid_s"] > phone["mid_s"]  # who joins now waits behind them


def test_the_wait_that_was_told_runs_down_between_two_forecasts(stage: Stage, forecasting: Forecasting) -> None:
    teach(stage)
    stage.open(4, stage.lin)
    stage.issue()
    stage.call(4, stage.lin)
    mine = stage.issue().ticket
    forecasting.refresh()
    first = stage.present().quote(mine)
    stage.later(1)
    later = stage.present().quote(mine)
    assert isinstance(first, Quote)
    assert isinstance(later, Quote)
    assert first.mid_s - later.mid_s == pytest.approx(MINUTE)


def test_an_old_forecast_is_no_longer_told(stage: Stage, forecasting: Forecasting) -> None:
    teach(stage)
    stage.open(4, stage.lin)
    forecasting.refresh()
    assert "mid_s" in board_quote(stage, "plan")
    stage.now += STALE_S + 1
    assert board_quote(stage, "plan") == {"unknown": "not_enough_data"}


def test_without_an_open_counter_that_is_said(stage: Stage, forecasting: Forecasting) -> None:
    teach(stage)
    forecasting.refresh()
    assert board_quote(stage, "plan") == {"unknown": "no_counter_open"}
    assert board_quote(stage, "vip") == {"unknown": "no_counter_open"}


def test_a_vip_is_told_the_vips_wait_and_the_queue_shows_the_longest(stage: Stage, forecasting: Forecasting) -> None:
    teach(stage)
    stage.open(4, stage.lin)
    for _ in range(4):
        stage.issue()
    stage.call(4, stage.lin)
    forecasting.refresh()
    vip, ordinary = kept_quote(stage, stage.issue(member=CHEN).ticket.id), kept_quote(stage, stage.issue().ticket.id)
    assert vip["mid_s"] < ordinary["mid_s"]
    assert round(vip["mid_s"]) <= int(str(board_quote(stage, "vip")["mid_s"]))


def test_who_checks_in_early_is_told_to_wait_for_the_slot(stage: Stage, forecasting: Forecasting) -> None:
    teach(stage)
    stage.open(4, stage.lin)
    stage.book(stage.now + 30 * MINUTE)
    forecasting.refresh()
    kept = kept_quote(stage, stage.check_in(code="123456").ticket.id)
    assert kept["mid_s"] >= 25 * MINUTE


def test_the_first_call_scores_the_quote_and_a_second_one_does_not(stage: Stage, forecasting: Forecasting) -> None:
    teach(stage)
    stage.open(4, stage.lin)
    forecasting.refresh()
    mine = stage.issue().ticket
    stage.later(4)
    stage.call(4, stage.lin)
    stage.act(desk.put_back, 4, stage.lin)
    stage.later(4)
    stage.call(4, stage.lin)
    assert kept_quote(stage, mine.id)["wait_s"] == pytest.approx(4 * MINUTE)


def test_accuracy_is_reported_per_day_and_class(stage: Stage) -> None:
    """Three ordinary waits of 10, 12 and 20 minutes, all told 12 (8 to 15); a VIP who was told nothing."""
    stage.open(4, stage.lin)
    for wait in (10, 12, 20):
        ticket = stage.issue().ticket
        tell(stage, ticket, Quote(8 * MINUTE, 12 * MINUTE, 15 * MINUTE))
        stage.later(wait)
        stage.call(4, stage.lin)
        stage.serve(4, stage.lin)
    stage.issue(member=CHEN)
    stage.call(4, stage.lin)
    with stage.store.read() as conn:
        [row] = quotes.accuracy(conn, "2026-11-21", "2026-11-21")
        assert quotes.accuracy(conn, "2026-11-22", "2026-11-30") == []
        floor = screens.read_floor(conn, stage.present())["forecast"]
    assert (row.day, row.ticket_class, row.quotes) == ("2026-11-21", ORDINARY, 3)
    assert row.error_s == pytest.approx((2 + 0 + 8) / 3 * MINUTE)
    assert row.bias_s == pytest.approx((2 + 0 - 8) / 3 * MINUTE)
    assert row.covered == pytest.approx(2 / 3)
    assert floor == [
        {
            "day": "2026-11-21",
            "class": "ordinary",
            "quotes": 3,
            "mae_s": 200,
            "bias_s": -120,
            "coverage_percent": 66.7,
            "mean_wait_s": 840,
        }
    ]


def test_what_became_of_quotes_corrects_the_next(stage: Stage, forecasting: Forecasting) -> None:
    """All quotes to ordinary customers were half the real wait: the next are longer than the plain forecast."""
    teach(stage)
    stage.open(4, stage.lin)
    for _ in range(FEWEST):
        ticket = stage.issue().ticket
        tell(stage, ticket, Quote(4 * MINUTE, 5 * MINUTE, 6 * MINUTE))
        stage.later(10)
        stage.call(4, stage.lin)
        stage.miss(4, stage.lin)
    for _ in range(3):
        stage.issue()
    stage.call(4, stage.lin)
    forecasting.refresh()
    with stage.store.read() as conn:
        forecast = forecasts.load(conn)
    assert forecast.newcomers[ORDINARY, None, "plan"].mid_s > forecast.plain_newcomers[ORDINARY, None, "plan"].mid_s
    assert forecast.newcomers[VIP, "gold", "plan"] == forecast.plain_newcomers[VIP, "gold", "plan"]


def test_the_store_learns_the_habits_of_its_customers(stage: Stage) -> None:
    stage.open(4, stage.lin)
    for n in range(4):
        stage.issue(member=CHEN if n == 0 else None)
        stage.later(2)
        stage.call(4, stage.lin)
        stage.later(0.5)
        stage.miss(4, stage.lin) if n == 1 else stage.serve(4, stage.lin)
    stage.later(60)
    with stage.store.read() as conn:
        habits = learning.habits(conn, stage.now)
    assert habits.walk_s == pytest.approx(30)
    assert habits.leaving == pytest.approx(1 / (4 * 2 * MINUTE))
    assert habits.gap_s == 0  # nobody was waiting when a counter was freed
    half_hour = 12  # 10:00, six hours after the business day began
    assert habits.arrivals[ORDINARY, None, "plan"][half_hour] == pytest.approx(3 / 1800)
    assert habits.arrivals[VIP, "diamond", "plan"][half_hour] == pytest.approx(1 / 1800)


def test_the_store_learns_how_long_its_counters_take_to_call_again(stage: Stage) -> None:
    """Twice somebody waits while the counter is free for half a minute; the third comes to a counter long free."""
    stage.open(4, stage.lin)
    for _ in range(3):
        stage.issue()
    for _ in range(3):
        stage.later(0.5)
        stage.call(4, stage.lin)
        stage.serve(4, stage.lin)
    stage.later(2)
    stage.issue()
    stage.call(4, stage.lin)
    with stage.store.read() as conn:
        assert learning.habits(conn, stage.now).gap_s == pytest.approx(30)


def test_the_forecast_starts_from_bookings_pauses_hours_and_measured_times(stage: Stage) -> None:
    teach(stage)
    stage.set_hours("09:00", "18:00")
    stage.book(TEN + 3600)
    with stage.store.read() as conn:
        situation = learning.situation(conn, stage.now, learning.habits(conn, stage.now))
    assert situation.closes_at == TEN + 8 * 3600
    assert situation.bookings == [(TEN + 3600, "plan")]
    assert situation.times["plan"].log_mean < situation.lobby.service_times["plan"].log_mean  # the rule is cautious


def test_a_forecast_is_kept_whole(stage: Stage) -> None:
    quote = Quote(1.0, 2.0, 3.5)
    forecast = Forecast(TEN, {7: quote}, {(VIP, "gold", "plan"): quote}, {(ORDINARY, None, "plan"): quote})
    with stage.store.read() as conn:
        assert forecasts.load(conn) == NOTHING_FORESEEN
    stage.store.write(lambda conn: forecasts.save(conn, replace(forecast, at=TEN - 5)))
    stage.store.write(lambda conn: forecasts.save(conn, forecast))
    with stage.store.read() as conn:
        assert forecasts.load(conn) == forecast


@pytest.fixture
def oracle() -> Iterator[Oracle]:
    made = Oracle()
    yield made
    made.close()


def situation(stage: Stage) -> Situation:
    with stage.store.read() as conn:
        return learning.situation(conn, stage.now, learning.habits(conn, stage.now))


def test_the_forecasting_process_answers_as_the_function_does(stage: Stage, oracle: Oracle) -> None:
    teach(stage)
    stage.open(4, stage.lin)
    stage.issue()
    moment = situation(stage)
    assert oracle.ask("foresee", moment, {}) == foresee(moment, {})


def test_a_job_that_fails_tells_its_error_and_the_next_one_is_done(stage: Stage, oracle: Oracle) -> None:
    with pytest.raises(AttributeError):
        oracle.ask("foresee", "no situation", {})
    teach(stage)
    assert isinstance(oracle.ask("foresee", situation(stage), {}), Forecast)


def test_a_process_that_was_killed_is_started_anew(stage: Stage, oracle: Oracle) -> None:
    teach(stage)
    oracle.ask("foresee", situation(stage), {})
    assert oracle.pid is not None
    os.kill(oracle.pid, signal.SIGKILL)
    with pytest.raises((OSError, EOFError)):
        oracle.ask("foresee", situation(stage), {})
    assert isinstance(oracle.ask("foresee", situation(stage), {}), Forecast)


def test_a_failing_forecast_leaves_the_last_good_one_and_issuing_goes_on(
    stage: Stage, forecasting: Forecasting
) -> None:
    teach(stage)
    stage.open(4, stage.lin)
    forecasting.refresh()

    def broken(*_: object) -> Forecast:
        raise EOFError

    failing = Forecasting(stage.store, HandClock(stage), broken)
    loop = gevent.spawn(failing.run)
    gevent.sleep(0.05)
    assert "mid_s" in board_quote(stage, "plan")
    assert kept_quote(stage, stage.issue().ticket.id)["unknown"] is None
    assert not loop.dead
    loop.kill()


def test_what_if_a_counter_opened_is_answered_with_spans(stage: Stage, forecasting: Forecasting) -> None:
    teach(stage)
    stage.open(4, stage.lin)
    for _ in range(8):
        stage.issue()
    stage.call(4, stage.lin)
    found = comparison(forecasting.what_if(Proposal(opens=[5])))
    assert found["then"]["ordinary_p90_s"]["mid"] < found["now"]["ordinary_p90_s"]["mid"]
    assert found["difference"]["ordinary_p90_s"]["high"] < 0
    assert found["now"]["vip_service_level"] is None  # no VIP is here, and none has ever come


@pytest.mark.parametrize(
    ("proposal", "error"),
    [
        (Proposal(), NothingProposed),
        (Proposal(opens=[99]), UnknownCounter),
        (Proposal(settings={"rule.epsilon": 1}), UnsoundSettings),
        (Proposal(settings={"counters.99.vip": "never"}), UnsoundSettings),
    ],
)
def test_a_what_if_that_makes_no_sense_says_why(
    forecasting: Forecasting, proposal: Proposal, error: type[LobbyError]
) -> None:
    with pytest.raises(error):
        forecasting.what_if(proposal)


def test_closing_pausing_and_settings_are_foreseen(stage: Stage, forecasting: Forecasting) -> None:
    """Two counters at work; without the second, or with it pausing or serving no plans, the wait is longer."""
    teach(stage)
    for counter, person in ((4, stage.lin), (5, stage.zhou)):
        stage.open(counter, person)
    for _ in range(8):
        stage.issue()
    stage.call(4, stage.lin)
    for proposal in (
        Proposal(closes=[5]),
        Proposal(pauses={5: 1800}),
        Proposal(closes=[4]),
        Proposal(settings={"counters.5.ordinary": "never"}),
    ):
        longer = forecasting.what_if(proposal).difference["ordinary_p50_s"]
        assert longer is not None
        assert longer.mid > 0


def test_without_the_process_a_what_if_says_so(stage: Stage) -> None:
    def gone(*_: object) -> Forecast:
        raise EOFError

    with pytest.raises(ForecastUnavailable):
        Forecasting(stage.store, HandClock(stage), gone).what_if(Proposal(opens=[4]))


@pytest.mark.parametrize(
    ("took_s", "speed", "rests_s"),
    [(0.05, 1, 0.95), (0.05, 60, 0.05), (4, 1, 4), (20, 1, LONGEST_REST_S)],
    ids=["an ordinary lobby: once a second", "a fast demo", "a thousand people", "the first one compiles the rule"],
)
def test_forecasts_leave_the_machine_to_the_lobby_half_of_the_time(took_s: float, speed: float, rests_s: float) -> None:
    assert rest_s(took_s, speed) == pytest.approx(rests_s)
