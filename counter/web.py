"""Owns what every web room shares: the context it is given, who is asking, and what they may do."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g, request, session
from flask_wtf.csrf import validate_csrf
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError
from werkzeug.wrappers import Response as BaseResponse
from wtforms.validators import ValidationError

from counter.errors import DeviceNeeded, DeviceRevoked, ForecastUnavailable, PageTooOld, SignInNeeded
from counter.proposal import Proposal
from counter.situation import Comparison
from db import sessions, settings, staff
from db.errors import NotFound
from db.event_records import SpokenCall
from db.people_records import Device, Staff
from db.presence import Seen
from db.store import Store

Answer = BaseResponse | str | dict[str, Any] | tuple[str | dict[str, Any], int]
"""What a route returns."""

LARGEST = 2**31
"""No number of ours is larger; SQLite's end at 2**63."""

HIDDEN_CHARACTERS = "hidden_characters"
"""The kind of fault of a text with characters that nobody sees."""

_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, halves of characters, and marks that turn the direction of writing of what follows."""

DEVICE_KEY = "device"
SESSION_KEY = "staff"


class Body(BaseModel):
    """A request's JSON; an unknown field is an error rather than a silent loss."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_empty(cls, data: object) -> object:
        """No body at all counts as `{}`, so that what is missing is named."""
        return {} if data is None else data

    @field_validator("*", mode="before")
    @classmethod
    def _nothing_is_hidden(cls, value: object) -> object:
        """What nobody sees would be kept, shown and printed as part of a text; no text of a store needs it."""
        if hides(value):
            raise PydanticCustomError(HIDDEN_CHARACTERS, "hidden characters")
        return value


def hides(value: object) -> bool:
    """Whether there are characters that nobody sees in a text, or in any text of a list or an object."""
    match value:
        case str():
            return _HIDDEN.search(value) is not None
        case dict():
            return any(hides(key) or hides(one) for key, one in value.items())
        case list():
            return any(hides(one) for one in value)
    return False


def _nothing_foreseen(_: Proposal) -> Comparison:
    raise ForecastUnavailable


def _no_printers(_: str) -> dict[str, Any]:
    raise NotFound


class TicketPath(BaseModel):
    """The token printed in the QR code."""

    token: str = Field(min_length=1, max_length=64)


@dataclass(frozen=True, slots=True)
class Context:
    """What the composition root gives every room.

    `clock` tells seconds since the epoch; `own_url` is where this server listens; `frame` is added to every
    snapshot (`speed`, `build`). `off_loop` runs heavy computing where it holds nobody up; what it runs must not raise.
    `give_way` lets the lobby hear of a change before its maker's answer is put together. `what_if` plays the next hour
    with and without a change, as `lobby.forecasting` does. `speak` gives the sound of a call: a WAV file, or None.
    `print_test` prints a test page on the printer of a name. `heard` is told of each device whose token was used,
    `on_line` tells which devices are there now, by id. `limiter` counts what may be done only so often.
    """

    store: Store
    clock: Callable[[], float]
    own_url: str
    frame: Mapping[str, Any] = field(default_factory=dict)
    off_loop: Callable[[Callable[[], Any]], Any] = lambda work: work()
    give_way: Callable[[], None] = lambda: None
    what_if: Callable[[Proposal], Comparison] = field(default=_nothing_foreseen)
    speak: Callable[[SpokenCall], bytes | None] = lambda _: None
    print_test: Callable[[str], dict[str, Any]] = field(default=_no_printers)
    heard: Callable[[int], None] = lambda _: None
    on_line: Callable[[], Mapping[int, Seen]] = dict
    limiter: RateLimiter = field(default_factory=lambda: FixedWindowRateLimiter(MemoryStorage()))

    @property
    def base_url(self) -> str:
        """Where phones and devices reach this server: as the store has set it, else where it listens."""
        with self.store.read() as conn:
            return settings.load(conn).public_url or self.own_url

    def caller(self) -> "Caller":
        """Who sent this request, looked up once: a bearer token counts before the browser's cookies.

        What they may do, the table of rights has decided before the view runs (`lobby/rights.py`).
        """
        if "caller" not in g:
            token = bearer()
            g.caller = self.caller_of_cookies() if token is None else self.caller_of_token(token)
        found: Caller = g.caller
        return found

    def caller_of_token(self, token: str) -> "Caller":
        """The device or the signed-in person a token belongs to."""
        with self.store.read() as conn:
            device = staff.device_by_token(conn, token)
            found = None if device else sessions.find(conn, token, self.clock())
        if device is not None:
            self.heard(device.id)
        return Caller(device, self._in_use(token, found))

    def caller_of_session(self, token: str) -> "Caller":
        """Whoever a sign-in belongs to, while it lasts; to look is not to use it."""
        with self.store.read() as conn:
            found = sessions.find(conn, token, self.clock())
        return Caller(person=found.person if found else None)

    def caller_of_cookies(self) -> "Caller":
        """The enrolled device and the signed-in person of this browser."""
        device_id, token = session.get(DEVICE_KEY), session.get(SESSION_KEY)
        if device_id is None and token is None:
            return Caller()
        with self.store.read() as conn:
            device = staff.device_by_id(conn, device_id) if device_id else None
            found = sessions.find(conn, token, self.clock()) if token else None
        return Caller(device, self._in_use(token, found), is_revoked=bool(device_id) and device is None)

    def _in_use(self, token: str | None, found: sessions.Session | None) -> Staff | None:
        """Whose sign-in it is; that it is used is written down from time to time, so it does not end as unused."""
        if token is not None and found is not None and found.is_worth_touching:
            self.store.write(lambda conn: sessions.touch(conn, token, self.clock()))
        return found.person if found else None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: a device of the store, one of the staff, both, the command line, or nobody.

    `is_revoked`: the browser of a device that was taken out of the store.
    """

    device: Device | None = None
    person: Staff | None = None
    is_command: bool = False
    is_revoked: bool = False

    @property
    def is_known(self) -> bool:
        """Whether it is anybody."""
        return self.device is not None or self.person is not None or self.is_command

    @property
    def actor(self) -> str:
        """As the journal names them."""
        known = self.person or self.device
        return known.actor if known else "holder"

    @property
    def staff(self) -> Staff:
        """The person, where the table of rights lets only staff in. Raises `SignInNeeded`."""
        if self.person is None:
            raise SignInNeeded
        return self.person

    def require_not_revoked(self) -> None:
        """A disconnected screen of the lobby shows nothing but to staff. Raises `DeviceRevoked`."""
        if self.is_revoked and self.person is None:
            raise DeviceRevoked

    @property
    def kiosk(self) -> Device:
        """The device, where the table of rights lets only kiosks in. Raises `DeviceNeeded`."""
        if self.device is None:
            raise DeviceNeeded
        return self.device

    @property
    def commander(self) -> "Staff | str":
        """Who gives a set-up command: one of the staff, or `command` for the command line. Raises `SignInNeeded`."""
        return "command" if self.is_command else self.staff


def bearer() -> str | None:
    """The token of a program that sent this request."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token else None


def note_miss() -> None:
    """Nobody has what was looked for, and the answer is no refusal: a guess all the same (`lobby/limiting.py`)."""
    g.is_missed = True


def is_missed() -> bool:
    """Whether the view has said so."""
    return "is_missed" in g


def require_csrf() -> None:
    """Raise `PageTooOld` unless the request carries this browser's CSRF token, as header or form field."""
    try:
        validate_csrf(request.headers.get("X-CSRFToken") or request.form.get("csrf_token"))
    except ValidationError:
        raise PageTooOld from None
