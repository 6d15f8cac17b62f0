"""Owns the rows of printers as such: their options, their condition, their taking out of service; jobs: `print_jobs.py`."""

import json
import sqlite3
from collections.abc import Mapping

from db import staff
from db.errors import NameTaken
from db.paper_records import PrinterCondition
from db.people_records import Device, DeviceKind


def by_name(conn: sqlite3.Connection, name: str) -> Device | None:
    """The printer of a name."""
    return next((one for one in staff.devices(conn, DeviceKind.PRINTER) if one.name == name), None)


def set_options(conn: sqlite3.Connection, printer_id: int, options: Mapping[str, str]) -> None:
    """Replace a printer's options; what it told of itself may have been another machine."""
    conn.execute(
        "UPDATE devices SET options = ? WHERE id = ?", (json.dumps(dict(options), ensure_ascii=False), printer_id)
    )
    forget(conn, printer_id)


def rename(conn: sqlite3.Connection, printer_id: int, name: str) -> None:
    """Give a printer another name. Raises `NameTaken`."""
    try:
        conn.execute("UPDATE devices SET name = ? WHERE id = ?", (name, printer_id))
    except sqlite3.IntegrityError:
        raise NameTaken(name=name) from None


def remove(conn: sqlite3.Connection, printer: Device, now: float) -> None:
    """Take a printer out of service; its row stays, since old slips name it. Kiosks that used it use the first one."""
    conn.execute("UPDATE devices SET printer_id = NULL WHERE printer_id = ?", (printer.id,))
    conn.execute(
        "UPDATE devices SET removed_at = ?, token_hash = NULL, name = name || ' #' || id WHERE id = ?",
        (now, printer.id),
    )
    forget(conn, printer.id)


def conditions(conn: sqlite3.Connection) -> dict[int, PrinterCondition]:
    """What each printer last told, by its id; a printer that was never asked is not in it."""
    rows = conn.execute("SELECT * FROM printer_conditions")
    return {row["printer_id"]: _condition(row) for row in rows}


def condition(conn: sqlite3.Connection, printer_id: int) -> PrinterCondition | None:
    """What one printer last told."""
    row = conn.execute("SELECT * FROM printer_conditions WHERE printer_id = ?", (printer_id,)).fetchone()
    return _condition(row) if row else None


def put_condition(conn: sqlite3.Connection, printer_id: int, told: PrinterCondition) -> None:
    """Keep what a printer tells now."""
    conn.execute(
        "INSERT OR REPLACE INTO printer_conditions (printer_id, at, fault, error, answers, marks_end, paper_low)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (printer_id, told.at, told.fault, told.error, told.answers, told.marks_end, told.paper_low),
    )


def forget(conn: sqlite3.Connection, printer_id: int) -> None:
    """What a printer told does not count any more."""
    conn.execute("DELETE FROM printer_conditions WHERE printer_id = ?", (printer_id,))


def kiosks_of(conn: sqlite3.Connection) -> dict[int, int]:
    """Which printer each kiosk prints on: its own, else the first one; empty without printers."""
    printers = staff.devices(conn, DeviceKind.PRINTER)
    if not printers:
        return {}
    return {kiosk.id: kiosk.printer_id or printers[0].id for kiosk in staff.devices(conn, DeviceKind.KIOSK)}


def _condition(row: sqlite3.Row) -> PrinterCondition:
    return PrinterCondition(
        row["at"], row["fault"], row["error"], *(_flag(row[name]) for name in ("answers", "marks_end", "paper_low"))
    )


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)
