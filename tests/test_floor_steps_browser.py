"""What the manager does to counters and the day from an upright tablet, step by step, in both languages."""

from collections.abc import Iterator

import pytest
from browsing import Screen
from floor_stage import CLERKS, FREE, MANAGER, PIN, FloorServing, Morning, seed
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from bench.chromium import browser

pytestmark = pytest.mark.browser
UPRIGHT = (820, 1180)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FloorServing]:
    """Two counters with customers, and somebody free."""
    folder = tmp_path_factory.mktemp("floor") / "store"
    seed(folder, Morning(an_hour=34, open_counters=2, vips=0))
    serving = FloorServing(folder)
    with serving:
        yield serving


def _enter(screen: Screen, server: FloorServing) -> Page:
    page = screen.go(f"{server.url}/counter/sign-in?next=/floor")
    page.locator(f"input[name=staff][value='{MANAGER}']").check(force=True)
    page.locator("input[name=pin]").fill(PIN)
    page.locator("form button").first.click()
    page.wait_for_url("**/floor")
    return page


def test_a_counter_pauses_comes_back_closes_and_opens_for_somebody_else(
    chromium: Browser, server: FloorServing
) -> None:
    floor = Screen(chromium, UPRIGHT)
    page = _enter(floor, server)
    second = page.locator("[data-counter='2']")
    page.get_by_role("button", name="调整 2 号柜台").click()
    sheet = page.locator("dialog")
    expect(sheet).to_contain_text("办理完成后方可暂停或关闭")
    with server.client(server.token(CLERKS[2])) as clerk:
        assert clerk.post("/api/v1/counters/2/finish", json={}).status_code == 200
    sheet.locator("[name=reason]").select_option("lunch")
    sheet.locator("[name=minutes]").select_option("30")
    floor.inspect()
    sheet.get_by_role("button", name="暂停服务").click()
    expect(second).to_have_attribute("data-state", "paused")
    sheet.get_by_role("button", name="恢复服务").click()
    expect(second).to_have_attribute("data-state", "ready")
    sheet.get_by_role("button", name="关闭柜台").click()
    expect(second).to_have_attribute("data-state", "closed")
    sheet.locator("[name=person]").select_option(label=FREE)
    floor.inspect()
    sheet.get_by_role("button", name="开放柜台").click()
    expect(second).to_have_attribute("data-state", "ready")
    expect(second).to_contain_text(FREE)
    sheet.get_by_role("button", name="完成").click()
    expect(sheet).to_have_count(0)
    floor.close()


def test_what_is_tapped_before_the_last_answer_is_here_is_done_after_it(
    chromium: Browser, server: FloorServing
) -> None:
    floor = Screen(chromium, UPRIGHT)
    page = _enter(floor, server)
    with server.client(server.token(CLERKS[1])) as clerk:
        assert clerk.post("/api/v1/counters/1/finish", json={}).status_code == 200
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/counters/1/pause", lambda route: held.append((route, route.fetch())))
    first, sheet = page.locator("[data-counter='1']"), page.locator("dialog")
    page.get_by_role("button", name="调整 1 号柜台").click()
    sheet.get_by_role("button", name="暂停服务").click()
    expect(first).to_have_attribute("data-state", "paused")
    sheet.get_by_role("button", name="恢复服务").click()
    for route, answer in held:
        route.fulfill(response=answer)
    expect(first).to_have_attribute("data-state", "ready")
    floor.close()


def test_a_service_stops_and_the_day_closes_and_both_are_taken_back(chromium: Browser, server: FloorServing) -> None:
    floor = Screen(chromium, UPRIGHT, "en-GB")
    page = _enter(floor, server)
    form = page.locator("[data-form=issuing]")
    form.locator("[name=service]").select_option("billing")
    form.get_by_role("button", name="Stop for today").click()
    stopped = page.locator("[data-act=stop_issuing]")
    expect(stopped).to_contain_text("No more numbers for")
    assert _refused(server) == {"billing"}
    form.get_by_role("button", name="Close the day").click()
    form.get_by_role("button", name="Yes, close the day").click()
    closed = page.locator("[data-act=close_day]")
    expect(closed).to_contain_text("The day is closed")
    assert len(_refused(server)) > 1
    floor.inspect()
    closed.get_by_role("button").click()
    expect(closed).to_have_count(0)
    expect(stopped).to_have_count(0)
    assert _refused(server) == set()
    page.locator(f"[data-person='{CLERKS[1]}']").get_by_role("button").click()
    expect(page.locator("[data-act=page]")).to_contain_text(f"{CLERKS[1]} was asked to come")
    floor.inspect()
    floor.close()


