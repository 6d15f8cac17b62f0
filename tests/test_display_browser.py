"""The lobby display in a real browser: a burst of calls in order, over restarts and lost lines, in every layout."""

import base64
import itertools
import re
import shutil
import time
from collections.abc import Iterator

import pytest
from browsing import DESKTOP, DISPLAY, TOO_WIDE, Make, Screen, audit
from cable import Cable
from display_stage import Desks, prepare
from playwright.sync_api import Page, WebSocketRoute, expect
from serving import Serving

pytestmark = pytest.mark.browser

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
UPRIGHT, STRIP = (1080, 1920), (1920, 480)
HOLD_MS = 6000
LATE_MS = 24_000  # after so long without news a screen says that it is out of date
COUNTERS, BURST = 30, 10

_NOTE_CALLS = """() => {
    window.noted = [];
    const note = () => {
        const now = document.querySelector("[data-now-number]");
        const number = now?.dataset.nowNumber;
        const isNew = number && now !== window.noted.at(-1)?.panel;
        if (isNew) window.noted.push({number, at: performance.now(), panel: now});
    };
    new MutationObserver(note).observe(document.getElementById("app"), {subtree: true, childList: true});
    note();
}"""
_NOTED = "() => window.noted.map(({number, at}) => [number, at])"

_CLIPPED = """() => {
    const outside = ({left, right, top, bottom}) =>
        left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1;
    const size = (e) => `${e.scrollWidth}×${e.scrollHeight} in ${e.clientWidth}×${e.clientHeight}`;
    const parts = [...document.querySelectorAll("#app *")].filter((e) => e.clientHeight > 0);
    const texts = "[data-fit], .where, .clock, .pill, .row, .q, .tip, .ctr, .say, .medium";
    const cut = parts.filter((e) => e.matches("main, .tile, .row, .q, .recent, .rows, .big, ol, ul")
        && (e.scrollHeight > e.clientHeight + 3 || e.scrollWidth > e.clientWidth + 3));
    return [...parts.filter((e) => e.matches(texts) && outside(e.getBoundingClientRect())), ...cut]
        .map((e) => `${size(e)}: ${e.outerHTML.slice(0, 120)}`);
}"""

_FILM = """async () => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 64, height: 36});
    const pen = canvas.getContext("2d"), parts = [];
    const recorder = new MediaRecorder(canvas.captureStream(10), {mimeType: "video/webm"});
    recorder.ondataavailable = ({data}) => parts.push(data);
    const done = new Promise((resolve) => recorder.onstop = resolve);
    recorder.start();
    for (let n = 0; n < 6; n++) {
        pen.fillStyle = n % 2 ? "red" : "blue";
        pen.fillRect(0, 0, 64, 36);
        await new Promise((resolve) => setTimeout(resolve, 60));
    }
    recorder.stop();
    await done;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
}"""

