"""Owns keeping what a printer tells of itself.

What is learnt beside a slip stands in the journal in that slip's line; what an idle printer tells has its own.
"""

import sqlite3
from dataclasses import replace

from db import events, printers
from db.event_records import EventKind
from db.paper_records import PrinterCondition
from db.people_records import Device
from printer.errors import PrinterFault
from printer.status import UNKNOWN, Condition


def known(conn: sqlite3.Connection, printer_id: int) -> Condition:
    """What a printer told before this program was started."""
    told = printers.condition(conn, printer_id)
    return Condition(told.answers, told.marks_end, told.paper_low) if told else UNKNOWN


def differs(conn: sqlite3.Connection, printer_id: int, told: Condition, fault: type[PrinterFault] | None) -> bool:
    """Whether a printer tells something new."""
    return printers.condition(conn, printer_id) != _row(conn, printer_id, told, fault)


def note(
    conn: sqlite3.Connection, printer: Device, told: Condition, fault: type[PrinterFault] | None, now: float
) -> bool:
    """Keep what a printer tells now; false, and nothing is written, where nothing is new."""
    if not differs(conn, printer.id, told, fault):
        return False
    printers.put_condition(conn, printer.id, replace(_row(conn, printer.id, told, fault), at=now))
    return True


def learn(
    conn: sqlite3.Connection, printer: Device, told: Condition, fault: type[PrinterFault] | None, now: float
) -> None:
    """Keep and journal what a printer tells without a slip."""
    if note(conn, printer, told, fault, now):
        say(conn, printer, told, fault, now)


def say(
    conn: sqlite3.Connection, printer: Device, told: Condition, fault: type[PrinterFault] | None, now: float
) -> None:
    """Journal what an idle printer tells."""
    events.append(
        conn,
        now,
        EventKind.PRINTER_STATUS,
        f"device:{printer.name}",
        printer=printer.name,
        fault=fault.code if fault else None,
        paper_low=told.paper_low,
    )


def _row(
    conn: sqlite3.Connection, printer_id: int, told: Condition, fault: type[PrinterFault] | None
) -> PrinterCondition:
    before = printers.condition(conn, printer_id)
    return PrinterCondition(
        before.at if before else 0.0,
        fault.code if fault else None,
        fault.text if fault else None,
        told.answers,
        told.marks_end,
        told.paper_low,
    )
