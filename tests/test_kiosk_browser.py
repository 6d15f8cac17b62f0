"""The kiosk in a real browser: every scene, mode and size; readers, greetings, help, idling, no paper, no line."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from browsing import KIOSK, TABLET, Screen
from fake_printer import FakePrinter, Mode
from kiosk_stage import MODES, SIZES, axe, faults, many_services, scan, set_modes, settle, start
from playwright.sync_api import Browser, Page, expect
from serving import Serving

pytestmark = pytest.mark.browser

TODAY = datetime.now(ZoneInfo("Asia/Shanghai"))
SOON = (TODAY + timedelta(days=20)).date().isoformat()
LATER = TODAY + timedelta(minutes=-4 if TODAY.hour == 3 else 20)  # the business day turns at four
MEMBERS = (
    "member_no,name,phone,tier,valid_from,valid_until,birthday,manager_a\n"
    f"V07000001,欧阳秀英,13800136620,gold,2020-01-01,{SOON},1980-{TODAY:%m-%d},李晓明\n"
    "V07000002,陈静,13900136621,diamond,2020-01-01,2099-12-31,,\n"
    "V07000003,李建国,13700136622,silver,2020-01-01,2021-12-31,,\n"
    "V07000004,张敏,13700136624,silver,2020-01-01,2021-12-31,,\n"
)
BOOKINGS = (
    "code,phone,name,service,date,time,channel\n"
    f"246810,13512345678,赵敏,plan,{LATER:%Y-%m-%d},{LATER:%H:%M},web\n"
    f"135790,13900136621,陈静,device,{LATER:%Y-%m-%d},{LATER:%H:%M},manager\n"
)
BOTH = pytest.mark.parametrize("language", ["zh", "en"])
SAID = {
    "birthday": {"zh": "生日快乐", "en": "best wishes for your birthday"},
    "manager": {"zh": "您的专属客户经理：李晓明", "en": "Your account manager: 李晓明"},
    "card_ends": {"zh": f"{SOON} 到期", "en": f"valid until {SOON}"},
    "unknown": {"zh": "未能识别此码", "en": "We do not know this code"},
    "called": {"zh": "已通知店员", "en": "Our staff have been called"},
    "coming": {"zh": "店员马上就到", "en": "Somebody is coming to you"},
    "still": {"zh": "还在吗", "en": "Still there?"},
    "kept": {"zh": "我已记下号码", "en": "I have kept my number"},
    "photograph": {"zh": "拍下号码", "en": "photograph this number"},
    "closed": {"zh": "现在不在营业时间", "en": "The store is closed now"},
}


@pytest.fixture(scope="module")
def printer() -> Iterator[FakePrinter]:
    with FakePrinter(Mode.OK) as device:
        yield device


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, printer: FakePrinter) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("kiosk")
    with Serving(folder / "store") as serving:
        serving.device("printer", "P1", address=printer.address)
        _import(serving, folder)
        serving.staff("梅经理", "manager")
        yield serving


@pytest.fixture(scope="module")
def large_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("large")
    many_services(folder / "store")
    with Serving(folder / "store") as serving:
        _import(serving, folder)
        yield serving


def _import(serving: Serving, folder: Path) -> None:
    for kind, text in (("members", MEMBERS), ("appointments", BOOKINGS)):
        (folder / f"{kind}.csv").write_text(text)
        serving.command("import", kind, str(folder / f"{kind}.csv"), "--strict")


@pytest.fixture(scope="module")
def shared(chromium: Browser) -> Iterator[dict[str, Screen]]:
    assert chromium.is_connected()
    screens: dict[str, Screen] = {}
    yield screens
    for screen in screens.values():
        screen.close()


@pytest.fixture
def enrolled(chromium: Browser, shared: dict[str, Screen]) -> Iterator[Callable[..., Screen]]:
    """One kiosk of each store, or a fresh one with a clock moved by hand; none may have had a complaint."""
    own: list[Screen] = []

    def enrol(serving: Serving, *, fresh: bool = False, clock: bool = False) -> Screen:
        if not (fresh or clock) and serving.url in shared:
            return shared[serving.url]
        screen = Screen(chromium, KIOSK)
        if clock:
            screen.page.clock.install()
        screen.go(serving.device("kiosk", f"kiosk {id(screen)}")["link"])
        expect(screen.page.locator("footer")).to_be_visible()
        if fresh or clock:
            own.append(screen)
        else:
            shared[serving.url] = screen
        return screen

    yield enrol
    complaints = [complaint for screen in [*own, *shared.values()] for complaint in screen.complaints]
    for screen in own:
        screen.close()
    assert complaints == []


Enrol = Callable[..., Screen]


def _number(page: Page) -> str:
    shown = page.locator("[data-ticket-number]")
    expect(shown).to_be_visible()
    return str(shown.get_attribute("data-ticket-number"))


def _done(page: Page) -> None:
    page.locator("[data-action=done]").click()
    expect(page.locator("[data-scene=home]")).to_be_visible()


def _to_home(_: Page) -> None:
    """The home scene itself."""


def _to_group(page: Page) -> None:
    page.locator("[data-group]").first.click()


def _to_keypad(page: Page) -> None:
    page.locator("[data-action=vip]").click()
    for key in "13000000009":
        page.locator(f"[data-key='{key}']").click()
    page.locator("[data-action=submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()


def _to_check_in(page: Page) -> None:
    page.locator("[data-action=check-in]").click()


def _to_greeting(page: Page) -> None:
    scan(page, "V07000001")
    expect(page.locator(".greeting")).to_be_visible()


def _to_greeting_with_booking(page: Page) -> None:
    scan(page, "V07000002")
    expect(page.locator("[data-action=check-in-booking]")).to_be_visible()


def _to_reason(page: Page) -> None:
    scan(page, "V07000003")
    expect(page.locator(".reason")).to_be_visible()


def _to_ticket_with_note(page: Page) -> None:
    scan(page, "V07000004")
    expect(page.locator("[data-scene=choice], [data-scene=ticket]")).to_be_visible()
    if page.locator("[data-scene=choice]").is_visible():
        page.locator("[data-service=billing]").click()
    _number(page)


def _to_trouble(page: Page) -> None:
    scan(page, "nobody knows this")
    expect(page.locator("[data-scene=trouble]")).to_be_visible()


SCENES = [
    _to_home,
    _to_group,
    _to_keypad,
    _to_check_in,
    _to_greeting,
    _to_greeting_with_booking,
    _to_reason,
    _to_trouble,
    _to_ticket_with_note,
]


@BOTH
@pytest.mark.parametrize("to", SCENES, ids=lambda to: to.__name__.removeprefix("_to_"))
def test_every_scene_fits_every_screen_in_every_mode(
    enrolled: Enrol, large_store: Serving, to: Callable[[Page], None], language: str
) -> None:
    screen = enrolled(large_store)
    page = start(screen, large_store.url, language)
    to(page)
    _expect_sound(page)


@BOTH
def test_the_sheets_and_the_closed_store_fit_every_screen_in_every_mode(
    enrolled: Enrol, large_store: Serving, language: str
) -> None:
    page = start(enrolled(large_store), large_store.url, language)
    for action in ("modes", "help"):
        for modes in MODES:
            set_modes(page, modes)
            page.locator(f"footer [data-action={action}]").click()
            expect(page.locator("dialog[open]")).to_be_visible()
            _expect_sound_at_every_size(page, modes)
            page.keyboard.press("Escape")
    large_store.command("store", "--hours", ",".join(["03:58-03:59"] * 7))
    try:
        expect(page.locator("main.closed")).to_contain_text(SAID["closed"][language])
        expect(page.locator(".times")).to_have_text("03:58–03:59")
        _expect_sound(page)
    finally:
        large_store.command("store", "--hours", "")


def _expect_sound(page: Page) -> None:
    for modes in MODES:
        set_modes(page, modes)
        _expect_sound_at_every_size(page, modes)


def _expect_sound_at_every_size(page: Page, modes: tuple[str, ...]) -> None:
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        assert faults(page, modes) == [], (modes, width)
    page.set_viewport_size({"width": KIOSK[0], "height": KIOSK[1]})
    if modes in {MODES[0], MODES[-1]}:
        assert axe(page, modes) == [], modes


@BOTH
def test_groups_stand_where_not_all_services_fit_and_two_touches_give_a_number(
    enrolled: Enrol, large_store: Serving, language: str
) -> None:
    page = start(enrolled(large_store), large_store.url, language)
    expect(page.locator("[data-group]")).to_have_count(2)
    expect(page.locator("[data-service]")).to_have_count(4)
    expect(page.locator("[data-service=roaming]")).to_have_count(0)
    page.locator("[data-group]").first.click()
    expect(page.locator("[data-service]")).to_have_count(3)
    page.locator("[data-action=back]").click()
    expect(page.locator("[data-group]")).to_have_count(2)
    page.locator("[data-group]").first.click()
    page.locator("[data-service=roaming]").click()
    assert _number(page).startswith("F")


def test_where_even_groups_do_not_fit_a_card_turns_the_page(enrolled: Enrol, large_store: Serving) -> None:
    page = start(enrolled(large_store), large_store.url)
    set_modes(page, ("large", "reach"))
    seen = set()
    for _ in range(2):
        seen |= {
            card.get_attribute("data-group") or card.get_attribute("data-service")
            for card in page.locator(".grid .svc:not(.more)").all()
        }
        page.locator("[data-action=more]").click()
    assert len(seen) == 6
    set_modes(page, ())
    expect(page.locator("[data-action=more]")).to_have_count(0)


@BOTH
def test_a_reader_works_whichever_scene_is_up(enrolled: Enrol, server: Serving, language: str) -> None:
    page = start(enrolled(server), server.url, language)
    for to in (_to_home, _to_keypad, _to_check_in, _to_trouble, _to_greeting, _to_ticket_with_note):
        to(page)
        scan(page, "not one of ours")
        expect(page.locator("[data-scene=trouble]")).to_contain_text(SAID["unknown"][language])
        page.locator("[data-action=done]").click()
        to(page)
        scan(page, "V07000001")
        expect(page.locator(".greeting")).to_contain_text({"zh": "尊敬的欧阳贵宾", "en": "Dear Mr/Ms 欧阳"}[language])
        page.locator("[data-action=back]").click()


def test_a_reader_is_told_from_somebody_who_types(enrolled: Enrol, server: Serving) -> None:
    page = start(enrolled(server), server.url)
    page.keyboard.type("V07000001", delay=60)
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    expect(page.locator("[data-scene=home]")).to_be_visible()
    page.locator("[data-action=modes]").click()
    scan(page, "V07000001")
    expect(page.locator(".greeting")).to_be_visible()
    expect(page.locator("dialog")).to_have_count(0)


def test_a_booking_and_a_tickets_own_code_are_told_apart(enrolled: Enrol, server: Serving) -> None:
    page = start(enrolled(server), server.url)
    scan(page, "246810")
    number = _number(page)
    expect(page.locator(".mark-of.appointment")).to_contain_text(f"{LATER:%H:%M}")
    code = page.locator(".follow img").get_attribute("src")
    _done(page)
    scan(page, f"{server.url}{str(code).removesuffix('/qr.svg')}")
    assert _number(page) == number
    expect(page.locator("h1")).to_contain_text("您已经取过号了")


@BOTH
def test_a_vip_is_greeted_with_what_concerns_only_them(enrolled: Enrol, server: Serving, language: str) -> None:
    page = start(enrolled(server), server.url, language)
    page.locator("[data-action=vip]").click()
    for key in "13800136620":
        page.locator(f"[data-key='{key}']").click()
    page.locator("[data-action=submit]").click()
    for wish in ("birthday", "manager", "card_ends"):
        expect(page.locator(f"[data-wish={wish}]")).to_contain_text(SAID[wish][language])
    expect(page.locator("body")).not_to_contain_text("秀英")


def test_a_member_with_a_booking_checks_in_with_one_touch(enrolled: Enrol, server: Serving) -> None:
    page = start(enrolled(server), server.url)
    scan(page, "V07000002")
    expect(page.locator("[data-wish]")).to_have_count(0)
    page.locator("[data-action=check-in-booking]").click()
    assert _number(page).startswith("B")
    expect(page.locator(".mark-of.appointment")).to_be_visible()


@BOTH
def test_a_call_for_a_person_reaches_the_floor_and_its_answer_the_kiosk(
    enrolled: Enrol, server: Serving, chromium: Browser, language: str
) -> None:
    floor = Screen(chromium, TABLET)
    floor.sign_in(server.url, "梅经理", "/floor")
    floor.go(f"{server.url}/floor?lang={language}")
    page = start(enrolled(server, fresh=True), server.url, language)
    name = str(page.locator("body").get_attribute("data-kiosk"))
    page.locator("footer [data-action=help]").click()
    expect(page.locator("[data-help=called]")).to_contain_text(SAID["called"][language])
    page.locator("[data-action=close]").click()
    page.locator("footer [data-action=help]").click()
    alert = floor.page.locator(f"[data-help-call='{name}']")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text(name)
    floor.inspect()
    alert.get_by_role("button").click()
    expect(alert).to_have_count(0)
    expect(page.locator("[data-help=coming]")).to_contain_text(SAID["coming"][language])
    expect(page.locator("footer .tool.coming")).to_have_count(1)
    floor.close()


@BOTH
def test_who_walks_away_leaves_nothing_behind_and_is_asked_before(
    enrolled: Enrol, server: Serving, language: str
) -> None:
    page = start(enrolled(server, clock=True), server.url, language)
    set_modes(page, ("large", "contrast"))
    page.locator("[data-action=vip]").click()
    page.keyboard.type("1380013")
    page.clock.run_for(15_000)
    expect(page.locator(".idle")).not_to_have_class(re.compile("warned"))
    page.clock.run_for(8_000)
    expect(page.locator(".idle.warned")).to_contain_text(SAID["still"][language])
    expect(page.locator("[data-warning]")).to_contain_text("20")
    page.locator("h1").click()
    page.clock.run_for(300)
    expect(page.locator(".idle.warned")).to_have_count(0)
    expect(page.locator(".field")).to_contain_text("138")
    page.clock.run_for(41_000)
    expect(page.locator("[data-scene=home]")).to_be_visible()
    expect(page.locator("[data-said]")).to_contain_text("已清除")
    expect(page.locator("h1")).to_have_text("您好，请选择业务")
    assert page.locator(".stage.large, .stage.contrast").count() == 0
    page.locator("[data-action=vip]").click()
    assert page.locator(".field").inner_text().strip() == ""


def test_modes_and_language_end_at_home_too_when_nobody_touches_the_screen(enrolled: Enrol, server: Serving) -> None:
    page = start(enrolled(server, clock=True), server.url, "en")
    set_modes(page, ("reach",))
    page.locator("footer [data-action=modes]").click()
    page.clock.run_for(25_000)
    expect(page.locator(".idle.warned")).to_have_count(1)
    page.clock.run_for(20_000)
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("h1")).to_have_text("您好，请选择业务")
    assert page.locator(".stage.reach").count() == 0


@BOTH
def test_without_paper_the_number_stays_until_it_is_confirmed(
    enrolled: Enrol, server: Serving, printer: FakePrinter, language: str
) -> None:
    page = start(enrolled(server, clock=True), server.url, language)
    printer.mode = Mode.PAPER_OUT
    try:
        page.locator("[data-service=billing]").click()
        number = _number(page)
        for _ in range(40):
            page.clock.run_for(1_000)
            if page.locator("[data-paper=failed]").is_visible():
                break
            page.wait_for_timeout(200)
        expect(page.locator("[data-paper=failed]")).to_contain_text(SAID["photograph"][language])
        page.clock.run_for(600_000)
        assert _number(page) == number
        expect(page.locator(".follow img")).to_be_visible()
        expect(page.locator("[data-action=done]")).to_contain_text(SAID["kept"][language])
        _done(page)
    finally:
        printer.mode = Mode.OK


@BOTH
def test_a_touch_while_the_server_is_away_is_not_lost_and_not_doubled(
    enrolled: Enrol, tmp_path: Path, language: str
) -> None:
    with Serving(tmp_path / "store") as serving:
        page = start(enrolled(serving, clock=True), serving.url, language)
        port = serving.port
        serving.kill()
        expect(page.locator(".offline")).to_be_visible()
        page.locator("[data-service=plan]").click()
        expect(page.locator(".veil")).to_be_visible()
        for _ in range(20):
            page.clock.run_for(1_000)
        expect(page.locator("[data-scene=trouble]")).to_be_visible()
        expect(page.get_by_role("alert")).to_contain_text(
            {"zh": "网络恢复后会自动重试", "en": "tried again by itself"}[language]
        )
        serving.start(port)
        for _ in range(30):
            page.clock.run_for(1_000)
            page.wait_for_timeout(100)
            if page.locator("[data-ticket-number]").is_visible():
                break
        assert _number(page) == "A001"
        expect(page.locator(".offline")).to_have_count(0)
        with serving.client() as client:
            assert client.get("/api/v1/board").json()["queues"][0]["waiting"] == 1


def test_the_kiosk_is_walked_by_keyboard_and_read_by_ear(enrolled: Enrol, server: Serving) -> None:
    page = start(enrolled(server), server.url)
    stops = _walk(page, 12)
    assert stops == [
        "中文",
        "English",
        "plan",
        "device",
        "billing",
        "support",
        "other",
        "check-in",
        "vip",
        "modes",
        "help",
    ]
    page.locator("[data-service=billing]").focus()
    page.keyboard.press("Enter")
    number = _number(page)
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert number in page.title()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-scene=home]")).to_be_visible()
    page.locator("[data-action=modes]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="无障碍")).to_be_visible()
    page.locator("[data-mode=contrast]").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("switch", name="高对比度")).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.dataset.action") == "modes"
    page.locator("[data-action=vip]").press("Enter")
    expect(page.get_by_role("textbox", name="请输入您的手机号")).to_be_focused()


_FOCUSED = """() => {
    const { dataset, tagName, innerText } = document.activeElement;
    const name = dataset.service ?? dataset.action ?? (tagName === "BODY" ? "" : innerText);
    return [name, getComputedStyle(document.activeElement).outlineStyle];
}"""


def _walk(page: Page, steps: int) -> list[str]:
    """Where Tab leads from the top; every stop shows that it is one."""
    stops = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(_FOCUSED)
        if not name:
            break
        assert outline == "solid", name
        stops.append(name)
    return stops
