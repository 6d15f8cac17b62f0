"""The floor page in a real browser: risk before the breach, a remedy by one tap, alerts, the chart in words."""

import re
from collections.abc import Iterator

import pytest
from browsing import DESKTOP, TABLET, Screen
from floor_stage import CROWDED, FREE, MANAGER, FloorServing, seed
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser
UPRIGHT = (820, 1180)
FIRST_MS = 100_000
"""The first prospects on a machine wait for the rule to be compiled."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FloorServing]:
    """Three counters, four VIPs who came in the last minutes, and somebody free."""
    folder = tmp_path_factory.mktemp("floor") / "store"
    seed(folder, CROWDED)
    serving = FloorServing(folder)
    with serving:
        yield serving


def test_risk_is_shown_before_the_breach_and_one_tap_opens_a_counter_for_somebody_who_is_told(
    chromium: Browser, server: FloorServing
) -> None:
    floor, clerk = Screen(chromium, DESKTOP), Screen(chromium, DESKTOP, "en-GB")
    page = floor.sign_in(server.url, MANAGER, "/floor")
    at_risk = page.locator("[data-risk^=V]").last
    expect(at_risk).to_contain_text("还剩", timeout=FIRST_MS)
    expect(at_risk).to_contain_text("暂无法预计叫号时间")
    remedy = page.locator("[data-remedy^=open_counter]").first
    expect(remedy).to_contain_text(re.compile(r"开放 \d 号柜台：孙倩"), timeout=FIRST_MS)
    expect(remedy).to_contain_text("不再超时", timeout=FIRST_MS)
    floor.inspect()
    own = clerk.sign_in(server.url, FREE, "/counter")
    remedy.get_by_role("button").click()
    done = page.locator("[data-act=open_counter]")
    expect(done).to_contain_text("已开放，并已通知 孙倩")
    expect(page.locator("[data-counter].ready")).to_have_count(1)
    expect(own.locator("[data-called]")).to_contain_text(f"{MANAGER} asks you to come to counter")
    clerk.inspect()
    own.locator("[data-called] button").click()
    expect(own.locator("[data-called]")).to_have_count(0)
    expect(page.locator(f"[data-person={FREE}]")).to_contain_text("正在赶来")
    done.get_by_role("button").click()
    expect(page.locator("[data-counter].ready")).to_have_count(0)
    expect(done).to_have_count(0)
    for screen in (floor, clerk):
        screen.close()


def test_an_alert_is_acknowledged_or_put_off_and_the_others_stay(chromium: Browser, server: FloorServing) -> None:
    floor = Screen(chromium, TABLET, "en-GB")
    page = floor.sign_in(server.url, MANAGER, "/floor")
    page.get_by_role("button", name="1 more alert").click()
    strip = page.locator(".alerts [data-alert=wait_longer]")
    expect(strip).to_have_count(5)
    first = strip.first.locator("b").inner_text()
    strip.first.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".alerts .seen")).to_contain_text(f"{MANAGER} knows")
    expect(page.locator(".alerts .seen")).to_contain_text(first.split(":")[0])
    strip.first.get_by_role("button", name="Again in 15 min").click()
    expect(strip).to_have_count(4)
    floor.inspect()
    floor.close()


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "现在 24 人等候"), ("en-GB", "24 people are waiting now")])
def test_an_upright_tablet_shows_the_day_in_a_chart_and_in_words(
    chromium: Browser, server: FloorServing, language: str, words: str
) -> None:
    floor = Screen(chromium, UPRIGHT, language)
    page = floor.sign_in(server.url, MANAGER, "/floor")
    expect(page.locator(".plot canvas")).to_be_visible(timeout=FIRST_MS)
    expect(page.locator(".chart .words")).to_contain_text(words)
    expect(page.get_by_role("img", name=words)).to_be_visible()
    expect(page.locator("[data-level=ordinary]")).to_contain_text("%")
    floor.inspect()
    floor.close()


def test_a_counter_serves_vips_first_for_an_hour_and_a_notice_goes_up(chromium: Browser, server: FloorServing) -> None:
    floor = Screen(chromium, DESKTOP, "en-GB")
    page = floor.sign_in(server.url, MANAGER, "/floor")
    page.get_by_role("button", name="Adjust counter 2").click()
    sheet = page.locator("dialog")
    vip = sheet.get_by_role("group", name="VIP")
    vip.get_by_role("button", name="first", exact=True).click()
    expect(vip.get_by_role("button", name="first", exact=True)).to_have_attribute("aria-pressed", "true")
    floor.inspect()
    sheet.get_by_role("button", name="Done").click()
    lent = page.locator("[data-act=permit]")
    expect(lent).to_contain_text("Counter 2 · VIP: first")
    lent.get_by_role("button").click()
    expect(lent).to_have_count(0)
    form = page.locator("[data-form=notice]")
    form.locator("[name=zh]").fill("请到 5 号柜台")
    form.locator("[name=en]").fill("Please go to counter 5")
    form.get_by_role("button").click()
    expect(page.locator("[data-act=notice]")).to_contain_text("Please go to counter 5")
    with server.client() as anybody:
        assert anybody.get("/api/v1/board").json()["store"]["notices"][0]["en"] == "Please go to counter 5"
    page.locator("[data-act=notice]").get_by_role("button").click()
    floor.close()


def test_programs_read_alerts_and_only_managers_act(server: FloorServing) -> None:
    with server.client(server.device("api", "watch")["token"]) as program:
        kinds = {alert["kind"] for alert in program.get("/api/v1/alerts").json()["alerts"]}
        assert kinds >= {"promise_at_risk", "wait_longer"}
        assert program.post("/api/v1/alerts/1/acknowledge").status_code == 401
    with server.client(server.token(FREE)) as clerk:
        assert clerk.post("/api/v1/floor/acts", json={"kind": "close_day"}).status_code == 403
        assert clerk.get("/api/v1/alerts").status_code == 403
    with server.client(server.token(MANAGER)) as manager:
        assert manager.post("/api/v1/floor/acts", json={"kind": "page"}).json()["code"] == "incomplete_act"
        assert manager.post("/api/v1/floor/acts/999/undo").status_code == 404
        assert manager.post("/api/v1/alerts/1/snooze", json={"minutes": 0}).status_code == 422


@pytest.mark.parametrize(("language", "saved"), [("zh-CN", "已保存"), ("en-GB", "Saved")])
def test_the_rules_and_the_webhook_are_set_on_a_page(
    chromium: Browser, server: FloorServing, language: str, saved: str
) -> None:
    desk = Screen(chromium, DESKTOP, language)
    page = desk.sign_in(server.url, MANAGER, "/settings/alerts")
    rule = page.locator("form.rule", has=page.locator("[value=queue_longer]"))
    rule.locator("[name=threshold]").fill("20")
    rule.get_by_role("button").click()
    expect(rule.locator(".answer")).to_contain_text(saved)
    rule.locator("[name=clear_at]").fill("30")
    rule.get_by_role("button").click()
    expect(rule.locator(".answer.bad")).to_be_visible()
    hook = page.locator("form.hook")
    hook.locator("[name=url]").fill("http://alerts.example.com")
    hook.get_by_role("button").click()
    expect(hook.locator(".answer.bad")).to_contain_text("https")
    hook.locator("[name=url]").fill("https://alerts.example.com/hook")
    hook.get_by_role("button").click()
    expect(hook.locator(".answer.ok")).to_contain_text(re.compile(r"[\w-]{43}"))
    desk.inspect()
    desk.close()
