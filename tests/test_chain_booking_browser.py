"""The public's pages on a phone, in both languages: find a store, book, change it, keep a place in line from afar."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import PHONE, Make, Screen
from chain_stage import Postgres
from playwright.sync_api import Page, expect
from public_stage import PublicStage, eventually, public_stage

pytestmark = pytest.mark.browser

LOCALES = ["zh-CN", "en-GB"]
NAMES = {"zh-CN": "海棠路营业厅", "en-GB": "Haitang Road Store"}
PLANS = {"zh-CN": "套餐与号卡", "en-GB": "Plans & SIM cards"}
TOUCH = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
    .map((e) => (e.matches("input[type=radio]") ? e.parentElement : e)).filter((e) => e.getClientRects().length > 0)
    .filter((e) => Math.round(e.getBoundingClientRect().height) < 44).map((e) => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def stage(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicStage]:
    with public_stage(tmp_path_factory.mktemp("public"), postgres) as stage:
        yield stage


def _look(screen: Screen, name: str) -> None:
    """Nothing to complain of, and everything is large enough for a finger."""
    pictures = os.environ.get("PICTURES")
    if pictures:
        screen.page.screenshot(path=Path(pictures) / f"{name}.png", full_page=True)
    screen.inspect()
    assert screen.page.evaluate(TOUCH) == []


def _choose(page: Page, language: str, panel: str) -> None:
    page.locator(panel).get_by_role("link", name=PLANS[language]).click()
    page.locator(f"{panel} .days a").nth(1).click()


@pytest.mark.parametrize("language", LOCALES)
def test_somebody_finds_a_store_books_changes_and_cancels(screen: Make, stage: PublicStage, language: str) -> None:
    phone = screen(PHONE, language)
    page = phone.go(f"{stage.office.url}/find")
    page.get_by_role("searchbox").fill("浦东")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find?q=*")
    _look(phone, f"find-{language}")
    page.get_by_role("heading", name=NAMES[language]).click()
    _look(phone, f"store-{language}")
    _choose(page, language, "#book")
    page.locator(".times label:has(input:enabled)").first.click()
    page.locator("input[name=name]").fill("赵敏")
    page.locator("input[name=phone]").fill("123")
    _look(phone, f"book-{language}")
    page.locator("#book button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("input[name=name]").input_value() == "赵敏"
    _look(phone, f"wrong-{language}")
    page.locator("input[name=phone]").fill(f"1351234567{LOCALES.index(language)}")
    page.locator("#book button").click()
    page.wait_for_url("**/visit/*")
    expect(page.locator(".ticket.booked")).to_be_visible()
    _look(phone, f"booked-{language}")
    _choose(page, language, "#move")
    page.locator(".times label:has(input:enabled)").last.click()
    _look(phone, f"move-{language}")
    before = page.locator(".when").text_content()
    page.locator("#move form button").click()
    expect(page.locator(".when")).not_to_have_text(before or "")
    page.locator("summary").click()
    page.locator("details button").click()
    expect(page.locator(".ticket.cancelled")).to_be_visible()
    _look(phone, f"cancelled-{language}")


@pytest.mark.parametrize("language", LOCALES)
def test_somebody_keeps_a_place_and_checks_in(screen: Make, stage: PublicStage, language: str) -> None:
    eventually(lambda: any(queue["wait"] for queue in stage.seen()["queues"]), "no wait is told")
    phone = screen(PHONE, language)
    page = phone.go(f"{stage.office.url}/find/{stage.id}?walk=20#remote")
    _look(phone, f"remote-{language}")
    page.locator(".keep button").first.click()
    page.wait_for_url("**/visit/*")
    expect(page.locator(".ticket.kept .now")).to_be_visible()
    _look(phone, f"kept-{language}")
    code = (page.locator("figcaption b").text_content() or "").replace(" ", "")
    ticket = stage.kiosk.post("/api/v1/check-ins", json={"request_key": f"in {code}", "code": code}).json()
    expect(page.locator(".number")).to_have_text(ticket["number"])
    _look(phone, f"checked-in-{language}")


@pytest.mark.parametrize("language", LOCALES)
def test_a_store_that_is_cut_off_is_said_to_be(screen: Make, stage: PublicStage, language: str) -> None:
    phone = screen(PHONE, language)
    stage.cable.cut()
    eventually(lambda: stage.seen()["door"] == "offline")
    page = phone.go(f"{stage.office.url}/find/{stage.id}")
    expect(page.locator(".door.at-offline")).to_be_visible()
    expect(page.locator("#remote")).to_have_count(0)
    _choose(page, language, "#book")
    _look(phone, f"offline-{language}")
    page.locator(".times label:has(input:enabled)").first.click()
    page.locator("input[name=name]").fill("赵敏")
    page.locator("input[name=phone]").fill(f"1361234567{LOCALES.index(language)}")
    page.locator("#book button").click()
    expect(page.locator(".ticket.sent")).to_be_visible()
    _look(phone, f"sent-{language}")
    stage.cable.mend()
    expect(page.locator(".ticket.booked")).to_be_visible(timeout=40_000)
