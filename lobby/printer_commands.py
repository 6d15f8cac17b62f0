"""Owns setting printers up: add, change, list, try out, take out of service, and which kiosk prints where."""

import sqlite3
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from counter.web import Body, Context
from db import print_jobs, printers, staff
from db.errors import LobbyError
from db.event_records import EventKind
from db.paper_records import PrinterCondition, PrintState
from db.people_records import Device, DeviceKind
from db.store import Store
from lobby.orders import Command, Json, Order
from printer import trial
from printer.device import open_printer, require_address, split_agent
from printer.errors import AgentAway, BadPrinterOption
from printer.options import copies_of, model_options
from printer.paper import Font, QrWay, paper_of
from printer.status import UNKNOWN
from printer.testpage import test_page
from printer.trial import Trial, UnknownPrinter

_NONE = ""


class UnknownKiosk(LobbyError):
    """No kiosk of this name."""

    code, status, field = "unknown_kiosk", 404, "kiosk"
    text = "There is no kiosk “{name}”."


class FallbackIsItself(LobbyError):
    """A printer cannot stand in for itself."""

    code, status, field = "fallback_is_itself", 422, "fallback"
    text = "A printer cannot stand in for itself. Choose another one, or none."


class PrinterOptions(Body):
    """How a printer is connected and what it can do; what is absent stays as it is, or is the usual.

    `model` is a name of python-escpos's table and sets width, cutter and QR codes; what is given beside it counts more.
    `fallback` is the name of the printer that stands in, empty for none.
    """

    address: str | None = None
    model: str | None = None
    font: Font | None = None
    width_mm: Literal[58, 80] | None = None
    code_page: str | None = None
    cutter: bool | None = None
    qr: QrWay | None = None
    density: int | None = None
    copies: int | None = None
    fallback: str | None = None


class PrinterAdd(PrinterOptions):
    """A new printer."""

    name: str = Field(min_length=1, max_length=40)
    address: str


class PrinterSet(PrinterOptions):
    """Changes of a printer; `new_name` renames it."""

    name: str
    new_name: str | None = Field(default=None, min_length=1, max_length=40)


class PrinterName(Body):
    """Which printer."""

    name: str


class PrinterTest(PrinterName):
    """Which printer; `outcome` is filled in here."""

    outcome: Any = None


class KioskPrinter(Body):
    """On which printer a kiosk prints; empty: the first one."""

    kiosk: str
    printer: str = _NONE


def options_of(before: Mapping[str, str], body: PrinterOptions) -> dict[str, str]:
    """A printer's options after a change. Raises `BadPrinterAddress`, `BadPrinterOption`."""
    given = body.model_dump(exclude_none=True, exclude={"name", "new_name", "model"})
    if "cutter" in given:
        given["cutter"] = "yes" if given["cutter"] else "no"
    model = model_options(body.model) if body.model else {}
    if body.model == _NONE:
        before = {key: value for key, value in before.items() if key != "model"}
    after = {**before, **model, **{key: str(value) for key, value in given.items()}}
    if not after.get("fallback"):
        after.pop("fallback", None)
    require_address(after["address"])
    paper_of(after)
    copies_of(after)
    return after


def _add(conn: sqlite3.Connection, order: Order, body: PrinterAdd) -> Json:
    options = options_of({"font": Font.GB18030.value, "width_mm": "80"}, body)
    _require_fallback(conn, body.name, options)
    device_id, token = staff.add_device(conn, DeviceKind.PRINTER, body.name, options)
    order.journal(conn, EventKind.DEVICE_ADDED, name=body.name, device_kind=DeviceKind.PRINTER)
    return {"id": device_id, "token": token}


def _set(conn: sqlite3.Connection, order: Order, body: PrinterSet) -> Json:
    printer = _printer(conn, body.name)
    options = options_of(printer.options, body)
    _require_fallback(conn, body.name, options)
    changed = options != dict(printer.options) or body.new_name not in {None, printer.name}
    if not changed:
        return {"changed": False}
    if body.new_name and body.new_name != printer.name:
        printers.rename(conn, printer.id, body.new_name)
        _follow_name(conn, printer.name, body.new_name)
    printers.set_options(conn, printer.id, options)
    order.journal(conn, EventKind.PRINTER_CHANGED, **body.model_dump(exclude_none=True))
    return {"changed": True}


def _follow_name(conn: sqlite3.Connection, old: str, new: str | None) -> None:
    """Printers whose fallback has another name now, or none."""
    for other in staff.devices(conn, DeviceKind.PRINTER):
        if other.options.get("fallback") == old:
            kept = {key: value for key, value in other.options.items() if key != "fallback"}
            printers.set_options(conn, other.id, {**kept, "fallback": new} if new else kept)