_STILL = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*{animation:none!important}");
    document.adoptedStyleSheets = [sheet];
}"""


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    folder = tmp_path_factory.mktemp("display") / "store"
    sign_ins = prepare(folder, COUNTERS, staffed=BURST, long_names=True)
    with Serving(folder) as serving, Desks(serving, sign_ins) as seated:
        seated.command("staff-add", name="梅经理", role="manager", pin="2468")
        serving.no_patience()
        yield seated


@pytest.fixture(scope="module")
def server(desks: Desks) -> Serving:
    return desks.server


@pytest.fixture(autouse=True)
def _nobody_is_left_over(desks: Desks) -> Iterator[None]:
    yield
    desks.clear()


def _at_our_pace(made: Screen) -> Screen:
    """Its clock goes only when the test lets it."""
    made.page.clock.install()
    return made


def _watching(made: Screen, server: Serving | Cable, query: str = "") -> Page:
    page = made.go(f"{server.url}/display{query}")
    expect(page.locator("header, main.sign").first).to_be_visible()
    page.evaluate(_NOTE_CALLS)
    return page


def _let_pass(page: Page, count: int) -> list[str]:
    """Time runs until so many calls have had the big place; their numbers, each of which had at least its time."""
    for _ in range(count):
        page.clock.run_for(HOLD_MS)
    noted: list[tuple[str, float]] = page.evaluate(_NOTED)
    times = [at for _, at in noted]
    assert all(later - at >= 0.95 * HOLD_MS for at, later in itertools.pairwise(times[1:]))
    return [number for number, _ in noted]


def _unless_shown_before(numbers: list[str], called: list[str]) -> list[str]:
    return [number for number in numbers if number in called]


def test_a_burst_of_ten_is_shown_in_the_order_called_each_for_its_time(
    screen: Make, server: Serving, desks: Desks
) -> None:
    page = _watching(_at_our_pace(screen(DISPLAY)), server)
    desks.issue(BURST)
    called = [desks.call(number) for number in range(1, BURST + 1)]
    desks.act(3, "recall")
    expect(page.locator(f"[data-now-number={called[0]}]")).to_be_visible()
    shown = _let_pass(page, BURST + 1)
    assert _unless_shown_before(shown, called) == called
    desks.act(1, "recall")
    page.clock.run_for(HOLD_MS)
    expect(page.locator(f"[data-now-number={called[0]}] .lab em")).to_be_visible()
    assert len(page.evaluate(_NOTED)) == len(shown) + 1


def test_a_line_that_drops_amid_a_burst_loses_no_call(screen: Make, server: Serving, desks: Desks) -> None:
    lines: list[WebSocketRoute] = []

    def connect(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    made = _at_our_pace(screen(DISPLAY))
    made.page.route_web_socket("**/socket.io/**", connect)
    page = _watching(made, server)
    desks.issue(BURST)
    called = [desks.call(number) for number in range(1, 5)]
    expect(page.locator(f"[data-now-number={called[0]}]")).to_be_visible()
    lines[-1].close()
    called += [desks.call(number) for number in range(5, BURST + 1)]
    expect(page.locator(".pill.lost")).to_be_visible()
    page.clock.run_for(3000)
    expect(page.locator(".pill.lost")).to_have_count(0)
    assert _unless_shown_before(_let_pass(page, BURST), called) == called


@pytest.mark.parametrize("anew", [False, True], ids=["held back", "lost for good"])
def test_a_line_that_falls_silent_is_noticed_in_time_and_loses_no_call(
    screen: Make, server: Serving, desks: Desks, anew: bool
) -> None:
    with Cable(server.port) as cable:
        page = _watching(_at_our_pace(screen(DISPLAY)), cable)
        lost = page.locator(".pill.lost")
        desks.issue(5)
        first = desks.call(1)
        expect(page.locator(f"[data-now-number={first}]")).to_be_visible()
        cable.fall_silent()
        missed = [desks.call(number) for number in range(2, 6)]
        expect(lost).to_have_count(0)
        page.clock.run_for(LATE_MS)
        expect(lost).to_contain_text(re.compile(r"\d\d:\d\d"), timeout=1_000)  # the clock goes on by itself too
        cable.speak(anew=anew)
        for _ in range(100):
            page.clock.run_for(200)
            page.wait_for_timeout(50)
            if not lost.is_visible():
                break
        expect(lost).to_have_count(0)
        assert _unless_shown_before(_let_pass(page, len(missed)), missed) == missed


def test_a_display_left_over_a_restart_shows_the_missed_calls_in_order(
    screen: Make, server: Serving, desks: Desks
) -> None:
    page = _watching(_at_our_pace(screen(DISPLAY)), server)
    desks.issue(5)
    port = server.port
    server.kill()
    lost = page.locator(".pill.lost")
    expect(lost).to_contain_text(re.compile(r"\d\d:\d\d"))
    server.start(port)
    called = [desks.call(number) for number in range(1, 6)]
    page.clock.run_for(4000)
    expect(lost).to_have_count(0)
    assert _unless_shown_before(_let_pass(page, 5), called) == called


def test_a_display_that_reloads_amid_a_burst_goes_on_where_it_was(screen: Make, server: Serving, desks: Desks) -> None:
    made = _at_our_pace(screen(DISPLAY))
    page = _watching(made, server)
    desks.issue(4)
    called = [desks.call(number) for number in range(1, 5)]
    expect(page.locator(f"[data-now-number={called[0]}]")).to_be_visible()
    _watching(made, server)
    assert _unless_shown_before(_let_pass(page, 4), called) == called[1:]


def test_more_calls_than_a_snapshot_holds_push_nobody_out_of_the_line(
    screen: Make, server: Serving, desks: Desks
) -> None:
    page = _watching(_at_our_pace(screen(DISPLAY)), server)
    desks.issue(BURST)
    called = [desks.call(number) for number in range(1, BURST + 1)]
    for _ in range(3):
        desks.act(BURST, "recall")
    desks.issue(1)
    expect(page.locator("[data-queue=plan] .k")).to_contain_text("1")
    assert _unless_shown_before(_let_pass(page, BURST), called) == called


LAYOUTS = {
    "full": [("", DISPLAY), ("", UPRIGHT)],
    "counters": [
        ("layout=counters", DISPLAY), ("layout=counters", UPRIGHT),
        ("layout=counters&counters=1", DISPLAY), ("layout=counters&counters=1-6", DISPLAY),
    ],
    "sign": [("counter=3", DISPLAY), ("counter=3", UPRIGHT), ("counter=3", STRIP), ("counter=29", STRIP)],
    "no sign": [("counter=99", DISPLAY)],
}  # fmt: skip


def _fits(page: Page, where: object) -> None:
    """Texts are measured in the frame after they are drawn, and once more with the right font."""
    deadline = time.monotonic() + 5
    while (clipped := page.evaluate(_CLIPPED)) and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert clipped == [], where


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_layout_fits_with_the_longest_names(screen: Make, server: Serving, desks: Desks, language: str) -> None:
    desks.issue(BURST + 3, "support")
    for number in range(1, BURST):
        desks.call(number)
    desks.act(2, "start")
    made = screen(DISPLAY)
    other = {"zh": "en", "en": "zh-CN"}[language]
    for shapes in LAYOUTS.values():
        for query, (width, height) in shapes:
            made.page.set_viewport_size({"width": width, "height": height})
            page = made.go(f"{server.url}/display?lang={language}&{query}")
            expect(page.locator(f"main [lang={other}]").first).to_be_visible()
            page.evaluate("document.fonts.ready")
            _fits(page, (query, width))
        page.evaluate(_STILL)
        made.inspect()


def test_a_sign_says_what_its_counter_does(screen: Make, server: Serving, desks: Desks) -> None:
    page = _watching(screen(DISPLAY), server, "?counter=7")
    what = page.locator("main.sign")
    expect(what).to_contain_text("请稍候")
    expect(what).to_contain_text("Please wait")
    desks.issue(1)
    number = desks.call(7)
    expect(page.locator("main.sign.called .number")).to_have_text(number)
    desks.act(7, "start")
    expect(page.locator("main.sign.serving .what")).to_contain_text("正在办理")
    desks.act(7, "finish")
    desks.act(7, "close")
    expect(what).to_contain_text("暂未开放")
    expect(what).not_to_contain_text(number)
    desks.act(7, "open")


def test_a_display_shows_its_own_queues_and_counters_and_follows_the_settings_page(
    screen: Make, server: Serving, desks: Desks
) -> None:
    added = desks.command("device-add", kind="display", name="zone", queues="B")
    zone = screen(DISPLAY)
    zone.page.goto(added["link"])
    expect(zone.page.locator("[data-queue]")).to_have_count(1)
    desks.issue(2, "plan")
    desks.issue(1, "device")
    other, own = desks.call(1), ""
    expect(zone.page.locator("[data-queue=device] .k")).to_contain_text("1")
    while not own.startswith("B"):
        own = desks.call(2) if not own else desks.call(3)
    expect(zone.page.locator(f"[data-now-number={own}]")).to_be_visible()
    expect(zone.page.locator(f"[data-number={other}]")).to_have_count(0)

    manager = _manager(screen, server)
    form = manager.locator("form", has=manager.locator("input[value=zone]"))
    form.locator("[name=layout]").select_option("sign")
    form.locator("button").click()
    expect(form.get_by_role("status")).to_contain_text("窗口屏只显示一个柜台")
    form.locator("[name=counters]").fill("1")
    form.locator("button").click()
    expect(form.get_by_role("status")).to_contain_text("已保存")
    expect(zone.page.locator("main.sign")).to_contain_text(other)
    page = zone.go(f"{server.url}/display?queues=A,V&layout=full")
    expect(page.locator("[data-queue]")).to_have_count(2)


def _manager(screen: Make, server: Serving) -> Page:
    """The displays' settings page, signed in."""
    return screen(DESKTOP).sign_in(server.url, "梅经理", "/settings/display")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_stores_look_is_set_on_its_page_and_worn_at_once(
    screen: Make, server: Serving, desks: Desks, language: str
) -> None:
    page = _watching(screen(DISPLAY), server)
    made = _manager(screen, server)
    made.goto(f"{server.url}/settings/display?lang={language}")
    form = made.locator("form", has=made.locator("[name=accent]"))
    form.locator("[name=accent]").fill("#802020")
    form.locator("button").click()
    refused = form.get_by_role("status")
    expect(refused).to_contain_text({"zh": "对比度", "en": "contrast"}[language])
    better = re.findall(r"#[0-9A-F]{6}", refused.inner_text())[-1]
    form.locator("[name=accent]").fill(better)
    with made.expect_navigation():
        form.locator("button").click()
    logo = made.locator("form", has=made.locator("[type=file]"))
    logo.locator("[type=file]").set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": PNG})
    with made.expect_navigation():
        logo.locator("button").click()
    expect(made.locator("p.logo img")).to_be_visible()
    assert audit(made).violations_count == 0
    assert [part for part in made.evaluate(TOO_WIDE) if not part.startswith("<input")] == []
    expect(page.locator("header img.logo")).to_be_visible()
    assert page.evaluate("document.documentElement.style.getPropertyValue('--amber')") == better
    desks.command("display-set", accent="", logo="")
    expect(page.locator("header .mark")).to_be_visible()
    assert page.evaluate("document.documentElement.style.getPropertyValue('--amber')") == ""


