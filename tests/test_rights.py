"""Who may do what: the table against every route and socket event of the real application, for every kind of caller."""

import re
import runpy
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIO, SocketIOTestClient
from lobby_stage import Stage
from werkzeug.test import TestResponse

from counter import auth
from counter.errors import NothingProposed
from counter.proposal import Proposal
from counter.situation import Comparison
from counter.web import DEVICE_KEY, SESSION_KEY, Context
from db import staff
from db.records import DeviceKind, Role
from db.store import Store
from lobby import gate, rights
from lobby.agents import NAMESPACE, Agents
from lobby.app import create_app
from lobby.hub import Hub
from lobby.rights import Who
from lobby.studies import Studies

CONTROL = "the command line's token"
REFUSALS = {"sign_in_needed", "device_needed", "forbidden"}
DOCUMENT = Path(__file__).parent.parent / "docs" / "security.md"
ROLES = {Who.COUNTER: Role.COUNTER, Who.MANAGER: Role.MANAGER, Who.ADMIN: Role.ADMIN}
UNSAFE = [route for route in rights.ROUTES if not route.startswith("GET ")]


def _no_change(_: Proposal) -> Comparison:
    raise NothingProposed


@dataclass
class House:
    """The whole web of a store, and a token for every kind of caller."""

    app: Flask
    context: Context
    tokens: dict[Who, str] = field(default_factory=dict)
    devices: dict[Who, int] = field(default_factory=dict)

    def ask(self, who: Who, route: str) -> TestResponse:
        """A program asks for a route with its own token."""
        token = self.tokens.get(who)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self._send(self.app.test_client(), route, headers)
        if route == "POST /me/sign-out-everywhere" and who in ROLES:
            self.tokens[who] = _sign_in(self.context, ROLES[who])
        return answer

    def browser(self, who: Who) -> FlaskClient:
        """A browser that is connected or signed in, by its cookies alone."""
        client = self.app.test_client()
        with client.session_transaction() as cookies:
            if who in self.devices:
                cookies[DEVICE_KEY] = self.devices[who]
            else:
                cookies[SESSION_KEY] = self.tokens[who]
        return client

    def browse(self, client: FlaskClient, route: str) -> TestResponse:
        """The same from a browser, without a token of the page."""
        return self._send(client, route, {"Accept-Language": "en"})

    def _send(self, client: FlaskClient, route: str, headers: dict[str, str]) -> TestResponse:
        method, _, rule = route.partition(" ")
        path = re.sub(r"<(?:(\w+):)?\w+>", lambda place: "1" if place[1] == "int" else "x", rule)
        if "slots" in path or "reports" in path:
            path += "?service=plan&date=2026-11-21&day=2026-11-20"
        body: dict[str, object] | None = None if method == "GET" else {}
        return client.open(path, method=method, json=body, headers=headers)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    store = Store(tmp_path_factory.mktemp("rights") / "store")
    stage = Stage(store)
    context = Context(store, lambda: stage.now, "http://lobby", what_if=_no_change)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Studies, "start_staffing", lambda _: None
        )  # a process of its own, which is not what is tried here
        house = House(create_app(context, CONTROL), context)
        _let_in(house)
        yield house
    store.close()


def _let_in(house: House) -> None:
    kinds = {
        Who.KIOSK: DeviceKind.KIOSK, Who.DISPLAY: DeviceKind.DISPLAY,
        Who.AGENT: DeviceKind.PRINTER, Who.INTEGRATION: DeviceKind.API,
    }  # fmt: skip
    for who, kind in kinds.items():
        options = {"address": "agent+file:///dev/null"} if kind == DeviceKind.PRINTER else {}
        house.devices[who], house.tokens[who] = house.context.store.write(
            lambda conn, kind=kind, options=options: staff.add_device(conn, kind, f"one {kind}", options)  # type: ignore[misc]
        )
    for who, role in ROLES.items():
        house.context.store.write(lambda conn, role=role: staff.add_staff(conn, f"one {role}", role, "a hash"))  # type: ignore[misc]
        house.tokens[who] = _sign_in(house.context, role)
    house.tokens[Who.COMMAND] = CONTROL


def _sign_in(context: Context, role: Role) -> str:
    def work(conn: sqlite3.Connection) -> str:
        person = staff.staff_by_name(conn, f"one {role}")
        assert person is not None
        return auth.open_session(conn, person, context.clock())

    return context.store.write(work)


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


class Line:
    """The socket side of the house."""

    def __init__(self, house: House) -> None:
        self._app = house.app
        self.socketio = SocketIO(house.app, async_mode="threading")
        Hub(house.context, self.socketio)
        Agents(house.context, self.socketio, lambda ticket: ticket.token)

    def client(self, token: str | None, namespace: str = "/") -> SocketIOTestClient:
        """Somebody's connection, or an attempt at one."""
        return self.socketio.test_client(self._app, namespace=namespace, auth={"token": token} if token else None)


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
