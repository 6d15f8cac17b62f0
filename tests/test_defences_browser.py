"""The content security policy in a real browser: every page works under it, and nothing foreign runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import DESKTOP, Make
from playwright.sync_api import expect
from serving import Serving

from lobby import rights

pytestmark = pytest.mark.browser

PAGES = [
    path
    for route in rights.ROUTES
    if (path := route.removeprefix("GET "))
    and route.startswith("GET ")
    and not any(part in path for part in ("<", "/api/", ".", "healthz", "metrics"))
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("defences") / "store") as serving:
        serving.staff("Admin", "admin")
        yield serving


def test_every_page_obeys_the_policy_in_both_languages(server: Serving, screen: Make) -> None:
    """A violation is an error on the console, of which the fixture takes none."""
    shown = screen(DESKTOP)
    shown.sign_in(server.url, "Admin", "/settings")
    for path in PAGES:
        for language in ("zh", "en"):
            page = shown.go(f"{server.url}{path}?lang={language}")
            expect(page.locator("body")).to_contain_text(re.compile(r"\S"))


def test_a_kiosk_a_ticket_and_an_enrolment_obey_it_too(server: Serving, screen: Make) -> None:
    device = server.device("kiosk", "k")
    with server.client(device["token"]) as client:
        ticket = client.post("/api/v1/tickets", json={"request_key": "1", "service": "plan"}).json()
    shown = screen(DESKTOP)
    page = shown.go(device["link"])
    page.get_by_role("button").first.click()
    page.wait_for_url(lambda at: at.endswith("/kiosk"))
    page = shown.go(f"{server.url}/t/{ticket['token']}")
    page.get_by_text(ticket["number"]).first.wait_for()


def test_a_script_that_got_into_a_page_does_not_run(server: Serving, screen: Make) -> None:
    shown = screen(DESKTOP)
    page = shown.go(f"{server.url}/")
    page.evaluate(
        """() => {
            const put = (tag, fill) => document.body.append(Object.assign(document.createElement(tag), fill));
            put("script", { textContent: "window.ran = true" });
            put("img", { src: "/nowhere.png", onerror: null });
            document.body.lastChild.setAttribute("onerror", "window.ran = true");
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in said for said in shown.complaints)
    shown.complaints.clear()


def test_nobody_may_put_a_page_into_a_frame(server: Serving, screen: Make, tmp_path: Path) -> None:
    (tmp_path / "frame.html").write_text(f"<iframe src='{server.url}/counter/sign-in'></iframe>")
    shown = screen(DESKTOP)
    page = shown.go(f"file://{tmp_path}/frame.html")
    page.wait_for_timeout(300)
    assert page.frames[-1].locator("form").count() == 0
    assert any("frame-ancestors" in said for said in shown.complaints)
    shown.complaints.clear()
