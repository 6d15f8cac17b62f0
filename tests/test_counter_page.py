"""The counter page by keyboard alone, in both languages: every action, undo, a cut line, a phone and the strip."""

import itertools
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from browsing import PHONE, SMALL_DESKTOP, Screen
from playwright.sync_api import APIResponse, Browser, Locator, Page, Route, expect
from serving import Serving

from bench.chromium import browser

pytestmark = pytest.mark.browser

CLERKS = {"zh-CN": "林静怡", "en-GB": "Zhou"}
STRIP = (480, 96)
UPRIGHT_TABLET = (820, 1180)
LAPTOP = (1280, 800)
MEMBERS = (
    "member_no,name,phone,tier,valid_from,valid_until,manager_a\n"
    "V07000001,王秀英,13800136620,gold,2020-01-01,2099-12-31,M05\n"
)
SCROLLS = """() => ["html", ".cur", "aside", ".wl"].map((part) => document.querySelector(part))
    .filter((e) => e && e.scrollHeight > e.clientHeight).map((e) => e.outerHTML.slice(0, 60))"""
TOO_SMALL = """() => [...document.querySelectorAll("button")].filter((e) => e.getBoundingClientRect().height < 44)
    .map((e) => e.outerHTML.slice(0, 100))"""
SQUEEZED = """() => [...document.querySelectorAll(".act .label")].filter((e) => {
    const isWord = /^[a-z-]+$/i.test(e.textContent), line = parseFloat(getComputedStyle(e).lineHeight);
    return e.scrollWidth > e.clientWidth || (isWord && e.clientHeight > 1.5 * line);
}).map((e) => e.textContent)"""
"""Names of actions that run over their key, or are broken in the middle of a word."""
SEEN_AT_ONCE = """() => { window.seen = new Promise((done) => addEventListener("keydown", () => {
    const pressed = performance.now();
    const look = () => document.querySelector("[aria-busy=true]") && document.querySelector(".doing")
        ? done(performance.now() - pressed) : requestAnimationFrame(look);
    look();
}, { once: true })) }"""
LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en-GB"])