def test_a_number_goes_first_and_back_is_cancelled_and_reinstated(chromium: Browser, server: FloorServing) -> None:
    floor = Screen(chromium, UPRIGHT)
    page = _enter(floor, server)
    line = page.locator(".tickets ol [data-number]")
    number = str(line.nth(3).get_attribute("data-number"))
    page.get_by_role("searchbox", name="查找排队号").fill(number.lower())
    expect(line).to_have_count(1)
    line.click()
    sheet = page.locator("dialog")
    sheet.get_by_role("button", name="排到最前").click()
    expect(sheet.locator("[data-act]")).to_have_count(0)
    sheet.get_by_role("button", name="老弱病残孕或带婴幼儿").click()
    sheet.get_by_role("button", name="排到最前").click()
    placed = sheet.locator("[data-act=place_ticket]")
    expect(placed).to_contain_text(f"{number} 已排到最前")
    floor.inspect()
    placed.get_by_role("button").click()
    expect(placed).to_have_count(0)
    sheet.get_by_role("button", name="完成").click()
    page.get_by_role("button", name="English").click()
    page.locator(f".tickets [data-number={number}]").click()
    sheet.get_by_label("Own words").fill("Came to the wrong store")
    sheet.get_by_role("button", name="Cancel this number").click()
    expect(sheet.locator("[data-act=cancel_ticket]")).to_contain_text(f"{number} is cancelled")
    expect(page.locator(f".tickets ul [data-number={number}]")).to_contain_text("Cancelled")
    floor.inspect()
    sheet.get_by_role("button", name="Customer is back").click()
    sheet.get_by_role("button", name="Reinstate").click()
    expect(sheet.get_by_role("button", name="Put first")).to_be_visible()
    expect(page.locator(f".tickets ol [data-number={number}]")).to_have_count(1)
    floor.close()


def test_who_is_on_hold_stands_below_the_line_and_is_cancelled_when_they_have_left(
    chromium: Browser, server: FloorServing
) -> None:
    with server.client(server.token(CLERKS[1])) as clerk:
        clerk.post("/api/v1/counters/1/finish", json={})  # whoever may still be there
        number = clerk.post("/api/v1/counters/1/call-next", json={}).json()["current"]["number"]
        for action, body in (("start", {}), ("hold", {"kind": "step", "note": "等待总部审批"})):
            assert clerk.post(f"/api/v1/counters/1/{action}", json=body).status_code == 200
    floor = Screen(chromium, UPRIGHT)
    page = _enter(floor, server)
    held = page.locator(".tickets .held [data-number]")
    expect(held).to_contain_text("等待其他环节")
    page.get_by_role("searchbox", name="查找排队号").fill(number)
    expect(page.locator(".tickets [data-number]")).to_have_count(1)
    floor.inspect()
    page.get_by_role("button", name="English").click()
    held.click()
    sheet = page.locator("dialog")
    expect(sheet.locator("header")).to_contain_text("On hold")
    floor.inspect()
    sheet.get_by_role("button", name="Customer has left").click()
    sheet.get_by_role("button", name="Cancel this number").click()
    expect(sheet.locator("[data-act=cancel_ticket]")).to_contain_text(f"{number} is cancelled")
    expect(held).to_have_count(0)
    floor.close()


def _refused(server: FloorServing) -> set[str]:
    """The services that give no numbers now, as everybody is shown."""
    with server.client() as anybody:
        return {queue["code"] for queue in anybody.get("/api/v1/board").json()["queues"] if queue.get("refusal")}
