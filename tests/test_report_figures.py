"""Figures of reports that need more than one sum, each computed a second time in another way from the rows alone."""

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from sqlite3 import Connection, Row
from typing import Any

import pytest

from bench import past_store
from db import calendar, settings
from db.store import Store
from display.report_reading import Wish, read_figures
from display.reports import By

FIRST, LAST = date(2026, 10, 5), date(2026, 10, 7)
WITHIN_S, NINE_OF_TEN = 600.0, 0.9


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Three busy days, read-only."""
    store = Store(tmp_path_factory.mktemp("days"))
    past_store.write(store, FIRST, 3, past_store.Past(load=1.2))
    with store.read() as conn:
        yield conn
    store.close()


@pytest.fixture(scope="module")
def total(days: Connection) -> dict[str, Any]:
    now = calendar.start_of("2026-10-09", settings.load(days))
    found: dict[str, Any] = read_figures(days, Wish(FIRST, LAST, By.DAY), now)["total"]
    return found


def _one(conn: Connection, query: str) -> Any:
    return conn.execute(query).fetchone()[0]


def test_quotes_and_ratings_are_counted_and_lean_as_their_rows_do(days: Connection, total: dict[str, Any]) -> None:
    known = "FROM quotes WHERE wait_s IS NOT NULL"
    assert total["quotes"] == _one(days, f"SELECT count(*) {known}")
    assert total["quote_bias_s"] == round(_one(days, f"SELECT avg(mid_s - wait_s) {known}"))
    assert total["ratings"] == _one(days, "SELECT count(*) FROM ratings")


def test_shares_are_of_those_they_speak_of(days: Connection, total: dict[str, Any]) -> None:
    called = "FROM tickets WHERE first_called_at IS NOT NULL"
    missed = _one(days, f"SELECT 100.0 * sum(state = 'no_show') / count(*) {called}")
    assert total["no_show_percent"] == pytest.approx(missed, abs=0.06)
    kept, due = total["vip_kept"], total["vip_kept"] + total["vip_missed"]
    assert math.floor(1000 * kept / due) / 10 == total["vip_percent"]


def test_the_longest_run_of_overtakings_is_found_call_by_call(days: Connection, total: dict[str, Any]) -> None:
    """Forwards through each day: at every call, whether some ordinary customer who came before still waits."""
    by_day: dict[str, list[Row]] = defaultdict(list)
    for row in days.execute("SELECT * FROM tickets"):
        by_day[row["business_day"]].append(row)
    longest = 0
    for rows in by_day.values():
        run = 0
        for call in sorted((row for row in rows if row["first_called_at"]), key=lambda row: row["first_called_at"]):
            overtakes = any(_waits_before(other, call) for other in rows)
            run = run + 1 if overtakes else 0
            longest = max(longest, run)
    assert total["longest_run"] == longest > 2


def _waits_before(other: Row, call: Row) -> bool:
    gone_at = other["first_called_at"] or other["ended_at"] or math.inf
    return bool(
        other["class"] == "ordinary"
        and other["issued_at"] < call["issued_at"]
        and gone_at > call["first_called_at"]
    )  # fmt: skip


def test_counters_needed_are_those_of_an_m_m_c_queue_solved_by_its_own_balance(
    days: Connection, total: dict[str, Any]
) -> None:
    """Per hour of the clock; no formula: the queue's states one by one."""
    worked = "FROM tickets WHERE state = 'completed'"
    work_s = _one(days, f"SELECT avg((ended_at - started_at) + (started_at - called_at)) {worked}")
    hours = days.execute("SELECT count(*) AS n FROM tickets GROUP BY CAST((issued_at + 28800) / 3600 AS INTEGER)")
    needed = [_fewest(row["n"] / 3600, work_s) for row in hours]
    there = {divmod(day * 24 + hour, 24) for day in range(3) for hour in range(24) if _is_there(hour)}
    assert total["counters_needed"] == pytest.approx(sum(needed) / max(len(there), len(needed)), abs=0.06)


def _is_there(hour: int) -> bool:
    """Counters are there from a quarter to nine to an hour after the doors close."""
    return (hour + 1) * 3600 > past_store.OPENS_S and hour * 3600 < past_store.CLOSES_S + 3600


def _fewest(rate: float, work_s: float) -> int:
    """The fewest servers with which nine of ten wait no longer than ten minutes."""
    count = math.floor(rate * work_s) + 1
    while _in_time(rate, work_s, count) < NINE_OF_TEN:
        count += 1
    return count


def _in_time(rate: float, work_s: float, count: int) -> float:
    """By the stationary weights of 0, 1, 2 … people: who finds n ≥ c of them waits for n − c + 1 ends of service, which
    come as a Poisson stream of c servers.
    """
    weights = [1.0]
    for people in range(1, 2000):
        weights.append(weights[-1] * rate * work_s / min(people, count))
    ends = count * WITHIN_S / work_s
    chances = [math.exp(-ends + k * math.log(ends) - math.lgamma(k + 1)) for k in range(2000)]
    or_more = [1.0]  # the chance of n or more ends within the time, for n = 0, 1, …
    for chance in chances:
        or_more.append(max(0.0, or_more[-1] - chance))
    good = sum(weight * (1.0 if n < count else or_more[n - count + 1]) for n, weight in enumerate(weights))
    return good / sum(weights)
