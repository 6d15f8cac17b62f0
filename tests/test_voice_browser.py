"""What a lobby lets people hear, in a real browser: order, no overlap, skipped calls, recalls; and the voice page."""

import itertools
import sqlite3
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from browsing import DESKTOP, DISPLAY, PHONE, Screen, wait_until
from newborn import sample_store
from playwright.sync_api import Browser, Page, expect
from serving import Serving

pytestmark = pytest.mark.browser

# every sound that starts, when it begins and ends (ms), and for words where they were fetched from
LISTEN = """
window.heard = [];
const { fetch } = window;
window.fetch = async (url, ...rest) => {
  const answer = await fetch(url, ...rest);
  const read = answer.arrayBuffer.bind(answer);
  answer.arrayBuffer = async () => Object.assign(await read(), { from: String(url) });
  return answer;
};
const { decodeAudioData } = BaseAudioContext.prototype;
BaseAudioContext.prototype.decodeAudioData = async function (data) {
  const { from } = data;
  return Object.assign(await decodeAudioData.call(this, data), { from });
};
const source = AudioBufferSourceNode.prototype;
const { start } = source;
source.start = function (...when) {
  const { from, duration } = this.buffer;
  const at = performance.now();
  window.heard.push({ what: "words", from, at, until: at + duration * 1000 });
  return start.apply(this, when);
};
const tone = OscillatorNode.prototype;
const strike = tone.start;
tone.start = function (when) {
  const isFirst = Math.abs(this.frequency.value - 659.25) < 1;
  if (isFirst) window.heard.push({ what: "chime", at: performance.now() });
  return strike.call(this, when);
};
"""

# a sample that is over at once; what was played is kept
PLAYED = """
HTMLMediaElement.prototype.play = function () {
  window.played = this.src;
  setTimeout(() => this.dispatchEvent(new Event("ended")));
  return Promise.resolve();
};
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A store whose calls keep the big place for a second, spoken fast."""
    serving = Serving(sample_store(tmp_path_factory.mktemp("heard") / "store"))
    serving.command("voice", "set", "--engine", "espeak", "--languages", "en", "--hours", "00:00-00:00=80,200")
    with sqlite3.connect(serving.folder / "lobbyline.db") as conn:
        conn.execute("UPDATE settings SET value = '1' WHERE key = 'hold_s'")
    conn.close()
    with serving:
        serving.no_patience()
        yield serving


@pytest.fixture(scope="module")
def clerks(server: Serving) -> Iterator[dict[int, httpx.Client]]:
    clients = {n: server.client(server.sign_in(f"clerk {n}", counter=n)) for n in (4, 5, 6)}
    yield clients
    for client in clients.values():
        client.close()


def _act(clerks: dict[int, httpx.Client], counter: int, action: str) -> str:
    answer = clerks[counter].post(f"/api/v1/counters/{counter}/{action}")
    assert answer.status_code == 200, answer.text
    return str((answer.json()["current"] or {}).get("number"))


def _heard(page: Page, what: str) -> list[dict[str, Any]]:
    return [one for one in page.evaluate("window.heard") if one["what"] == what]


def _wait_for(page: Page, what: str, count: int) -> list[dict[str, Any]]:
    wait_until(
        page, "([what, count]) => window.heard.filter((one) => one.what === what).length >= count", [what, count]
    )  # fmt: skip
    return _heard(page, what)


