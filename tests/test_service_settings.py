"""Setting services up: a new one, letters, order, retiring; what customers, staff and the rule make of it."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from lobby_stage import CHEN, MINUTE, TEN, Stage

from counter import desk, transferring
from counter.errors import Forbidden, ServiceRetired, UnknownCounter
from counter.faults import UnsoundSettings
from counter.web import Context
from db.errors import UnknownService
from db.people_records import Role
from display import board
from kiosk import booking_places
from lobby import commands, service_errors
from lobby.wording import OneLanguageMissing

Run = Callable[..., Any]
NEW = {"name_zh": "宽带新装", "name_en": "New broadband", "letter": "f", "icon": "wifi", "counters": [4, 5]}


@pytest.fixture
def run(stage: Stage) -> Run:
    """Runs a command as the administrator."""
    context = Context(stage.store, lambda: stage.now, "http://here")
    return lambda command, **arguments: commands.run(context, command, arguments, replace(stage.mei, role=Role.ADMIN))


def queues(stage: Stage) -> dict[str, Any]:
    """The board's queues by code, as screens show them."""
    return {queue["code"]: queue for queue in board.board(stage.present(), {}, [], [])["queues"]}


def test_a_new_service_gives_numbers_with_its_letter_at_the_counters_that_do_it(stage: Stage, run: Run) -> None:
    assert run("service-add", **NEW)["code"] == "new-broadband"
    assert list(queues(stage)) == ["plan", "device", "billing", "support", "other", "new-broadband", "vip"]
    assert stage.issue("new-broadband").ticket.number == "F001"
    stage.open(2, stage.lin)
    stage.open(4, stage.zhou)
    assert stage.call(4, stage.zhou)[0] == "F001"
    assert run("service-add", **{**NEW, "letter": "G"})["code"] == "new-broadband-2"


@pytest.mark.parametrize(
    ("command", "arguments", "refusal"),
    [
        ("service-add", {**NEW, "letter": "A"}, service_errors.LetterTaken),
        ("service-add", {**NEW, "letter": "V"}, service_errors.BadLetter),
        ("service-add", {**NEW, "letter": "7"}, service_errors.BadLetter),
        ("service-add", {**NEW, "icon": "rocket"}, service_errors.BadIcon),
        ("service-add", {**NEW, "counters": []}, service_errors.NobodyDoesIt),
        ("service-add", {**NEW, "counters": [9]}, UnknownCounter),
        ("service-add", {**NEW, "code": "Plan B"}, service_errors.BadServiceCode),
        ("service-add", {**NEW, "code": "plan"}, service_errors.ServiceCodeTaken),
        ("service-add", {**NEW, "hint_zh": "请带身份证"}, OneLanguageMissing),
        ("service-set", {"code": "nothing", "icon": "sim"}, UnknownService),
        ("service-set", {"code": "plan", "minutes": 0}, Exception),
        ("services-order", {"codes": ["plan"]}, service_errors.WrongOrder),
    ],
)
def test_what_cannot_work_is_refused_and_changes_nothing(
    stage: Stage, run: Run, command: str, arguments: dict[str, Any], refusal: type[Exception]
) -> None:
    before, events = stage.present().services, len(stage.journal())
    with pytest.raises(refusal):
        run(command, **arguments)
    assert (stage.present().services, len(stage.journal())) == (before, events)


def test_a_service_that_vips_could_not_be_served_is_refused_by_name(stage: Stage, run: Run) -> None:
    run("counter-set", number=6, vip="never")
    with pytest.raises(UnsoundSettings) as refused:
        run("service-add", **{**NEW, "counters": [6]})
    assert [(fault.field, str(fault)) for fault in refused.value.faults] == [
        (
            "services.new-broadband",
            (
                "No counter that serves VIPs can do “New broadband”. "
                "Give it to one that does, or let VIPs go to one that can."
            ),
        )
    ]
    assert "new-broadband" not in stage.present().services


def test_a_new_letter_counts_from_the_next_number_on(stage: Stage, run: Run) -> None:
    first = stage.issue("plan").ticket
    run("service-set", code="plan", letter="P")
    assert stage.ticket(first.token).number == "A001"
    assert stage.issue("plan").ticket.number == "P001"
    # whoever takes the letter over goes on counting, so that no number is given twice on one day
    run("service-set", code="device", letter="A")
    assert stage.issue("device").ticket.number == "A002"


