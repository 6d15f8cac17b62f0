"""The head office's pages in a browser: the wall lives, trouble stands on top, stores are sent things and compared."""

import itertools
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import office as office_lists
import pytest
from browsing import DESKTOP, PATIENCE_S, PHONE, Screen
from chain_stage import Office, Postgres
from headquarters import BOSS, PASSWORD, HeadOffice
from playwright.sync_api import FilePayload, Page, expect
from serving import Serving

from chain.office import comparisons, lists, people, rollouts, stores
from chain.office.people import OfficeRole
from chain.protocol import Hello, Kind, MailState

pytestmark = pytest.mark.browser
Make = Callable[..., Screen]
PUDONG, WEST_LAKE = "浦东一店", "西湖店"


@pytest.fixture(scope="module")
def office(postgres: Postgres) -> Iterator[HeadOffice]:
    """With a store that is on line, and one that nobody has heard of for long."""
    database = postgres.new_database()
    with closing(Office(database)) as stage, stage.database.transaction() as conn:
        people.add(conn, BOSS, OfficeRole.MANAGER, people.hash_password(PASSWORD))
    with HeadOffice(database, None) as running:
        yield running


@pytest.fixture(scope="module")
def store(office: HeadOffice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with closing(Office(office.database)) as stage:
        tokens = [stage.add_store(name) for name in (PUDONG, WEST_LAKE)]
        hello = Hello(
            incarnation=1, newest=0, name_zh="西湖店", name_en="West Lake", timezone="Asia/Shanghai", program="1"
        )
        with stage.database.transaction() as conn:
            parted = stores.by_token(conn, tokens[1])
            assert parted is not None
            stores.greet(conn, parted, "line", hello)
            stores.part(conn, parted, "line", 0)
    with Serving(tmp_path_factory.mktemp("browser") / "store") as serving:
        serving.no_patience()
        serving.ask("chain-join", url=office.url, token=tokens[0])
        _await_name(office)
        yield serving


def _await_name(office: HeadOffice) -> None:
    """Pages that are opened before a store has introduced itself do not know what it is called."""
    until = time.monotonic() + PATIENCE_S
    with closing(Office(office.database)) as stage:
        while True:
            with stage.database.transaction() as conn:
                if stores.by_name(conn, PUDONG).name_en:
                    return
            assert time.monotonic() < until
            time.sleep(0.05)


def enter(screen: Screen, office: HeadOffice) -> Page:
    page = screen.go(f"{office.url}/sign-in")
    page.fill("[name=name]", BOSS)
    page.fill("[name=password]", PASSWORD)
    page.click("form button")
    return page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-CN", ("全部营业厅", "海棠路营业厅", "已恢复旧备份：请决定")),
        ("en-GB", ("All stores", "Haitang Road Store", "Restored: decide")),
    ],
)
def test_a_call_appears_on_the_wall_and_trouble_stands_on_top(
    screen: Make, office: HeadOffice, store: Serving, language: str, words: tuple[str, ...]
) -> None:
    heading, name, trouble = words
    wall = screen(DESKTOP, language)
    page = enter(wall, office)
    expect(page.locator("h1")).to_have_text(heading)
    expect(page.locator(".wall tbody tr").first).to_contain_text(trouble)
    row = page.locator(f'[data-store="{PUDONG}"]')
    expect(row).to_contain_text(name)
    number = call_one(store, language)
    expect(row.locator("[data-call]")).to_have_text(number)
    wall.inspect()


def call_one(store: Serving, key: str) -> str:
    clerk = store.sign_in(f"Lin {key}", counter=4)
    kiosk = store.device("kiosk", f"kiosk {key}")["token"]
    with store.client(kiosk) as client:
        client.post("/api/v1/tickets", json={"request_key": f"key {key}", "service": "plan"}).raise_for_status()
    with store.client(clerk) as client:
        client.post("/api/v1/counters/4/open").raise_for_status()
        called = client.post("/api/v1/counters/4/call-next", json={}).raise_for_status().json()
        client.post("/api/v1/counters/4/no-show").raise_for_status()
        client.post("/api/v1/counters/4/close").raise_for_status()
    return str(called["current"]["number"])


def test_a_notice_goes_to_a_store_and_its_answer_comes_back(screen: Make, office: HeadOffice, store: Serving) -> None:
    desk = screen(PHONE, "en-GB")
    page = enter(desk, office)
    page.get_by_role("link", name="Sent to stores").click()
    page.get_by_label("In Chinese").fill("今天系统维护")
    page.get_by_label("In English").fill("Maintenance today")
    page.get_by_label("Haitang Road Store").check()
    page.get_by_role("button", name="Send (1)").click()
    expect(page.locator(".log .state").first).to_have_text("carried out")
    with store.client() as board:
        notices = board.get("/api/v1/board").json()["store"]["notices"]
    assert {"zh": "今天系统维护", "en": "Maintenance today"} in notices
    desk.inspect()


