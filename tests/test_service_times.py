"""Learning how long services take: from the store's own tickets, robust, with the settings' guess to begin with."""

import math
import random

import pytest
from lobby_stage import Stage

from counter import desk
from counter.learning import service_times
from counter.service_times import cautious, fit, prior
from db.setting_records import Rules, Service, ServiceTime
from db.words import Names

PLAN = Service("plan", "A", Names("套餐", "Plans"), "phone", 1, mean_s=420, cv=0.8)


def _services(count: int, mean_s: float = 600, cv: float = 0.5, seed: int = 7) -> list[float]:
    variance = math.log1p(cv * cv)
    draw = random.Random(seed)
    return [draw.lognormvariate(math.log(mean_s) - variance / 2, math.sqrt(variance)) for _ in range(count)]


def _mean_s(time: ServiceTime) -> float:
    return math.exp(time.log_mean + time.log_sd**2 / 2)


def test_with_no_services_the_settings_are_believed() -> None:
    assert fit([], prior(PLAN)) == prior(PLAN)
    assert _mean_s(prior(PLAN)) == pytest.approx(420)
    assert prior(PLAN).known == 0


def test_many_services_outweigh_the_guess() -> None:
    time = fit(_services(400), prior(PLAN))
    assert _mean_s(time) == pytest.approx(600, rel=0.06)
    assert time.known == 400


def test_few_services_move_the_guess_only_a_little() -> None:
    assert 420 < _mean_s(fit(_services(4), prior(PLAN))) < 560


def test_forgotten_tickets_and_double_presses_do_not_bend_the_model() -> None:
    honest = _services(60)
    right = _mean_s(fit(honest, prior(PLAN)))
    assert _mean_s(fit([*honest, 3 * 3600.0, 3 * 3600.0, 9 * 3600.0], prior(PLAN))) == pytest.approx(right, rel=0.12)
    assert fit([*honest, 0.0, 1.0, 2.0], prior(PLAN)) == fit(honest, prior(PLAN))


def test_services_that_all_took_the_same_time_keep_some_spread() -> None:
    assert fit([300.0] * 50, prior(PLAN)).log_sd > 0.1


def test_caution_stretches_the_mean() -> None:
    assert _mean_s(cautious(prior(PLAN), Rules(caution=1.1))) == pytest.approx(462)


def test_a_store_learns_from_its_own_tickets_without_stopping(stage: Stage) -> None:
    stage.open(2, stage.lin)
    for minutes in (9, 10, 11) * 11:
        stage.issue("plan")
        stage.call(2, stage.lin)
        stage.act(desk.start, 2, stage.lin)
        stage.later(minutes)
        stage.act(desk.finish, 2, stage.lin)
    guessed = stage.present().lobby.service_times["plan"]
    stage.store.write(service_times)
    learnt = stage.present().lobby.service_times
    assert (guessed.known, learnt["plan"].known, learnt["billing"].known) == (0, 33, 0)
    assert math.exp(learnt["plan"].log_mean) == pytest.approx(600, rel=0.15)
