"""Every text of a store is HTML, a script, a template or SQL: each screen shows it as it was typed and runs nothing."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import DESKTOP, DISPLAY, KIOSK, PHONE, Make, Screen, wait_until
from playwright.sync_api import expect
from serving import Serving

from counter import auth, desk
from db import staff
from db.people_records import Role
from db.store import Store
from kiosk import issuing
from lobby import sample

pytestmark = pytest.mark.browser

ZH = "<img src=x onerror=hacked=1>"
EN = "<script>hacked=1</script>'; DROP TABLE t;--{{7*7}}"
WHO = "<b onclick=hacked=1>Lin</b>"
HOSTILE = [
    *(f"UPDATE {table} SET {column}_zh = :zh, {column}_en = :en"
      for table, column in (("services", "name"), ("services", "hint"), ("tiers", "name"), ("perks", "name"),
                            ("counters", "name"), ("counters", "where"))),
    "UPDATE services SET group_zh = :zh, group_en = :en WHERE code <> 'plan'",
    "UPDATE settings SET value = json_object('zh', :zh, 'en', :en) WHERE key = 'name'",
    "UPDATE devices SET name = name || :who",
    "INSERT INTO slip_texts (name, zh, en) VALUES ('where_to_go', :zh, :en)",
]  # fmt: skip
STAFF_PAGES = [
    "/", "/counter?number=1", "/counter/strip", "/floor", "/appointments", "/members", "/reports",
    "/reports/inspection", "/reports/staffing", "/settings", "/settings/rule", "/settings/alerts", "/settings/voice",
    "/settings/display",
    "/settings/printers", "/settings/slips", "/settings/services", "/settings/counters", "/settings/hours",
    "/settings/texts", "/settings/staff", "/settings/devices", "/settings/changes", "/settings/file",
    "/settings/entitlements", "/me",
]  # fmt: skip
SHOWN = """() => document.body.innerText.trim().length > 0
    && document.querySelector("#app")?.childElementCount !== 0"""
HARMED = """() => [
    window.hacked !== undefined && "a script ran",
    document.querySelector("img[src=x], b[onclick]") && "a text became an element",
    [...document.scripts].some((one) => one.type !== "application/json" && one.text.includes("hacked")) && "a script",
    document.scrollingElement.scrollWidth > innerWidth + 1 && "wider than the screen",
].filter(Boolean)"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Serving, str]]:
    folder = tmp_path_factory.mktemp("hostile") / "store"
    token = _fill(folder)
    with Serving(folder) as server:
        yield server, token


def _fill(folder: Path) -> str:
    """A store in which every text is meant to do harm, with somebody at the counter; the token of who waits."""
    store, now = Store(folder), time.time()
    texts = {"zh": ZH, "en": EN, "who": WHO}

    def work(conn: sqlite3.Connection) -> str:
        sample.create_if_new(conn, now)
        for statement in HOSTILE:
            conn.execute(statement, texts)
        staff.add_staff(conn, WHO, Role.ADMIN, auth.hash_pin("2468"))
        person = staff.staff_by_name(conn, WHO)
        assert person is not None
        issued = [issuing.issue(conn, issuing.Wish(f"k{n}", "plan"), None, "device:x", now) for n in range(3)]
        conn.execute("UPDATE tickets SET note = :en", texts)
        desk.open_counter(conn, 1, person, now)
        desk.call_next(conn, 1, person, now)
        return issued[-1].ticket.token

    token = store.write(work)
    store.close()
    return token


def unharmed(made: Screen, url: str) -> None:
    page = made.go(url)
    wait_until(page, SHOWN)
    assert page.evaluate(HARMED) == [], url


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_staffs_pages_show_texts_as_they_were_typed(
    screen: Make, place: tuple[Serving, str], language: str
) -> None:
    server, _ = place
    made = screen(DESKTOP)
    made.go(f"{server.url}/counter/sign-in")
    assert made.page.evaluate(HARMED) == []
    made.sign_in(server.url, WHO, "/me")
    for path in STAFF_PAGES:
        unharmed(made, f"{server.url}{path}{'&' if '?' in path else '?'}lang={language}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_customers_screens_show_texts_as_they_were_typed(
    screen: Make, place: tuple[Serving, str], language: str
) -> None:
    server, token = place
    typed = ZH if language == "zh" else EN
    display = screen(DISPLAY)
    unharmed(display, f"{server.url}/display?lang={language}")
    expect(display.page.get_by_text(typed).first).to_be_visible()
    phone = screen(PHONE)
    unharmed(phone, f"{server.url}/t/{token}?lang={language}")
    expect(phone.page.get_by_text(typed).first).to_be_visible()
    kiosk = screen(KIOSK)
    kiosk.go(server.device("kiosk", f"kiosk {language} {WHO}"[:40])["link"])
    kiosk.page.locator("button").first.click()
    kiosk.page.wait_for_url("**/kiosk")
    unharmed(kiosk, f"{server.url}/kiosk?lang={language}")
    expect(kiosk.page.get_by_text(typed).first).to_be_visible()
    for made in (display, phone, kiosk):
        assert made.page.evaluate(HARMED) == []
