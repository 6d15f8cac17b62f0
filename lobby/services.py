"""Owns setting up what customers come for: services with their letters, pictures and places on the kiosk."""

import itertools
import re
import sqlite3
import string
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from pydantic import Field

from counter import learning
from counter.errors import UnknownCounter
from counter.line import VIP_LETTER
from counter.soundness import MINUTE_S, SERVICE
from counter.web import LARGEST, Body
from db import appointments, counters, services, settings, waiting
from db.booking_records import AppointmentState
from db.errors import UnknownService
from db.people_records import Role
from db.setting_records import Service
from db.words import Names
from lobby import sound
from lobby.orders import Command, Json, Order
from lobby.service_errors import (
    BadIcon,
    BadLetter,
    BadServiceCode,
    BookingsOfService,
    LastService,
    LetterTaken,
    NobodyDoesIt,
    ServiceCodeTaken,
    WrongOrder,
)
from lobby.wording import both

ICONS = (
    "phone", "sim", "device", "wifi", "tv", "card", "wrench", "question", "swap", "person", "people", "building",
    "gift", "shield", "headset", "note",
)  # fmt: skip
"""The pictures of the product's set (`lobby/static/lobby/page.js`) that a service may have."""

_CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")
_USUAL = Service("", "", Names("", ""), "question", 0, mean_s=SERVICE[0].usual * MINUTE_S, cv=SERVICE[1].usual)
AHEAD_S = 400 * 86_400.0


class ServiceWords(Body):
    """What a service is called and how kiosks show it; `hint` is empty in both languages for none."""

    letter: str | None = None
    name_zh: str | None = Field(default=None, min_length=1, max_length=12)
    name_en: str | None = Field(default=None, min_length=1, max_length=28)
    icon: str | None = None
    hint_zh: str | None = Field(default=None, max_length=20)
    hint_en: str | None = Field(default=None, max_length=44)
    shown: bool | None = None


class _Words(ServiceWords):
    """The rest of a service; `group` is empty in both languages for none."""

    group_zh: str | None = Field(default=None, max_length=12)
    group_en: str | None = Field(default=None, max_length=28)
    minutes: float | None = None
    daily_cap: int | None = Field(default=None, ge=0, le=LARGEST)


class ServiceAdd(_Words):
    """A new service, last on the kiosk, done by `counters`. `code` is what programs call it, else made of its name."""

    code: str | None = None
    letter: str
    name_zh: str = Field(min_length=1, max_length=12)
    name_en: str = Field(min_length=1, max_length=28)
    counters: list[int]


class ServiceSet(_Words):
    """Changes of a service; what is absent stays as it is. A `daily_cap` of null is no limit."""

    code: str


class ServiceNamed(Body):
    """Which service. `accept_bookings`: retire it although visits are booked."""

    code: str
    accept_bookings: bool = False


class ServicesOrder(Body):
    """The codes of all services that are offered, in the kiosk's order."""

    codes: list[str]


def page(conn: sqlite3.Connection) -> Json:
    """What the page of services is drawn from."""
    known = settings.services(conn)
    desks = counters.everyone(conn)
    queued = [ticket.service for ticket in waiting.waiting(conn)]
    return {
        "services": [_shown(one, queued.count(one.code)) for one in known.values()],
        "counters": [{"number": one.number, "skills": sorted(one.skills)} for one in desks],
        "icons": ICONS,
        "free_letters": _free(known),
    }


def _shown(service: Service, waiting: int) -> Json:
    about = asdict(replace(service, learnt=None))
    return {
        **{
            key: about[key]
            for key in ("code", "letter", "name", "icon", "hint", "group", "daily_cap", "shown", "retired")
        },
        "minutes": round(service.mean_s / MINUTE_S, 2),
        "waiting": waiting,
    }


def _service_add(conn: sqlite3.Connection, order: Order, body: ServiceAdd) -> Json:
    order.require_at_least(Role.MANAGER)
    known = settings.services(conn)
    added = _amended(new(_code(body, known), known), body, known)
    desks = {counter.number for counter in counters.everyone(conn)}
    for number in body.counters:
        if number not in desks:
            raise UnknownCounter(counter=number)
    if not body.counters:
        raise NobodyDoesIt
    with sound.kept(conn):
        settings.add_service(conn, added)
        services.change(conn, added)
        services.give_to(conn, added.code, body.counters)
    return {"changed": True, "code": added.code, "page": page(conn)}


def _service_set(conn: sqlite3.Connection, order: Order, body: ServiceSet) -> Json:
    order.require_at_least(Role.MANAGER)
    known = settings.services(conn)
    before = _found(known, body.code)
    after = _amended(before, body, known)
    if after != before:
        services.change(conn, after)
        if after.mean_s != before.mean_s:
            settings.set_guess(conn, after.code, after.mean_s, after.cv)
            learning.service_times(conn)
    return {"changed": after != before, "page": page(conn)}


