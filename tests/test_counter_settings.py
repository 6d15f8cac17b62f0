"""Setting counters up: a new one, what it may and can do, where it is, and taking one out of use."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from lobby_stage import Stage

from counter import desk, views
from counter.errors import Forbidden, UnknownCounter
from counter.faults import UnsoundSettings
from counter.web import Context
from db import counters
from db.errors import UnknownService
from db.people_records import Role
from lobby import commands, counter_errors, store_texts
from lobby.wording import OneLanguageMissing

Run = Callable[..., Any]


@pytest.fixture
def run(stage: Stage) -> Run:
    """Runs a command as the administrator."""
    context = Context(stage.store, lambda: stage.now, "http://here")
    return lambda command, **arguments: commands.run(context, command, arguments, replace(stage.mei, role=Role.ADMIN))


def numbers(stage: Stage) -> list[int]:
    return [counter.number for counter in stage.present().lobby.counters]


def test_a_new_counter_calls_at_once_and_says_where_it_is(stage: Stage, run: Run) -> None:
    run(
        "counter-add",
        number=7,
        skills=["billing"],
        name_zh="快办台",
        name_en="Express",
        where_zh="二楼",
        where_en="Upstairs",
    )
    stage.issue("plan")
    bill = stage.issue("billing").ticket
    stage.open(7, stage.lin)
    assert stage.call(7, stage.lin)[0] == bill.number
    seen = views.ticket(stage.ticket(bill.token), stage.present(), paper="none")  # type: ignore[arg-type]
    assert seen["counter_place"] == {"zh": "快办台 · 二楼", "en": "Express · Upstairs"}


def test_what_a_change_would_do_to_whom_is_said_and_the_change_refused(stage: Stage, run: Run) -> None:
    for number in (1, 4, 5):
        run("counter-set", number=number, skills=["plan", "device", "billing", "other"])
    run("counter-set", number=3, skills=["device", "other"])
    with pytest.raises(UnsoundSettings) as refused:
        run("counter-set", number=6, skills=["plan"])
    assert [str(fault) for fault in refused.value.faults] == [
        "No counter can do “Repairs & support”. Give it to at least one counter."
    ]
    with pytest.raises(UnsoundSettings):
        run("counter-retire", number=6)
    assert numbers(stage) == [1, 2, 3, 4, 5, 6]


def test_a_retired_counter_is_nowhere_but_in_the_past(stage: Stage, run: Run) -> None:
    stage.issue()
    stage.open(2, stage.lin)
    with pytest.raises(counter_errors.CounterInUse):
        run("counter-retire", number=2)
    stage.act(desk.close_counter, 2, stage.lin)
    run("counter-retire", number=2)
    assert numbers(stage) == [1, 3, 4, 5, 6]
    with pytest.raises(UnknownCounter):
        stage.open(2, stage.lin)
    with stage.store.read() as conn:
        assert [counter.number for counter in counters.ever(conn)] == [1, 2, 3, 4, 5, 6]
        assert counters.retired(conn) == [2]
    run("counter-add", number=2, vip="never")
    stage.open(2, stage.lin)
    assert numbers(stage) == [1, 2, 3, 4, 5, 6]


def test_an_open_counter_cannot_be_retired_in_the_database_either(stage: Stage) -> None:
    stage.open(2, stage.lin)
    with pytest.raises(sqlite3.IntegrityError):
        stage.store.write(lambda conn: conn.execute("UPDATE counters SET retired_at = 1 WHERE number = 2"))


@pytest.mark.parametrize(
    ("command", "arguments", "refusal"),
    [
        ("counter-add", {"number": 3}, counter_errors.CounterTaken),
        ("counter-set", {"number": 9}, UnknownCounter),
        ("counter-set", {"number": 1, "skills": ["nothing"]}, UnknownService),
        ("counter-set", {"number": 1, "skills": []}, UnsoundSettings),
        ("counter-set", {"number": 1, "where_zh": "二楼"}, OneLanguageMissing),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    stage: Stage, run: Run, command: str, arguments: dict[str, Any], refusal: type[Exception]
) -> None:
    before, events = stage.present().lobby.counters, len(stage.journal())
    with pytest.raises(refusal):
        run(command, **arguments)
    assert (stage.present().lobby.counters, len(stage.journal())) == (before, events)


def test_only_administrators_change_counters_as_they_change_the_rule(stage: Stage) -> None:
    context = Context(stage.store, lambda: stage.now, "http://here")
    for command in ("counter-add", "counter-retire"):
        with pytest.raises(Forbidden):
            commands.run(context, command, {"number": 6}, stage.mei)


def test_a_stores_own_text_stands_in_for_the_products_until_it_is_taken_back(stage: Stage, run: Run) -> None:
    own = {"zh": "您好，欢迎光临", "en": "Hello and welcome"}
    run("store-text-set", name="kiosk_welcome", **own)
    assert views.head(stage.present())["store"]["texts"] == {"kiosk_welcome": own}
    with pytest.raises(store_texts.TextTooLong) as refused:
        run("store-text-set", name="kiosk_welcome", zh="字" * 13, en="Hi")
    assert (refused.value.field, refused.value.attrs["longest"]) == ("zh", 12)
    with pytest.raises(OneLanguageMissing):
        run("store-text-set", name="closed_note", zh="急事请拨 10086", en="")
    assert run("store-text-set", name="kiosk_welcome", zh="", en="")["changed"]
    assert views.head(stage.present())["store"]["texts"] == {}


def test_every_text_has_room_for_the_products_own(run: Run) -> None:
    page = run("store-text-set", name="phone_note", zh="号码仅用于叫号", en="Your number is only used to call you")[
        "page"
    ]
    for text in page["texts"]:
        if text["usual"]:
            assert all(len(text["usual"][code]) <= text["longest"][code] for code in ("zh", "en"))
