"""Owns what a technician can tell a store to do: one function for the command line, the settings page and programs.

A command takes checked arguments and returns plain JSON. Beside a running server the command line sends it there, so
that only one process ever writes.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field

from counter import auth
from counter.web import LARGEST, Body, Context
from db import settings, staff
from db.errors import LobbyError, NotFound, UnknownService
from db.event_records import EventKind
from db.people_records import DeviceKind, Role, Staff
from db.words import Names
from display.scope import Layout
from lobby import (
    alert_settings,
    booking_settings,
    chain_commands,
    change_list,
    counter_settings,
    customers,
    desk_settings,
    device_commands,
    display_settings,
    entitlements,
    keeping,
    opening,
    people_commands,
    phone_address,
    printer_commands,
    retention_settings,
    rule_settings,
    services,
    settings_file,
    slip_settings,
    store_texts,
    voice_settings,
)
from lobby.booking_settings import BookingSet
from lobby.desk_settings import DeskSet
from lobby.display_settings import DisplayScope
from lobby.orders import Command, Json, Order, UnknownStaff
from lobby.recording import Outcome, recorded
from printer.device import require_address
from printer.paper import Font
from printer.trial import UnknownPrinter


class BadTimezone(LobbyError):
    """A time zone nobody knows."""

    code, status, field = "bad_timezone", 422, "timezone"
    text = "The time zone “{name}” is not known. A name is like Asia/Shanghai."


class BadCap(LobbyError):
    """A daily cap that is none."""

    code, status, field = "bad_cap", 422, "daily_caps"
    text = "The daily limit of “{service}” is a number from 0 on, or empty for no limit."


class AddressMissing(LobbyError):
    """A printer without an address."""

    code, status, field = "address_missing", 422, "address"
    text = "A printer needs an address, such as tcp://192.168.1.50:9100."


class StaffAdd(Body):
    """Somebody new. Without a PIN the answer has a one-time link that sets it."""

    name: str = Field(min_length=1, max_length=40)
    role: Role
    pin: str | None = None


class DeviceAdd(Body):
    """A new device. A printer needs an `address`; a kiosk may name its own `printer`; a display what it shows."""

    kind: DeviceKind
    name: str = Field(min_length=1, max_length=40)
    address: str | None = None
    font: Font = Font.GB18030
    width_mm: Literal[58, 80] = 80
    printer: str | None = None
    layout: Layout | None = None
    queues: str | None = Field(default=None, max_length=200)
    counters: str | None = Field(default=None, max_length=200)


class Group(Body):
    """The card of a kiosk that a service stands behind, in both languages."""

    zh: str = Field(min_length=1, max_length=40)
    en: str = Field(min_length=1, max_length=60)


class StoreSet(Body):
    """The store's own settings; what is absent stays as it is. `hours`: as `hours-set` has
    them; visits outside stay booked unasked.

    `service_groups`: by service its group's names, or null for none.
    """

    name_zh: str | None = Field(default=None, min_length=1, max_length=40)
    name_en: str | None = Field(default=None, min_length=1, max_length=60)
    timezone: str | None = None
    hours: list[str] | None = None
    public_url: str | None = None
    daily_caps: dict[str, int | None] | None = None
    service_groups: dict[str, Group | None] | None = None


class StaffLink(Body):
    """Somebody forgot their PIN: a new one-time link that sets another."""

    name: str


def run(context: Context, name: str, arguments: Json, by: Staff | str) -> Json:
    """Run a command by name, for one of the staff or for `command`, the command line; its answer.

    Raises `NotFound`, pydantic's `ValidationError`, or what the command refuses.
    """
    return carry_out(context, name, arguments, by).answer


def carry_out(context: Context, name: str, arguments: Json, by: Staff | str) -> Outcome:
    """The same, with the change of settings it made."""
    outcome = context.store.write(ready(context, name, arguments, by))
    COMMANDS[name].tidy(context)
    return outcome


def ready(context: Context, name: str, arguments: Json, by: Staff | str) -> Callable[[sqlite3.Connection], Outcome]:
    """A command that is checked and prepared, for the writer's transaction. Raises as `run`."""
    if name not in COMMANDS:
        raise NotFound
    command = COMMANDS[name]
    given = command.body.model_validate(arguments)
    order = Order(context, by if isinstance(by, str) else by.actor, None if isinstance(by, str) else by.role)
    order.require_at_least(command.needs(given))
    body = command.prepare(context, given)
    return lambda conn: recorded(conn, order, name, lambda: command.run(conn, order, body))


def _hash_pin(context: Context, body: StaffAdd) -> StaffAdd:
    """Hashing takes long enough to be done outside the transaction."""
    if not body.pin:
        return body
    pin = body.pin
    auth.require_strong(pin)
    return body.model_copy(update={"pin": context.off_loop(lambda: auth.hash_pin(pin))})


def _staff_add(conn: sqlite3.Connection, order: Order, body: StaffAdd) -> Json:
    order.require_at_least(body.role)
    pin_hash = body.pin or None
    staff_id = staff.add_staff(conn, body.name, body.role, pin_hash)
    order.journal(conn, EventKind.STAFF_ADDED, name=body.name, role=body.role)
    link = None if pin_hash else order.link(staff.add_enrolment(conn, staff_id=staff_id))
    return {"id": staff_id, "link": link}