@pytest.mark.usefixtures("store")
def test_a_restored_store_is_let_go_on_by_somebody_who_knows_what_it_means(screen: Make, office: HeadOffice) -> None:
    wall = screen(PHONE, "zh-CN")
    page = enter(wall, office)
    page.get_by_role("button", name="西湖店").click()
    sheet = page.locator("dialog")
    expect(sheet).to_contain_text("恢复了较旧的备份")
    wall.inspect()
    sheet.get_by_role("button", name="让它从第 0 条继续").click()
    expect(sheet).to_be_hidden()
    expect(page.locator(f'[data-store="{WEST_LAKE}"]')).not_to_contain_text("请决定")


def test_a_wall_without_stores_says_how_to_begin(screen: Make, postgres: Postgres) -> None:
    database = postgres.new_database()
    with closing(Office(database)) as stage, stage.database.transaction() as conn:
        people.add(conn, BOSS, OfficeRole.VIEWER, people.hash_password(PASSWORD))
    with HeadOffice(database, None) as office:
        wall = screen(DESKTOP, "zh-CN")
        page = enter(wall, office)
        expect(page.locator(".none")).to_contain_text("还没有营业厅")
        expect(page.get_by_role("link", name="发给营业厅")).to_be_hidden()
        wall.inspect()


def test_a_file_of_settings_is_looked_at_and_then_taken_over(screen: Make, office: HeadOffice, store: Serving) -> None:
    desk = screen(DESKTOP, "en-GB")
    page = enter(desk, office)
    page.get_by_role("link", name="Roll-outs").click()
    _begin(page)
    page.get_by_label("What it is for").fill("Fair turn")
    page.get_by_label("File of settings").fill("format = 1\n[rule]\nfair_after = 43\n")
    page.get_by_label("Haitang Road Store").select_option("1")
    page.get_by_role("button", name="Show what it would change").click()
    page.get_by_text("1 changes").click()
    expect(page.locator(".changes")).to_contain_text("43")
    desk.inspect()
    page.get_by_role("button", name="Take it over").click()
    expect(page.locator("[data-rollout] h2")).to_contain_text("carried out")
    [fair] = [one for one in store.ask("settings-show")["settings"] if one["field"] == "rule.fair_after"]
    assert fair["value"] == 43


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(("language", "size"), [("zh-CN", DESKTOP), ("en-GB", PHONE)])
def test_two_stores_of_one_name_are_told_apart_wherever_stores_are_chosen_and_told_of(
    screen: Make, office: HeadOffice, language: str, size: tuple[int, int]
) -> None:
    names = [f"{name}{language}" for name in ("虹口店", "静安店")]
    shown = [f"人民路营业厅（{name}）" if language == "zh-CN" else f"Renmin Road Store ({name})" for name in names]
    with closing(Office(office.database)) as stage, stage.database.transaction() as conn:
        for name in names:
            store_id = stores.by_token(conn, stores.add(conn, name, "华东/上海"))
            assert store_id is not None
            public = {"name_zh": "人民路营业厅", "name_en": "Renmin Road Store"}
            stores.greet(
                conn, store_id, "line", Hello(incarnation=1, newest=0, timezone="Asia/Shanghai", program="1", **public)
            )
        number, _ = rollouts.begin(conn, Kind.SETTINGS, f"公平轮候 {language}", {"toml": "format = 1"}, [names], BOSS)
        rollouts.stop(conn, number, BOSS)
        comparisons.begin(conn, names[0], names[1:], BOSS)
    desk = screen(size, language)
    page = enter(desk, office)
    for path, told in (("mail", ".log td"), ("rollouts", "[data-rollout] td"), ("comparisons", "[data-comparison] h2")):
        page.goto(f"{office.url}/{path}")
        expect(page.locator(told).filter(has_text=shown[0]).first).to_be_visible()
        if not page.locator(".picks").count():
            page.locator("main .find button").click()
        for name in shown:
            expect(page.locator(".picks label").filter(has_text=name)).to_be_visible()
        desk.inspect()


