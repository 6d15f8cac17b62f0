"""The members' page in a real browser: choose a list, see what would change, save its faults, take it over."""

from collections.abc import Iterator
from pathlib import Path

import office
import pytest
from browsing import DESKTOP, PHONE, TABLET, Make, Screen
from playwright.sync_api import FilePayload, Page, Route, expect
from serving import Serving

pytestmark = pytest.mark.browser

NAME = {"zh": "名单.csv", "en": "list.csv"}
WORDS = {
    "zh": {
        "empty": "还没有会员",
        "take": "导入正确的 3 行",
        "reason": "不是 11 位手机号码",
        "done": "名单已导入",
        "none": "无需导入",
        "ended": "不在新名单内",
        "part": "这是完整的名单吗",
        "wrong": "表头缺少",
        "offline": "连接已中断",
        "saved": "行,列,内容,原因",
        "reading": "正在读取名单",
        "writing": "正在导入名单",
    },
    "en": {
        "empty": "No members yet",
        "take": "Take over the right lines (3)",
        "reason": "not an 11-digit mobile number",
        "done": "The list has been taken over",
        "none": "nothing to take over",
        "ended": "no longer on the list",
        "part": "Is this the whole list?",
        "wrong": "its heading lacks",
        "offline": "No connection",
        "saved": "Line,Column,Value,Reason",
        "reading": "Reading the list",
        "writing": "Taking the list over",
    },
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    with Serving(tmp_path / "store") as serving:
        serving.staff("梅经理", "manager")
        yield serving


@pytest.fixture
def manager(screen: Make, server: Serving) -> Make:
    """A manager's device, signed in and on the page."""

    def make(code: str, size: tuple[int, int] = DESKTOP) -> Screen:
        made = screen(size, {"zh": "zh-CN", "en": "en-GB"}[code])
        page = made.sign_in(server.url, "梅经理", "/members")
        expect(page.locator(".drop")).to_be_visible()
        return made

    return make


def _choose(page: Page, name: str, data: bytes) -> None:
    page.locator("input[type=file]").set_input_files(FilePayload(name=name, mimeType="text/csv", buffer=data))


@pytest.mark.parametrize("code", ["zh", "en"])
def test_a_list_is_looked_at_its_faults_are_saved_and_what_is_right_is_taken_over(manager: Make, code: str) -> None:
    words, made = WORDS[code], manager(code)
    page = made.page
    expect(page.locator("body")).to_contain_text(words["empty"])
    made.inspect()
    _choose(page, NAME[code], office.text(office.sample()).encode("gb18030"))
    expect(page.locator("[data-outcome=ready]")).to_contain_text(NAME[code])
    expect(page.locator("[data-count=faults]")).to_contain_text("7")
    expect(page.locator("tbody tr")).to_have_count(7)
    expect(page.locator("tbody tr").first).to_contain_text(words["reason"])
    made.inspect()
    with page.expect_download() as saving:
        page.locator("[data-action=save]").click()
    saved = saving.value.path().read_bytes()
    assert saved.startswith(b"\xef\xbb\xbf" + words["saved"].encode())
    assert saving.value.suggested_filename == "faults.csv"
    page.locator("[data-count=added]").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("[data-action=take]")).to_have_text(words["take"])
    page.locator("[data-action=take]").click()
    expect(page.locator("[data-outcome=done]")).to_contain_text(words["done"])
    expect(page.locator(".tiles")).to_be_visible()
    made.inspect()


@pytest.mark.parametrize("code", ["zh", "en"])
def test_a_list_that_lacks_many_is_warned_of_and_a_known_one_has_nothing_to_take(
    manager: Make, server: Serving, tmp_path: Path, code: str
) -> None:
    rows = list(office.many(30))
    (tmp_path / "list.xlsx").write_bytes(office.workbook(rows))
    server.command("import", "members", str(tmp_path / "list.xlsx"))
    words, made = WORDS[code], manager(code, TABLET)
    page = made.page
    _choose(page, NAME[code], office.text(rows).encode())
    expect(page.locator("[data-outcome=ready]")).to_contain_text(words["none"])
    expect(page.locator("[data-action=take]")).to_have_count(0)
    page.locator("[data-action=again]").click()
    changed = [*rows[:20], [*rows[20][:3], "钻石卡" if rows[20][3] != "钻石卡" else "银卡", *rows[20][4:]]]
    _choose(page, NAME[code], office.text(changed).encode())
    expect(page.locator("[data-warning]")).to_contain_text(words["part"])
    expect(page.locator("tbody tr")).to_have_count(10)
    expect(page.locator("tbody tr").first).to_contain_text(words["ended"])
    page.locator("[data-count=changed]").click()
    expect(page.locator(".fields")).to_contain_text("→")
    made.inspect()


@pytest.mark.parametrize("code", ["zh", "en"])
def test_what_goes_wrong_is_said_and_there_is_a_way_on(manager: Make, code: str) -> None:
    words, made = WORDS[code], manager(code, PHONE)
    page = made.page
    _choose(page, "wrong.csv", b"a,b\n1,2\n")
    expect(page.get_by_role("alert")).to_contain_text(words["wrong"])
    made.inspect()
    made.cut()
    _choose(page, NAME[code], office.text(office.sample()).encode())
    expect(page.get_by_role("alert")).to_contain_text(words["offline"])
    made.cut(off=False)
    _choose(page, NAME[code], office.text(office.sample()).encode())
    expect(page.locator("[data-outcome=ready]")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    made.inspect()


@pytest.mark.parametrize("code", ["zh", "en"])
def test_a_long_list_shows_how_far_it_is_also_after_a_reload(manager: Make, code: str) -> None:
    words, made = WORDS[code], manager(code)
    page = made.page
    _choose(page, NAME[code], office.text(list(office.many(30_000))).encode("gb18030"))
    progress = page.locator("[data-progress]")
    expect(progress).to_contain_text(words["reading"])
    expect(progress.locator("progress[max]")).to_be_visible()
    expect(page.locator("[data-action=stop]")).to_be_visible()
    made.inspect()
    expect(page.locator("[data-outcome=ready]")).to_be_visible(timeout=60_000)
    expect(page.locator("tbody tr")).to_have_count(200)
    page.locator("[data-action=more]").click()
    expect(page.locator("tbody tr")).to_have_count(400)
    page.locator("[data-action=take]").click()
    expect(progress).to_contain_text(words["writing"])
    page.reload()
    expect(page.locator("[data-outcome=done]")).to_be_visible(timeout=60_000)
    expect(page.locator("[data-count=added]")).to_contain_text("30,000")


def test_reading_can_be_stopped(manager: Make) -> None:
    page = manager("zh").page

    def stay(route: Route) -> None:
        answer = route.fetch()
        said = answer.json()
        route.fulfill(response=answer, json={**said, "state": "reading"} if route.request.method == "GET" else said)

    page.route("**/api/v1/imports/*", stay)
    _choose(page, "list.csv", office.text(office.sample()).encode())
    page.locator("[data-action=stop]").click()
    expect(page.locator(".drop")).to_be_visible()
    page.wait_for_timeout(700)
    expect(page.locator("[data-outcome]")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_page_is_reached_from_the_floor_and_the_settings(manager: Make, server: Serving) -> None:
    page = manager("zh").page
    for start in ("/floor", "/settings", "/"):
        page.goto(f"{server.url}{start}")
        page.locator("a[href='/members']").click()
        expect(page.locator("h1")).to_have_text("会员名单")
