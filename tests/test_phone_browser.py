"""The ticket on a customer's own phone, in a real browser: live, asking, asleep, stepping back, rating, goodbye."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsing import PHONE, Screen, wait_until
from playwright.sync_api import Browser, Page, Route, expect
from serving import Serving

pytestmark = pytest.mark.browser

SMALL_PHONE = (320, 568)
SIZES = [PHONE, SMALL_PHONE]
LOCALES = ["zh-CN", "en-GB"]
COUNTER = "/api/v1/counters/4"
SLEEP = """() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
WAKE = """() => {
    delete document.hidden;
    document.dispatchEvent(new Event("visibilitychange"));
}"""
NO_WEBSOCKETS = """window.WebSocket = class {
    constructor() {
        setTimeout(() => { this.onerror?.(new Event("error")); this.onclose?.({ code: 1006, reason: "" }); });
    }
    send() {}
    close() {}
};"""
LISTEN = """() => {
    window.buzzes = [];
    navigator.vibrate = (pattern) => { window.buzzes.push(pattern.length); return true; };
    window.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) { window.tones += 1; return start.apply(this, at); };
}"""


class Lobby:
    """A served store with a kiosk and one clerk, and the phones that follow it."""

    def __init__(self, server: Serving, kiosk: httpx.Client, clerk: httpx.Client, chromium: Browser) -> None:
        self.server, self._kiosk, self._clerk, self._chromium = server, kiosk, clerk, chromium
        self.screens: list[Screen] = []
        self._keys = iter(range(1000))

    def issue(self, service: str = "plan") -> dict[str, Any]:
        body = {"request_key": f"phone-{next(self._keys)}", "service": service}
        ticket: dict[str, Any] = self._kiosk.post("/api/v1/tickets", json=body).json()
        return ticket

    def act(self, action: str) -> dict[str, Any]:
        if action in {"no-show", "recall"}:
            self.server.no_patience()
        answer = self._clerk.post(f"{COUNTER}/{action}")
        assert answer.status_code == 200, answer.text
        view: dict[str, Any] = answer.json()
        return view

    def holder(self, ticket: dict[str, Any], action: str, **body: object) -> httpx.Response:
        return self._kiosk.post(f"/api/v1/tickets/{ticket['token']}/{action}", json=body)

    def screen(self, size: tuple[int, int] = PHONE, locale: str = "zh-CN") -> Screen:
        self.screens.append(Screen(self._chromium, size, locale))
        return self.screens[-1]

    def open(self, phone: Screen, ticket: dict[str, Any]) -> Page:
        page = phone.go(f"{self.server.url}/t/{ticket['token']}")
        expect(page.locator("[data-ticket-number]")).to_have_text(ticket["number"])
        return page

    def phone(self, ticket: dict[str, Any], size: tuple[int, int] = PHONE, locale: str = "zh-CN") -> Page:
        return self.open(self.screen(size, locale), ticket)


@pytest.fixture
def lobby(tmp_path: Path, chromium: Browser) -> Iterator[Lobby]:
    with Serving(tmp_path / "store") as server:
        kiosk, clerk = server.device("kiosk", "door")["token"], server.sign_in("clerk", counter=4)
        with server.client(kiosk) as at_kiosk, server.client(clerk) as at_counter:
            staged = Lobby(server, at_kiosk, at_counter, chromium)
            yield staged
            complaints = [complaint for screen in staged.screens for complaint in screen.complaints]
            for screen in staged.screens:
                screen.close()
    assert complaints == []


def _places(page: Page) -> str:
    return page.locator(".r b").first.inner_text()


