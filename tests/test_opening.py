"""When a store is open: breaks at noon, holidays and special days, wherever hours are read; visits left outside."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from lobby_stage import TEN, ZONE, Stage
from sqlite_utils import Database

from counter import learning, views
from counter.errors import StoreClosed, StoreClosedToday
from counter.habits import Habits
from counter.present import load
from counter.web import Context
from db import calendar, migrations, settings
from db.connection import open_writer
from db.setting_records import Hours, Settings
from kiosk import slots
from lobby import commands, holiday_list, opening, spans, studies
from lobby.opening_errors import BadDay, BadHours, BookingsOutside, HoursOverlap, NotAWeek, UnknownCountry

Run = Callable[..., Any]
SPLIT = "09:00-12:00 13:30-18:00"
SATURDAY, SUNDAY, MONDAY = "2026-11-21", "2026-11-22", "2026-11-23"


@pytest.fixture
def run(stage: Stage) -> Run:
    """Runs a command as the manager."""
    context = Context(stage.store, lambda: stage.now, "http://here")
    return lambda command, **arguments: commands.run(context, command, arguments, stage.mei)


def at(day: str, clock: str) -> float:
    """A wall-clock time of the store."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZONE).timestamp()


def store_of(stage: Stage) -> Settings:
    with stage.store.read() as conn:
        return settings.load(conn)


def test_a_store_that_closes_over_noon_gives_numbers_before_and_after(stage: Stage, run: Run) -> None:
    run("hours-set", hours=[SPLIT] * 7)
    assert stage.issue().created
    stage.now = at(SATURDAY, "12:10")
    with pytest.raises(StoreClosed) as refused:
        stage.issue()
    assert refused.value.attrs["hours"] == "09:00–12:00, 13:30–18:00"
    stage.now = at(SATURDAY, "13:30")
    assert stage.issue().created

    store = store_of(stage)
    clocks = ("08:59", "11:59", "12:00", "17:59", "18:00")
    assert [calendar.is_open(at(SATURDAY, clock), store) for clock in clocks] == [
        False, True, False, True, False,
    ]  # fmt: skip
    assert calendar.closes_at(TEN, store) == at(SATURDAY, "18:00")
    assert calendar.opens_at(TEN, store) == at(SATURDAY, "09:00")
    begins = [calendar.local(slot.begins, store) for slot in slots.slots_of(date.fromisoformat(SATURDAY), store)]
    assert not any(f"{one:%H:%M}" in {"12:00", "12:45", "13:15"} for one in begins)
    assert {f"{one:%H:%M}" for one in begins} >= {"11:45", "13:30", "17:45"}


def test_a_holiday_counts_everywhere_hours_are_read(stage: Stage, run: Run) -> None:
    run("hours-set", hours=["09:00-18:00"] * 7)
    run("special-days-set", days=[{"date": SUNDAY, "name_zh": "店庆", "name_en": "Anniversary"}])
    stage.now = at(SUNDAY, "10:00")
    with pytest.raises(StoreClosedToday):
        stage.issue()
    head = views.head(stage.present())["store"]
    assert (head["open"], head["hours"], head["special_day"]) == (False, [None], {"zh": "店庆", "en": "Anniversary"})
    store = store_of(stage)
    assert slots.slots_of(date.fromisoformat(SUNDAY), store) == []
    with stage.store.read() as conn:
        assert learning.situation(conn, stage.now, Habits({})).closes_at == stage.now
        assert studies._outlook(conn, stage.now, SUNDAY) is None
        open_day = studies._outlook(conn, stage.now, MONDAY)
    assert open_day is not None
    assert list(open_day.open_halves) == list(range(10, 28))


def test_a_special_day_of_a_store_that_is_always_open(stage: Stage, run: Run) -> None:
    run(
        "special-days-set",
        days=[{"date": SUNDAY, "name_zh": "盘点", "name_en": "Stock-taking", "hours": "10:00-12:00"}],
    )
    store = store_of(stage)
    assert calendar.closes_at(at(SATURDAY, "20:00"), store) == at(SUNDAY, "00:00")
    assert not calendar.is_open(at(SUNDAY, "09:00"), store)
    assert calendar.closes_at(at(SUNDAY, "11:00"), store) == at(SUNDAY, "12:00")
    assert calendar.closes_at(at(MONDAY, "11:00"), store) == float("inf")
    assert views.head(stage.present())["store"]["hours"] == []


def test_a_day_can_be_made_a_usual_one_again(stage: Stage, run: Run) -> None:
    run("special-days-set", days=[{"date": SATURDAY, "name_zh": "休", "name_en": "Off"}])
    with pytest.raises(StoreClosedToday):
        stage.issue()
    page = run("special-days-set", remove=[SATURDAY])["page"]
    assert page["days"] == []
    assert stage.issue().created


