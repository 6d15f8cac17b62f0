"""Staff and devices in a real browser: a second factor from QR code to sign-in, a display that is disconnected."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from browsing import DESKTOP, DISPLAY, PHONE, Screen
from playwright.sync_api import expect
from serving import Serving

Make = Callable[..., Screen]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(Path(tmp_path_factory.mktemp("people")) / "store") as serving:
        serving.staff("梅经理", "manager")
        serving.staff("艾达", "admin")
        serving.staff("林静怡")
        yield serving


def test_a_second_factor_is_set_up_and_asked_for_at_the_next_sign_in(screen: Make, server: Serving) -> None:
    desk = screen(DESKTOP)
    page = desk.sign_in(server.url, "梅经理", "/me")
    page.locator("a[href='/me/second-factor']").click()
    expect(page.locator(".scan img")).to_be_visible()
    desk.inspect()
    code = pyotp.TOTP(page.locator(".scan code").inner_text().replace(" ", ""))
    now = int(page.evaluate("Date.now() / 1000"))
    page.locator("input[name=code]").fill(code.at(now))
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    desk.inspect()
    page.locator("a.go").click()
    page.locator("form[action='/me/sign-out-everywhere'] button").click()
    page.wait_for_url("**/counter/sign-in")
    page.goto(f"{server.url}/counter/sign-in?next=/settings/staff")
    page.locator("input[value='梅经理']").check(force=True)
    page.locator("input[name=pin]").fill("2468")
    page.keyboard.press("Enter")
    page.wait_for_url("**/counter/sign-in/code")
    desk.inspect()
    page.locator("input[name=code]").fill(code.at(now + 30))  # the one just used is spent
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/staff")
    expect(page.locator("[data-person='梅经理']")).to_contain_text("已开启")


def test_a_disconnected_display_says_so_itself(screen: Make, server: Serving) -> None:
    display, desk = screen(DISPLAY), screen(DESKTOP)
    display.go(server.device("display", "门口大屏")["link"])
    expect(display.page.locator("header").first).to_be_visible()
    page = desk.sign_in(server.url, "艾达", "/settings/devices")
    entry = page.locator("#devices li", has_text="门口大屏")
    expect(entry.locator("[data-seen]")).to_have_text("在线", timeout=10_000)
    page.on("dialog", lambda asked: asked.accept())
    entry.locator("summary").click()
    entry.get_by_role("button", name="断开").click()
    expect(display.page.get_by_text("此设备已与本店断开")).to_be_visible()
    display.inspect()
    expect(page.locator("#devices li", has_text="门口大屏")).to_have_count(0)


@pytest.mark.parametrize(("language", "size"), [("zh", DESKTOP), ("en", PHONE)])
def test_the_pages_fit_and_are_accessible_with_everything_open(
    screen: Make, server: Serving, language: str, size: tuple[int, int]
) -> None:
    made = screen(size, language)
    page = made.sign_in(server.url, "艾达", "/me")
    for path in ("/settings/staff", "/settings/devices", "/me"):
        made.go(f"{server.url}{path}?lang={language}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        made.inspect()


def test_a_new_kiosk_is_connected_by_scanning_its_link(screen: Make, server: Serving) -> None:
    page = screen(DESKTOP).sign_in(server.url, "艾达", "/settings/devices")
    form = page.locator("form[data-command=device-add]")
    form.locator("[name=name]").fill("二楼取号机")
    form.locator("button").click()
    picture = form.locator("img.qr")
    expect(picture).to_be_visible()
    link = form.get_by_role("status").locator("a").get_attribute("href")
    assert re.fullmatch(rf"{re.escape(server.url)}/enrol/[\w-]+", str(link))
    assert picture.evaluate("(it) => it.decode().then(() => it.naturalWidth)") > 0
    expect(page.locator("#devices li", has_text="二楼取号机")).to_contain_text("暂无")
