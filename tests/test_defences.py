"""What guards the web besides the table of rights: headers, cookies, limits, errors in words, origins."""

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_socketio import SocketIO
from lobby_stage import Stage

from counter.web import DEVICE_KEY, Context
from db import staff
from db.people_records import DeviceKind
from lobby.app import create_app

ROOT = Path(__file__).parents[1]
ROOMS = ("counter", "display", "kiosk", "lobby")
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|document\.write|srcdoc|new Function|\beval\("
    r"|\|\s*safe\b|Markup\(|autoescape|render_template_string|\bjavascript:"
)


@pytest.fixture
def context(stage: Stage) -> Context:
    return Context(stage.store, lambda: stage.now, "http://lobby")


@pytest.fixture
def web(context: Context) -> FlaskClient:
    return create_app(context, "control").test_client()


class Kiosk:
    """A kiosk's browser, on a page of its own."""

    def __init__(self, stage: Stage, web: FlaskClient, name: str) -> None:
        self._web = web
        kiosk, self.token = stage.store.write(lambda conn: staff.add_device(conn, DeviceKind.KIOSK, name, {}))
        with web.session_transaction() as cookies:
            cookies[DEVICE_KEY] = kiosk
        page = web.get("/kiosk").text
        self._csrf = page.split('name="csrf-token" content="')[1].split('"')[0]

    def ask(self, path: str, **body: str) -> Any:
        """A touch."""
        return self._web.post(f"/api/v1/{path}", json=body, headers={"X-CSRFToken": self._csrf})


@pytest.fixture
def kiosk(stage: Stage, web: FlaskClient) -> Kiosk:
    return Kiosk(stage, web, "one at the door")


def test_no_page_of_ours_makes_markup_of_a_text() -> None:
    """Templates escape whatever they are given, scripts set texts: so no field of a store needs a look of its own."""
    ours = [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.suffix in {".html", ".js", ".py"}]
    ours = [path for path in ours if "vendor" not in path.parts]
    assert len(ours) > 200
    assert [(path.name, found[0]) for path in ours if (found := MARKUP.search(path.read_text()))] == []


@pytest.mark.parametrize("path", ["/", "/kiosk", "/floor", "/api/v1/board", "/static/lobby/icon.svg", "/nowhere"])
def test_every_answer_forbids_what_is_not_ours(web: FlaskClient, path: str) -> None:
    with web.get(path) as answer:
        headers = answer.headers
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_over_tls_a_browser_is_told_to_come_over_tls_again(web: FlaskClient) -> None:
    answer = web.get("/counter/sign-in", base_url="https://lobby.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Set-Cookie"].startswith("__Host-lobbyline=")
    plain = web.get("/counter/sign-in").headers["Set-Cookie"]
    assert plain.startswith("lobbyline=")
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain


def test_what_is_not_for_everybody_is_not_kept_by_a_browser(kiosk: Kiosk, web: FlaskClient) -> None:
    assert kiosk.ask("tickets", request_key="1", service="plan").headers["Cache-Control"] == "private, no-store"
    assert "no-store" not in web.get("/display").headers.get("Cache-Control", "")


def test_a_kiosk_that_gives_a_number_a_second_is_never_held_up_and_one_gone_mad_is(kiosk: Kiosk) -> None:
    answers = [kiosk.ask("tickets", request_key=str(n), service="plan") for n in range(121)]
    assert {answer.status_code for answer in answers[:120]} == {201}
    assert answers[120].status_code == 429
    assert 30 < int(answers[120].headers["Retry-After"]) <= 60
    assert answers[120].get_json()["code"] == "too_many_requests"


def test_a_program_gives_out_numbers_as_fast_as_it_likes(web: FlaskClient, kiosk: Kiosk) -> None:
    headers = {"Authorization": f"Bearer {kiosk.token}"}
    wishes = [{"request_key": str(n), "service": "plan"} for n in range(125)]
    assert {web.post("/api/v1/tickets", json=wish, headers=headers).status_code for wish in wishes} == {201}


