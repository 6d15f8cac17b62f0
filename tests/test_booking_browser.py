"""The appointments page in a real browser, in both languages: book, read out, change, find, remind, cancel."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from browsing import DESKTOP, KIOSK, SMALL_DESKTOP, TABLET, Make, Screen
from playwright.sync_api import Browser, Page, expect
from serving import Serving

pytestmark = pytest.mark.browser

MEMBERS = "member_no,name,phone,tier,valid_from,valid_until\nV07000001,王秀英,13800136620,gold,2020-01-01,2099-12-31\n"
LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("page")
    with Serving(folder / "store") as serving:
        (folder / "members.csv").write_text(MEMBERS)
        serving.command("import", "members", str(folder / "members.csv"))
        serving.command("store", "--timezone", "Asia/Shanghai")
        serving.staff("林静怡")
        yield serving


@pytest.fixture(scope="module")
def zhou(server: Serving) -> Iterator[httpx.Client]:
    """A colleague who books through the API at the same time."""
    with server.client(server.sign_in("Zhou")) as client:
        yield client


@pytest.fixture
def appointments(screen: Make, server: Serving) -> Open:
    """Opens the page as 林静怡."""

    def make(language: str, size: tuple[int, int] = DESKTOP) -> Page:
        made = screen(size, language)
        page = made.sign_in(server.url, "林静怡", "/appointments")
        expect(page.locator("[data-action=book]")).to_be_visible()
        page.inspect = made.inspect  # type: ignore[attr-defined]
        return page

    return make


def _day(ahead: int) -> str:
    return (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=ahead)).date().isoformat()


def _pick(page: Page, phone: str, day: str, time: str, service: str = "plan") -> None:
    page.locator("[name=phone]").fill(phone)
    page.locator(f"label:has(input[name=service][value={service}])").click()
    expect(page.locator(f"input[name=service][value={service}]")).to_be_checked()
    page.locator(f"[data-day='{day}']").click()
    page.locator(f"[data-slot='{time}']").click()


def _find(page: Page, text: str) -> None:
    page.locator("input[type=search]").fill(text)
    page.locator("[role=search] button").click()


@LANGUAGES
def test_a_clerk_books_reads_out_changes_finds_and_cancels(
    appointments: Open, zhou: httpx.Client, language: str
) -> None:
    is_chinese = language == "zh-CN"
    day, ahead = (_day(2), "10") if is_chinese else (_day(3), "11")
    page = appointments(language, DESKTOP)
    inspect = page.inspect  # type: ignore[attr-defined]
    _pick(page, "138 0013 6620", day, f"{ahead}:15")
    expect(page.locator("[name=name]")).to_have_value("王秀英")  # known by the phone
    expect(page.locator(".standing")).to_contain_text("金卡" if is_chinese else "Gold")
    inspect()
    page.locator("[data-action=book]").dblclick()

    code = page.locator("[data-code]").get_attribute("data-code")
    assert code is not None
    assert page.locator("[data-code]").inner_text() == f"{code[:3]} {code[3:]}"
    assert page.locator("[data-code]").bounding_box()["height"] >= 56  # type: ignore[index]
    expect(page.locator("[data-code]")).to_be_in_viewport()
    script = page.locator(".script ol")
    expect(script).to_contain_text("王秀英")  # in the customer's language, whatever the clerk's
    expect(script).to_contain_text(f"您的预约码是 {code[:3]} {code[3:]}")
    expect(script).to_contain_text("迟到 10 分钟以内")
    page.locator(".script button[lang=en]").click()
    expect(script).to_contain_text("Up to 10 minutes late")
    inspect()

    row = page.locator(f"[data-visit='{code}']")
    expect(row).to_contain_text("138 ···· 6620")
    row.click()
    detail = page.locator(f"[data-detail='{code}']")
    expect(detail).to_contain_text("林静怡")
    expect(detail.locator("[data-phone]")).to_have_text("138 ···· 6620")
    detail.locator("[data-action=reveal]").click()
    expect(detail.locator("[data-phone]")).to_have_text("13800136620")
    inspect()

    detail.locator("[data-action=change]").click()
    page.locator(f"[data-slot='{ahead}:45']").click()
    page.locator("[data-action=book]").click()
    expect(page.locator("[data-code]")).to_have_attribute("data-code", code)
    assert zhou.get(f"/api/v1/appointments/{code}").json()["slot_at"][11:16] == f"{ahead}:45"

    _find(page, "6620")
    expect(page.locator(f"[data-visit='{code}']")).to_contain_text("王秀英")
    _find(page, "1234")
    expect(page.locator(".list")).to_contain_text("没有找到预约" if is_chinese else "Nothing was found")
    inspect()
    _find(page, code)
    page.locator(f"[data-visit='{code}']").click()
    page.locator("[data-action=cancel]").click()
    page.locator("[data-action=confirm]").click()
    expect(page.locator(f"[data-visit='{code}']")).to_contain_text("已取消" if is_chinese else "Cancelled")
    expect(page.locator("[data-action=change]")).to_have_count(0)


@LANGUAGES
def test_a_place_taken_meanwhile_is_told_and_shown_as_full(
    appointments: Open, zhou: httpx.Client, language: str
) -> None:
    day, hour = (_day(4), "09") if language == "zh-CN" else (_day(5), "10")
    page = appointments(language, SMALL_DESKTOP)
    _pick(page, "13512345678", day, f"{hour}:30")
    page.locator("[name=name]").fill("赵敏")
    stale = zhou.get("/api/v1/slots", params={"service": "plan", "date": day}).json()
    page.route("**/api/v1/slots**", lambda route: route.fulfill(json=stale))  # this page hears of nothing now
    for n in range(5):
        wish = {"service": "plan", "slot_at": f"{day}T{hour}:30:00+08:00", "phone": f"1360000000{n}", "name": "?"}
        assert zhou.post("/api/v1/appointments", json=wish).status_code == 201
    page.unroute("**/api/v1/slots**")
    page.evaluate("document.querySelector('[data-action=book]').click()")
    expect(page.locator("form .fault")).to_contain_text("已约满" if language == "zh-CN" else "is taken")
    expect(page.locator(f"[data-slot='{hour}:30']")).to_contain_text("已满" if language == "zh-CN" else "Full")
    page.locator(f"[data-slot='{hour}:45']").click()
    page.locator("[data-action=book]").click()
    expect(page.locator("[data-code]")).to_be_visible()


@LANGUAGES
def test_the_form_says_what_is_missing_and_an_empty_day_says_so(appointments: Open, language: str) -> None:
    page = appointments(language, TABLET)
    page.locator(".walk button").last.click()
    expect(page.locator(".list .empty")).to_contain_text("没有预约" if language == "zh-CN" else "No appointments")
    page.locator("[data-action=book]").click()
    expect(page.locator("form .fault")).to_contain_text("11")
    page.inspect()  # type: ignore[attr-defined]


@LANGUAGES
def test_customers_are_reminded_from_a_list_and_it_can_be_taken_along(
    appointments: Open, zhou: httpx.Client, language: str, tmp_path: Path
) -> None:
    first, hour = ("13700000001", "13") if language == "zh-CN" else ("13700000002", "14")
    wish = {"service": "other", "slot_at": f"{_day(1)}T{hour}:00:00+08:00", "phone": first, "name": "孙二"}
    code = zhou.post("/api/v1/appointments", json=wish).json()["code"]
    page = appointments(language, DESKTOP)
    page.locator("[data-view=remind]").click()
    line = page.locator(f"[data-remind='{code}']")
    expect(line).to_contain_text(f"{first[:3]} ···· {first[-4:]}")
    line.locator("[data-action=reveal]").click()
    expect(line.locator("a")).to_have_text(first)  # whole: it is there to be called
    page.inspect()  # type: ignore[attr-defined]
    line.locator("button.s").click()
    expect(line).to_contain_text("林静怡")
    assert zhou.get(f"/api/v1/appointments/{code}").json()["reminded_by"] == "staff:林静怡"
    with page.expect_download() as download:
        page.locator("a[download]").click()
    download.value.save_as(tmp_path / "list.csv")
    assert first in (tmp_path / "list.csv").read_text("utf-8-sig")
    line.locator(".by button").click()
    expect(line).not_to_contain_text("林静怡")
    page.inspect()  # type: ignore[attr-defined]


@LANGUAGES
def test_a_check_in_at_the_kiosk_is_seen_on_the_page_and_at_the_counter_at_once(
    chromium: Browser, server: Serving, appointments: Open, tmp_path: Path, language: str
) -> None:
    soon = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=9)
    code, phone = ("440001", "13611112222") if language == "zh-CN" else ("440002", "13611113333")
    table = (
        f"code,phone,name,service,date,time,channel\n{code},{phone},钱多,plan,{soon:%Y-%m-%d},{soon:%H:%M},hotline\n"
    )
    (tmp_path / "list.csv").write_text(table)
    server.command("import", "appointments", str(tmp_path / "list.csv"))
    page, desk = appointments(language, DESKTOP), appointments(language, SMALL_DESKTOP)
    _find(page, code)
    expect(page.locator(f"[data-visit='{code}']")).to_contain_text("已预约" if language == "zh-CN" else "Booked")
    desk.goto(f"{server.url}/counter")
    desk.locator("[data-choose='5'], [data-action=main]").first.wait_for()
    if desk.locator("[data-choose='5']").count():
        desk.locator("[data-choose='5']").click()
    expect(desk.locator(f"[data-expected='{soon:%H:%M}']")).to_contain_text(
        "未签到" if language == "zh-CN" else "Expected"
    )

    kiosk = Screen(chromium, KIOSK)
    door = kiosk.go(server.device("kiosk", f"door {code}")["link"])
    door.locator("[data-action=check-in]").click()
    expect(door.locator("main")).to_contain_text("迟到 10 分钟以内，预约仍然有效")
    kiosk.inspect()
    door.keyboard.type(code)
    door.keyboard.press("Enter")
    number = door.locator("[data-ticket-number]").inner_text().strip()
    expect(door.locator(".noted")).to_contain_text(f"您来早了：将在 {soon:%H:%M} 左右叫号")
    kiosk.inspect()
    kiosk.close()

    expect(page.locator(f"[data-visit='{code}']")).to_contain_text(number)
    expect(desk.locator(f"[data-expected='{number}']")).to_contain_text(re.compile("已签到|Checked in"))
    desk.inspect()  # type: ignore[attr-defined]


def test_the_page_wants_a_sign_in_first(chromium: Browser, server: Serving) -> None:
    stranger = Screen(chromium, DESKTOP)
    page = stranger.go(f"{server.url}/appointments")
    assert "/counter/sign-in" in page.url
    stranger.close()
