"""Owns browsers and orders for scenarios of staff and devices: the real web on the stage, without a server."""

from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from lobby_stage import Stage
from werkzeug.test import TestResponse

from counter.web import Context
from db import people, staff
from db.people_records import Role, Staff
from lobby import commands
from lobby.app import create_app

PIN = "2468"
PIN_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)
"""Cheap to make and to check, which tests do often."""


class Office:
    """The store's web on the stage. Lin, Mei (manager) and Ada (administrator) have the PIN 2468."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.context = Context(stage.store, lambda: stage.now, "http://lobby")
        self.app = create_app(self.context, "control")
        self.ada = stage.store.write(self._set_up)

    def _set_up(self, conn: Any) -> Staff:
        staff.add_staff(conn, "Ada", Role.ADMIN, PIN_HASH)
        for person in (self.stage.lin, self.stage.mei):
            staff.set_pin_hash(conn, person.id, PIN_HASH)
        found = staff.staff_by_name(conn, "Ada")
        assert found is not None
        return found

    def order(self, by: Staff | str, command: str, **arguments: object) -> Any:
        """Somebody gives a command."""
        return commands.run(self.context, command, arguments, by)

    def browser(self, address: str = "192.168.1.20") -> "Browser":
        """A browser at an address."""
        return Browser(self.app.test_client(), address)

    def session(self, name: str, code: str | None = None) -> TestResponse:
        """A program signs in as somebody."""
        body = {"staff": name, "pin": PIN, **({"code": code} if code else {})}
        return self.app.test_client().post("/api/v1/sessions", json=body)

    def is_known(self, token: str) -> bool:
        """Whether a sign-in or a device's token counts."""
        return self.context.caller_of_token(token).is_known

    def person(self, name: str) -> people.Person:
        """One of the staff as the list shows them."""
        with self.stage.store.read() as conn:
            found = people.by_name(conn, name)
        assert found is not None
        return found


class Browser:
    """A browser with its own cookies."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        self._client = client
        self._from = {"environ_overrides": {"REMOTE_ADDR": address}}

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self._client.get(path, headers={"Accept-Language": "en"}, **self._from)

    def post(self, path: str, **form: str) -> TestResponse:
        """Send a form, with the token of the page it stands on."""
        page = self.get("/counter/sign-in").text
        token = page.split('name="csrf-token" content="')[1].split('"')[0]
        return self._client.post(
            path, data={**form, "csrf_token": token}, headers={"Accept-Language": "en"}, **self._from
        )

    def sign_in(self, name: str, pin: str = PIN, target: str = "/me") -> TestResponse:
        """Type a PIN."""
        return self.post("/counter/sign-in", staff=name, pin=pin, next=target)

    def use_link(self, path: str, **body: str) -> Any:
        """Open a one-time link: a device's as it is, a person's with the `pin` they choose."""
        token = self.get(path).text.split('name="csrf-token" content="')[1].split('"')[0]
        return self._client.post(path, json=body, headers={"X-CSRFToken": token}, **self._from).get_json()

    @property
    def is_signed_in(self) -> bool:
        """Whether one's own page opens."""
        return self.get("/me").status_code == 200
