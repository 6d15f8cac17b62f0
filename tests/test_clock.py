"""Clocks that are wrong: set back and forward, corrected, without a battery, daylight saving, the turn of the day."""

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from sqlite3 import Connection
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lobby_stage import TEN, WANG, Stage

from counter import desk, screen
from counter.day import close_earlier_days
from counter.moment import Present
from counter.present import load_with_calls
from db import calendar, settings
from db.ticket_records import TicketState
from display import screens
from lobby.clock import OLDEST_S, Clock

HOUR, DAY = 3600.0, 86_400.0
BERLIN = ZoneInfo("Europe/Berlin")


class Machine:
    """A machine whose clock can be set; its oscillator runs on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: float = TEN) -> None:
        self.at, self.ticks = at, 5_000.0
        monkeypatch.setattr(time, "time", lambda: self.at)
        monkeypatch.setattr(time, "monotonic", lambda: self.ticks)

    def later(self, seconds: float) -> None:
        self.at += seconds
        self.ticks += seconds


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


@pytest.mark.parametrize("step", [-2.0, -0.001, -60.0, -HOUR])
def test_a_clock_set_back_a_little_is_waited_for_and_time_never_runs_back(machine: Machine, step: float) -> None:
    clock = Clock()
    told = [clock()]
    machine.at += step
    while clock.ahead_s() > 0.0001 and len(told) < 2_000:
        machine.later(30)
        told.append(clock())
    assert all(0 <= later - earlier <= 30.0001 for earlier, later in pairwise(told))
    assert all(later - earlier >= 26.9 for earlier, later in pairwise(told))
    assert clock() == pytest.approx(machine.at)
    assert len(told) * 30 <= 10 * -step + 60


def test_a_clock_set_forward_is_followed_at_once_and_a_date_put_right_too(machine: Machine) -> None:
    clock = Clock()
    clock()
    machine.at += DAY
    assert clock() == TEN + DAY
    machine.later(60)
    machine.at -= DAY
    assert clock() == TEN + 60


def test_a_machine_that_woke_without_its_date_goes_on_from_the_journal_until_it_knows_better(machine: Machine) -> None:
    machine.at = 12.0
    clock = Clock()
    clock.go_on_from(TEN)
    assert clock() == TEN
    machine.later(600)
    assert clock() == pytest.approx(TEN + 600)
    machine.at = TEN + 700
    assert clock() == TEN + 700


def test_a_server_started_anew_after_an_hour_back_keeps_the_order_of_who_came(machine: Machine) -> None:
    machine.at = TEN - HOUR
    clock = Clock()
    clock.go_on_from(TEN)
    assert clock() == TEN
    assert clock.ahead_s() == HOUR
    assert machine.at > OLDEST_S


def _views(stage: Stage) -> Iterator[dict[str, Any]]:
    """What every kind of screen shows now."""
    with stage.store.read() as conn:
        present = load_with_calls(conn, stage.now)
        yield screens.read_board(conn, present)
        yield screens.read_floor(conn, present)
        for number in (1, 5):
            yield screen.read(conn, number, present)
        for (token,) in conn.execute("SELECT token FROM tickets").fetchall():
            yield screens.read_ticket(conn, token, present)


def _negative(view: object) -> list[tuple[str, float]]:
    return [(name, length) for name, length in _lengths(view) if not (length >= 0 and math.isfinite(length))]


def _lengths(view: object) -> Iterator[tuple[str, float]]:
    """Every duration in a view: whole seconds, their names end in `_s`."""
    if isinstance(view, dict):
        for name, value in view.items():
            if name.endswith("_s") and isinstance(value, int | float) and name != "ordinary_s":
                yield name, value
            yield from _lengths(value)
    elif isinstance(view, list | tuple):
        for value in view:
            yield from _lengths(value)


def _people_everywhere(stage: Stage) -> None:
    """Somebody at each stage of a visit: waiting, a VIP, called, served, missed."""
    stage.open(1, stage.lin)
    stage.open(5, stage.zhou)
    for service in ("plan", "billing", "plan", "other", "plan", "billing"):
        stage.issue(service)
        stage.later(1)
    stage.issue(member=WANG)
    stage.call(1, stage.lin)
    stage.act(desk.start, 1, stage.lin)
    stage.call(5, stage.zhou)
    stage.miss(5, stage.zhou)
    stage.call(5, stage.zhou)


@pytest.mark.parametrize("step", [-400 * DAY, -DAY, -3 * HOUR, 2.0, HOUR, DAY])
def test_after_a_jump_every_screen_goes_on_nobody_is_lost_and_no_wait_is_negative(stage: Stage, step: float) -> None:
    _people_everywhere(stage)
    waiting = len(stage.present().lobby.waiting)
    stage.now += step
    stage.store.write(lambda conn: close_earlier_days(conn, stage.now))
    for view in _views(stage):
        assert _negative(view) == []
    expired = [event.ticket for event in stage.journal() if event.kind == "expired"]
    assert len(stage.present().lobby.waiting) == (0 if step >= DAY else waiting)
    assert len(expired) == (waiting + 2 if step >= DAY else 0)
    number = stage.issue("plan").ticket.number
    stage.later(1)
    if step >= DAY:
        stage.open(1, stage.lin)
    else:
        stage.act(desk.finish, 1, stage.lin)
    assert stage.call(1, stage.lin)[0]
    stage.serve(1, stage.lin)
    with stage.store.read() as conn:
        [least] = conn.execute("SELECT min(wait_s) FROM quotes WHERE wait_s IS NOT NULL").fetchone()
        held = {row["number"] for row in conn.execute("SELECT number FROM tickets")}
    assert least >= 0
    assert number in held
    for view in _views(stage):
        assert _negative(view) == []


def _in_zone(conn: Connection, zone: str) -> None:
    settings.save(conn, replace(settings.load(conn), timezone=zone))


@pytest.mark.parametrize(
    ("night", "hours"),
    [("2026-03-29", 23), ("2026-10-25", 25)],
)
def test_in_the_nights_of_daylight_saving_a_business_day_is_as_long_as_it_is(
    stage: Stage, night: str, hours: int
) -> None:
    stage.store.write(lambda conn: _in_zone(conn, "Europe/Berlin"))
    before = datetime.fromisoformat(night).replace(tzinfo=BERLIN, hour=1, minute=55)
    stage.now = before.timestamp()
    stage.open(1, stage.lin)
    late = stage.issue("plan").ticket
    for _ in range(30):
        stage.later(5)
        present = stage.present()
        stage.store.write(lambda conn: close_earlier_days(conn, stage.now))
        if calendar.local(stage.now, present.settings).hour >= 4:
            break
        assert stage.ticket(late.token).state == TicketState.WAITING
    began = calendar.start_of(calendar.business_day(before.timestamp(), present.settings), present.settings)
    assert _length_of(present, began) == hours * HOUR


def _length_of(present: Present, began: float) -> float:
    """From the beginning of a business day to that of the next one."""
    return calendar.day_start(began + 26 * HOUR, present.settings) - began


def test_a_server_that_was_off_at_the_turn_closes_the_day_when_it_is_back_and_numbers_begin_anew(stage: Stage) -> None:
    _people_everywhere(stage)
    stage.now = calendar.start_of("2026-11-24", stage.present().settings) + 5 * HOUR
    stage.store.write(lambda conn: close_earlier_days(conn, stage.now))
    assert {stage.ticket(token).state for token in _tokens(stage)} == {TicketState.EXPIRED, TicketState.NO_SHOW}
    assert stage.issue("plan").ticket.number == "A001"
    assert all(counter.state == "closed" for counter in stage.present().lobby.counters)


def _tokens(stage: Stage) -> list[str]:
    with stage.store.read() as conn:
        return [token for (token,) in conn.execute("SELECT token FROM tickets")]