def test_the_place_follows_the_queue_and_the_call_fills_the_screen(lobby: Lobby) -> None:
    lobby.issue()
    ticket = lobby.issue()
    page = lobby.phone(ticket)
    page.evaluate(LISTEN)
    page.locator("[data-action=ring]").click()
    expect(page.locator("[data-ringing]")).to_be_visible()
    expect(page.locator(".r b").first).to_contain_text("1")
    lobby.act("call-next")
    expect(page.locator("body")).to_contain_text("您是本队列第一位")
    expect(page.locator(".nc b").first).to_have_text("A001")
    assert page.evaluate("window.tones") == 0
    lobby.act("no-show")
    lobby.act("call-next")
    expect(page.locator("[data-counter='4']")).to_be_visible()
    box = page.locator("[data-counter='4']").bounding_box()
    assert box is not None
    assert box["height"] > 200
    assert page.evaluate("window.tones") > 0
    assert page.evaluate("window.buzzes.length") == 1
    expect(page).to_have_title(page.title())
    lobby.act("recall")
    wait_until(page, "window.buzzes.length === 2")
    lobby.act("start")
    expect(page.locator("body")).to_contain_text("正在为您办理")


def test_the_phone_speaks_up_when_the_turn_is_near(lobby: Lobby) -> None:
    for _ in range(3):
        lobby.issue()
    page = lobby.phone(lobby.issue())
    page.evaluate(LISTEN)
    page.locator("[data-action=ring]").click()
    expect(page.locator("[data-ringing]")).to_be_visible()
    expect(page.locator(".near")).to_have_count(0)
    lobby.act("call-next")
    expect(page.locator(".near")).to_contain_text("快到您了")
    wait_until(page, "window.tones === 2")
    assert page.evaluate("window.buzzes") == [3]
    lobby.act("no-show")
    lobby.act("call-next")
    expect(page.locator(".r b").first).to_contain_text("1")
    assert page.evaluate("window.tones") == 2  # said once


@pytest.mark.parametrize("locale", LOCALES)
def test_with_sockets_blocked_the_page_asks_and_says_so(lobby: Lobby, locale: str) -> None:
    lobby.issue()
    ticket = lobby.issue()
    phone = lobby.screen(PHONE, locale)
    phone.page.route("**/socket.io/**", lambda route: route.abort("connectionrefused"))
    phone.page.add_init_script(NO_WEBSOCKETS)
    page = lobby.open(phone, ticket)
    expect(page.locator("[data-line=asked]")).to_be_visible()
    expect(page.locator("header b")).to_contain_text("海棠路" if locale == "zh-CN" else "Haitang")
    lobby.act("call-next")
    expect(page.locator("body")).to_contain_text(
        "您是本队列第一位" if locale == "zh-CN" else "First in your queue", timeout=9000
    )
    phone.inspect()
    lobby.act("no-show")
    lobby.act("call-next")
    expect(page.locator("[data-counter='4']")).to_be_visible(timeout=9000)


def test_with_websockets_alone_blocked_the_line_is_live_all_the_same(lobby: Lobby) -> None:
    ticket = lobby.issue()
    phone = lobby.screen()
    phone.page.add_init_script(NO_WEBSOCKETS)
    page = lobby.open(phone, ticket)
    lobby.act("call-next")
    expect(page.locator("[data-counter='4']")).to_be_visible(timeout=4000)
    expect(page.locator("[data-line]")).to_have_count(0)


def test_with_everything_cut_the_page_says_of_when_it_is_and_comes_back(lobby: Lobby) -> None:
    lobby.issue()
    ticket = lobby.issue()
    phone = lobby.screen()
    page = lobby.open(phone, ticket)
    port = lobby.server.port
    lobby.server.kill()
    expect(page.locator("[data-line=cut]")).to_contain_text(ticket["issued_at"][11:13])
    lobby.server.start(port)
    lobby.act("call-next")
    expect(page.locator("[data-line]")).to_have_count(0, timeout=15_000)
    expect(page.locator("body")).to_contain_text("您是本队列第一位")
    phone.complaints = [said for said in phone.complaints if "net::ERR_" not in said]  # the server was killed