class Desk:
    """Somebody at a counter, a manager who may do everything, with a keyboard and no mouse."""

    def __init__(self, chromium: Browser, server: Serving, language: str, name: str, number: int) -> None:
        self.language, self.number = language, number
        self.screen = Screen(chromium, SMALL_DESKTOP, language)
        self.page = self.screen.sign_in(server.url, name, f"/counter?number={number}")
        expect(self.page.locator("[data-state=closed]")).to_be_visible()
        self.press("Space")
        self.is_in("ready")
        self.api = server.client(token_of(server, name))

    def press(self, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Letter by letter."""
        self.page.keyboard.type(text)

    def is_in(self, state: str, number: str | None = None) -> None:
        """The counter's state, and the number at it."""
        expect(self.page.locator(f"[data-state={state}]")).to_be_visible()
        if number:
            expect(self.page.locator("[data-current-number]")).to_have_text(number)

    def asks(self, name: str) -> Locator:
        """The dialog that an action opens; the focus is in it."""
        dialog = self.page.locator(f"[data-ask={name}]")
        expect(dialog).to_be_visible()
        expect(dialog.locator(":focus")).to_have_count(1)
        return dialog

    def says(self, chinese: str, english: str) -> None:
        """The line above the actions."""
        expect(self.page.locator(".status [role=status]")).to_contain_text(
            chinese if self.language == "zh-CN" else english
        )

    def act(self, action: str, **body: Any) -> Any:
        """The same person at another screen: the view after it."""
        answer = self.api.post(f"/api/v1/counters/{self.number}/{action}", json=body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def clear(self) -> None:
        """Nobody at the counter, nobody waiting or on hold."""
        view = self.act("open")
        if view["current"] and view["current"]["state"] == "called":
            self.act("start")
        if view["current"]:
            self.act("finish")
        for ticket in [*view["held"], *self.act("open")["queue"]]:
            self.act("cancel", ticket=ticket["number"], reason="next test")
        self.is_in("ready")
        expect(self.page.locator("[data-waiting]")).to_have_count(0)


def token_of(server: Serving, name: str) -> str:
    with server.client() as client:
        return str(client.post("/api/v1/sessions", json={"staff": name, "pin": "2468"}).json()["token"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("counter_page")
    with Serving(folder / "store") as serving:
        (folder / "members.csv").write_text(MEMBERS)
        serving.command("import", "members", str(folder / "members.csv"))
        serving.command("staff", "add", "--name", "梅经理", "--role", "admin", "--pin", "2468")
        with serving.client(token_of(serving, "梅经理")) as admin:
            for name in CLERKS.values():
                wish = {"name": name, "role": "manager", "pin": "2468"}
                assert admin.post("/api/v1/commands/staff-add", json=wish).status_code < 300
            patience = {"recall_gap_s": 0, "no_show_calls": 1, "no_show_after_s": 0}
            assert admin.post("/api/v1/commands/desk-set", json=patience).status_code < 300
        yield serving


@pytest.fixture(scope="module")
def desks(server: Serving) -> Iterator[dict[str, Desk]]:
    with browser() as chromium:
        made = {
            language: Desk(chromium, server, language, name, number)
            for number, (language, name) in enumerate(CLERKS.items(), start=4)
        }
        yield made
        for desk in made.values():
            desk.screen.close()
            desk.api.close()


@pytest.fixture(scope="module")
def arrivals(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.device("api", "arrivals")["token"]) as client:
        yield client


_counted = itertools.count()


def _issue(arrivals: httpx.Client, service: str = "plan", **more: str) -> str:
    wish = {"request_key": f"arrival {next(_counted)}", "service": service, **more}
    return str(arrivals.post("/api/v1/tickets", json=wish).json()["number"])


@pytest.fixture
def desk(desks: dict[str, Desk], language: str) -> Desk:
    """At a counter where nobody is; every complaint of an earlier test would have been told there."""
    desks[language].clear()
    return desks[language]


def _serve(desk: Desk, number: str) -> None:
    expect(desk.page.locator("[data-action=main]")).to_contain_text(number)
    desk.press("Space")
    desk.is_in("called", number)
    desk.press("Space")
    desk.is_in("serving", number)


@LANGUAGES
def test_a_customer_is_called_served_held_resumed_and_sent_on(desk: Desk, arrivals: httpx.Client) -> None:
    number = _issue(arrivals)
    _serve_after_recall(desk, number)
    desk.press("w")
    desk.asks("note")
    desk.type("带了旧卡 old SIM")
    desk.screen.inspect()
    desk.press("Enter")
    expect(desk.page.locator(".note")).to_contain_text("old SIM")

    desk.press("h")
    desk.asks("hold")
    desk.press("2")
    desk.screen.inspect()
    desk.press("Enter")
    desk.is_in("ready")
    desk.says(f"已挂起 {number}", f"{number} is on hold")
    desk.press("g")
    desk.asks("resume")
    desk.press("Enter")
    desk.is_in("called", number)
    expect(desk.page.locator("[data-action=main]")).to_be_focused()
    desk.press("Space")
    desk.is_in("serving", number)

    desk.press("s")
    desk.asks("add-service")
    desk.press("3")
    desk.press("Enter")
    expect(desk.page.locator(".cur .tag").first).to_have_text(
        {"zh-CN": "维修与售后", "en-GB": "Repairs & support"}[desk.language]
    )
    desk.press("t")
    desk.asks("transfer")
    desk.press("2")
    desk.screen.inspect()
    desk.press("Enter")
    desk.is_in("ready")
    waiting = desk.page.locator(f"[data-waiting={number}]")
    expect(waiting).to_contain_text({"zh-CN": "转来", "en-GB": "transferred"}[desk.language])
    desk.screen.inspect()


def _serve_after_recall(desk: Desk, number: str) -> None:
    expect(desk.page.locator("[data-action=main]")).to_contain_text(number)
    desk.press("Space")
    desk.is_in("called", number)
    desk.screen.inspect()
    desk.press("r")
    expect(desk.page.locator(".steps")).to_contain_text({"zh-CN": "2 次", "en-GB": "2 times"}[desk.language])
    desk.press("b")
    desk.is_in("ready")
    desk.press("Space")
    desk.is_in("called", number)
    desk.press("Space")
    desk.is_in("serving", number)
    desk.screen.inspect()


@LANGUAGES
def test_finishing_with_an_outcome_and_wrapping_up(desk: Desk, arrivals: httpx.Client) -> None:
    first, second = _issue(arrivals), _issue(arrivals)
    _serve(desk, first)
    desk.press("f")
    dialog = desk.asks("outcome")
    desk.press("ArrowDown", "Tab", "Space")
    expect(dialog.locator("[value=not_solved]")).to_be_checked()
    desk.press("Enter")
    desk.is_in("wrap_up")
    expect(desk.page.locator(".headline")).to_be_visible()
    desk.screen.inspect()
    desk.press("Space")
    desk.is_in("ready")
    _serve(desk, second)
    desk.press("e")
    desk.is_in("ready")
    assert desk.act("open")["figures"]["served"] >= 2


@LANGUAGES
def test_other_numbers_are_called_cancelled_brought_back_and_put_first(desk: Desk, arrivals: httpx.Client) -> None:
    first, second, third = (_issue(arrivals) for _ in range(3))
    expect(desk.page.locator("[data-place=next]")).to_have_attribute("data-waiting", first)
    expect(desk.page.locator("[data-place=after]")).to_have_attribute("data-waiting", second)
    desk.press("c")
    desk.asks("call")
    desk.press("2", "Tab")
    desk.type("老人 elderly")
    desk.press("Enter")
    desk.is_in("called", second)
    desk.press("n")
    desk.is_in("ready")
    desk.says(f"已过号 {second}", f"No-show: {second}")
    desk.press("l")
    dialog = desk.asks("reinstate")
    expect(dialog.locator(":checked")).to_have_attribute("value", second)
    desk.press("Tab")
    desk.type("回来了 is back")
    desk.press("Enter")
    expect(desk.page.locator(f"[data-waiting={second}]")).to_be_visible()
    desk.press("j")
    desk.asks("prioritise")
    desk.press("3", "Tab")
    desk.type("急事 urgent")
    desk.press("Enter")
    expect(desk.page.locator("[data-place=next]")).to_have_attribute("data-waiting", third)
    desk.press("k")
    desk.asks("cancel")
    desk.press("1", "Tab")
    desk.type("已走 has left")
    desk.screen.inspect()
    desk.press("Enter")
    expect(desk.page.locator(f"[data-waiting={third}]")).to_have_count(0)
    desk.press("i")
    dialog = desk.asks("issue")
    desk.press("4", "Enter")
    issued = dialog.locator("[data-result]")
    expect(issued).to_be_visible()
    desk.screen.inspect()
    number = issued.inner_text()
    desk.press("Enter")
    expect(desk.page.locator("dialog")).to_have_count(0)
    expect(desk.page.locator(f"[data-waiting={number}]")).to_be_visible()


@LANGUAGES
def test_a_vip_is_known_only_after_the_call_and_the_phone_only_when_asked_for(
    desk: Desk, arrivals: httpx.Client
) -> None:
    number = _issue(arrivals, member_no="V07000001")
    expect(desk.page.locator("[data-action=main]")).to_contain_text(number)
    expect(desk.page.locator("main")).not_to_contain_text("王")
    expect(desk.page.locator("main")).not_to_contain_text("M05")
    _serve(desk, number)
    expect(desk.page.locator("[data-care=manager]")).to_contain_text("M05")
    expect(desk.page.locator("[data-phone]")).to_contain_text("138 ···· 6620")
    desk.press("v")
    expect(desk.page.locator("[data-phone]")).to_have_text("13800136620")
    desk.screen.inspect()
    assert desk.page.evaluate(SCROLLS) == []
    desk.press("e")
    desk.is_in("ready")
    expect(desk.page.locator("main")).not_to_contain_text("13800136620")


@LANGUAGES
def test_a_pause_says_when_the_counter_is_back(desk: Desk) -> None:
    desk.press("p")
    dialog = desk.asks("pause")
    desk.press("1", "Tab")
    desk.type("20")
    expect(dialog.locator("[value=lunch]")).to_be_checked()
    desk.screen.inspect()
    desk.press("Enter")
    desk.is_in("paused")
    expect(desk.page.locator(".hint")).to_contain_text(
        {"zh-CN": "午餐，预计", "en-GB": "Lunch, back at"}[desk.language]
    )
    desk.screen.inspect()
    desk.press("Space")
    desk.is_in("ready")
    desk.press("x")
    desk.is_in("closed")
    desk.press("Space")
    desk.is_in("ready")


@LANGUAGES
def test_the_list_of_all_actions_says_why_not(desk: Desk, arrivals: httpx.Client) -> None:
    number = _issue(arrivals)
    expect(desk.page.locator("[data-action=main]")).to_contain_text(number)
    desk.press("m")
    dialog = desk.page.get_by_role("dialog")
    recall = dialog.locator("[data-item=recall]")
    expect(recall).to_be_focused()
    expect(recall).to_have_attribute("aria-disabled", "true")
    expect(recall.locator("small")).not_to_be_empty()
    desk.press("Enter")
    expect(dialog).to_be_visible()
    desk.screen.inspect()
    desk.press("ArrowDown")
    expect(dialog.locator("[data-item=no-show]")).to_be_focused()
    desk.press("Escape")
    expect(dialog).to_have_count(0)
    desk.press("m")
    expect(recall).to_be_focused()
    desk.press("c")
    desk.asks("call")
    desk.press("Escape")
    expect(dialog).to_have_count(0)
    desk.is_in("ready")


@LANGUAGES
def test_the_last_action_is_taken_back(desk: Desk, arrivals: httpx.Client) -> None:
    first, second = _issue(arrivals), _issue(arrivals)
    _serve(desk, first)
    desk.press("Space")
    desk.is_in("called", second)
    desk.says(f"已办结并呼叫 {second}", f"Finished, and called {second}")
    expect(desk.page.locator("[data-undoable] small")).to_contain_text({"zh-CN": "秒", "en-GB": "s"}[desk.language])
    desk.screen.inspect()
    desk.press("u")
    desk.is_in("serving", first)
    expect(desk.page.locator(f"[data-waiting={second}]")).to_be_visible()


class CutLine:
    """The first request reaches the server but its answer is lost; the same request again waits until `mend`."""

    def __init__(self, page: Page, path: str) -> None:
        self._page, self._path = page, f"**{path}"
        self.repeats: list[Route] = []
        self._lost = False
        page.route(self._path, self._handle)

    def _handle(self, route: Route) -> None:
        if self._lost:
            self.repeats.append(route)
            return
        self._lost = True
        route.fetch()
        route.abort("internetdisconnected")

    def mend(self) -> None:
        """Let what waits through; it is one request."""
        expect(self._page.locator(".unsure")).to_be_visible()
        while not self.repeats:
            self._page.wait_for_timeout(50)
        self.repeats[0].continue_()
        expect(self._page.locator(".doing")).to_have_count(0)
        self._page.unroute(self._path)
        assert len(self.repeats) == 1


@LANGUAGES
def test_a_line_cut_in_mid_action_does_nothing_twice(desk: Desk, arrivals: httpx.Client) -> None:
    first, second = _issue(arrivals), _issue(arrivals)
    _serve(desk, first)
    line = CutLine(desk.page, "/call-next")
    desk.press("Space")
    expect(desk.page.locator(".unsure")).to_be_visible()
    desk.screen.inspect()
    desk.press("Space", "e")  # impatience changes nothing
    line.mend()
    desk.is_in("called", second)
    expect(desk.page.locator("[role=alert] .toast")).to_have_count(0)
    view = desk.act("open")
    assert (view["current"]["number"], view["current"]["calls"]) == (second, 1)

    line = CutLine(desk.page, "/recall")
    desk.press("r")
    line.mend()
    expect(desk.page.locator(".steps")).to_contain_text({"zh-CN": "2 次", "en-GB": "2 times"}[desk.language])
    assert desk.act("open")["current"]["calls"] == 2


class SlowAnswer:
    """Requests to a path are done at once, but their answers wait until `arrive`."""

    def __init__(self, page: Page, path: str) -> None:
        self._page, self._path = page, f"**{path}"
        self.done: list[tuple[Route, APIResponse]] = []
        page.route(self._path, lambda route: self.done.append((route, route.fetch())))

    def arrive(self) -> None:
        while not self.done:
            self._page.wait_for_timeout(50)
        for route, answer in self.done:
            route.fulfill(response=answer)
        self._page.unroute(self._path)


def test_a_press_on_what_the_live_view_shows_already_is_the_next_step(
    desks: dict[str, Desk], arrivals: httpx.Client
) -> None:
    desk = desks["zh-CN"]
    desk.clear()
    number = _issue(arrivals)
    expect(desk.page.locator("[data-action=main]")).to_contain_text(number)
    call = SlowAnswer(desk.page, "/call-next")
    desk.press("Space")
    desk.is_in("called", number)
    desk.press("Space")
    call.arrive()
    desk.is_in("serving", number)
    assert len(call.done) == 1
    expect(desk.page.locator("[role=alert] .toast")).to_have_count(0)


def test_a_dialog_answered_while_another_action_is_under_way_waits_for_it(
    desks: dict[str, Desk], arrivals: httpx.Client
) -> None:
    desk = desks["zh-CN"]
    desk.clear()
    number = _issue(arrivals)
    _serve(desk, number)
    note = SlowAnswer(desk.page, "/note")
    desk.press("w")
    desk.page.keyboard.type("带了两张卡")
    desk.press("Enter")
    desk.page.keyboard.press("Escape")
    desk.press("h", "Enter")
    note.arrive()
    expect(desk.page.locator("dialog")).to_have_count(0)
    desk.is_in("ready")


def test_no_key_reaches_what_is_behind_an_open_dialog(desks: dict[str, Desk], arrivals: httpx.Client) -> None:
    desk = desks["zh-CN"]
    desk.clear()
    number = _issue(arrivals)
    expect(desk.page.locator("[data-action=main]")).to_contain_text(number)
    desk.press("m")
    dialog = desk.page.locator("dialog")
    expect(dialog).to_be_visible()
    desk.page.evaluate("document.activeElement.blur()")
    desk.press("Enter", "Space", "p")
    expect(dialog).to_have_count(1)
    desk.press("Escape")
    desk.is_in("ready")


@LANGUAGES
def test_a_lost_line_is_obvious_and_comes_back_by_itself(desk: Desk, arrivals: httpx.Client) -> None:
    number = _issue(arrivals)
    expect(desk.page.locator("[data-action=main]")).to_contain_text(number)
    desk.screen.cut()
    expect(desk.page.locator(".offline")).to_be_visible()
    desk.press("Space")
    expect(desk.page.locator("[role=alert] .toast")).to_be_visible()
    desk.screen.inspect()
    desk.screen.cut(off=False)
    expect(desk.page.locator(".offline")).to_have_count(0)
    desk.is_in("ready")
    desk.press("Space")
    desk.is_in("called", number)


def test_what_another_screen_did_first_is_not_done_again(desks: dict[str, Desk], arrivals: httpx.Client) -> None:
    desk = desks["zh-CN"]
    desk.clear()
    number = _issue(arrivals)
    expect(desk.page.locator("[data-action=main]")).to_contain_text(number)
    seen = {"state": "ready", "ticket": None}
    desk.act("call-next", expects=seen, request_key="the strip")
    again = desk.api.post("/api/v1/counters/4/call-next", json={"expects": seen, "request_key": "the page"})
    assert (again.status_code, again.json()["code"]) == (409, "counter_moved_on")
    desk.act("call-next", expects=seen, request_key="the strip")
    reused = desk.api.post("/api/v1/counters/4/start", json={"request_key": "the strip"})
    assert (reused.status_code, reused.json()["code"]) == (409, "key_reused")
    desk.is_in("called", number)


def test_an_effect_is_seen_within_a_tenth_of_a_second(desks: dict[str, Desk], arrivals: httpx.Client) -> None:
    desk = desks["zh-CN"]
    desk.clear()
    number = _issue(arrivals)
    expect(desk.page.locator("[data-action=main]")).to_contain_text(number)
    held: list[Route] = []
    desk.page.route("**/call-next", lambda route: held.append(route))  # noqa: PLW0108
    desk.page.evaluate(SEEN_AT_ONCE)
    desk.press("Space")
    assert desk.page.evaluate("window.seen") < 100
    held[0].continue_()
    desk.page.unroute("**/call-next")
    desk.is_in("called", number)


@LANGUAGES
def test_everything_fits_a_laptop_a_phone_and_an_upright_tablet(desk: Desk, arrivals: httpx.Client) -> None:
    number = _issue(arrivals, member_no="V07000001")
    second = _issue(arrivals)
    _serve(desk, number)
    desk.page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    assert desk.page.evaluate(SQUEEZED) == []
    desk.screen.inspect()
    for size in (PHONE, UPRIGHT_TABLET):
        desk.page.set_viewport_size({"width": size[0], "height": size[1]})
        main = desk.page.locator("[data-action=main]")
        expect(main).to_be_in_viewport(ratio=1)
        expect(desk.page.locator(".then")).to_contain_text(second)
        desk.screen.inspect()
        assert desk.page.evaluate(TOO_SMALL) == []
    desk.screen.cut()
    expect(desk.page.locator(".offline")).to_be_visible()
    desk.screen.inspect()
    desk.screen.cut(off=False)
    expect(desk.page.locator(".offline")).to_have_count(0)
    desk.press("t")
    desk.asks("transfer")
    desk.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    desk.screen.inspect()
    desk.press("Escape")
    desk.page.set_viewport_size({"width": SMALL_DESKTOP[0], "height": SMALL_DESKTOP[1]})
    desk.press("e")
    desk.is_in("ready")


@LANGUAGES
def test_the_strip_calls_recalls_and_takes_back(desk: Desk, arrivals: httpx.Client, server: Serving) -> None:
    first = _issue(arrivals)
    page = desk.page
    page.set_viewport_size({"width": STRIP[0], "height": STRIP[1]})
    page.goto(f"{server.url}/counter/strip")
    main = page.locator("[data-action=main]")
    expect(main).to_contain_text(first)
    desk.screen.inspect()
    desk.press("Space")
    desk.is_in("called", first)
    desk.screen.inspect()
    desk.press("r")
    expect(page.locator(".doing")).to_have_count(0)
    desk.press("Space")
    desk.is_in("serving", first)
    desk.press("u")
    desk.is_in("called", first)
    line = CutLine(page, "/start")
    desk.press("Space")
    expect(page.locator(".unsure")).to_be_visible()
    desk.screen.inspect()
    line.mend()
    desk.is_in("serving", first)
    desk.screen.cut()
    expect(page.locator(".down [role=alert]")).to_be_visible()
    desk.screen.inspect()
    desk.screen.cut(off=False)
    expect(page.locator(".down")).to_have_count(0)
    page.set_viewport_size({"width": SMALL_DESKTOP[0], "height": SMALL_DESKTOP[1]})
    page.goto(f"{server.url}/counter?number={desk.number}")
    desk.is_in("serving", first)