def _service_retire(conn: sqlite3.Connection, order: Order, body: ServiceNamed) -> Json:
    order.require_at_least(Role.MANAGER)
    known = settings.services(conn)
    service = _found(known, body.code)
    if not any(one.code != service.code and not one.retired for one in known.values()):
        raise LastService
    now = order.context.clock()
    if not body.accept_bookings:
        require_no_bookings(conn, service, now)
    changed = services.retire(conn, service.code, now)
    return {"changed": changed, "page": page(conn)}


def require_no_bookings(conn: sqlite3.Connection, service: Service, now: float) -> None:
    """Raises `BookingsOfService`."""
    to_come = appointments.between(conn, now, now + AHEAD_S)
    count = sum(one.service == service.code and one.state == AppointmentState.BOOKED for one in to_come)
    if count:
        raise BookingsOfService(count=count, service=service.name)


def _service_bring_back(conn: sqlite3.Connection, order: Order, body: ServiceNamed) -> Json:
    order.require_at_least(Role.MANAGER)
    service = _found(settings.services(conn), body.code)
    with sound.kept(conn):
        changed = services.bring_back(conn, service.code)
    return {"changed": changed, "page": page(conn)}


def _services_order(conn: sqlite3.Connection, order: Order, body: ServicesOrder) -> Json:
    order.require_at_least(Role.MANAGER)
    known = settings.services(conn)
    offered = [code for code, service in known.items() if not service.retired]
    if sorted(body.codes) != sorted(offered):
        raise WrongOrder
    changed = body.codes != offered
    if changed:
        services.put_in_order(conn, [*body.codes, *(code for code in known if code not in body.codes)])
    return {"changed": changed, "page": page(conn)}


def new(code: str, known: Mapping[str, Service]) -> Service:
    """A service as it is before anything is said of it, last on the kiosk. Raises `BadServiceCode`."""
    if not _CODE.fullmatch(code):
        raise BadServiceCode
    return replace(_USUAL, code=code, position=len(known) + 1)


def worded(before: Service, wish: ServiceWords, known: Mapping[str, Service]) -> Service:
    """The service as it is wished. Raises `BadLetter`, `LetterTaken`, `BadIcon`, `OneLanguageMissing`."""
    return replace(
        before,
        letter=before.letter if wish.letter is None else _letter(wish.letter, before.code, known),
        name=Names(wish.name_zh or before.name.zh, wish.name_en or before.name.en),
        icon=before.icon if wish.icon is None else _icon(wish.icon),
        hint=both("hint", before.hint, wish.hint_zh, wish.hint_en),
        shown=before.shown if wish.shown is None else wish.shown,
    )


def _amended(before: Service, wish: _Words, known: Mapping[str, Service]) -> Service:
    after = replace(worded(before, wish, known), group=both("group", before.group, wish.group_zh, wish.group_en))
    if "daily_cap" in wish.model_fields_set:
        after = replace(after, daily_cap=wish.daily_cap)
    if wish.minutes is None:
        return after
    after = replace(after, mean_s=wish.minutes * MINUTE_S)
    if not SERVICE[0].is_sound(after.mean_s):
        raise SERVICE[0].fault(f"services.{before.code}", after.mean_s)
    return after


def _letter(given: str, of: str, known: Mapping[str, Service]) -> str:
    letter = unicodedata.normalize("NFKC", given).strip().upper()
    if len(letter) != 1 or letter not in string.ascii_uppercase or letter == VIP_LETTER:
        raise BadLetter(free=" ".join(_free(known)))
    for service in known.values():
        if service.letter == letter and service.code != of:
            raise LetterTaken(letter=letter, service=service.name, free=" ".join(_free(known)))
    return letter


def _free(known: Mapping[str, Service]) -> list[str]:
    taken = {service.letter for service in known.values()} | {VIP_LETTER}
    return [letter for letter in string.ascii_uppercase if letter not in taken]


def _icon(given: str) -> str:
    if given not in ICONS:
        raise BadIcon(icon=given, known=", ".join(ICONS))
    return given


def _code(body: ServiceAdd, known: Mapping[str, Service]) -> str:
    """The given code, or one made of the English name that nobody has yet."""
    if body.code is None:
        plain = re.sub(r"[^a-z0-9]+", "-", body.name_en.lower()).strip("-")
        made = plain[:28].rstrip("-") if plain[:1].isalpha() else f"s-{plain}"[:28].rstrip("-")
        numbered = (f"{made}-{n}" for n in itertools.count(2))
        return next(code for code in itertools.chain([made], numbered) if code not in known)
    if body.code in known:
        raise ServiceCodeTaken(code=body.code, service=known[body.code].name)
    return body.code


def _found(known: Mapping[str, Service], code: str) -> Service:
    if code not in known:
        raise UnknownService(service=code, known=", ".join(known))
    return known[code]


COMMANDS: dict[str, Command[Any]] = {
    "service-add": Command(ServiceAdd, _service_add),
    "service-set": Command(ServiceSet, _service_set),
    "service-retire": Command(ServiceNamed, _service_retire),
    "service-bring-back": Command(ServiceNamed, _service_bring_back),
    "services-order": Command(ServicesOrder, _services_order),
}