def test_who_tries_phones_or_codes_one_after_another_is_stopped_and_nobody_else(stage: Stage, web: FlaskClient) -> None:
    token = Kiosk(stage, web, "stolen").token
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    wrong = [{"phone": f"130000000{n}"} for n in range(10, 30)]
    wrong += [{"member_no": f"V999999{n}"} for n in range(10, 30)] + [{"code": f"9999{n}"} for n in range(10, 30)]
    tries = [web.post("/api/v1/identify", json=one, headers=headers).status_code for one in wrong for _ in range(2)]
    assert tries == [404] * 119 + [429]  # the same once more is no further guess, but sixty were enough
    right = web.post("/api/v1/check-ins", json={"request_key": "1", "code": "123456"}, headers=headers)
    assert (right.status_code, right.get_json()["detail"]) == (
        429, "That was too often. Please wait a minute and try again.",
    )  # fmt: skip
    assert 240 < int(right.headers["Retry-After"]) <= 300
    number = web.post("/api/v1/tickets", json={"request_key": "2", "service": "plan"}, headers=headers)
    assert number.status_code == 201
    other = Kiosk(stage, web, "another").token
    found = web.post("/api/v1/identify", json={"phone": "13800136620"}, headers={"Authorization": f"Bearer {other}"})
    assert found.status_code == 200


def test_a_hotline_that_tries_phones_is_stopped_and_may_still_read_the_day(stage: Stage, web: FlaskClient) -> None:
    """Both questions are answered without a refusal where nobody has the phone."""
    _, token = stage.store.write(lambda conn: staff.add_device(conn, DeviceKind.API, "hotline", {}))
    headers = {"Authorization": f"Bearer {token}"}

    def find(text: str) -> int:
        return web.get("/api/v1/appointments", query_string={"find": text}, headers=headers).status_code

    def recognise(phone: str) -> int:
        return web.post("/api/v1/appointments/customer", json={"phone": phone}, headers=headers).status_code

    assert {recognise("13800136620") for _ in range(70)} == {200}
    assert {find("4711") for _ in range(70)} == {200}  # the page left open on it
    asked = [find(f"130000001{n}") for n in range(10, 40)] + [recognise(f"130000000{n}") for n in range(10, 40)]
    assert asked == [200] * 59 + [429]
    assert (find("13800136620"), recognise("13800136620")) == (429, 429)
    assert web.get("/api/v1/appointments", headers=headers).status_code == 200


@pytest.fixture
def broken(context: Context) -> FlaskClient:
    """An application with an error of ours in it."""
    app = create_app(context, "control")

    def fail(**_: object) -> str:
        raise ZeroDivisionError("a phone: 13800136620")

    for endpoint in ("display.ticket_page", "display_api.read_board"):
        app.view_functions[endpoint] = fail
    return app.test_client()


def test_an_error_of_ours_is_a_page_in_both_languages_and_a_line_in_the_log_without_traces(
    broken: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "lobbyline"):
        page, answer = broken.get("/t/some-token"), broken.get("/api/v1/board")
    assert (page.status_code, answer.status_code) == (500, 500)
    assert "That did not work. Please try again." in page.text
    assert "抱歉" in page.text
    assert answer.get_json()["code"] == "internal"
    for said in (page.text, answer.text, caplog.text):
        assert all(word not in said for word in ("Traceback", "some-token", "138"))
    assert "GET /t/<token> failed: ZeroDivisionError in test_defences.py:" in caplog.text


@pytest.mark.parametrize("path", ["/t/unknown", "/nowhere", "/enrol/used", "/media/none.mp4"])
def test_a_refusal_is_a_page_in_both_languages(web: FlaskClient, path: str) -> None:
    page = web.get(path, headers={"Accept-Language": "en"})
    assert page.status_code in {404, 410}
    assert "Sorry" in page.text
    assert "抱歉" in page.text


def test_a_page_of_elsewhere_gets_no_live_line(context: Context) -> None:
    app = create_app(context, "control")
    SocketIO(app, async_mode="threading")
    path = "/socket.io/?EIO=4&transport=polling"
    asked = {
        origin: app.test_client().get(path, headers={"Origin": origin} if origin else {}).status_code
        for origin in ("https://evil.example", "http://localhost", None)
    }
    assert asked == {"https://evil.example": 400, "http://localhost": 200, None: 200}
