"""Owns the whole web of a store without a server process, and a token for every kind of caller."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
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
from db.people_records import DeviceKind, Role
from db.store import Store
from lobby.agents import Agents
from lobby.app import create_app
from lobby.hub import Hub
from lobby.rights import Who
from lobby.studies import Studies
from lobby.turns import Turns

ROLES = {Who.COUNTER: Role.COUNTER, Who.MANAGER: Role.MANAGER, Who.ADMIN: Role.ADMIN}
CONTROL = "the command line's token"


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


@contextmanager
def open_house(folder: Path) -> Iterator[House]:
    """A house with a caller of every kind, its time standing still."""
    store = Store(folder)
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


class Line:
    """The socket side of the house."""

    def __init__(self, house: House) -> None:
        self.app = house.app
        self.socketio = SocketIO(house.app, async_mode="threading")
        Hub(house.context, self.socketio, Turns())
        Agents(house.context, self.socketio, lambda ticket: ticket.token)

    def client(self, token: str | None, namespace: str = "/") -> SocketIOTestClient:
        """Somebody's connection, or an attempt at one."""
        return self.socketio.test_client(self.app, namespace=namespace, auth={"token": token} if token else None)
