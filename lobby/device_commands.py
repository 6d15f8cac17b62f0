"""Owns the commands that change devices once they are there: a new link, another name, leaving the store."""

import sqlite3
from typing import Any

from pydantic import Field

from counter.web import Body
from db import devices, presence, printers, staff
from db.event_records import EventKind
from db.paper_records import PrinterCondition
from db.people_records import Device, DeviceKind
from db.presence import Seen
from display.scope import Layout
from lobby import printer_commands
from lobby.orders import Command, Json, Order
from lobby.people_errors import DeviceUnclear, NoLinkForKind, UnknownDevice
from lobby.printer_commands import PrinterName, PrinterSet

OPENS_A_PAGE = frozenset({DeviceKind.KIOSK, DeviceKind.DISPLAY})


class DeviceName(Body):
    """Which device; `kind` where two share a name."""

    name: str
    kind: DeviceKind | None = None


class DeviceRename(DeviceName):
    """Another name."""

    new_name: str = Field(min_length=1, max_length=40)


def listed(conn: sqlite3.Connection, on_line: dict[int, Seen]) -> list[Json]:
    """Every device as programs and the page of devices read it. `seen_at`: seconds since the epoch, None for never."""
    known, told = presence.everyone(conn), printers.conditions(conn)
    return [_entry(conn, one, on_line.get(one.id), known.get(one.id), told.get(one.id)) for one in staff.devices(conn)]


def _entry(
    conn: sqlite3.Connection, device: Device, line: Seen | None, known: Seen | None, told: PrinterCondition | None
) -> Json:
    answers = told is not None and told.answers is True
    seen_at = max((at for at in (known and known.at, told.at if told and answers else None) if at), default=None)
    last = line or known
    return {
        "id": device.id,
        "kind": device.kind.value,
        "name": device.name,
        "is_here": line is not None or answers,
        "seen_at": line.at if line else seen_at,
        "page": (last and last.page) or None,
        "layout": device.options.get("layout", Layout.FULL.value) if device.kind == DeviceKind.DISPLAY else None,
        "address": device.options.get("address") or (last and last.address) or None,
        "has_link": devices.has_link(conn, device.id),
    }


def _list(conn: sqlite3.Connection, order: Order, _: Body) -> Json:
    return {"devices": listed(conn, dict(order.context.on_line()))}


def _find(conn: sqlite3.Connection, body: DeviceName) -> Device:
    found = [one for one in staff.devices(conn, body.kind) if one.name == body.name]
    if not found:
        raise UnknownDevice(name=body.name)
    if len(found) > 1:
        raise DeviceUnclear(name=body.name)
    return found[0]


def _link(conn: sqlite3.Connection, order: Order, body: DeviceName) -> Json:
    device = _find(conn, body)
    if device.kind not in OPENS_A_PAGE:
        raise NoLinkForKind
    order.journal(conn, EventKind.DEVICE_LINK_MADE, name=device.name, device_kind=device.kind)
    return {"link": order.link(staff.add_enrolment(conn, device_id=device.id))}


def _rename(conn: sqlite3.Connection, order: Order, body: DeviceRename) -> Json:
    device = _find(conn, body)
    if device.name == body.new_name:
        return {"changed": False}
    if device.kind == DeviceKind.PRINTER:
        return printer_commands.COMMANDS["printer-set"].run(
            conn, order, PrinterSet(name=device.name, new_name=body.new_name)
        )
    devices.rename(conn, device.id, body.new_name)
    order.journal(conn, EventKind.DEVICE_RENAMED, name=device.name, new_name=body.new_name, device_kind=device.kind)
    return {"changed": True}


def _revoke(conn: sqlite3.Connection, order: Order, body: DeviceName) -> Json:
    """Token and cookie stop at once, its screens are told; a printer's slips go to another one."""
    device = _find(conn, body)
    if device.kind == DeviceKind.PRINTER:
        return printer_commands.COMMANDS["printer-remove"].run(conn, order, PrinterName(name=device.name))
    devices.revoke(conn, device, order.context.clock())
    order.journal(conn, EventKind.DEVICE_REVOKED, name=device.name, device_kind=device.kind)
    return {"revoked": True}


COMMANDS: dict[str, Command[Any]] = {
    "device-list": Command(Body, _list),
    "device-link": Command(DeviceName, _link),
    "device-rename": Command(DeviceRename, _rename),
    "device-revoke": Command(DeviceName, _revoke),
}
