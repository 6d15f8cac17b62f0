"""A disk that takes nothing more, as everybody sees it: kiosk, counter and floor say so, lose nothing, and go on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from browsing import DESKTOP, KIOSK, Make, Screen, screens
from kiosk_stage import MODES, SIZES, axe, faults, set_modes, settle, start
from playwright.sync_api import Browser, Page, expect
from worn_disk import Worn, WornServing

pytestmark = pytest.mark.browser

LAPTOP = (1280, 800)
PEOPLE = {"zh": ("zh-CN", "林静怡", 4), "en": ("en-GB", "Zhou", 5)}
WRONG = {
    Worn.FULL: {"zh": "服务器磁盘已满", "en": "the disk of the server is full"},
    Worn.READ_ONLY: {"zh": "不可写入", "en": "cannot be written to"},
    Worn.FAILING: {"zh": "服务器磁盘出现故障", "en": "the disk of the server fails"},
}
TO_DO = {
    Worn.FULL: {"zh": "请删除服务器上不需要的文件", "en": "delete what is not needed there"},
    Worn.READ_ONLY: {"zh": "请恢复写入权限", "en": "let it be written to again"},
    Worn.FAILING: {"zh": "请将最新备份恢复到其他磁盘", "en": "put the newest backup on another disk"},
}
TO_CUSTOMERS = {"zh": "暂时无法取号，请联系店员。", "en": "No numbers can be given now. Please ask our staff."}
STOPPED = {"zh": "暂时无法取号和叫号", "en": "Numbers cannot be given and nobody can be called"}
TOLD = "[data-disk]:not([data-disk=disk_low])"  # the disk of the test may have little room by itself


@dataclass(frozen=True, slots=True)
class Store:
    """One of each screen, in one language."""

    language: str
    kiosk: Screen
    counter: Screen
    floor: Screen

    def says(self, how: Worn) -> None:
        """Each tells what is wrong, and what to do."""
        for screen in (self.kiosk, self.counter, self.floor):
            for words in (WRONG, TO_DO):
                expect(screen.page.locator(TOLD)).to_contain_text(words[how][self.language])
        expect(self.kiosk.page.locator("main h1")).to_have_text(TO_CUSTOMERS[self.language])
        expect(self.floor.page.locator("main")).to_contain_text(STOPPED[self.language])

    def says_nothing(self) -> None:
        """It is over, by itself."""
        for screen in (self.kiosk, self.counter, self.floor):
            expect(screen.page.locator(TOLD)).to_have_count(0)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WornServing]:
    with WornServing(tmp_path_factory.mktemp("worn") / "store") as serving:
        for _, name, _ in PEOPLE.values():
            serving.staff(name, "manager")
        yield serving


@pytest.fixture(scope="module")
def stores(chromium: Browser, server: WornServing) -> Iterator[list[Store]]:
    with screens(chromium) as make:
        yield [_open(make, server, language) for language in PEOPLE]


def _open(make: Make, server: WornServing, language: str) -> Store:
    locale, name, number = PEOPLE[language]
    kiosk, counter, floor = make(KIOSK, locale), make(LAPTOP, locale), make(DESKTOP, locale)
    kiosk.go(server.device("kiosk", f"kiosk {language}")["link"])
    expect(kiosk.page.locator("footer")).to_be_visible()
    counter.sign_in(server.url, name, f"/counter?number={number}")
    expect(counter.page.locator("[data-state=closed]")).to_be_visible()
    counter.page.keyboard.press("Space")
    expect(counter.page.locator("[data-state=ready]")).to_be_visible()
    floor.sign_in(server.url, name, "/floor")
    return Store(language, kiosk, counter, floor)


@contextmanager
def _worn(server: WornServing, how: Worn) -> Iterator[None]:
    server.wear(how)
    try:
        yield
    finally:
        server.mend()


@pytest.mark.parametrize("how", [Worn.FULL, Worn.READ_ONLY])
def test_everybody_reads_what_is_wrong_before_anybody_has_tried_in_vain_and_that_it_is_over(
    server: WornServing, stores: list[Store], how: Worn
) -> None:
    for store in stores:
        start(store.kiosk, server.url, store.language)
    with _worn(server, how):
        for store in stores:
            store.says(how)
            store.counter.inspect()
            store.floor.inspect()
            if how is Worn.FULL:
                _expect_sound(store.kiosk.page)
    for store in stores:
        store.says_nothing()
        expect(store.kiosk.page.locator("[data-service=plan]")).to_be_visible()


def _expect_sound(page: Page) -> None:
    for modes in (MODES[0], MODES[-1]):
        set_modes(page, modes)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            settle(page)
            assert faults(page, modes) == [], (modes, width)
        page.set_viewport_size({"width": KIOSK[0], "height": KIOSK[1]})
        assert axe(page, modes) == []
    set_modes(page, MODES[0])


def test_what_was_touched_while_the_disk_failed_is_given_once_it_works_and_nothing_is_lost(
    server: WornServing, stores: list[Store]
) -> None:
    chinese, english = stores
    kiosk, counter = start(chinese.kiosk, server.url), english.counter.page
    start(english.kiosk, server.url, "en")
    before = _touch(kiosk)
    kiosk.locator("[data-action=done]").click()
    with _worn(server, Worn.FAILING):
        kiosk.locator("[data-service=plan]").click()
        expect(kiosk.locator("[data-scene=trouble]")).to_contain_text("恢复取号后会自动重试")
        for store in stores:
            store.says(Worn.FAILING)
        _expect_sound(kiosk)
        counter.keyboard.press("Space")
        expect(counter.locator("[role=alert] .toast")).to_contain_text(WRONG[Worn.FAILING]["en"])
        expect(counter.locator("[data-state=ready]")).to_be_visible()
        english.counter.inspect()
    after = _number(kiosk)
    assert after != before
    for store in stores:
        store.says_nothing()
    for number in (before, after):
        counter.keyboard.press("Space")
        expect(counter.locator("[data-current-number]")).to_have_text(number)
        counter.keyboard.press("Space")
        expect(counter.locator("[data-state=serving]")).to_be_visible()
        counter.keyboard.press("e")
        expect(counter.locator("[data-state=ready]")).to_be_visible()


def _touch(kiosk: Page) -> str:
    kiosk.locator("[data-service=plan]").click()
    return _number(kiosk)


def _number(kiosk: Page) -> str:
    shown = kiosk.locator("[data-ticket-number]")
    expect(shown).to_be_visible()
    return str(shown.get_attribute("data-ticket-number"))