def test_after_a_sleep_the_page_is_right_at_once(lobby: Lobby) -> None:
    """A sleeping phone: its timers stand still, its line is dead without knowing it, its clock is a day off."""
    lobby.issue()
    ticket = lobby.issue()
    phone = lobby.screen()
    page = phone.page
    page.add_init_script("{ const now = Date.now; Date.now = () => now() - 86_400_000; }")
    answering = True

    def line(route: Any) -> None:
        server = route.connect_to_server()
        server.on_message(lambda said: answering and route.send(said))
        route.on_message(lambda said: answering and server.send(said))

    page.route_web_socket("**/socket.io/**", line)
    lobby.open(phone, ticket)
    expect(page.locator("[data-line]")).to_have_count(0)
    expect(page.locator(".r b").first).to_contain_text("1")
    answering = False
    page.evaluate(SLEEP)
    lobby.act("call-next")
    page.wait_for_timeout(1500)
    assert "1" in _places(page)  # nothing came through
    page.evaluate(WAKE)
    expect(page.locator("body")).to_contain_text("您是本队列第一位", timeout=1500)
    answering = True
    lobby.act("no-show")
    page.wait_for_timeout(4500)  # the dead line has been noticed and replaced
    lobby.act("call-next")
    expect(page.locator("[data-counter='4']")).to_be_visible()


@pytest.mark.parametrize("locale", LOCALES)
def test_three_people_pass_and_then_the_page_says_why_no_more(lobby: Lobby, locale: str) -> None:
    ticket = lobby.issue()
    for _ in range(4):
        lobby.issue()
    phone = lobby.screen(SMALL_PHONE, locale)
    page = lobby.open(phone, ticket)
    for place in (1, 2, 3):
        page.locator("[data-action=let-pass]").click()
        page.locator("[data-sheet=let-pass] [data-action=confirm]").dblclick()
        expect(page.locator("[data-sheet=let-pass]")).to_be_hidden()
        expect(page.locator(".r b").first).to_contain_text(str(place))
    expect(page.locator("[data-action=let-pass]")).to_be_disabled()
    expect(page.locator("#left")).to_contain_text(
        "您已让过 3 位" if locale == "zh-CN" else "You have let 3 people pass"
    )
    refused = lobby.holder(ticket, "let-pass")
    assert (refused.status_code, refused.json()["code"]) == (409, "passes_used")
    phone.inspect()
    assert lobby.act("call-next")["current"]["number"] == "A002"


@pytest.mark.parametrize("locale", LOCALES)
def test_with_nobody_behind_the_sheet_says_so(lobby: Lobby, locale: str) -> None:
    phone = lobby.screen(PHONE, locale)
    page = lobby.open(phone, lobby.issue())
    page.locator("[data-action=let-pass]").click()
    page.locator("[data-sheet=let-pass] [data-action=confirm]").click()
    expect(page.get_by_role("alert")).to_contain_text("没有人排队" if locale == "zh-CN" else "Nobody is behind you")
    phone.inspect()
    page.locator("[data-sheet=let-pass] [data-action=keep]").click()
    expect(page.locator("[data-sheet=let-pass]")).to_be_hidden()


@pytest.mark.parametrize("locale", LOCALES)
def test_giving_the_place_up_is_asked_twice_and_says_what_to_do_now(lobby: Lobby, locale: str) -> None:
    ticket = lobby.issue()
    phone = lobby.screen(SMALL_PHONE, locale)
    page = lobby.open(phone, ticket)
    page.locator("[data-action=cancel]").press("Enter")
    phone.inspect()
    page.locator("[data-sheet=cancel] [data-action=keep]").click()
    expect(page.locator("[data-ticket-number]")).to_have_text(ticket["number"])
    page.locator("[data-action=cancel]").click()
    page.locator("[data-sheet=cancel] [data-action=confirm]").click()
    expect(page.locator(".said")).to_contain_text("重新取号" if locale == "zh-CN" else "take a new number")
    phone.inspect()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_served_customer_says_how_it_was_and_changes_their_mind(lobby: Lobby, locale: str) -> None:
    ticket = lobby.issue()
    phone = lobby.screen(SMALL_PHONE, locale)
    page = lobby.open(phone, ticket)
    for action in ("call-next", "start", "finish"):
        lobby.act(action)
    expect(page.locator("body:not(.calling) [data-score='4']")).to_be_visible()
    phone.inspect()
    page.locator("[data-score='4']").click()
    page.locator("textarea").fill("很快，谢谢！ " + "x" * 400)
    assert len(page.locator("textarea").input_value()) <= 300
    page.locator("textarea").fill("很快，谢谢！")
    phone.inspect()
    page.locator("[data-action=rate]").click()
    expect(page.locator(".thanks")).to_contain_text(
        "感谢您的评价" if locale == "zh-CN" else "Thank you for your rating"
    )
    phone.inspect()
    page.reload()
    expect(page.locator(".thanks .star.on")).to_have_count(4)
    page.locator("[data-action=change-rating]").click()
    page.locator("[data-score='2']").click()
    page.locator("[data-action=rate]").click()
    expect(page.locator(".thanks .star.on")).to_have_count(2)
    expect(page.locator(".quoted")).to_have_text("很快，谢谢！")


