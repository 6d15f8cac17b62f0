"""Owns where a slip goes whose printer fails: to the printer's fallback, and back home if that fails too."""

import sqlite3

from db import events, print_jobs, printers, staff
from db.event_records import EventKind
from db.paper_records import PrintJob
from db.people_records import Device, DeviceKind


def move_on(conn: sqlite3.Connection, printer: Device, job: PrintJob, number: str, next_at: float, now: float) -> bool:
    """Move a job that has just failed on `printer`; false if it stays.

    It goes to the fallback at once, unless that is in trouble itself; from there it goes home for its next try.
    """
    if _is_away(conn, printer, job):
        return print_jobs.move(conn, job.id, job.home_id or printer.id, next_at)
    other = fallback_of(conn, printer)
    if other is None or not print_jobs.move(conn, job.id, other.id, now):
        return False
    events.append(
        conn,
        now,
        EventKind.PRINT_MOVED,
        f"device:{printer.name}",
        ticket=number,
        printer=printer.name,
        to=other.name,
    )
    return True


def has_other(conn: sqlite3.Connection, printer: Device, job: PrintJob) -> bool:
    """Whether a job that has just failed on `printer` would be moved."""
    return _is_away(conn, printer, job) or fallback_of(conn, printer) is not None


def _is_away(conn: sqlite3.Connection, printer: Device, job: PrintJob) -> bool:
    """Whether it was meant for another printer, which is still in service."""
    if job.home_id is None or job.home_id == printer.id:
        return False
    return any(one.id == job.home_id for one in staff.devices(conn, DeviceKind.PRINTER))


def fallback_of(conn: sqlite3.Connection, printer: Device) -> Device | None:
    """The printer that stands in for one in trouble, if it has one that is well as far as is known."""
    other = printers.by_name(conn, printer.options.get("fallback", ""))
    if other is None or other.id == printer.id:
        return None
    told = printers.condition(conn, other.id)
    return other if told is None or told.fault is None else None
