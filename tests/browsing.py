"""Owns real browser pages for tests, through Playwright, with every complaint of a page kept."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

KIOSK = (1080, 1920)
DISPLAY = (1920, 1080)
DESKTOP = (1440, 900)
SMALL_DESKTOP = (1366, 768)
TABLET = (1180, 820)
PHONE = (390, 844)

PATIENCE_S = 15.0
expect.set_options(timeout=PATIENCE_S * 1000)

SETTLE = """() => document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime !== Infinity).forEach((one) => one.finish())"""
"""What fades in is looked at when it is there."""

TOO_WIDE = """() => [...document.querySelectorAll("body, body *")]
    .filter((e) => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1 && !e.classList.contains("sr"))
    .filter((e) => getComputedStyle(e).overflowX !== "visible")
    .map((e) => e.outerHTML.slice(0, 120))"""

_EXPECTED = (
    "WebSocket connection to",
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
    "ERR_INTERNET_DISCONNECTED",
    "the server responded with a status of 4",
    "the server responded with a status of 503",
    "the server responded with a status of 507",
)


def audit(page: Page, **options: Any) -> AxeResults:
    """What axe finds wrong with a page, as `axe.run` takes its options. It is put into a page once.

    Style sheets are not put together anew for it, which our policy forbids it to do.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    asked = {"preload": False, "resultTypes": ["violations"], **options}
    return AxeResults(page.evaluate("(options) => axe.run(options).then(({ violations }) => ({ violations }))", asked))


def wait_until(page: Page, what: str, arg: object = None) -> None:
    """Ask a page again and again until it says yes; a question that it asks itself is what our policy forbids."""
    until = time.monotonic() + PATIENCE_S
    while not page.evaluate(what, arg):
        assert time.monotonic() < until, what
        page.wait_for_timeout(20)


class Screen:
    """One device of the lobby: a browser of its own, with its own cookies, at its own size."""

    def __init__(self, chromium: Browser, size: tuple[int, int], language: str = "zh-CN") -> None:
        width, height = size
        self._context = chromium.new_context(
            viewport={"width": width, "height": height}, locale=language, timezone_id="America/New_York"
        )
        self._context.set_default_timeout(PATIENCE_S * 1000)
        self.page: Page = self._context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error.stack}"))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"} and not any(words in said.text for words in _EXPECTED):
            self.complaints.append(said.text)

    def go(self, url: str) -> Page:
        """Open an address."""
        self.page.goto(url)
        return self.page

    def cut(self, *, off: bool = True) -> None:
        """Pull the network cable, or put it back."""
        self._context.set_offline(off)

    def inspect(self) -> None:
        """Nothing complained, nothing overflows sideways, and the accessibility rules hold."""
        assert self.complaints == [], self.complaints
        self.page.evaluate(SETTLE)
        too_wide = self.page.evaluate(TOO_WIDE)
        assert too_wide == []
        found = audit(self.page)
        assert found.violations_count == 0, found.generate_report()

    def sign_in(self, url: str, name: str, path: str, pin: str = "2468") -> Page:
        """Somebody signs in on the way to a page of the server at `url`."""
        page = self.go(f"{url}/counter/sign-in?next={path}")
        page.locator(f"input[name=staff][value='{name}']").check(force=True)
        page.locator("input[name=pin]").fill(pin)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda at: "/sign-in" not in at)
        return page

    def close(self) -> None:
        """Switch the device off."""
        self._context.close()


Make = Callable[..., Screen]
"""Makes a screen: `make(size, language)`."""


@contextmanager
def screens(chromium: Browser) -> Iterator[Make]:
    """Makes screens; each must have had nothing to complain of in the end."""
    made: list[Screen] = []

    def make(size: tuple[int, int], language: str = "zh-CN") -> Screen:
        made.append(Screen(chromium, size, language))
        return made[-1]

    yield make
    complaints = [complaint for screen in made for complaint in screen.complaints]
    for screen in made:
        screen.close()
    assert complaints == [], complaints