def _staff_link(conn: sqlite3.Connection, order: Order, body: StaffLink) -> Json:
    person = staff.staff_by_name(conn, body.name)
    if person is None:
        raise UnknownStaff(name=body.name)
    order.require_at_least(person.role)
    order.journal(conn, EventKind.PIN_LINK_MADE, name=person.name)
    return {"link": order.link(staff.add_enrolment(conn, staff_id=person.id))}


def _device_add(conn: sqlite3.Connection, order: Order, body: DeviceAdd) -> Json:
    shown = body.model_dump(include={"name", "layout", "queues", "counters"}, exclude_none=True)
    display_options = display_settings.device_options(conn, body.kind, DisplayScope(**shown))
    options = _printer_options(body) | display_options
    device_id, token = staff.add_device(conn, body.kind, body.name, options)
    if body.printer is not None:
        staff.use_printer(conn, device_id, _printer_id(conn, body.printer))
    order.journal(conn, EventKind.DEVICE_ADDED, name=body.name, device_kind=body.kind)
    link = None
    if body.kind in {DeviceKind.KIOSK, DeviceKind.DISPLAY}:
        link = order.link(staff.add_enrolment(conn, device_id=device_id))
    return {"id": device_id, "token": token, "link": link}


def _printer_options(body: DeviceAdd) -> dict[str, str]:
    if body.kind != DeviceKind.PRINTER:
        return {}
    if body.address is None:
        raise AddressMissing
    require_address(body.address)
    return {"address": body.address, "font": body.font.value, "width_mm": str(body.width_mm)}


def _printer_id(conn: sqlite3.Connection, name: str) -> int:
    for printer in staff.devices(conn, DeviceKind.PRINTER):
        if printer.name == name:
            return printer.id
    raise UnknownPrinter(name=name)


def _store_set(conn: sqlite3.Connection, order: Order, body: StoreSet) -> Json:
    before, opened = settings.load(conn), False
    changed = replace(
        before,
        name=Names(body.name_zh or before.name.zh, body.name_en or before.name.en),
        timezone=_timezone(body.timezone) if body.timezone else before.timezone,
        public_url=before.public_url if body.public_url is None else phone_address.checked(body.public_url),
    )
    settings.save(conn, changed)
    if body.hours is not None:
        opened = opening.change_week(conn, body.hours, order.context.clock(), accept=True)
    for code, cap in (body.daily_caps or {}).items():
        _set_cap(conn, code, cap)
    for code, group in (body.service_groups or {}).items():
        _require_service(conn, code)
        settings.set_group(conn, code, Names(group.zh, group.en) if group else None)
    return {"changed": opened or changed != before or bool(body.daily_caps) or bool(body.service_groups)}


def _booking_set(conn: sqlite3.Connection, _: Order, body: BookingSet) -> Json:
    return {"changed": booking_settings.apply(conn, body)}


def _desk_set(conn: sqlite3.Connection, _: Order, body: DeskSet) -> Json:
    return {"changed": desk_settings.apply(conn, body)}


def _set_cap(conn: sqlite3.Connection, code: str, cap: int | None) -> None:
    _require_service(conn, code)
    if cap is not None and not 0 <= cap <= LARGEST:
        raise BadCap(service=code)
    settings.set_daily_cap(conn, code, cap)


def _require_service(conn: sqlite3.Connection, code: str) -> None:
    known = settings.services(conn)
    if code not in known:
        raise UnknownService(service=code, known=", ".join(known))


def _timezone(name: str) -> str:
    if name not in available_timezones():
        raise BadTimezone(name=name)
    return ZoneInfo(name).key


def _settings_show(conn: sqlite3.Connection, _: Order, __: Body) -> Json:
    return rule_settings.show(conn)


def _settings_set(conn: sqlite3.Connection, order: Order, body: rule_settings.RuleSet) -> Json:
    order.require_at_least(Role.ADMIN)
    return rule_settings.change(conn, body)


COMMANDS: dict[str, Command[Any]] = {
    "settings-show": Command(Body, _settings_show),
    "settings-set": Command(rule_settings.RuleSet, _settings_set),
    "staff-link": Command(StaffLink, _staff_link),
    "staff-add": Command(StaffAdd, _staff_add, _hash_pin),
    "device-add": Command(DeviceAdd, _device_add),
    "store-set": Command(StoreSet, _store_set),
    **entitlements.COMMANDS,
    **people_commands.COMMANDS,
    **device_commands.COMMANDS,
    **keeping.COMMANDS,
    **slip_settings.COMMANDS,
    **voice_settings.COMMANDS,
    **printer_commands.COMMANDS,
    **alert_settings.COMMANDS,
    **change_list.COMMANDS,
    "booking-set": Command(BookingSet, _booking_set),
    **display_settings.COMMANDS,
    **opening.COMMANDS,
    **services.COMMANDS,
    **counter_settings.COMMANDS,
    **store_texts.COMMANDS,
    "desk-set": Command(DeskSet, _desk_set),
    **retention_settings.COMMANDS,
    **customers.COMMANDS,
    **chain_commands.COMMANDS,
}
COMMANDS |= settings_file.commands(COMMANDS)
