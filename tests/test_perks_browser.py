"""VIP service on real screens, by keyboard alone: perks, arrivals, account managers, proxy handling, entitlements."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsing import DESKTOP, SMALL_DESKTOP, TABLET, Make, Screen
from playwright.sync_api import Locator, Page, expect
from serving import Serving

pytestmark = pytest.mark.browser

MEMBERS = (
    "member_no,name,phone,tier,valid_from,valid_until,manager_a,manager_b\n"
    "V07000001,王秀英,13800136620,gold,2020-01-01,2099-12-31,M05,M01\n"
    "V07000002,陈静,13900136621,diamond,2020-01-01,2099-12-31,M05,M01\n"
    "V07000003,李建国,13700136622,silver,2020-01-01,2099-12-31,M05,M01\n"
)
FITS = """() => ["html", ".cur", "aside", ".wl"].map((part) => document.querySelector(part))
    .map((e) => e.scrollHeight - e.clientHeight).every((more) => more <= 0)"""
LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en-GB"])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with members and their account managers, to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "members.csv").write_text(MEMBERS)
    with Serving(folder / "store") as serving:
        serving.staff("梅经理", "admin")
        serving.command("import", "members", str(folder / "members.csv"))
        for name, code in (("林静怡", "M05"), ("周航", "M01")):
            serving.staff(name)
            serving.ask("manager-set", name=name, manager=code)
    return serving.folder


@pytest.fixture
def server(tmp_path: Path, prepared: Path) -> Iterator[Serving]:
    with Serving.copy_of(prepared, tmp_path / "store") as serving:
        yield serving


@pytest.fixture
def kiosk(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.device("kiosk", "door")["token"]) as client:
        yield client


def _counter(screen: Make, server: Serving, language: str, name: str = "林静怡", number: int = 4) -> Screen:
    """Somebody signs in and opens their counter with the space bar."""
    made = screen(SMALL_DESKTOP, language)
    page = made.sign_in(server.url, name, f"/counter?number={number}")
    expect(page.locator("[data-state=closed]")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator("[data-state=ready]")).to_be_visible()
    return made


def _issue(kiosk: httpx.Client, member: str, service: str = "plan") -> str:
    body = {"request_key": f"{member} {service}", "service": service, "member_no": member}
    return str(kiosk.post("/api/v1/tickets", json=body).json()["number"])


def _serve_next(page: Page, number: str) -> None:
    """Two presses of the space bar: call, start."""
    expect(page.locator("[data-action=main]")).to_contain_text(number)
    page.keyboard.press("Space")
    expect(page.locator("[data-state=called]")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator("[data-state=serving]")).to_be_visible()


def _tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    expect(target).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("(e) => e === document.activeElement"):
            return
    raise AssertionError("the keyboard does not reach it")


@LANGUAGES
def test_a_perk_is_used_to_its_end_and_undone_by_keyboard_alone(
    screen: Make, server: Serving, kiosk: httpx.Client, language: str
) -> None:
    counter = _counter(screen, server, language)
    page = counter.page
    number = _issue(kiosk, "V07000001")
    expect(page.locator("[data-action=main]")).to_contain_text(number)
    expect(page.locator("[data-perk]")).to_have_count(0)
    _serve_next(page, number)
    perk = page.locator("[data-perk=reactivation]")
    expect(perk).to_have_attribute("data-left", "2")
    page.keyboard.press("1")
    expect(perk).to_have_attribute("data-left", "1")
    page.keyboard.press("1")
    expect(perk).to_have_attribute("data-left", "0")
    used_up = {"zh-CN": "本月 2 次已用完", "en-GB": "This month's quota of 2 is used up"}[language]
    expect(perk.locator(".use")).to_have_attribute("aria-disabled", "true")
    expect(perk.locator(".sr")).to_contain_text(used_up)
    page.keyboard.press("1")
    counter.inspect()
    assert page.evaluate(FITS)
    _tab_to(page, perk.locator(".undo"))
    page.keyboard.press("Enter")
    expect(perk).to_have_attribute("data-left", "1")
    expect(page.locator("[data-action=main]")).to_be_focused()
    expect(page.locator("[role=alert] .toast")).to_have_count(0)


@LANGUAGES
def test_an_arrival_is_told_to_the_manager_on_duty_and_goes_on_to_the_floor(
    screen: Make, server: Serving, kiosk: httpx.Client, language: str
) -> None:
    counter, other = _counter(screen, server, language), _counter(screen, server, language, "周航", 5)
    floor = screen(TABLET, language)
    floor.sign_in(server.url, "梅经理", "/floor")
    page = counter.page
    switch = page.locator("header [role=switch]")
    _tab_to(page, switch)
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(floor.page.locator("[data-manager=M05] [role=switch]")).to_have_attribute("aria-checked", "true")

    number = _issue(kiosk, "V07000001")
    told = page.locator(f"[data-page={number}]")
    expect(told).to_contain_text({"zh-CN": "王先生/女士", "en-GB": "Mr/Ms 王"}[language])
    expect(other.page.locator(f"[data-waiting={number}]")).to_be_visible()
    expect(other.page.locator("[data-page]")).to_have_count(0)
    expect(floor.page.locator("[data-page]")).to_have_count(0)
    counter.inspect()
    page.keyboard.press("a")
    expect(told).to_have_count(0)

    second = _issue(kiosk, "V07000002")
    expect(page.locator(f"[data-page={second}]")).to_be_visible()
    _tab_to(page, switch)
    page.keyboard.press("Space")
    expect(page.locator("[data-page]")).to_have_count(0)
    at_floor = floor.page.locator(f"[data-page={second}]")
    expect(at_floor).to_contain_text(
        {"zh-CN": "客户经理不在岗或未响应", "en-GB": "no account manager has answered"}[language]
    )
    expect(at_floor).not_to_contain_text("陈")
    floor.inspect()
    _tab_to(floor.page, at_floor.locator("button"))
    floor.page.keyboard.press("Enter")
    expect(at_floor).to_have_count(0)


@LANGUAGES
def test_business_for_an_absent_customer_from_number_to_answer(screen: Make, server: Serving, language: str) -> None:
    counter, floor = _counter(screen, server, language), screen(TABLET, language)
    floor.sign_in(server.url, "梅经理", "/floor")
    page = counter.page
    page.keyboard.press("d")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("input")).to_be_focused()
    page.keyboard.type("V07000003")
    page.keyboard.press("Enter")
    refused = {"zh-CN": "该客户等级不享有代办服务", "en-GB": "tier does not include proxy handling"}[language]
    expect(dialog.get_by_role("alert")).to_contain_text(refused)
    counter.inspect()
    page.keyboard.press("Control+a")
    page.keyboard.type("139 0013 6621")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog.locator("[data-proxy-number=V001]")).to_be_visible()
    expect(dialog.locator("button")).to_be_focused()
    counter.inspect()
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)

    running = {"zh-CN": "办结：还剩 2:59", "en-GB": "To be done: 2:59"}[language]
    for made in (counter, floor):
        expect(made.page.locator("[data-proxy=V001]")).to_contain_text(running)
    expect(floor.page.locator("[data-proxy=V001]")).not_to_contain_text("陈")
    _serve_next(page, "V001")
    expect(page.locator("[data-proxy-clock=done]")).to_contain_text("2:59")
    counter.inspect()
    assert page.evaluate(FITS)
    page.keyboard.press("e")
    telling = {"zh-CN": "回复客户：还剩 29:", "en-GB": "Tell the customer: 29:"}[language]
    for made in (counter, floor):
        expect(made.page.locator("[data-proxy=V001]")).to_contain_text(telling)
        made.inspect()
    _tab_to(page, page.locator("[data-proxy=V001] button"))
    page.keyboard.press("Enter")
    for made in (counter, floor):
        expect(made.page.locator("[data-proxy]")).to_have_count(0)


def test_escape_closes_the_form_and_a_letter_typed_there_is_no_command(screen: Make, server: Serving) -> None:
    page = _counter(screen, server, "zh-CN").page
    page.keyboard.press("d")
    field = page.get_by_role("dialog").locator("input")
    expect(field).to_be_focused()
    page.keyboard.type("d1a")
    expect(field).to_have_value("d1a")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("d")
    expect(page.get_by_role("dialog").locator("input")).to_have_value("")


@LANGUAGES
def test_everything_at_once_fits_the_smallest_counter_screen(
    screen: Make, server: Serving, kiosk: httpx.Client, language: str
) -> None:
    counter = _counter(screen, server, language)
    page = counter.page
    _serve_next(page, _issue(kiosk, "V07000002"))
    page.keyboard.press("2")
    expect(page.locator("[data-perk=sim-replacement]")).to_have_attribute("data-left", "1")
    with server.client(server.session("林静怡")) as lin:
        lin.post("/api/v1/account-managers/M05/duty", json={"on": True})
        lin.post("/api/v1/tickets", json={"request_key": "p", "service": "plan", "proxy_for": "V07000002"})
    _issue(kiosk, "V07000001")
    expect(page.locator("[data-page]")).to_have_count(1)
    expect(page.locator("[data-proxy]")).to_have_count(1)
    counter.inspect()
    assert page.evaluate(FITS)


def test_who_looks_on_sees_the_perks_and_uses_none(screen: Make, server: Serving, kiosk: httpx.Client) -> None:
    page = _counter(screen, server, "zh-CN").page
    number = _issue(kiosk, "V07000001")
    onlooker = screen(SMALL_DESKTOP)
    looking = onlooker.sign_in(server.url, "周航", "/counter?number=4")
    _serve_next(page, number)
    page.keyboard.press("1")
    perk = looking.locator("[data-perk=reactivation]")
    expect(perk).to_have_attribute("data-left", "1")
    expect(perk.locator(".use")).to_have_attribute("aria-disabled", "true")
    expect(perk.locator(".undo")).to_have_count(0)
    looking.keyboard.press("1")
    onlooker.inspect()
    expect(perk).to_have_attribute("data-left", "1")


@LANGUAGES
def test_an_administrator_sets_entitlements_by_keyboard(screen: Make, server: Serving, language: str) -> None:
    made = screen(DESKTOP, language)
    page = made.sign_in(server.url, "梅经理", "/settings/entitlements")
    gold = page.locator("form[data-command=tier-set]").nth(1)
    _fill(page, gold.locator("[name=target_s]"), "900")
    page.keyboard.press("Enter")
    expect(gold.get_by_role("status")).to_contain_text({"zh-CN": "请填写原因", "en-GB": "say why"}[language])
    _fill(page, gold.locator("[name=reason]"), "装修 rebuilding")
    page.keyboard.press("Enter")
    expect(gold.get_by_role("status")).to_have_text({"zh-CN": "已保存。", "en-GB": "Saved."}[language])

    perk = page.locator("form[data-command=perk-set]").last
    for name, text in (("code", "valet"), ("name_zh", "代客泊车"), ("name_en", "Valet parking"), ("gold", "3")):
        _fill(page, perk.locator(f"input[name={name}]"), text)
    page.keyboard.press("Enter")
    expect(page.locator("#perks form")).to_have_count(4)
    made.inspect()
    page.reload()
    expect(gold.locator("[name=target_s]")).to_have_value("900")
    expect(page.locator("#perks form").nth(3).locator("input[name=gold]")).to_have_value("3")
    added = page.locator("#perks form").nth(3)
    _fill(page, added.locator("input[name=gold]"), "0")
    made.inspect()


def _fill(page: Page, field: Locator, text: str) -> None:
    _tab_to(page, field)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_the_entitlements_page_is_for_administrators(screen: Make, server: Serving) -> None:
    made = screen(DESKTOP)
    page = made.sign_in(server.url, "林静怡", "/settings/entitlements")
    expect(page.locator("form[data-command]")).to_have_count(0)
    answer: Any = page.request.get(f"{server.url}/settings/entitlements")
    assert answer.status == 403
