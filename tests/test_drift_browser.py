"""A VIP drifts towards a broken promise, twice the same: with the remedy tapped it is kept, without it is broken.

A real server and a real browser; only its clock is moved by hand.
"""

import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import httpx
import pytest
from browsing import TABLET, Screen
from floor_stage import CLERKS, FREE, MANAGER, NOW, PIN, Morning, seed
from hand_stage import HandServing
from playwright.sync_api import Browser, Page, expect

from bench.chromium import browser
from counter import desk, learning
from db import staff, tickets
from db.people_records import Staff
from db.store import Store
from db.ticket_records import Ticket, TicketClass, TicketState
from kiosk import issuing

pytestmark = pytest.mark.browser
AT_WORK = 1
VIP = "V901"
DUE = NOW + 540
EARLY, AT_RISK = NOW, NOW + 310
"""Further apart than the two minutes for which a forecast is believed, so the later moment has one of its own."""
LEAST_LEAD_S = 180
FIRST_S = 100.0
"""The forecast's first answer on a machine may take so long: the rule is compiled."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """At 10:24 the only open counter has just begun to serve, a VIP has come, and somebody of the staff is free."""
    folder = tmp_path_factory.mktemp("drift") / "store"
    seed(folder, Morning(an_hour=34, open_counters=len(CLERKS), vips=0))
    store = Store(folder)
    try:
        store.write(_set_the_scene)
    finally:
        store.close()
    return folder


def _set_the_scene(conn: Connection) -> None:
    people = {person.name: person for person in staff.all_staff(conn)}
    _empty(conn, people)
    for number in range(1, AT_WORK + 1):
        _begin(conn, number, people[CLERKS[number]])
    ticket = Ticket(
        0, VIP, "drifting", "2026-11-21", "other", TicketClass.VIP, TicketState.WAITING, "zh", DUE - 600,
        tier="gold", head_start_s=360.0, due_at=DUE,
    )  # fmt: skip
    tickets.insert(conn, ticket, "drifting")
    learning.service_times(conn)


def _empty(conn: Connection, people: Mapping[str, Staff]) -> None:
    """Nobody of the morning is left, and the other counters are closed."""
    for number, name in CLERKS.items():
        if tickets.at_counter(conn, number) is not None:
            desk.finish(conn, number, people[name], NOW - 5)
    conn.execute("UPDATE tickets SET state = 'abandoned', ended_at = ? WHERE ended_at IS NULL", (NOW - 5,))
    for number in list(CLERKS)[AT_WORK:]:
        desk.close_counter(conn, number, people[CLERKS[number]], NOW - 5)


def _begin(conn: Connection, number: int, person: Staff) -> None:
    issuing.issue(conn, issuing.Wish(f"scene-{number}", "other"), None, "device:kiosk", NOW - 2)
    desk.call_next(conn, number, person, NOW - 1)
    desk.start(conn, number, person, NOW)


@pytest.fixture
def day(prepared: Path, tmp_path: Path) -> Iterator[HandServing]:
    """The same day from the same moment on."""
    shutil.copytree(prepared, tmp_path / "store")
    serving = HandServing(tmp_path / "store", NOW)
    with serving:
        yield serving


def _enter(screen: Screen, server: HandServing) -> Page:
    page = screen.go(f"{server.url}/counter/sign-in?next=/floor")
    page.locator(f"input[name=staff][value='{MANAGER}']").check(force=True)
    page.locator("input[name=pin]").fill(PIN)
    page.locator("form button").first.click()
    page.wait_for_url("**/floor")
    return page


def _foreseen(server: HandServing, manager: httpx.Client, at: float) -> dict[str, Any]:
    """The floor at a later time, as soon as the forecast is one of then."""
    server.move_to(at)
    until = time.monotonic() + FIRST_S
    while time.monotonic() < until:
        floor: dict[str, Any] = manager.get("/api/v1/floor").json()
        if floor["risks"] is not None:
            return floor
        time.sleep(0.05)
    raise AssertionError(f"nothing was foreseen at {at - NOW:.0f} s")


def _drift(server: HandServing, page: Page, manager: httpx.Client) -> None:
    """While the counter's customer takes longer and longer the VIP is first safe and then at risk, in good time."""
    assert _foreseen(server, manager, EARLY)["risks"] == []
    expect(page.locator(".calmly:not(.unknown)")).to_be_visible()
    [risk] = _foreseen(server, manager, AT_RISK)["risks"]
    assert (risk["number"], DUE - server.now >= LEAST_LEAD_S) == (VIP, True)
    expect(page.locator(f"[data-risk={VIP}]")).to_contain_text(f"{risk['chance_percent']}")
    expect(page.locator(".risks h2 .steps")).to_be_visible()


def _vips(manager: httpx.Client) -> dict[str, int]:
    """How many promises to VIPs were kept and missed since the scene began."""
    found: dict[str, int] = manager.get("/api/v1/floor").json()["today"]["vip"]
    return found


def _broken(manager: httpx.Client) -> list[str]:
    """Whose broken promises alerts have told of."""
    shown = manager.get("/api/v1/alerts").json()["alerts"]
    return [alert["said"]["values"]["number"] for alert in shown if alert["kind"] == "promise_broken"]


def _act(server: HandServing, name: str, counter: int, action: str) -> dict[str, Any]:
    with server.client(server.token(name)) as clerk:
        answer = clerk.post(f"/api/v1/counters/{counter}/{action}", json={})
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


def test_the_remedy_is_tapped_and_the_promise_is_kept(chromium: Browser, day: HandServing) -> None:
    floor = Screen(chromium, TABLET)
    page = _enter(floor, day)
    with day.client(day.token(MANAGER)) as manager:
        _drift(day, page, manager)
        remedy = page.locator("[data-remedy^=open_counter]").first
        expect(remedy).to_contain_text(FREE, timeout=FIRST_S * 1000)
        floor.inspect()
        remedy.get_by_role("button").click()
        expect(page.locator("[data-act=open_counter]")).to_contain_text(FREE)
        opened = page.locator("[data-counter].ready").first.get_attribute("data-counter")
        day.move_to(AT_RISK + 40)
        assert _act(day, FREE, int(opened or 0), "call-next")["current"]["number"] == VIP
        expect(page.locator(f"[data-risk={VIP}]")).to_have_count(0)
        _foreseen(day, manager, DUE + 60)
        assert (_broken(manager), _vips(manager)) == ([], {"kept": 1, "missed": 0})
    floor.close()


def test_the_same_day_without_the_tap_breaks_it(chromium: Browser, day: HandServing) -> None:
    floor = Screen(chromium, TABLET, "en-GB")
    page = _enter(floor, day)
    with day.client(day.token(MANAGER)) as manager:
        _drift(day, page, manager)
        expect(page.locator(f"[data-risk={VIP}]")).to_contain_text("call in about")
        _foreseen(day, manager, DUE + 60)
        expect(page.locator(".alerts [data-alert=promise_broken]")).to_contain_text(VIP)
        floor.inspect()
        _act(day, CLERKS[1], 1, "finish")
        assert _act(day, CLERKS[1], 1, "call-next")["current"]["number"] == VIP
        expect(page.locator(".alerts [data-alert=promise_broken]")).to_have_count(0)
        assert (_broken(manager), _vips(manager)) == ([VIP], {"kept": 0, "missed": 1})
    floor.close()
