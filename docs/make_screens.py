"""Makes the pictures of the README and of docs/screens: a real server, a morning's lobby through its API, real pages.

Run it after `./test` has set the environment up: `.venv/bin/python docs/make_screens.py`.
"""

import sqlite3
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import httpx  # noqa: E402
import office  # noqa: E402
from browsing import DESKTOP, DISPLAY, KIOSK, PHONE, SMALL_DESKTOP, Screen  # noqa: E402
from fake_printer import FakePrinter, Mode  # noqa: E402
from floor_stage import CROWDED, MANAGER, PIN, FloorServing, seed  # noqa: E402
from playwright.sync_api import Browser, FilePayload  # noqa: E402
from serving import Serving  # noqa: E402
from watched_stage import MEAN_10  # noqa: E402

from bench import past_store  # noqa: E402
from bench.chromium import browser  # noqa: E402
from db import settings  # noqa: E402
from db.store import Store  # noqa: E402
from lobby import sample  # noqa: E402

ZONE = ZoneInfo("Asia/Shanghai")
TARGET = ROOT / "docs" / "screens"
LANGUAGES = {"": "zh-CN", "-en": "en-GB"}
MEMBERS = (
    "member_no,name,phone,tier,valid_from,valid_until\n"
    "V07000001,王秀英,13800136620,gold,2020-01-01,2099-12-31\n"
    "V07000002,陈静,13900136621,diamond,2020-01-01,2099-12-31\n"
    "V07000003,李建国,13700136622,silver,2020-01-01,2099-12-31\n"
)
CLERKS = {1: "周敏", 2: "何俊", 3: "林静怡", 4: "陈露"}
CUSTOMERS = (
    ("13800136620", "王秀英"), ("13512345671", "赵敏"), ("13900136621", "陈静"), ("13512345672", "崔萍"),
    ("13512345673", "孙志远"), ("13700136622", "李建国"), ("13512345674", "钱晓梅"),
)  # fmt: skip
VISITS = (
    ("plan", "09:15"), ("device", "09:15"), ("billing", "10:00"), ("plan", "10:30"), ("support", "10:30"),
    ("other", "11:00"), ("plan", "14:15"),
)  # fmt: skip
ARRIVALS = (
    "plan", "billing", "other", "device", "plan", "V07000001", "support", "plan", "billing", "V07000002", "other",
    "plan", "device", "V07000003", "billing", "support",
)  # fmt: skip


def main() -> None:
    """Make every picture."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        FakePrinter(Mode.OK) as printer,
        browser() as chromium,
        Serving(_taught(Path(folder) / "store")) as server,
    ):
        last = _a_morning(server, printer, Path(folder))
        for suffix, locale in LANGUAGES.items():
            _take_all(chromium, server, last, suffix, locale)
        take_reports(chromium, Path(folder) / "past")
        _take_floor(chromium, Path(folder) / "crowded")


def _taught(folder: Path) -> Path:
    """A store that knows how long its services take, and so tells waits."""
    store = Store(folder)
    store.write(_teach)
    store.close()
    return folder


def _teach(conn: sqlite3.Connection) -> None:
    sample.create_if_new(conn, time.time())
    for code in settings.services(conn):
        settings.learn(conn, code, MEAN_10)


def _take_floor(chromium: Browser, folder: Path) -> None:
    """The floor page of a crowded morning."""
    seed(folder, CROWDED)
    with FloorServing(folder) as server:
        for suffix, locale in LANGUAGES.items():
            manager = Screen(chromium, DESKTOP, locale)
            manager.sign_in(server.url, MANAGER, f"/floor?lang={locale[:2]}", PIN)
            manager.page.locator(".alerts [data-alert]").first.wait_for()
            _save(manager, f"floor{suffix}")
            manager.close()


def _a_morning(server: Serving, printer: FakePrinter, folder: Path) -> str:
    """People arrive, four counters call and serve; the token of somebody who still waits."""
    (folder / "members.csv").write_text(MEMBERS)
    server.command("import", "members", str(folder / "members.csv"))
    server.staff("值班经理二", "manager")
    server.device("printer", "P1", address=printer.address)
    with server.client(server.device("api", "arrivals")["token"]) as kiosk:
        tokens = [_arrive(kiosk, n, what) for n, what in enumerate(ARRIVALS)]
    for number, name in CLERKS.items():
        with server.client(server.sign_in(name, counter=number)) as clerk:
            clerk.post(f"/api/v1/counters/{number}/call-next")
            if number != max(CLERKS):
                clerk.post(f"/api/v1/counters/{number}/start")
            time.sleep(0.3)
    _bookings(server)
    return tokens[-2]


def _bookings(server: Serving) -> None:
    """Tomorrow's visits, one customer of them reminded."""
    with server.client(server.sign_in("赵磊")) as clerk:
        tomorrow = (datetime.now(ZONE) + timedelta(days=1)).date()
        for (phone, name), (service, at) in zip(CUSTOMERS, VISITS, strict=True):
            slot = f"{tomorrow}T{at}:00+08:00"
            wish = {"service": service, "slot_at": slot, "phone": phone, "name": name, "channel": "hotline"}
            code = clerk.post("/api/v1/appointments", json=wish).json()["code"]
        clerk.post(f"/api/v1/appointments/{code}/reminder")


def _arrive(kiosk: httpx.Client, n: int, what: str) -> str:
    """One customer, a member by card number or anybody for a service; the ticket's token."""
    is_member = what.startswith("V")
    wish = {"service": "plan", "member_no": what} if is_member else {"service": what}
    return str(kiosk.post("/api/v1/tickets", json={"request_key": f"arrival-{n}", **wish}).json()["token"])


