"""The pages of what a store is, in a real browser: services, counters, hours, texts; and screens that follow."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from browsing import KIOSK, SMALL_DESKTOP, Make, Screen
from playwright.sync_api import Locator, Page, expect
from serving import Serving

pytestmark = pytest.mark.browser

UPRIGHT = (820, 1180)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("house") / "store") as serving:
        serving.staff("admin", "admin")
        serving.staff("manager", "manager")
        yield serving


@pytest.fixture
def visit(screen: Make, server: Serving) -> Any:
    """Opens a page of the settings as somebody."""

    def go(path: str, language: str = "zh", who: str = "admin") -> Screen:
        made = screen(SMALL_DESKTOP)
        made.sign_in(server.url, who, f"/settings/{path}")
        made.go(f"{server.url}/settings/{path}?lang={language}")
        expect(made.page.locator("#app .panel").first).to_be_visible()
        return made

    return go


def looked(made: Screen, size: tuple[int, int]) -> None:
    """It fits and is accessible at this size."""
    made.page.set_viewport_size({"width": size[0], "height": size[1]})
    made.inspect()


def good(page: Page) -> Locator:
    """The line of the last change, beside which it can be undone."""
    return page.locator(".toast [role=status]")


def test_a_new_service_is_on_the_kiosk_without_a_reload_and_goes_again(
    visit: Any, screen: Make, server: Serving
) -> None:
    kiosk = screen(KIOSK)
    kiosk.go(server.device("kiosk", "by the door")["link"])
    kiosk.page.locator("button").first.click()
    expect(kiosk.page.locator("[data-service=plan]")).to_be_visible()
    kiosk.page.evaluate("window.notReloaded = true")
    page = (made := visit("services")).page

    page.locator("[data-add]").click()
    page.locator("#name_zh").fill("宽带新装")
    page.locator("#name_en").fill("New broadband")
    page.locator("#letter").fill("a")
    page.locator("input[name=icon][value=wifi]").check(force=True)
    page.locator("#hint_zh").fill("请带身份证原件")
    page.locator("#hint_en").fill("Please bring your ID card")
    expect(page.locator(".sheet").get_by_text("宽带新装")).to_be_visible()  # the kiosk as it will be
    page.locator("form .go").click()
    expect(page.locator("#letter-fault")).to_contain_text("字头 A 已用于“套餐与号卡”。")
    expect(page.locator("#letter")).to_have_attribute("aria-invalid", "true")
    looked(made, SMALL_DESKTOP)
    page.locator("#letter").fill("h")
    page.locator("form .go").click()
    expect(good(page)).to_have_text("已保存。")

    card = kiosk.page.locator("[data-service=new-broadband]")
    expect(card).to_contain_text("宽带新装")
    expect(card).to_contain_text("请带身份证原件")
    kiosk.inspect()
    page.locator(".offer").last.locator("[data-up]").focus()
    page.keyboard.press("Enter")
    expect(kiosk.page.locator("[data-service]").nth(4)).to_have_attribute("data-service", "new-broadband")
    page.locator("[data-retire]").click()
    looked(made, UPRIGHT)
    page.locator("[data-go]").click()
    expect(card).to_have_count(0)
    assert kiosk.page.evaluate("window.notReloaded") is True
    expect(page.locator("[data-back=new-broadband]")).to_be_visible()
    page.goto(f"{server.url}/settings/services?lang=en")
    page.locator("#letter").fill("B")
    page.locator("form .go").click()
    expect(page.locator("#letter-fault")).to_contain_text("The letter B belongs to “Phones & broadband”.")
    looked(made, UPRIGHT)


def test_a_counter_shows_what_a_change_would_do_before_it_is_made(visit: Any, server: Serving) -> None:
    page = (made := visit("counters", "en")).page
    page.locator("[data-counter='2']").click()
    expect(page.locator("[data-reach='plan vip'] .changed")).to_have_text("2")
    page.locator("#vip").select_option("never")
    expect(page.locator("[data-reach='plan vip'] .changed")).to_have_count(0)
    for number in (1, 3, 4, 5):
        server.ask("counter-set", number=number, vip="never")
    page.reload()
    page.locator("[data-counter='6']").click()
    page.locator(".skills input[value=support]").uncheck()
    expect(page.locator(".reach td.nobody").first).to_contain_text("nobody")
    page.locator("form .go").click()
    expect(page.locator(".notice.bad")).to_contain_text("Repairs & support")
    looked(made, UPRIGHT)

    page.locator("[data-add]").click()
    page.locator("#where_zh").fill("二楼")
    page.locator("#where_en").fill("Upstairs")
    page.locator("form .go").click()
    expect(good(page)).to_have_text("Saved.")
    expect(page.locator("[data-counter='7']")).to_contain_text("Upstairs")
    page.locator("[data-retire]").click()
    page.locator("[data-go]").click()
    expect(page.locator("[data-counter='7']")).to_have_count(0)
    page.goto(f"{server.url}/settings/counters?lang=zh")
    looked(made, SMALL_DESKTOP)
    looker = visit("counters", "zh", "manager")
    expect(looker.page.locator("form .go")).to_be_disabled()
    looked(looker, SMALL_DESKTOP)


def test_hours_are_set_and_a_holiday_taken_from_the_list(visit: Any, server: Serving) -> None:
    page = (made := visit("hours")).page
    page.locator("[data-always]").uncheck()
    monday = page.locator("[data-weekday='0']")
    monday.locator("input").nth(1).fill("12:00")
    monday.locator("button.more").click()
    monday.locator("input").nth(2).fill("11:30")
    monday.locator("input").nth(3).fill("18:00")
    page.locator("[data-save-week]").click()
    expect(monday.locator(".fault")).to_contain_text("时段有重叠")
    looked(made, SMALL_DESKTOP)
    monday.locator("input").nth(2).fill("13:30")
    page.locator("[data-save-week]").click()
    expect(good(page)).to_have_text("已保存。")

    first = page.locator(".holiday input:enabled").first
    day = first.get_attribute("value")
    first.check()
    page.locator("[data-take]").click()
    expect(page.locator(f"[data-special='{day}']")).to_contain_text("休息")
    page.goto(f"{server.url}/settings/hours?lang=en")
    page.locator(f"[data-special='{day}']").click()
    page.locator("[data-remove]").click()
    expect(page.locator(f"[data-special='{day}']")).to_have_count(0)
    looked(made, UPRIGHT)


def test_visits_left_outside_are_shown_before_the_day_is_closed(visit: Any, server: Serving) -> None:
    page = (made := visit("hours", "en")).page
    later = date.today() + timedelta(days=9)  # noqa: DTZ011 — some day to come, in any zone
    _book(server, f"{later}")
    page.locator("#date").fill(f"{later}")
    page.locator("#name_zh").fill("盘点")
    page.locator("#name_en").fill("Stock-taking")
    page.locator("[data-save-day]").click()
    expect(page.locator("dialog .visits li")).to_contain_text("135 ···· 5678")
    looked(made, UPRIGHT)
    page.locator("[data-go]").click()
    expect(page.locator(f"[data-special='{later}']")).to_be_visible()
    expect(page.locator(".notice.warn .visits li")).to_have_count(1)
    looked(made, SMALL_DESKTOP)


def _book(server: Serving, day: str) -> None:
    """A visit at half past ten in the store's own time."""
    with server.client(server.session("manager")) as client:
        slots = client.get("/api/v1/slots", params={"service": "plan", "date": day}).json()["slots"]
        at = next(slot["slot_at"] for slot in slots if "T10:30" in slot["slot_at"])
        body = {"service": "plan", "slot_at": at, "phone": "13512345678", "name": "赵敏"}
        assert client.post("/api/v1/appointments", json=body).status_code == 201


