"""The pages of reports in a real browser: both languages, tablet upright and desktop, on paper; plans and replays."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from sqlite3 import Connection

import pytest
from browsing import DESKTOP, Screen
from playwright.sync_api import Browser, Page, expect
from serving import Serving

from bench import past_store
from db import settings
from db.setting_records import Hours
from db.store import Store

pytestmark = pytest.mark.browser

UPRIGHT = (820, 1180)
DAYS = 8
Make = Callable[..., Page]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Eight past days with too many VIPs, so that some promises were missed; soon to open for two mornings only."""
    folder = tmp_path_factory.mktemp("served") / "store"
    store = Store(folder)
    first = past_store.today() - timedelta(days=DAYS)
    past_store.write(store, first, DAYS, past_store.Past(load=0.9, vip_share=0.5))
    store.write(_mornings)
    store.close()
    with Serving(folder) as serving:
        serving.command("staff", "add", "--name", "梅经理", "--role", "manager", "--pin", "2468")
        yield serving


def _mornings(conn: Connection) -> None:
    tomorrow = past_store.today().weekday() + 1
    open_on = {(tomorrow + n) % 7 for n in range(3)}
    hours = tuple((Hours("09:00", "11:00"),) if day in open_on else () for day in range(7))
    settings.save(conn, replace(settings.load(conn), hours=hours))


@pytest.fixture
def open_page(chromium: Browser, server: Serving) -> Iterator[Make]:
    """The manager's browser; in the end it had nothing to complain of, and everything fitted and was accessible."""
    screens: list[Screen] = []

    def make(path: str, size: tuple[int, int] = DESKTOP, language: str = "zh-CN") -> Page:
        screens.append(Screen(chromium, size, language))
        return screens[-1].sign_in(server.url, "梅经理", path)

    yield make
    for screen in screens:
        screen.inspect()
        screen.close()


def test_figures_in_both_languages_for_any_span_and_group(open_page: Make) -> None:
    page = open_page("/reports", UPRIGHT)
    expect(page.locator("h1")).to_have_text("关键指标")
    expect(page.locator("#figures tbody tr")).to_have_count(1 + DAYS)
    expect(page.locator(".plot canvas")).to_have_count(2)
    page.locator("[data-by=service]").click()
    expect(page.locator("#figures tbody th").nth(1)).to_have_text("套餐与号卡")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#figures tbody th").nth(1)).to_have_text("Plans & SIM cards")
    page.get_by_role("button", name="Promises", exact=True).click()
    expect(page.locator("#figures thead")).to_contain_text("VIPs in 10 min")
    page.get_by_role("button", name="Today", exact=True).click()
    expect(page.get_by_text("Nobody came on these days")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Today", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="30 days").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_the_inspection_report_lists_every_miss_with_its_cause_and_prints(open_page: Make) -> None:
    page = open_page("/reports/inspection")
    rows = page.locator("#misses tbody tr")
    expect(rows.first).to_be_visible()
    missed = sum(int(count) for count in page.locator(".causes b").all_inner_texts())
    expect(rows).to_have_count(missed)
    causes = set(page.locator("#misses td:last-child").all_inner_texts())
    assert causes == set(page.locator(".causes span").all_inner_texts())
    expect(page.locator("[data-figure=gold]")).to_contain_text("金卡 10 分钟内叫号")
    page.emulate_media(media="print")
    expect(page.get_by_text("检查人")).to_be_visible()
    expect(page.locator("header")).to_be_hidden()
    page.emulate_media(media="screen")


def test_the_days_to_come_are_planned_while_the_page_shows_how_far_it_is(open_page: Make) -> None:
    page = open_page("/reports/staffing", UPRIGHT, "en-GB")
    expect(page.get_by_role("status")).to_contain_text("Planning the next seven days")
    expect(page.get_by_role("button", name="Plan anew")).to_be_visible(timeout=90_000)
    expect(page.locator("[data-day]")).to_have_count(7)
    page.locator("[data-day]").nth(1).click()
    expect(page.locator("#halves tbody tr").first).to_be_visible()
    expect(page.get_by_text("take it as a hint")).to_be_visible()
    page.locator("[data-day]").nth(5).click()
    expect(page.get_by_text("The store is closed on this day.")).to_be_visible()


def test_a_past_day_is_played_under_another_rule_and_with_fewer_counters(open_page: Make) -> None:
    page = open_page("/reports/replay")
    page.locator("[data-rule=fifo]").click()
    page.locator("#chosen").click()
    page.locator("[data-counter='6']").click()
    page.get_by_role("button", name="开始回放").click()
    result = page.locator("#result")
    expect(result).to_contain_text("1 · 2 · 3 · 4 · 5", timeout=60_000)
    expect(result.locator("[data-line=vip_mean_min] .worse")).to_contain_text("变差")
    page.get_by_role("button", name="English").click()
    expect(result).to_contain_text("What would have happened")