def test_calls_are_heard_one_after_another_in_their_order(
    chromium: Browser, server: Serving, clerks: dict[int, httpx.Client]
) -> None:
    with server.client(server.device("kiosk", "door")["token"]) as kiosk:
        for n in range(4):
            kiosk.post("/api/v1/tickets", json={"request_key": f"heard-{n}", "service": "plan"})
    display = Screen(chromium, DISPLAY)
    display.page.add_init_script(LISTEN)
    page = display.go(server.device("display", "hall")["link"])
    expect(page.locator("[data-queue=plan]")).to_contain_text("4")
    assert [_act(clerks, counter, "call-next") for counter in (4, 5, 6)] == ["A001", "A002", "A003"]
    expect(page.locator("[data-now-number]")).to_have_attribute("data-now-number", "A002")
    _act(clerks, 5, "no-show")  # before its words have begun: it is not heard any more
    expect(page.locator("[data-now-number]")).to_have_attribute("data-now-number", "A003")
    _wait_for(page, "words", 2)
    _act(clerks, 6, "recall")
    words = _wait_for(page, "words", 3)

    with server.client() as anybody:
        number_of = {call["audio_url"]: call["number"] for call in anybody.get("/api/v1/board").json()["calls"]}
    assert [number_of[one["from"]] for one in words] == ["A001", "A003", "A003"]
    assert words[1]["from"] != words[2]["from"], "a recall is a call of its own"
    chimes = _heard(page, "chime")
    assert len(chimes) == 3
    for chime, spoken in zip(chimes, words, strict=True):
        assert 1000 < spoken["at"] - chime["at"] < 6000, "the chime comes first"
    for before, after in itertools.pairwise(words):
        assert before["until"] <= after["at"], "words never overlap"
    for spoken, chime in zip(words, chimes[1:], strict=False):
        assert spoken["until"] <= chime["at"], "nor do chime and words of different calls"
    assert display.complaints == []

    server.command("device", "set", "--name", "hall", "--sound", "chime")
    page.wait_for_timeout(words[2]["until"] - page.evaluate("performance.now()"))
    _act(clerks, 4, "recall")
    _wait_for(page, "chime", 4)
    server.command("device", "set", "--name", "hall", "--sound", "off")
    _act(clerks, 4, "recall")
    wait_until(page, "document.querySelector('[data-now-number]').dataset.nowNumber === 'A001'")
    page.wait_for_timeout(1500)
    assert (len(_heard(page, "words")), len(_heard(page, "chime"))) == (3, 4)
    display.close()


def test_a_display_that_may_not_sound_asks_for_a_touch(chromium: Browser, server: Serving) -> None:
    display = Screen(chromium, DISPLAY)
    display.page.add_init_script(
        "Object.defineProperty(BaseAudioContext.prototype, 'state', { get: () => 'suspended' })"
    )
    page = display.go(server.device("display", "by the door")["link"])
    mark = page.locator("header").get_by_text("轻触屏幕开启声音")
    expect(mark).to_be_visible()
    server.command("device", "set", "--name", "by the door", "--sound", "off")
    expect(mark).to_be_hidden(timeout=20_000)
    display.close()


SAID = {
    "zh-CN": {"title": "语音播报", "saved": "已保存", "overlap": "与其他时段重叠", "more": "添加时段"},
    "en-GB": {"title": "Voice", "saved": "Saved.", "overlap": "overlaps another line", "more": "Add a line"},
}


def test_a_manager_sets_the_voice_and_hears_it(chromium: Browser, server: Serving) -> None:
    server.command("staff", "add", "--name", "manager", "--role", "manager", "--pin", "2468")
    for language, said in SAID.items():
        made = Screen(chromium, DESKTOP if language == "zh-CN" else PHONE, language)
        made.page.add_init_script(PLAYED)
        page = made.sign_in(server.url, "manager", "/settings")
        page.locator("a[href='/settings/voice']").click()
        expect(page.locator("h1")).to_have_text(said["title"])

        page.locator("select[name=languages]").select_option("both")
        page.locator("form[data-command=voice-set] button").click()
        expect(page.locator("form[data-command=voice-set] .answer")).to_contain_text(said["saved"])

        hours = page.locator("form[data-hours]")
        hours.get_by_text(said["more"]).click()
        line = hours.locator(".span").last
        line.locator("[name=from]").fill("22:00")
        line.locator("[name=to]").fill("08:00")
        line.locator("[name=volume]").fill("0")
        hours.locator("button:not([type])").click()
        expect(hours.locator(".answer")).to_contain_text(said["overlap"])
        hours.locator(".span [data-remove]").first.click()
        hours.locator("button:not([type])").click()
        expect(hours.locator(".answer")).to_contain_text(said["saved"])
        assert server.command("voice", "show")["hours"] == [{"from": "22:00", "to": "08:00", "volume": 0, "speed": 100}]

        server.command("voice", "set", "--hours", "00:00-00:00=80,200")
        page.locator("form[data-sample] button").click()
        wait_until(page, "window.played?.startsWith('blob:')")
        page.locator("form.display select").first.select_option("off")
        page.locator("form.display button").first.click()
        expect(page.locator("form.display .answer").first).to_contain_text(said["saved"])
        page.reload()
        expect(page.locator("form.display select").first).to_have_value("off")
        made.inspect()
        made.close()