def test_pictures_and_videos_take_turns_muted_and_a_broken_one_is_skipped(screen: Make, server: Serving) -> None:
    made = screen(DISPLAY)
    film = base64.b64decode(_watching(made, server).evaluate(_FILM))
    folder = server.folder / "media"
    folder.mkdir()
    for name, content in {"a.png": PNG, "b.jpg": b"torn", "c.webm": film, "d.mp4": b"torn", "e.png": PNG}.items():
        (folder / name).write_bytes(content)
    made.page.clock.install()
    page = _watching(made, server)
    medium = page.locator(".medium")
    expect(medium).to_have_attribute("data-medium", "a.png")
    made.inspect()
    page.clock.run_for(10_100)
    expect(medium).to_have_attribute("data-medium", "c.webm")
    expect(page.locator("video")).to_have_js_property("muted", True)
    expect(medium).to_have_attribute("data-medium", "e.png")
    (folder / "e.png").unlink()
    page.clock.run_for(60_000)
    expect(medium).not_to_have_attribute("data-medium", "e.png")
    shutil.rmtree(folder)
    page.clock.run_for(60_000)
    expect(medium).to_have_count(0)


def test_the_picture_moves_a_little_every_few_minutes_and_comes_back(screen: Make, server: Serving) -> None:
    page = _watching(_at_our_pace(screen(DISPLAY)), server)
    seen = []
    for _ in range(11):
        page.clock.fast_forward(180_000)
        seen.append(page.evaluate("document.getElementById('app').style.translate"))
    assert len(set(seen)) == 11
    assert seen[-1] == "0px"
    assert all(abs(float(part)) <= 5 for place in seen for part in re.findall(r"-?[\d.]+", place))