def _remove(conn: sqlite3.Connection, order: Order, body: PrinterName) -> Json:
    printer = _printer(conn, body.name)
    others = [one for one in staff.devices(conn, DeviceKind.PRINTER) if one.id != printer.id]
    heir = next((one for one in others if one.name == printer.options.get("fallback")), others[0] if others else None)
    now = order.context.clock()
    slips = print_jobs.move_all(conn, printer.id, heir.id, now) if heir else print_jobs.drop_all(conn, printer.id)
    _follow_name(conn, printer.name, None)
    printers.remove(conn, printer, now)
    order.journal(conn, EventKind.PRINTER_REMOVED, name=printer.name, moved_to=heir.name if heir else None, slips=slips)
    return {"removed": True, "moved": slips if heir else 0}


def _list(conn: sqlite3.Connection, _: Order, __: Body) -> Json:
    return {"printers": listed(conn)}


def listed(conn: sqlite3.Connection) -> list[Json]:
    """Every printer with its options, its condition, what waits for it and the kiosks that print on it."""
    told, waiting = printers.conditions(conn), print_jobs.unprinted(conn)
    at_door, where = staff.devices(conn, DeviceKind.KIOSK), printers.kiosks_of(conn)
    return [
        {
            "name": printer.name,
            **printer.options,
            **_condition(told.get(printer.id)),
            "waiting": sum(job.printer_id == printer.id for job in waiting),
            "kiosks": [kiosk.name for kiosk in at_door if where.get(kiosk.id) == printer.id],
        }
        for printer in staff.devices(conn, DeviceKind.PRINTER)
    ]


def kiosks(conn: sqlite3.Connection) -> list[Json]:
    """Every kiosk with the name of the printer of its own, or None for the first one."""
    own = {printer.id: printer.name for printer in staff.devices(conn, DeviceKind.PRINTER)}
    return [
        {"name": kiosk.name, "printer": own.get(kiosk.printer_id or 0)}
        for kiosk in staff.devices(conn, DeviceKind.KIOSK)
    ]


def _condition(told: PrinterCondition | None) -> Json:
    return {
        "fault": told.fault if told else None,
        "error": told.error if told else None,
        "answers": told.answers if told else None,
        "paper_low": told.paper_low if told else None,
    }


def _test(_: sqlite3.Connection, __: Order, body: PrinterTest) -> Json:
    outcome: Json = body.outcome
    return outcome


def _run_test(context: Context, body: PrinterTest) -> PrinterTest:
    """Printing takes seconds, so it is done outside the transaction."""
    return body.model_copy(update={"outcome": context.print_test(body.name)})


def _use(conn: sqlite3.Connection, order: Order, body: KioskPrinter) -> Json:
    kiosk = next((one for one in staff.devices(conn, DeviceKind.KIOSK) if one.name == body.kiosk), None)
    if kiosk is None:
        raise UnknownKiosk(name=body.kiosk)
    printer = _printer(conn, body.printer) if body.printer else None
    staff.use_printer(conn, kiosk.id, printer.id if printer else None)
    order.journal(conn, EventKind.PRINTER_CHANGED, kiosk=kiosk.name, printer=printer.name if printer else None)
    return {"changed": True}


def _printer(conn: sqlite3.Connection, name: str) -> Device:
    printer = printers.by_name(conn, name)
    if printer is None:
        raise UnknownPrinter(name=name)
    return printer


def _require_fallback(conn: sqlite3.Connection, name: str, options: Mapping[str, str]) -> None:
    fallback = options.get("fallback")
    if fallback is None:
        return
    if fallback == name:
        raise FallbackIsItself
    if printers.by_name(conn, fallback) is None:
        known = ", ".join(one.name for one in staff.devices(conn, DeviceKind.PRINTER) if one.name != name)
        raise BadPrinterOption(option="fallback", value=fallback, known=known)


def test_directly(address: str, options: Mapping[str, str]) -> Json:
    """Print a test page where no server has the printer. Raises `BadPrinterAddress`, `BadPrinterOption`."""
    printer = open_printer(address)
    try:
        return trial.as_json(trial.run(printer, test_page(paper_of(options))))
    finally:
        printer.close()


def test_here(store: Store, name: str) -> Json:
    """Print a test page from this process, which has the store. Raises as `test_directly`, and `UnknownPrinter`."""
    with store.read() as conn:
        printer = _printer(conn, name)
    is_away, address = split_agent(printer.options["address"])
    if is_away:
        return trial.as_json(Trial(PrintState.FAILED, AgentAway.code, UNKNOWN))
    return test_directly(address, printer.options)


COMMANDS: dict[str, Command[Any]] = {
    "printer-add": Command(PrinterAdd, _add),
    "printer-set": Command(PrinterSet, _set),
    "printer-list": Command(Body, _list),
    "printer-remove": Command(PrinterName, _remove),
    "printer-test": Command(PrinterTest, _test, _run_test),
    "printer-use": Command(KioskPrinter, _use),
}
