"""A line that loses answers without being closed: what was touched or pressed is done once, and shown in the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import KIOSK, SMALL_DESKTOP, Make
from cable import Cable
from kiosk_stage import start
from playwright.sync_api import Page, expect
from serving import Serving

pytestmark = pytest.mark.browser

CLERK, COUNTER = "Zhou", 4
PLACES = 6
"""So many requests a browser makes to a server at a time."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    with Serving(tmp_path / "store") as serving:
        serving.staff(CLERK, "manager")
        yield serving


@pytest.fixture
def cable(server: Serving) -> Iterator[Cable]:
    with Cable(server.port) as line:
        yield line


def _waiting(server: Serving) -> int:
    with server.client() as client:
        return sum(queue["waiting"] for queue in client.get("/api/v1/board").json()["queues"])


def _until_shown(page: Page, what: str) -> None:
    """Time runs, faster than it does, until it is there."""
    for _ in range(60):
        if page.locator(what).is_visible():
            return
        page.clock.run_for(1_000)
        page.wait_for_timeout(50)
    expect(page.locator(what)).to_be_visible()


def test_a_kiosk_whose_answers_are_lost_gives_the_one_number_as_soon_as_a_new_line_works(
    screen: Make, server: Serving, cable: Cable
) -> None:
    made = screen(KIOSK)
    made.page.clock.install()
    made.go(server.device("kiosk", "silent")["link"].replace(server.url, cable.url))
    expect(made.page.locator("footer")).to_be_visible()
    page = start(made, cable.url, "en")
    cable.fall_silent(server_hears=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(str(request.post_data)) if "/tickets" in request.url else None)
    page.locator("[data-service=other]").click()
    _until_shown(page, "[data-scene=trouble]")
    while len(asked) <= PLACES:
        page.locator("[data-action=again]").click()
        _until_shown(page, "[data-scene=trouble]:not(:has(.veil))")
    assert (_waiting(server), len(set(asked))) == (1, 1)
    cable.speak(anew=True)
    _until_shown(page, "[data-ticket-number]")
    assert page.locator("[data-ticket-number]").get_attribute("data-ticket-number") == "E001"
    assert _waiting(server) == 1


def test_a_counter_whose_answer_is_lost_gets_the_customer_it_called(
    screen: Make, server: Serving, cable: Cable
) -> None:
    with server.client(server.device("api", "arrivals")["token"]) as arrivals:
        first, second = (
            arrivals.post("/api/v1/tickets", json={"request_key": key, "service": "plan"}).json()["number"]
            for key in ("first", "second")
        )
    made = screen(SMALL_DESKTOP, "en-GB")
    made.page.clock.install()
    page = made.sign_in(cable.url, CLERK, f"/counter?number={COUNTER}")
    expect(page.locator("[data-state=closed]")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator("[data-action=main]")).to_contain_text(first)
    cable.fall_silent(server_hears=True)
    page.keyboard.press("Space")
    _until_shown(page, ".unsure")
    made.inspect()
    cable.speak()
    _until_shown(page, f"[data-current-number]:has-text('{first}')")
    expect(page.locator(".unsure")).to_have_count(0)
    expect(page.locator(f"[data-waiting={second}]")).to_be_visible()
    with server.client() as client:
        assert [call["number"] for call in client.get("/api/v1/board").json()["serving"]] == [first]