ENDING = {
    "zh-CN": (
        "共 1,000 位会员中有 101 位将变为普通客户。这是完整的名单吗？", "是，这是完整的名单",
        "2,000 张会员卡中有 201 张将失效", "在先行营业厅生效",
    ),
    "en-GB": (
        "101 of 1,000 members would become ordinary customers. Is this the whole list?", "Yes, this is the whole list",
        "all stores together: 201 of 2,000", "Take it over at the first stores",
    ),
}  # fmt: skip


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(("language", "size"), [("zh-CN", DESKTOP), ("en-GB", PHONE)])
def test_a_list_that_would_end_many_cards_is_taken_over_only_by_who_says_that_it_is_whole(
    screen: Make, office: HeadOffice, language: str, size: tuple[int, int]
) -> None:
    warning, sure, total, take_over = ENDING[language]
    names = [f"{name}{language}" for name in ("徐汇店", "长宁店")]
    with closing(Office(office.database)) as stage:
        with stage.database.transaction() as conn:
            for name in names:
                stores.add(conn, name, "华东/上海")
            body = lists.about(conn, lists.keep(conn, b"a list"))
            number, ids = rollouts.begin(conn, Kind.MEMBERS, "十二月名单", body, [[name] for name in names], BOSS)
        for store_id, ended in zip(ids, (100, 101), strict=True):
            counts = {"added": 7, "changed": 0, "unchanged": 1000 - ended, "ended": ended, "faults": 0}
            answer = {
                "id": 1,
                "seq": 1,
                "state": MailState.APPLIED,
                "result": {"counts": counts, "faults": [], "seen": "x"},
            }
            assert stage.desk.answer(store_id, "line", "answer", answer) == {}
        desk = screen(size, language)
        page = enter(desk, office)
        page.goto(f"{office.url}/rollouts?id={number}")
        expect(page.locator(".caution")).to_contain_text(warning)
        go = page.get_by_role("button", name=take_over)
        expect(go).to_be_disabled()
        page.locator(".ends summary").click()
        expect(page.locator(".ends")).to_contain_text(total)
        expect(page.locator(".names .many")).to_have_text(f"{names[1]} 101 / 1,000")
        desk.inspect()
        page.get_by_label(sure).check()
        go.click()
        shown = page.locator(f'[data-rollout="{number}"]')
        expect(shown.locator(".answers.waiting")).to_be_visible()
        assert stage.desk.answer(ids[0], "line", "answer", {**answer, "id": 2}) == {}
        expect(shown.locator(".answers.same")).to_be_visible()
        with stage.database.transaction() as conn:
            rollouts.stop(conn, number, BOSS)


def _begin(page: Page) -> None:
    """The first roll-out's form is open; then it is opened by its button."""
    page.locator("[data-rollout], [name=named]").first.wait_for()
    if page.locator("[name=named]").count() == 0:
        page.locator("main .find button").click()


@pytest.mark.usefixtures("store")
def test_roll_outs_are_asked_for_in_short_and_only_while_an_answer_is_to_come(screen: Make, office: HeadOffice) -> None:
    names = ["豫园店", "外滩店"]
    with closing(Office(office.database)) as stage:
        with stage.database.transaction() as conn:
            garden, bund = (stores.by_token(conn, stores.add(conn, name, "华东/上海")) for name in names)
            assert garden is not None
            assert bund is not None
            older, _ = (
                rollouts.begin(conn, Kind.SETTINGS, f"公平轮候 {n}", {"toml": "format = 1"}, [names], BOSS)[0]
                for n in (1, 2)
            )
        desk = screen(PHONE, "zh-CN")
        asked: list[str] = []
        desk.page.on("request", lambda request: asked.append(request.url.partition("/api/v1/")[2]))
        page = enter(desk, office)
        page.get_by_role("link", name="分批推送").click()
        page.get_by_role("button", name="公平轮候 1").click()
        shown = page.locator(f'[data-rollout="{older}"]')
        expect(shown).to_contain_text("2 家尚未答复，其中 2 家已断线")
        for mail, store_id in itertools.product((2, 1), (garden, bund)):
            answer = {"id": mail, "seq": 1, "state": MailState.APPLIED, "result": {"changes": [FAIR], "seen": "x"}}
            assert stage.desk.answer(store_id, "line", "answer", answer) == {}
        expect(shown).to_contain_text("2 家已预览，尚未生效")
        desk.inspect()
        wholes = [path for path in asked if path == f"rollouts/{older}"]
        asked.clear()
        page.wait_for_timeout(3000)
        assert asked == []
        assert len(wholes) < 6
        shown.get_by_role("button", name="到此为止").click()
        expect(shown).to_contain_text("已停止")