def test_a_letter_is_unique_in_the_database_too(stage: Stage) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        stage.store.write(lambda conn: conn.execute("UPDATE services SET letter = 'A' WHERE code = 'device'"))


def test_a_retired_service_takes_no_more_numbers_says_so_and_serves_who_waits(stage: Stage, run: Run) -> None:
    waiting = stage.issue("support").ticket
    stage.book(TEN + 60 * MINUTE, service="support", code="111111")
    with pytest.raises(service_errors.BookingsOfService):
        run("service-retire", code="support")
    run("service-retire", code="support", accept_bookings=True)
    with pytest.raises(ServiceRetired, match="no longer offered"):
        stage.issue("support")
    with pytest.raises(ServiceRetired), stage.store.read() as conn:
        booking_places.offers(conn, "support", date(2026, 11, 23), stage.now)
    left = queues(stage)["support"]
    assert (left["waiting"], left["on_kiosk"], left["refusal"]["code"]) == (1, False, "service_retired")

    stage.open(4, stage.zhou)
    assert stage.call(4, stage.zhou)[0] == waiting.number
    stage.serve(4, stage.zhou)
    assert "support" not in queues(stage)
    stage.later(50)
    assert stage.check_in(code="111111").ticket.number == "D002"  # what was promised is kept
    run("service-bring-back", code="support")
    assert stage.issue("support").created


def test_nobody_is_transferred_to_a_retired_service(stage: Stage, run: Run) -> None:
    run("service-retire", code="support")
    stage.issue("plan")
    stage.open(4, stage.zhou)
    stage.call(4, stage.zhou)
    stage.act(desk.start, 4, stage.zhou)
    with pytest.raises(ServiceRetired):
        stage.store.write(
            lambda conn: transferring.transfer(conn, 4, stage.zhou, stage.now, transferring.Goal(service="support"))
        )


def test_a_retired_service_needs_no_counter_and_comes_back_only_to_one_that_does_it(stage: Stage, run: Run) -> None:
    run("service-retire", code="support")
    for number in (1, 3, 4, 5, 6):
        run("counter-set", number=number, skills=["plan", "device", "billing", "other"])
    with pytest.raises(UnsoundSettings):
        run("service-bring-back", code="support")
    assert stage.present().services["support"].retired


def test_the_last_service_stays(run: Run) -> None:
    for code in ("device", "billing", "support", "other"):
        run("service-retire", code=code)
    with pytest.raises(service_errors.LastService):
        run("service-retire", code="plan")


def test_the_kiosks_order_is_the_stores(stage: Stage, run: Run) -> None:
    run("service-retire", code="device")
    page = run("services-order", codes=["other", "plan", "billing", "support"])["page"]
    assert [one["code"] for one in page["services"]] == ["other", "plan", "billing", "support", "device"]
    assert list(queues(stage))[:2] == ["other", "plan"]


def test_a_service_that_is_not_on_kiosks_is_given_by_staff(stage: Stage, run: Run) -> None:
    run("service-set", code="other", shown=False, hint_zh="请咨询", hint_en="Please ask", daily_cap=3)
    queue = queues(stage)["other"]
    assert (queue["on_kiosk"], queue["refusal"], queue["hint"]) == (False, None, {"zh": "请咨询", "en": "Please ask"})
    assert stage.issue("other").created
    assert run("service-set", code="other", hint_zh="", hint_en="", daily_cap=None)["changed"]
    service = stage.present().services["other"]
    assert (service.hint, service.daily_cap) == (None, None)


def test_a_vips_wait_for_a_retired_service_is_still_served(stage: Stage, run: Run) -> None:
    vip = stage.issue("support", member=CHEN).ticket
    run("service-retire", code="support")
    stage.open(4, stage.zhou)
    assert stage.call(4, stage.zhou)[0] == vip.number


def test_counter_staff_set_nothing_up(stage: Stage) -> None:
    context = Context(stage.store, lambda: stage.now, "http://here")
    for command, arguments in (("service-add", NEW), ("services-order", {"codes": ["plan"]})):
        with pytest.raises(Forbidden):
            commands.run(context, command, arguments, replace(stage.lin, role=Role.COUNTER))