def test_a_text_of_the_stores_own_and_back_to_the_products(visit: Any, screen: Make, server: Serving) -> None:
    display = screen((1920, 1080))
    display.go(f"{server.url}/display")
    page = (made := visit("texts")).page
    form = page.locator("[data-text=display_welcome]")
    form.locator("#display_welcome_zh").fill("欢迎，请取号")
    form.locator("#display_welcome_en").fill("")
    form.locator(".go").click()
    expect(form.locator(".fault")).to_be_visible()
    looked(made, SMALL_DESKTOP)
    form.locator("#display_welcome_en").fill("Welcome, take a number")
    form.locator(".go").click()
    expect(form.locator("[data-reset]")).to_be_visible()
    page.goto(f"{server.url}/settings/texts?lang=en")
    looked(made, UPRIGHT)
    page.locator("[data-text=display_welcome] [data-reset]").click()
    expect(page.locator("#display_welcome_en")).to_have_value(
        "Please take a number and a seat. Your number will appear here."
    )
    page.locator(".toast").get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator("#display_welcome_en")).to_have_value("Welcome, take a number")


def test_the_command_line_sets_the_same(server: Serving) -> None:
    answer = server.command(
        "service", "add", "--name-zh", "挂失", "--name-en", "Lost card", "--letter", "L", "--counter", "2"
    )
    assert answer == {"changed": True, "code": "lost-card"}
    assert server.command("service", "retire", "lost-card") == {"changed": True}
    assert server.command("day", "2099-01-01", "--name-zh", "元旦", "--name-en", "New Year")["changed"]
    assert "“noon” are no opening hours" in server.command("hours", *["closed"] * 6, "noon", fails=True)
    assert server.command("counter", "retire", "9", fails=True) == "lobbyline: There is no counter 9."
