"""The lobby in a real browser: every screen at once, from the touch at the kiosk to the customer's own phone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paper
import pytest
from browsing import DESKTOP, DISPLAY, KIOSK, PHONE, TABLET, Make, Screen
from fake_printer import FakePrinter, Mode
from playwright.sync_api import Page, expect
from serving import Serving

pytestmark = pytest.mark.browser

MEMBERS = (
    "member_no,name,phone,tier,valid_from,valid_until\n"
    "V07000001,王秀英,13800136620,gold,2020-01-01,2099-12-31\n"
    "V07000002,陈静,13900136621,diamond,2020-01-01,2099-12-31\n"
    "V07000003,李建国,13700136622,silver,2020-01-01,2021-12-31\n"
)


@pytest.fixture
def printer() -> Iterator[FakePrinter]:
    with FakePrinter(Mode.OK) as device:
        yield device


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with members and staff, to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "members.csv").write_text(MEMBERS)
    with Serving(folder / "store") as serving:
        serving.command("import", "members", str(folder / "members.csv"))
        for name, role in (("林静怡", "counter"), ("梅经理", "manager")):
            serving.staff(name, role)
    return serving.folder


@pytest.fixture
def server(tmp_path: Path, prepared: Path, printer: FakePrinter) -> Iterator[Serving]:
    with Serving.copy_of(prepared, tmp_path / "store") as serving:
        serving.device("printer", "P1", address=printer.address)
        yield serving


def _kiosk(screen: Make, server: Serving) -> Screen:
    made = screen(KIOSK)
    made.go(server.device("kiosk", "door")["link"])
    expect(made.page.locator("[data-service]")).to_have_count(5)
    return made


def _sign_in(screen: Make, server: Serving, name: str, path: str, size: tuple[int, int] = DESKTOP) -> Screen:
    made = screen(size)
    made.sign_in(server.url, name, path)
    return made


def _counter(screen: Make, server: Serving, number: int = 4) -> Screen:
    made = _sign_in(screen, server, "林静怡", "/counter")
    made.page.locator(f"[data-choose='{number}']").click()
    expect(made.page.locator("[data-action=main]")).to_be_visible()
    return made


def _touch(page: Page, service: str) -> str:
    page.locator(f"[data-service={service}]").click()
    number = page.locator("[data-ticket-number]")
    expect(number).to_be_visible()
    return number.inner_text().strip()


def _home(page: Page) -> None:
    page.locator("[data-action=done]").click()
    expect(page.locator("[data-action=vip]")).to_be_visible()


def test_a_customers_way_through_every_screen_at_once(screen: Make, server: Serving, printer: FakePrinter) -> None:
    display = screen(DISPLAY)
    display.go(f"{server.url}/display")
    kiosk, counter = _kiosk(screen, server), _counter(screen, server)
    floor = _sign_in(screen, server, "梅经理", "/floor", TABLET)

    number = _touch(kiosk.page, "plan")
    assert number == "A001"
    expect(floor.page.locator("[data-queue=plan]")).to_contain_text("1")
    printer.wait_for_jobs(1, timeout=10)
    slip = paper.read(printer.jobs[0])
    assert "A001" in slip.text
    assert "套餐与号卡" in slip.text
    (url,) = slip.qr_codes

    phone = screen(PHONE)
    phone.go(url)
    expect(phone.page.locator("body")).to_contain_text("A001")
    _home(kiosk.page)

    expect(counter.page.locator("[data-action=main]")).to_contain_text("A001")
    counter.page.keyboard.press("Space")
    expect(display.page.locator("[data-now-number=A001][data-now-counter='4']")).to_be_visible()
    expect(counter.page.locator("[data-current-number]")).to_have_text("A001")
    expect(counter.page.locator("[data-reason]")).to_contain_text("按顺序")
    expect(phone.page.locator("body")).to_contain_text("4 号柜台")
    expect(kiosk.page.locator("footer")).to_contain_text("A001")
    expect(floor.page.locator("[data-counter='4']")).to_contain_text("A001")

    counter.page.keyboard.press("Space")
    expect(counter.page.locator("[data-action=main]")).to_contain_text("办结")
    counter.page.keyboard.press("e")
    expect(phone.page.locator("body")).to_contain_text(re.compile("谢谢|感谢"))
    for made in (display, kiosk, counter, floor, phone):
        made.inspect()


def test_a_scanned_vip_card_is_greeted_and_called_before_its_promise_breaks(screen: Make, server: Serving) -> None:
    kiosk, counter = _kiosk(screen, server), _counter(screen, server)
    _scan(kiosk.page, "V07000001")
    expect(kiosk.page.locator("body")).to_contain_text("金卡")
    assert _touch(kiosk.page, "billing") == "V001"
    kiosk.inspect()
    expect(counter.page.locator("[data-action=main]")).to_contain_text("V001")
    counter.page.keyboard.press("Space")
    expect(counter.page.locator("body")).to_contain_text("王先生/女士")
    expect(counter.page.locator("body")).to_contain_text("138 ···· 6620")


def test_an_expired_card_is_told_politely_and_gets_an_ordinary_number(screen: Make, server: Serving) -> None:
    kiosk = _kiosk(screen, server)
    kiosk.page.locator("[data-action=vip]").click()
    for digit in "13700136622":
        kiosk.page.locator(f"[data-key='{digit}']").click()
    kiosk.page.locator("[data-action=submit]").click()
    expect(kiosk.page.locator("body")).to_contain_text("2021-12-31")
    kiosk.inspect()
    assert _touch(kiosk.page, "other") == "E001"


def test_a_number_of_nobody_is_said_at_the_field_and_nothing_is_lost(screen: Make, server: Serving) -> None:
    kiosk = _kiosk(screen, server)
    kiosk.page.locator("[data-action=vip]").click()
    kiosk.page.keyboard.type("13000000000")
    kiosk.page.locator("[data-action=submit]").click()
    expect(kiosk.page.get_by_role("alert")).to_contain_text("没有查到")
    expect(kiosk.page.locator("body")).to_contain_text("130")
    kiosk.inspect()


def test_the_way_back_keeps_the_customers_language(screen: Make, server: Serving) -> None:
    kiosk = _kiosk(screen, server)
    kiosk.page.locator("[data-lang-choice=en]").click()
    kiosk.page.locator("[data-action=check-in]").click()
    kiosk.page.locator("[data-action=back]").click()
    expect(kiosk.page.locator("h1")).to_have_text("Hello, please choose a service")
    assert _touch(kiosk.page, "plan") == "A001"
    _home(kiosk.page)
    expect(kiosk.page.locator("h1")).to_have_text("您好，请选择业务")


def test_a_double_tap_gives_one_ticket(screen: Make, server: Serving) -> None:
    kiosk = _kiosk(screen, server)
    kiosk.page.locator("[data-service=plan]").dblclick()
    expect(kiosk.page.locator("[data-ticket-number]")).to_have_text("A001")
    with server.client() as client:
        assert client.get("/api/v1/board").json()["queues"][0]["waiting"] == 1


def test_a_printer_that_is_off_costs_nobody_the_place(screen: Make, server: Serving, printer: FakePrinter) -> None:
    printer.mode = Mode.PAPER_OUT
    kiosk = _kiosk(screen, server)
    floor = _sign_in(screen, server, "梅经理", "/floor", TABLET)
    assert _touch(kiosk.page, "plan") == "A001"
    expect(kiosk.page.locator("body")).to_contain_text(re.compile("拍照|拍下"))
    expect(floor.page.locator("body")).to_contain_text("打印机缺纸")
    kiosk.inspect()
    floor.inspect()
    printer.mode = Mode.OK
    expect(floor.page.locator("body")).not_to_contain_text("打印机缺纸", timeout=15_000)


def test_a_display_that_was_cut_off_shows_the_call_it_missed(screen: Make, server: Serving) -> None:
    kiosk, counter = _kiosk(screen, server), _counter(screen, server)
    display = screen(DISPLAY)
    display.go(f"{server.url}/display")
    _touch(kiosk.page, "plan")
    expect(display.page.locator("body")).to_contain_text("套餐与号卡")
    port = server.port
    for one in (kiosk, counter, display):
        one.page.wait_for_load_state("networkidle")
    server.kill()
    expect(display.page.locator("body")).to_contain_text(re.compile("中断|断开"))
    server.start(port)
    expect(counter.page.locator("[data-action=main]")).to_be_enabled(timeout=15_000)
    counter.page.keyboard.press("Space")
    expect(display.page.locator("[data-now-number=A001]")).to_be_visible(timeout=15_000)


def test_two_calls_at_once_are_both_shown_each_for_its_time(screen: Make, server: Serving) -> None:
    display = screen(DISPLAY)
    display.go(f"{server.url}/display")
    with server.client(server.device("api", "program")["token"]) as program:
        for n in range(2):
            program.post("/api/v1/tickets", json={"request_key": f"two-{n}", "service": "plan"})
    expect(display.page.locator("body")).to_contain_text("2")
    clerks = [(n, server.sign_in(f"clerk {n}", counter=n)) for n in (4, 5)]
    for number, token in clerks:
        with server.client(token) as clerk:
            clerk.post(f"/api/v1/counters/{number}/call-next")
    expect(display.page.locator("[data-now-number=A001]")).to_be_visible()
    expect(display.page.locator("[data-now-number=A002]")).to_be_visible(timeout=10_000)
    expect(display.page.locator("[data-recent][data-number=A001]")).to_be_visible()


def test_who_did_not_come_is_no_longer_called_by_the_display(screen: Make, server: Serving) -> None:
    display = screen(DISPLAY)
    display.go(f"{server.url}/display")
    with server.client(server.device("api", "program")["token"]) as program:
        program.post("/api/v1/tickets", json={"request_key": "gone", "service": "plan"})
    server.no_patience()
    with server.client(server.sign_in("clerk", counter=4)) as clerk:
        clerk.post("/api/v1/counters/4/call-next")
        expect(display.page.locator("[data-now-number=A001]")).to_be_visible()
        clerk.post("/api/v1/counters/4/no-show")
    expect(display.page.locator("[data-now-number=A001]")).to_have_count(0, timeout=10_000)
    expect(display.page.locator("[data-recent][data-number=A001]")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_every_page_is_accessible_and_fits_in_both_languages(screen: Make, server: Serving, language: str) -> None:
    code = language[:2]
    for path, size in [("/", DESKTOP), ("/display", DISPLAY), ("/kiosk", KIOSK), ("/counter/sign-in", DESKTOP)]:
        made = screen(size, language)
        made.go(f"{server.url}{path}?lang={code}")
        made.page.wait_for_timeout(300)
        made.inspect()
    manager = _sign_in(screen, server, "梅经理", "/settings")
    manager.go(f"{server.url}/settings?lang={code}")
    manager.inspect()


def test_a_manager_sets_the_first_pin_and_adds_a_kiosk_among_the_devices(screen: Make, server: Serving) -> None:
    manager = screen(DESKTOP)
    page = manager.go(server.links["manager"])
    pins = page.locator("input[type=password]")
    pins.nth(0).fill("8642")
    pins.nth(1).fill("8642")
    page.locator("form button").first.click()
    page.wait_for_url(f"{server.url}/")
    page = manager.go(f"{server.url}/settings/devices")
    form = page.locator("form[data-command=device-add]")
    form.locator("[name=name]").fill("second kiosk")
    form.locator("button").click()
    answer = form.get_by_role("status")
    expect(answer).to_contain_text("/enrol/")
    kiosk = screen(KIOSK)
    kiosk.go(_link(answer.inner_text()))
    expect(kiosk.page.locator("[data-service]")).to_have_count(5)


def _link(text: str) -> str:
    found: Any = re.search(r"http\S+", text)
    return str(found.group())


def _scan(page: Page, code: str) -> None:
    """A reader that types like a keyboard."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")