def _take_all(chromium: Browser, server: Serving, token: str, suffix: str, locale: str) -> None:
    lang = locale[:2]
    _shoot(chromium, DISPLAY, locale, f"{server.url}/display?lang={lang}", f"display{suffix}", wait_s=8)
    _shoot(chromium, PHONE, locale, f"{server.url}/t/{token}?lang={lang}", f"phone{suffix}")
    _take_kiosk(chromium, server, suffix, locale)
    manager = _signed_in(chromium, server, "值班经理二", locale)
    manager.go(f"{server.url}/settings?lang={lang}")
    _save(manager, f"settings{suffix}")
    manager.go(f"{server.url}/?lang={lang}")
    _save(manager, f"home{suffix}")
    page = manager.go(f"{server.url}/members?lang={lang}")
    page.locator("input[type=file]").set_input_files(
        FilePayload(name="2026-12.csv", mimeType="text/csv", buffer=_list())
    )
    page.locator("[data-outcome=ready] tbody tr").first.wait_for()
    _save(manager, f"members{suffix}")
    manager.close()
    clerk = _signed_in(chromium, server, "林静怡", locale)
    page = clerk.go(f"{server.url}/appointments?lang={lang}")
    page.locator(".walk button").last.click()
    page.locator("input[name=service][value=plan]").check(force=True)
    page.locator("[name=phone]").fill("13800136620")
    page.locator("[data-day]").nth(2).click()
    page.locator("[data-slot='10:00']").click()
    _save(clerk, f"appointments{suffix}")
    clerk.go(f"{server.url}/counter?number=3&lang={lang}")
    _save(clerk, f"counter{suffix}")
    clerk.close()


def take_reports(chromium: Browser, folder: Path) -> None:
    """The inspection report of a store with a past: two busy months."""
    store = Store(folder)
    past_store.write(store, datetime.now(ZONE).date() - timedelta(days=60), 60, past_store.Past(load=1.1))
    store.close()
    with Serving(folder) as server:
        server.command("staff", "add", "--name", "值班经理二", "--role", "manager", "--pin", "2468")
        for suffix, locale in LANGUAGES.items():
            manager = _signed_in(chromium, server, "值班经理二", locale)
            first = (datetime.now(ZONE) - timedelta(days=60)).date()
            page = manager.go(f"{server.url}/reports/inspection?from={first}&to={first + timedelta(days=60)}")
            page.locator("#months tbody tr").first.wait_for()
            _save(manager, f"reports{suffix}")
            manager.close()


def _list() -> bytes:
    """A carrier's list with something of everything."""
    rows = list(office.many(60))
    rows[1] = ["V07000001", "王秀英", "13800136620", "钻石卡", "2020-01-01", "2099-12-31"]
    for line, column, wrong in ((9, 2, "1390013"), (22, 3, "铂金卡"), (23, 5, "2027/2/30"), (41, 2, rows[39][2])):
        rows[line][column] = wrong
    return office.text(rows).encode("gb18030")


def _take_kiosk(chromium: Browser, server: Serving, suffix: str, locale: str) -> None:
    kiosk = Screen(chromium, KIOSK, locale)
    page = kiosk.go(server.device("kiosk", f"camera{suffix}")["link"])
    page.locator("[data-service]").first.wait_for()
    if suffix:
        page.locator("[data-lang-choice=en]").click()
    _save(kiosk, f"kiosk{suffix}")
    page.locator("[data-action=modes]").click()
    _save(kiosk, f"kiosk-modes{suffix}")
    for mode in ("large", "contrast"):
        page.locator(f"[data-mode={mode}]").click()
    page.locator("[data-action=close]").click()
    _save(kiosk, f"kiosk-large-contrast{suffix}")
    page.reload()
    page.locator("[data-service]").first.wait_for()
    if suffix:
        page.locator("[data-lang-choice=en]").click()
    page.set_viewport_size({"width": SMALL_DESKTOP[0], "height": SMALL_DESKTOP[1]})
    _save(kiosk, f"kiosk-lying{suffix}")
    page.set_viewport_size({"width": KIOSK[0], "height": KIOSK[1]})
    page.locator("[data-action=check-in]").click()
    _save(kiosk, f"kiosk-keypad{suffix}")
    page.locator("[data-action=back]").click()
    page.locator("[data-service=other]").click()
    page.locator("[data-ticket-number]").wait_for()
    page.locator("[data-paper=printed]").wait_for()
    _save(kiosk, f"kiosk-ticket{suffix}")
    kiosk.close()


def _signed_in(chromium: Browser, server: Serving, name: str, locale: str) -> Screen:
    screen = Screen(chromium, DESKTOP, locale)
    page = screen.go(f"{server.url}/counter/sign-in")
    page.locator(f"input[name=staff][value='{name}']").check(force=True)
    page.locator("input[name=pin]").fill("2468")
    page.locator("input[name=pin]").press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return screen


def _shoot(chromium: Browser, size: tuple[int, int], locale: str, url: str, name: str, wait_s: float = 1) -> None:
    screen = Screen(chromium, size, locale)
    screen.go(url)
    screen.page.wait_for_timeout(wait_s * 1000)
    _save(screen, name)
    screen.close()


def _save(screen: Screen, name: str) -> None:
    screen.page.wait_for_timeout(900)
    screen.page.screenshot(path=TARGET / f"{name}.png")


if __name__ == "__main__":
    main()
