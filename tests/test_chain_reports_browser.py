"""The head office's pages of reports in a real browser: from the chain down to a store's day, in both languages."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from browsing import DESKTOP, Screen
from chain_stage import Postgres
from headquarters import BOSS, PASSWORD, HeadOffice, order
from playwright.sync_api import Browser, Page, expect

from bench.chain_year import made_up
from chain.days import leaving
from chain.office import stores
from chain.office.database import Database
from chain.office.days import Days
from chain.protocol import Hello
from display.ticket_facts import pack
from lobby import sample

pytestmark = pytest.mark.browser

DAYS = 12
UPRIGHT = (820, 1180)
REGIONS = {"浦东一店": "华东/上海", "徐汇店": "华东/上海", "鼓楼店": "华东/南京", "天河店": "华南/广州", "旗舰店": ""}
SILENT = "三亚店"
CALLED = {
    "service": {service.code: service.name for service in sample.SERVICES},
    "tier": {tier.code: tier.name for tier in sample.TIERS},
}
Make = Callable[..., Page]


@pytest.fixture(scope="module")
def office(postgres: Postgres) -> Iterator[HeadOffice]:
    url = postgres.new_database()
    order(url, "person", "add", "--name", BOSS, "--role", "viewer", "--password", PASSWORD)
    with closing(Database(url, 1)) as database:
        _tell(database)
    with HeadOffice(url, None) as started:
        yield started


def _tell(database: Database) -> None:
    """Five stores have told some days, a sixth has not."""
    taking, today = Days(database), datetime.now(UTC).date()
    for n, (name, region) in enumerate({**REGIONS, SILENT: "华南/三亚"}.items()):
        with database.transaction() as conn:
            store_id = stores.by_token(conn, stores.add(conn, name, region))
            assert store_id is not None
            hello = Hello(incarnation=0, newest=0, name_zh=name, name_en=name, timezone="Asia/Shanghai", program="1")
            stores.greet(conn, store_id, "line", hello)
        for back in range(1, DAYS + 1) if name != SILENT else ():
            facts = made_up(str(today - timedelta(days=back)), 60 + 40 * n, np.random.default_rng([n, back]))
            taking.take(store_id, "line", leaving(pack(facts), CALLED, with_staff_names=False))


@pytest.fixture
def open_page(chromium: Browser, office: HeadOffice) -> Iterator[Make]:
    """A viewer's browser; in the end it had nothing to complain of, and everything fitted and was accessible."""
    screens: list[Screen] = []

    def make(path: str, size: tuple[int, int] = DESKTOP, language: str = "zh-CN") -> Page:
        screens.append(Screen(chromium, size, language))
        page = screens[-1].go(f"{office.url}/sign-in?next={path}")
        page.locator("input[name=name]").fill(BOSS)
        page.locator("input[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda at: "/sign-in" not in at)
        return page

    yield make
    for screen in screens:
        screen.inspect()
        screen.close()


def names(page: Page, table: str = "#figures") -> list[str]:
    """What the lines of a table are of."""
    return page.locator(f"{table} tbody th").all_inner_texts()


def test_from_the_chain_down_to_a_day_of_one_store_and_back(open_page: Make) -> None:
    page = open_page("/reports")
    expect(page.locator("h1")).to_have_text("报表")
    expect(page.locator(".plot canvas")).to_have_count(2)
    assert names(page) == ["合计", "华东", "未分区域", "华南"]
    expect(page.get_by_text("6 家营业厅中有 5 家已上报")).to_be_visible()
    page.get_by_role("button", name="华东").click()
    expect(page.locator("#figures tbody th").nth(1)).to_have_text("华东/上海")
    page.get_by_role("button", name="华东/上海").click()
    expect(page.locator("#figures tbody th").nth(1)).to_have_text("徐汇店")
    page.get_by_role("button", name="徐汇店").click()
    expect(page.locator("#figures tbody tr")).to_have_count(1 + DAYS)
    page.locator("#figures tbody .way").first.click()
    expect(page.locator("#figures thead")).to_contain_text("时段")
    page.reload()
    expect(page.locator(".crumbs [aria-current]")).to_have_text("徐汇店")
    page.locator(".crumbs").get_by_role("button", name="全部营业厅").click()
    expect(page.locator("#figures tbody th").nth(1)).to_have_text("华东")


def test_any_store_is_found_by_its_name_and_every_grouping_has_its_words(open_page: Make) -> None:
    page = open_page("/reports", language="en-GB")
    page.get_by_label("Find a region or store").fill("天河店")
    page.keyboard.press("Enter")
    expect(page.locator("#figures tbody tr")).to_have_count(1 + DAYS)
    page.locator(".crumbs").get_by_role("button", name="All stores").click()
    for by, first in (("service", "Plans & SIM cards"), ("class", "Ordinary"), ("store", "旗舰店")):
        page.locator(f"[data-by={by}]").last.click()
        expect(page.locator(f".answer[data-by={by}] #figures")).to_contain_text(first)
    page.get_by_role("button", name="Promises", exact=True).click()
    expect(page.locator("#figures thead")).to_contain_text("VIPs in 10 min")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.goto(f"{page.url.partition('?')[0]}?from=2026-01-01&to=2026-01-02")
    expect(page.get_by_text("No store has told of these days")).to_be_visible()


def test_the_inspection_report_goes_down_to_a_store_and_lists_its_misses(open_page: Make) -> None:
    page = open_page("/reports/inspection")
    expect(page.locator("#places-table tbody th").first).to_be_visible()
    assert set(names(page, "#places-table")) == {"华东", "华南", "未分区域"}
    page.locator("[data-by=store]").last.click()
    page.locator("#places-table").get_by_role("button", name="徐汇店").click()
    expect(page.locator("#places-table")).to_have_count(0)
    rows = page.locator("#misses tbody tr")
    expect(rows.first).to_contain_text("徐汇店")
    missed = sum(int(count) for count in page.locator(".causes b").all_inner_texts())
    expect(rows).to_have_count(missed)
    page.emulate_media(media="print")
    expect(page.get_by_text("检查人")).to_be_visible()
    expect(page.locator(".top")).to_be_hidden()
    page.emulate_media(media="screen")


def test_reports_fit_on_a_tablet_upright(open_page: Make) -> None:
    page = open_page("/reports", UPRIGHT, "en-GB")
    expect(page.locator("#figures tbody th").nth(1)).to_have_text("华东")
