"""The wait in a real browser and over HTTP: told as a range at kiosk, display, phone and floor, by the real process."""

import re
import sqlite3
import time
from collections.abc import Iterator

import pytest
from browsing import DISPLAY, KIOSK, PHONE, TABLET, Screen
from playwright.sync_api import Browser, expect
from serving import Serving

from db import settings
from db.setting_records import ServiceTime
from db.store import Store
from lobby import sample

pytestmark = pytest.mark.browser
RANGE = r"\d+(–\d+)?"
FIRST_S = 90.0
"""The first forecast on a machine waits for the rule to be compiled."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A store that has measured its services: ten minutes each; one counter at work, one customer before it."""
    folder = tmp_path_factory.mktemp("lobby") / "store"
    store = Store(folder)
    store.write(lambda conn: sample.create_if_new(conn, time.time()))
    store.write(_teach)
    store.close()
    with Serving(folder) as serving:
        token = serving.sign_in("林静怡", "manager", counter=4)
        kiosk = serving.device("api", "arrivals")["token"]
        with serving.client(kiosk) as arrivals, serving.client(token) as clerk:
            for key in ("first", "second"):
                arrivals.post("/api/v1/tickets", json={"request_key": key, "service": "plan"})
            clerk.post("/api/v1/counters/4/open")
            clerk.post("/api/v1/counters/4/call-next")
            clerk.post("/api/v1/counters/4/start")
            deadline = time.monotonic() + FIRST_S
            while "mid_s" not in clerk.get("/api/v1/board").json()["queues"][0]["quote"]:
                assert time.monotonic() < deadline, serving.log
                time.sleep(0.2)
        serving.links["token"] = token
        yield serving


def _teach(conn: sqlite3.Connection) -> None:
    for code in settings.services(conn):
        settings.learn(conn, code, ServiceTime(6.35, 0.3, known=50))


@pytest.mark.parametrize(
    ("language", "about", "ahead"), [("zh-CN", "约 {} 分钟", "预计等候"), ("en-GB", "about {} min", "Estimated wait")]
)
def test_kiosk_ticket_and_phone_tell_the_range(
    chromium: Browser, server: Serving, language: str, about: str, ahead: str
) -> None:
    kiosk, phone = Screen(chromium, KIOSK, language), Screen(chromium, PHONE, language)
    page = kiosk.go(server.device("kiosk", f"door {language}")["link"])
    wait = page.locator("[data-service=plan] .wait .line").first
    shown = wait.inner_text()
    expect(wait).to_have_text(re.compile(about.format(RANGE)))
    kiosk.inspect()
    page.locator("[data-service=plan]").click()
    expect(page.locator(".tile", has_text=ahead).locator(".figure")).to_have_text(re.compile(RANGE))
    kiosk.inspect()
    follow = page.locator(".follow img").get_attribute("src")
    assert follow
    mine = phone.go(server.url + follow.removesuffix("/qr.svg"))
    expect(mine.get_by_text(ahead)).to_be_visible()
    phone.inspect()
    assert shown
    for screen in (kiosk, phone):
        screen.close()


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_display_and_floor_tell_the_range(chromium: Browser, server: Serving, language: str) -> None:
    display, floor = Screen(chromium, DISPLAY, language), Screen(chromium, TABLET, language)
    page = display.go(server.url + "/display")
    expect(page.locator("[data-queue=plan] .w")).to_contain_text("分钟")
    display.inspect()
    page = floor.sign_in(server.url, "林静怡", "/floor")
    expect(page.locator("#forecast")).to_be_visible()
    expect(page.locator("[data-queue=plan]")).to_contain_text("现在取号" if language == "zh-CN" else "min")
    floor.inspect()
    for screen in (display, floor):
        screen.close()


def test_what_if_over_http_says_what_a_second_counter_would_do(server: Serving) -> None:
    with server.client(server.links["token"]) as manager:
        answer = manager.post("/api/v1/what-if", json={"open": [5]})
        assert answer.status_code == 200, answer.text
        waits = answer.json()["difference"]["ordinary_p90_s"]
        assert waits["low"] <= waits["mid"] <= 0
        refused = manager.post("/api/v1/what-if", json={"set": {"rule.epsilon": 1.5, "counters.9.vip": "never"}})
        assert refused.status_code == 422
        assert {fault["field"] for fault in refused.json()["errors"]} == {"rule.epsilon", "counters.9.vip"}
        assert manager.post("/api/v1/what-if", json={}).json()["code"] == "nothing_proposed"
        assert manager.get("/api/v1/reports/forecast?from=2001-01-01&to=2001-12-31").json() == {"days": []}
        assert manager.get("/api/v1/reports/forecast?from=yesterday").status_code == 422
    with server.client() as nobody:
        assert nobody.post("/api/v1/what-if", json={"open": [5]}).status_code == 401