@pytest.mark.parametrize("locale", LOCALES)
def test_who_missed_the_call_is_told_what_to_do(lobby: Lobby, locale: str) -> None:
    phone = lobby.screen(SMALL_PHONE, locale)
    page = lobby.open(phone, lobby.issue())
    lobby.act("call-next")
    expect(page.locator("[data-counter='4']")).to_be_visible()
    phone.inspect()
    lobby.act("no-show")
    expect(page.locator(".said")).to_contain_text("服务台" if locale == "zh-CN" else "help desk")
    phone.inspect()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_ticket_of_another_day_says_goodbye(lobby: Lobby, locale: str, tmp_path: Path) -> None:
    ticket = lobby.issue()
    lobby.server.stop()
    with sqlite3.connect(tmp_path / "store" / "lobbyline.db") as conn:
        conn.execute("UPDATE tickets SET issued_at = issued_at - 172800, business_day = '2026-01-01'")
    conn.close()
    lobby.server.start(lobby.server.port)
    phone = lobby.screen(SMALL_PHONE, locale)
    page = lobby.open(phone, ticket)
    expect(page.locator("h1")).to_have_text("再见" if locale == "zh-CN" else "Goodbye")
    expect(page.locator("footer")).to_have_count(0)
    phone.inspect()


@pytest.mark.parametrize("locale", LOCALES)
def test_an_unknown_token_says_so_and_leads_to_no_staff_screen(lobby: Lobby, locale: str) -> None:
    phone = lobby.screen(SMALL_PHONE, locale)
    page = phone.go(f"{lobby.server.url}/t/no-such-token")
    expect(page.locator("body")).to_contain_text("请重新取号" if locale == "zh-CN" else "Please take a new number")
    expect(page.locator("a")).to_have_count(0)
    phone.inspect()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_waiting_ticket_is_accessible_and_fits(lobby: Lobby, size: tuple[int, int], locale: str) -> None:
    for _ in range(12):
        lobby.issue("device")
    ticket = lobby.issue("device")
    phone = lobby.screen(size, locale)
    page = lobby.open(phone, ticket)
    lobby.act("call-next")
    expect(page.locator(".nc b").first).to_have_text("B001")
    phone.inspect()
    page.locator("[data-action=let-pass]").click()
    phone.inspect()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_tap_that_meets_the_call_shows_the_call(lobby: Lobby, locale: str) -> None:
    ticket = lobby.issue()
    lobby.issue()
    phone = lobby.screen(PHONE, locale)
    page = lobby.open(phone, ticket)
    page.locator("[data-action=let-pass]").click()

    def late(route: Route) -> None:
        lobby.act("call-next")
        route.continue_()

    page.route("**/let-pass", late)
    page.locator("[data-sheet=let-pass] [data-action=confirm]").click()
    expect(page.locator("[data-counter='4']")).to_be_visible()
    phone.inspect()


def test_a_phone_that_reloads_while_called_still_shows_the_call(lobby: Lobby) -> None:
    page = lobby.phone(lobby.issue())
    lobby.act("call-next")
    expect(page.locator("[data-counter='4']")).to_be_visible()
    page.reload()
    expect(page.locator("[data-counter='4']")).to_be_visible()
