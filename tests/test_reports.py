"""Reports: a month's figures against plain SQL and statistics on the same rows, today's against what just happened."""

import json
import math
import statistics
from collections.abc import Iterator
from datetime import date
from sqlite3 import Connection
from typing import Any

import pytest
from lobby_stage import WANG, Stage

from bench import past_store
from counter import desk
from db import calendar, settings
from db.store import Store
from display import past
from display.attendance import attendance
from display.errors import BadSpan
from display.report_reading import Wish, read_figures, read_inspection
from display.reports import By

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 30)
PROMISE_S = 600
WAIT = "first_called_at - max(issued_at, coalesce(slot_at, 0))"
LOCAL_HOUR = "CAST(strftime('%H', issued_at + 8 * 3600, 'unixepoch') AS INTEGER)"


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Thirty busy days, read-only."""
    store = Store(tmp_path_factory.mktemp("month"))
    past_store.write(store, FIRST, 30, past_store.Past(load=1.15))
    with store.read() as conn:
        later = calendar.start_of("2026-11-02", settings.load(conn))
        missing = past.missing(conn, later)
    for day in missing:
        past.keep(store, day, later)
    with store.read() as conn:
        yield conn
    store.close()


@pytest.fixture(scope="module")
def now(month: Connection) -> float:
    return calendar.start_of("2026-11-02", settings.load(month)) + 3600


def figures(conn: Connection, now: float, by: By, first: date = FIRST, last: date = LAST) -> dict[str, Any]:
    return read_figures(conn, Wish(first, last, by), now)


def rank(values: list[float], percent: int) -> int:
    return round(sorted(values)[max(0, math.ceil(percent * len(values) / 100) - 1)])


def waits(conn: Connection, where: str) -> list[float]:
    query = f"SELECT {WAIT} AS wait FROM tickets WHERE first_called_at IS NOT NULL AND {where}"
    return [max(0.0, row["wait"]) for row in conn.execute(query)]


def one(conn: Connection, query: str) -> Any:
    return conn.execute(query).fetchone()[0]


def test_a_months_figures_are_those_of_the_rows(month: Connection, now: float) -> None:
    total = figures(month, now, By.DAY)["total"]
    known = waits(month, "1")
    assert total["issued"] == one(month, "SELECT count(*) FROM tickets")
    assert total["served"] == one(month, "SELECT count(*) FROM tickets WHERE state = 'completed'")
    assert total["wait_mean_s"] == round(statistics.fmean(known))
    for percent in (50, 90, 95, 100):
        key = "wait_max_s" if percent == 100 else f"wait_p{percent}_s"
        assert total[key] == rank(known, percent)
    assert total["abandoned"] == one(month, "SELECT count(*) FROM tickets WHERE state = 'abandoned'")
    left = "SELECT avg(max(0, ended_at - max(issued_at, coalesce(slot_at, 0)))) FROM tickets WHERE state = 'abandoned'"
    assert total["abandoned_wait_s"] == round(one(month, left))
    assert total["no_show"] == one(month, "SELECT count(*) FROM tickets WHERE state = 'no_show'")
    served = "FROM tickets WHERE state = 'completed'"
    assert total["handling_mean_s"] == round(one(month, f"SELECT avg(ended_at - started_at) {served}"))
    assert total["walk_mean_s"] == round(one(month, f"SELECT avg(started_at - called_at) {served}"))
    assert total["rating_mean"] == round(one(month, "SELECT avg(score) FROM ratings"), 2)
    quotes = "FROM quotes WHERE wait_s IS NOT NULL"
    assert total["quote_error_s"] == round(one(month, f"SELECT avg(abs(mid_s - wait_s)) {quotes}"))
    covered = one(month, f"SELECT 100 * avg(wait_s BETWEEN low_s AND high_s) {quotes}")
    assert total["quote_covered_percent"] == pytest.approx(covered, abs=0.06)


def test_promises_are_counted_as_the_rows_say(month: Connection, now: float) -> None:
    total = figures(month, now, By.MONTH)["total"]
    vip = "FROM tickets WHERE class = 'vip'"
    assert total["vip_kept"] == one(month, f"SELECT count(*) {vip} AND {WAIT} <= {PROMISE_S}")
    late = f"({WAIT} > {PROMISE_S} OR first_called_at IS NULL AND ended_at - issued_at > {PROMISE_S})"
    assert total["vip_missed"] == one(month, f"SELECT count(*) {vip} AND {late}") > 0
    booked = "FROM tickets WHERE class = 'appointment'"
    assert total["appointment_kept"] == one(month, f"SELECT count(*) {booked} AND first_called_at <= due_at")


@pytest.mark.parametrize(
    ("by", "column"),
    [(By.DAY, "business_day"), (By.SERVICE, "service"), (By.CLASS, "class"), (By.TIER, "tier"),
     (By.COUNTER, "counter"), (By.MONTH, "substr(business_day, 1, 7)"), (By.HOUR, LOCAL_HOUR)],
)  # fmt: skip
def test_every_group_holds_its_own_tickets(month: Connection, now: float, by: By, column: str) -> None:
    rows = {
        row["group"]: row for row in figures(month, now, by)["rows"] if row["issued"]
    }  # else only counters were there
    counted = month.execute(
        f"SELECT {column} AS name, count(*) AS n, sum(state = 'completed') AS served FROM tickets"
        f" WHERE {column} IS NOT NULL GROUP BY 1"
    ).fetchall()
    assert {name: (row["issued"], row["served"]) for name, row in rows.items()} == {
        row["name"]: (row["n"], row["served"]) for row in counted
    }
    for name in list(rows)[:3]:
        known = waits(month, f"{column} = {name!r}")
        assert rows[name]["wait_p90_s"] == rank(known, 90)


def test_a_persons_figures_come_from_the_journal(month: Connection, now: float) -> None:
    rows = {row["group"]: row for row in figures(month, now, By.STAFF)["rows"]}
    counted = month.execute(
        "SELECT substr(actor, 7) AS name, count(*) AS n FROM events WHERE kind = 'completed' GROUP BY 1"
    ).fetchall()
    assert {name: row["served"] for name, row in rows.items()} == {row["name"]: row["n"] for row in counted}


def test_use_of_counters_is_the_time_from_call_to_end_over_the_time_they_were_there(
    month: Connection, now: float
) -> None:
    day = "2026-10-06"
    found = figures(month, now, By.DAY, date(2026, 10, 6), date(2026, 10, 6))["total"]
    shift_s = past_store.CLOSES_S + 3600 - past_store.OPENS_S
    assert found["open_s"] == round(6 * shift_s)
    assert found["paused_s"] == 6 * 1800
    busy_s = one(month, f"SELECT sum(ended_at - called_at) FROM tickets WHERE business_day = '{day}' AND counter > 0")
    assert found["utilisation_percent"] == pytest.approx(100 * busy_s / (6 * shift_s - 6 * 1800), abs=0.1)
    assert 0 < found["counters_needed"] <= 7


def test_overtakes_are_calls_of_later_comers_while_an_ordinary_customer_waited(month: Connection, now: float) -> None:
    total = figures(month, now, By.DAY, FIRST, date(2026, 10, 7))["total"]
    overtaken = month.execute(
        "SELECT (SELECT count(*) FROM tickets b WHERE b.business_day = a.business_day AND b.issued_at > a.issued_at"
        "   AND b.first_called_at < coalesce(a.first_called_at, a.ended_at)) AS n"
        " FROM tickets a WHERE a.class = 'ordinary' AND a.business_day <= '2026-10-07'"
    ).fetchall()
    assert total["overtakes_mean"] == round(statistics.fmean(row["n"] for row in overtaken), 2)
    assert total["overtakes_max"] == max(row["n"] for row in overtaken)


def test_a_day_is_expected_to_be_like_its_weekday_in_the_four_weeks_before(month: Connection, now: float) -> None:
    found = figures(month, now, By.DAY, date(2026, 10, 28), date(2026, 10, 30))
    before = [f"2026-10-{day:02}" for day in (7, 14, 21)]
    counts = [one(month, f"SELECT count(*) FROM tickets WHERE business_day = '{day}'") for day in before]
    assert found["rows"][0]["expected"] == pytest.approx(statistics.fmean(counts), abs=0.05)
    assert figures(month, now, By.DAY, FIRST, FIRST)["rows"][0]["expected"] is None  # nothing is known before it


def test_kept_facts_say_the_same_as_the_rows_and_are_kept_once(store: Store) -> None:
    past_store.write(store, date(2026, 10, 1), 3)
    with store.read() as conn:
        later = calendar.start_of("2026-10-04", settings.load(conn)) + 60
        before = figures(conn, later, By.HOUR), read_inspection(conn, Wish(FIRST, LAST), later)
        assert past.missing(conn, later) == ["2026-10-01", "2026-10-02", "2026-10-03"]
        assert past.missing(conn, later - 120) == ["2026-10-01", "2026-10-02"]  # the third day is not over yet
    for day in ("2026-10-01", "2026-10-02", "2026-10-03"):
        past.keep(store, day, later)
    with store.read() as conn:
        assert past.missing(conn, later) == []
        assert (figures(conn, later, By.HOUR), read_inspection(conn, Wish(FIRST, LAST), later)) == before


def test_today_is_in_the_report_as_it_happens(stage: Stage) -> None:
    stage.open(1, stage.lin)
    vip = stage.issue(member=WANG)
    stage.later(2)
    stage.call(1, stage.lin)
    stage.later(1)
    stage.serve(1, stage.lin, minutes=6)
    stage.issue()
    stage.later(4)
    with stage.store.read() as conn:
        found = read_figures(conn, Wish(by=By.STAFF), stage.now)
    total, [lin] = found["total"], found["rows"]
    assert vip.ticket.number.startswith("V")
    assert (total["issued"], total["served"], total["vip_kept"], total["wait_mean_s"]) == (2, 1, 1, 120)
    assert (lin["group"], lin["walk_mean_s"], lin["handling_mean_s"]) == ("Lin", 60, 360)
    assert lin["utilisation_percent"] == pytest.approx(100 * 7 / 13, abs=0.1)


def test_a_promise_that_still_runs_is_neither_kept_nor_missed_until_it_is_late(stage: Stage) -> None:
    stage.issue(member=WANG)
    stage.later(9)
    with stage.store.read() as conn:
        assert read_figures(conn, Wish(), stage.now)["total"]["vip_percent"] is None
    stage.later(2)
    with stage.store.read() as conn:
        total, [miss] = (
            read_figures(conn, Wish(), stage.now)["total"],
            read_inspection(conn, Wish(), stage.now)["misses"],
        )
    assert (total["vip_kept"], total["vip_missed"]) == (0, 1)
    assert (miss["cause"], miss["waited_s"]) == ("no_counter", None)


def test_a_customer_put_back_and_called_again_waited_until_the_first_call(stage: Stage) -> None:
    stage.open(4, stage.lin)
    stage.issue()
    stage.later(3)
    stage.call(4, stage.lin)
    stage.later(1)
    stage.act(desk.put_back, 4, stage.lin)
    stage.later(5)
    stage.call(4, stage.lin)
    stage.serve(4, stage.lin, minutes=2)
    with stage.store.read() as conn:
        total = read_figures(conn, Wish(), stage.now)["total"]
    assert (total["wait_mean_s"], total["walk_mean_s"], total["handling_mean_s"]) == (180, 0, 120)


def test_what_was_undone_never_happened(stage: Stage) -> None:
    lines = [(1, "counter_opened"), (2, "called"), (3, "started"), (4, "completed"), (5, "undone"), (6, "completed")]
    begins = len(stage.journal())
    undid = json.dumps({"undid": [{"seq": begins + 4, "kind": "completed"}]})
    stage.store.write(
        lambda conn: conn.executemany(
            "INSERT INTO events (at, kind, ticket, counter, actor, data) VALUES (?, ?, ?, 4, 'staff:Lin', ?)",
            [(stage.now + 60 * n, kind, "A001" if n > 1 else None, undid if kind == "undone" else "{}")
             for n, kind in lines],
        )
    )  # fmt: skip
    with stage.store.read() as conn:
        [stay] = attendance(past.journal_of(conn, stage.now, stage.now + 3600), stage.now + 3600).stays
    assert stay.handling_s == 180  # from the start to the second end


def test_a_span_that_ends_before_it_begins_or_is_too_long_is_refused(month: Connection, now: float) -> None:
    with pytest.raises(BadSpan):
        read_figures(month, Wish(LAST, FIRST), now)
    with pytest.raises(BadSpan):
        read_figures(month, Wish(date(2020, 1, 1), LAST), now)


def test_nobody_came_is_an_empty_report(stage: Stage) -> None:
    with stage.store.read() as conn:
        found = read_figures(conn, Wish(), stage.now)
        assert (found["days"], found["rows"], found["total"]["wait_mean_s"]) == (0, [], None)
        assert read_inspection(conn, Wish(), stage.now)["misses"] == []