COMPARED: dict[str, dict[str, Any]] = {
    "zh-CN": {
        "page": "门店设置对比", "begin": "对比 2 家营业厅", "roll": "推送这份设置",
        "waiting": ("2 家尚未答复，其中 2 家已断线", "1 家尚未答复，其中 1 家已断线"),
        "row": ("公平轮候：等候满", "45 分钟", "33 分钟"), "hide": "不显示含这些词", "shown": "1 项不同，显示 0 项",
        "file": "设置文件（TOML）", "caution": "这是海棠路营业厅（浦东一店）的全部设置",
    },
    "en-GB": {
        "page": "Compare stores", "begin": "Compare (2)", "roll": "Roll this file out",
        "waiting": ("Not answered yet: 2, cut off: 2", "Not answered yet: 1, cut off: 1"),
        "row": ("Fair turn after a wait of", "45 min", "33 min"), "hide": "Hide settings",
        "shown": "Settings that differ: 0 of 1",
        "file": "File of settings (TOML)", "caution": "This is the whole file of Haitang Road Store (浦东一店)",
    },
}  # fmt: skip
FAIR = {
    "what": {"zh": "公平轮候：等候满", "en": "Fair turn after a wait of"},
    "before": {"zh": "33 分钟", "en": "33 min"},
    "after": {"zh": "45 分钟", "en": "45 min"},
}


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("language", COMPARED)
def test_stores_are_compared_and_the_file_goes_on_to_the_roll_outs(
    screen: Make, office: HeadOffice, language: str
) -> None:
    said, others = COMPARED[language], [f"{name}{language}" for name in ("鼓楼店", "天河店")]
    with closing(Office(office.database)) as stage:
        with stage.database.transaction() as conn:
            drum_tower, _ = (stores.by_token(conn, stores.add(conn, name, "华东/南京")) for name in others)
        assert drum_tower is not None
        desk = screen(DESKTOP if language == "zh-CN" else PHONE, language)
        page = enter(desk, office)
        page.get_by_role("link", name=said["page"]).click()
        _choose(page, others)
        page.get_by_role("button", name=said["begin"]).click()
        waiting = page.locator(".answers.waiting")
        expect(waiting).to_contain_text(said["waiting"][0])
        answer = {"id": 1, "seq": 1, "state": MailState.APPLIED, "result": {"changes": [FAIR], "seen": "x"}}
        assert stage.desk.answer(drum_tower, "line", "answer", answer) == {}
    expect(waiting).to_contain_text(said["waiting"][1])
    row = page.locator(".compared tbody tr")
    for text in (*said["row"], others[0]):
        expect(row).to_contain_text(text)
    waiting.locator("summary").click()
    expect(waiting.locator(".names")).to_contain_text(others[1])
    desk.inspect()
    page.get_by_label(said["hide"]).fill(f"xyz, {said['row'][0]}")
    expect(page.get_by_text(said["shown"])).to_be_visible()
    expect(row).to_have_count(0)
    page.get_by_role("link", name=said["roll"]).click()
    expect(page.get_by_label(said["file"])).to_have_value(re.compile(r"\[rule\]"))
    expect(page.locator(".caution")).to_contain_text(said["caution"])
    desk.inspect()


def _choose(page: Page, others: list[str]) -> None:
    """The first comparison's form is open; then it is opened by its button."""
    page.locator("main select").first.wait_for()
    if page.locator("select[name=reference]").count() == 0:
        page.locator("main button.quiet").click()
    page.locator("select[name=reference]").select_option(PUDONG)
    for name in others:
        page.get_by_role("checkbox", name=name).check()


def test_a_list_of_members_is_looked_at_and_then_taken_over(screen: Make, office: HeadOffice, store: Serving) -> None:
    desk = screen(DESKTOP, "zh-CN")
    page = enter(desk, office)
    page.get_by_role("link", name="分批推送").click()
    _begin(page)
    page.get_by_label("推送内容").select_option("members")
    page.get_by_label("用途").fill("九月名单")
    content = office_lists.text(office_lists.sample()).encode("gb18030")
    page.get_by_label("运营商名单").set_input_files(FilePayload(name="名单.csv", mimeType="text/csv", buffer=content))
    page.get_by_label("海棠路营业厅").select_option("1")
    page.get_by_role("button", name="预览更改").click()
    page.get_by_text("新增 3 · 变更 0 · 失效 0 · 有误 7").click()
    expect(page.locator(".changes").first).to_contain_text("第 5 行，手机号码不是 11 位手机号码")
    desk.inspect()
    page.get_by_role("button", name="生效", exact=True).click()
    expect(page.locator("[data-rollout] h2").first).to_contain_text("已完成")
    assert store.command("import", "members", str(_file(store, content)), "--dry-run")["unchanged"] == 3


def _file(store: Serving, content: bytes) -> Path:
    path = store.folder / "list.csv"
    path.write_bytes(content)
    return path
