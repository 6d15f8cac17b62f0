"""Who may do what: the table against every route and socket event of the real application, for every kind of caller."""

import runpy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from house import CONTROL, House, Line, open_house
from lobby_stage import Stage
from werkzeug.test import TestResponse

from counter.web import Context
from lobby import gate, rights
from lobby.agents import NAMESPACE
from lobby.app import create_app
from lobby.rights import Who

REFUSALS = {"sign_in_needed", "device_needed", "forbidden"}
DOCUMENT = Path(__file__).parent.parent / "docs" / "security.md"
UNSAFE = [route for route in rights.ROUTES if not route.startswith("GET ")]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("rights") / "store") as opened:
        yield opened


def _verdict(answer: TestResponse) -> int | None:
    """401 or 403 where the gate refused, None where the view was reached."""
    if answer.status_code == 302 and "/counter/sign-in?next=" in answer.location:
        return 401
    problem = answer.get_json(silent=True) or {}
    if problem.get("code") in REFUSALS or (answer.status_code in {401, 403} and not problem):
        return answer.status_code
    assert answer.status_code < 500, answer.text
    return None


def _expected(right: rights.Right, who: Who) -> int | None:
    if right is rights.ENTERING:  # the view looks who is on the way in
        return {Who.MANAGER: None, Who.ADMIN: None, Who.COUNTER: 403}.get(who, 401)
    if right.is_open or who in right.who:
        return None
    is_person = who in {Who.COUNTER, Who.MANAGER, Who.ADMIN}
    return 403 if is_person and not right.who.isdisjoint({Who.COUNTER, Who.MANAGER, Who.ADMIN}) else 401


@pytest.mark.parametrize("who", list(Who))
def test_every_route_refuses_exactly_whom_the_table_does_not_name(house: House, who: Who) -> None:
    asked = [(route, right) for route, right in rights.ROUTES.items() if not right.of_browsers]
    wrong = {
        route: found
        for route, right in asked
        if (found := _verdict(house.ask(who, route))) != _expected(right, who)
    }  # fmt: skip
    assert wrong == {}


@pytest.mark.parametrize("who", [Who.KIOSK, Who.COUNTER, Who.ADMIN])
def test_no_change_by_cookies_is_made_without_the_token_of_a_page(house: House, who: Who) -> None:
    client = house.browser(who)
    for route in UNSAFE:
        right = rights.ROUTES[route]
        if right.of_browsers or who in right.who:
            answer = house.browse(client, route)
            assert (answer.status_code, "This page is too old" in answer.text) == (403, True), (route, answer.text)


def test_a_page_of_the_staff_leads_through_the_sign_in_and_back(house: House) -> None:
    answer = house.app.test_client().get("/settings/rule?lang=en")
    assert (answer.status_code, answer.location) == (302, "/counter/sign-in?next=/settings/rule?lang%3Den")
    assert house.app.test_client().get("/floor").location == "/counter/sign-in?next=/floor"


def test_a_kiosks_page_says_how_to_connect_it(house: House) -> None:
    for client in (house.app.test_client(), house.browser(Who.ADMIN), house.browser(Who.DISPLAY)):
        answer = client.get("/kiosk")
        assert (answer.status_code, "lobbyline device add kiosk" in answer.text) == (401, True)
    assert house.browser(Who.KIOSK).get("/kiosk").status_code == 200


def test_a_route_without_an_entry_keeps_the_server_from_starting(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context(stage.store, lambda: stage.now, "http://lobby")
    without = {route: right for route, right in rights.ROUTES.items() if route != "GET /api/v1/floor"}
    monkeypatch.setattr(rights, "ROUTES", without)
    with pytest.raises(gate.RightsIncomplete, match="GET /api/v1/floor has no entry"):
        create_app(context, CONTROL)
    monkeypatch.setattr(rights, "ROUTES", {**without, "GET /api/v1/floor": rights.MANAGERS, "GET /x": rights.ANYBODY})
    with pytest.raises(gate.RightsIncomplete, match="GET /x does not exist"):
        create_app(context, CONTROL)


@pytest.fixture(scope="module")
def line(house: House) -> Line:
    return Line(house)


@pytest.mark.parametrize("who", list(Who))
def test_every_screen_is_watched_by_whom_the_table_names(house: House, line: Line, who: Who) -> None:
    if who is Who.COMMAND:
        assert not line.client(CONTROL).is_connected()
        return
    client = line.client(house.tokens.get(who))
    for screen, right in rights.SCREENS.items():
        client.emit("watch", {"screen": screen, "counter": 1, "token": "x"})
        heard = client.get_received()
        codes = {said["args"][0]["code"] for said in heard if said["name"] == "refused"}
        refused = bool(codes & REFUSALS)
        assert refused == (_expected(right, who) is not None), (screen, heard)
        if not refused and screen != "ticket":
            assert [said["name"] for said in heard] == ["snapshot"]


@pytest.mark.parametrize("who", list(Who))
def test_only_a_print_agent_gets_a_line_of_its_own(house: House, line: Line, who: Who) -> None:
    client = line.client(house.tokens.get(who), NAMESPACE)
    assert client.is_connected(NAMESPACE) == (who in rights.EVENTS[NAMESPACE]["connect"].who)


def test_every_event_has_an_entry_or_the_server_does_not_start(line: Line) -> None:
    gate.require_complete_events(line.socketio)
    line.socketio.on_event("sesame", lambda: None)
    with pytest.raises(gate.RightsIncomplete, match="/ sesame has no entry"):
        gate.require_complete_events(line.socketio)


def test_the_document_has_the_same_table() -> None:
    table: Callable[[], str] = runpy.run_path(str(DOCUMENT.with_name("make_rights.py")))["table"]
    assert table() in DOCUMENT.read_text()
