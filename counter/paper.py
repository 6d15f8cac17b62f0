"""Owns what screens are told of printers: which are in trouble and what to do, whose roll ends, the newest slips."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from counter import views
from db import calendar, print_jobs, printers, staff
from db.paper_records import PrinterCondition, PrintJob, PrintState
from db.people_records import Device, DeviceKind
from db.setting_records import Settings
from db.words import Message

Json = dict[str, Any]

NEWEST = 6
"""Slips shown of each printer: as many as a customer may still stand there with."""

_LATEST_S = 12 * 3600.0


def panel(conn: sqlite3.Connection, store: Settings, now: float) -> list[Json]:
    """Every printer for the floor page: how it is, what waits, and its newest slips, which can be printed again."""
    return [
        {
            **row,
            "slips": [_slip(*found, store) for found in print_jobs.newest(conn, device.id, now - _LATEST_S, NEWEST)],
        }
        for device, row in _states(conn)
    ]


def troubles(conn: sqlite3.Connection) -> list[Json]:
    """The printers somebody has to look at, for the counters."""
    return [row for _, row in _states(conn) if row["state"] == "failed" or row["paper_low"]]


def kiosks_without_paper(conn: sqlite3.Connection) -> list[Json]:
    """The kiosks whose printer is in trouble, why, and the name of the printer that stands in, if one does."""
    failed = {device.id: (device, row) for device, row in _states(conn) if row["state"] == "failed"}
    if not failed:
        return []
    where = printers.kiosks_of(conn)
    return [
        {"kiosk": kiosk.name, "error": failed[own][1]["error"], "elsewhere": _stand_in(conn, failed, failed[own][0])}
        for kiosk in staff.devices(conn, DeviceKind.KIOSK)
        if (own := where.get(kiosk.id)) in failed and own is not None
    ]


def _stand_in(conn: sqlite3.Connection, failed: dict[int, tuple[Device, Json]], printer: Device) -> str | None:
    other = printers.by_name(conn, printer.options.get("fallback", ""))
    return other.name if other is not None and other.id not in failed else None


def _states(conn: sqlite3.Connection) -> list[tuple[Device, Json]]:
    told, waiting = printers.conditions(conn), print_jobs.unprinted(conn)
    return [
        (device, _state(device, told.get(device.id), [job for job in waiting if job.printer_id == device.id]))
        for device in staff.devices(conn, DeviceKind.PRINTER)
    ]


def _state(printer: Device, told: PrinterCondition | None, jobs: Sequence[PrintJob]) -> Json:
    """A slip's error says what is wrong; without one, what the printer told when it was last asked."""
    failed = next((job.error for job in jobs if job.error is not None), told.error if told else None)
    printing = any(job.state == PrintState.PRINTING for job in jobs)
    return {
        "name": printer.name,
        "state": "failed" if failed else "printing" if printing else "ok",
        "error": views.message(Message("printer_failed", failed) if failed else None),
        "paper_low": told.paper_low if told else None,
        "answers": told.answers if told else None,
        "pending": len(jobs),
    }


def _slip(job: PrintJob, number: str, token: str, issued_at: float, store: Settings) -> Json:
    return {
        "job": job.id,
        "number": number,
        "token": token,
        "print": job.state,
        "issued_at": calendar.stamp(issued_at, store),
    }