@pytest.mark.parametrize(
    ("command", "arguments", "refusal", "field"),
    [
        ("hours-set", {"hours": ["09:00-18:00"] * 6}, NotAWeek, "hours"),
        ("hours-set", {"hours": [*["09:00-18:00"] * 6, "9 to 5"]}, BadHours, "hours.6"),
        ("hours-set", {"hours": ["18:00-09:00", *["closed"] * 6]}, BadHours, "hours.0"),
        ("hours-set", {"hours": ["09:00-24:01", *["closed"] * 6]}, BadHours, "hours.0"),
        ("hours-set", {"hours": ["09:00-12:00 11:00-13:00", *["closed"] * 6]}, HoursOverlap, "hours.0"),
        ("special-days-set", {"days": [{"date": "2026-02-30", "name_zh": "x", "name_en": "x"}]}, BadDay, "days.0.date"),
        ("special-days-set", {"days": [{"date": "2026-11-20", "name_zh": "x", "name_en": "x"}]}, BadDay, "days.0.date"),
        (
            "special-days-set",
            {"days": [{"date": SUNDAY, "name_zh": "x", "name_en": "x", "hours": "later"}]},
            BadHours,
            "days.0.hours",
        ),
    ],
)
def test_hours_that_are_none_are_refused_at_their_field_and_change_nothing(
    stage: Stage, run: Run, command: str, arguments: dict[str, Any], refusal: type[Exception], field: str
) -> None:
    before = store_of(stage)
    with pytest.raises(refusal) as refused:
        run(command, **arguments)
    assert refused.value.field == field  # type: ignore[attr-defined]
    assert store_of(stage) == before


@pytest.mark.parametrize(
    "text", ["9:00-12:00,13:30-18:00", "１３：３０－１８：００ 9:00–12:00", "09:00 - 12:00、13:30 ~ 18:00"]
)
def test_people_type_hours_in_their_own_way(text: str) -> None:
    assert spans.day(text, "x") == (Hours("09:00", "12:00"), Hours("13:30", "18:00"))
    assert spans.day(" 休息 ", "x") == ()


def test_visits_that_would_fall_outside_are_named_first_and_stay_booked(stage: Stage, run: Run) -> None:
    stage.book(at(MONDAY, "17:00"), code="111111")
    stage.book(at(MONDAY, "10:00"), code="222222", phone="13500000001")
    with pytest.raises(BookingsOutside) as refused:
        run("hours-set", hours=["09:00-12:00"] * 7)
    listed: Any = refused.value.attrs["bookings"]
    [named] = listed
    assert (named["code"], named["phone"], named["at"][:16]) == ("111111", "135 ···· 5678", f"{MONDAY}T17:00")
    assert store_of(stage).hours == ()

    page = run("hours-set", hours=["09:00-12:00"] * 7, accept_outside=True)["page"]
    assert [one["code"] for one in page["outside"]] == ["111111"]
    # what is outside already is no reason to ask again
    assert run("hours-set", hours=["09:00-12:30"] * 7)["changed"]
    with pytest.raises(BookingsOutside):
        run("special-days-set", days=[{"date": MONDAY, "name_zh": "休", "name_en": "Off"}])
    run("store-set", hours=["13:00-14:00"] * 7)  # the older command asks nobody; the page lists whom it concerns
    with stage.store.read() as conn:
        assert [one["code"] for one in opening.page(conn, stage.now)["outside"]] == ["222222", "111111"]


def test_a_change_is_one_line_of_the_journal_and_none_is_none(stage: Stage, run: Run) -> None:
    count = len(stage.journal())
    assert run("hours-set", hours=["09:00-18:00"] * 7)["changed"]
    assert not run("hours-set", hours=["9:00-18:00"] * 7)["changed"]
    assert len(stage.journal()) == count + 1


def test_hours_of_an_older_database_become_spans(tmp_path: Path) -> None:
    conn = open_writer(tmp_path / "old.db")
    migrations.steps.apply(Database(conn), stop_before="hours_services_and_counters_of_a_store")
    old = [{"opens": "09:00", "closes": "18:00"}, None]
    conn.execute("INSERT INTO settings (key, value) VALUES ('hours', ?)", (json.dumps(old),))
    migrations.apply(conn)
    [stored] = conn.execute("SELECT value FROM settings WHERE key = 'hours'").fetchone()
    assert json.loads(stored) == [[{"opens": "09:00", "closes": "18:00"}], []]
    conn.close()


def test_public_holidays_are_suggested_in_both_languages_and_change_nothing(stage: Stage) -> None:
    found = {one["date"]: one["name"] for one in holiday_list.between("CN", date(2026, 9, 1))}
    assert found["2026-10-01"] == {"zh": "国庆节", "en": "National Day"}
    assert min(found) >= "2026-09-01"
    assert max(found) <= "2027-10-06"
    german = {one["date"]: one["name"] for one in holiday_list.between("DE", date(2026, 12, 1))}
    assert german["2026-12-25"]["zh"] == german["2026-12-25"]["en"]  # nobody has put it into Chinese
    assert holiday_list.country_of("Europe/Berlin") == "DE"
    with pytest.raises(UnknownCountry):
        holiday_list.between("XX", date(2026, 1, 1))
    assert store_of(stage).special_days == {}


def test_the_present_is_read_with_several_spans_and_a_special_day(stage: Stage, run: Run) -> None:
    run("hours-set", hours=[SPLIT] * 7)
    with stage.store.read() as conn:
        present = load(conn, at(SATURDAY, "12:30"))
    assert views.head(present)["store"]["hours"] == [
        {"opens": "09:00", "closes": "12:00"},
        {"opens": "13:30", "closes": "18:00"},
    ]
