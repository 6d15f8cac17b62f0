"""Owns printing a slip again for a customer: staff ask, one more slip comes out, marked as a reprint."""

import sqlite3

from db import events, print_jobs, printers, staff, tickets
from db.errors import UnknownTicket
from db.event_records import EventKind
from db.paper_records import PrintState
from db.people_records import Device, DeviceKind, Staff
from db.ticket_records import TicketState
from kiosk.errors import NoPrinter, TicketOver

_STILL_HERE = {TicketState.WAITING, TicketState.CALLED, TicketState.ON_HOLD, TicketState.SERVING}
_UNDER_WAY = {PrintState.PENDING, PrintState.PRINTING, PrintState.FAILED}


def reprint(conn: sqlite3.Connection, token: str, printer_name: str | None, person: Staff, now: float) -> str:
    """Print a ticket's slip again and return the printer's name: the one named, else where it was printed, else any.

    While a slip is under way there, that one is tried at once instead, so a second press prints nothing more.
    Raises `UnknownTicket`, `TicketOver`, `NoPrinter`.
    """
    ticket = tickets.by_token(conn, token)
    if ticket is None:
        raise UnknownTicket
    if ticket.state not in _STILL_HERE:
        raise TicketOver(number=ticket.number)
    last = print_jobs.last_of(conn, ticket.id)
    printer = _printer(conn, printer_name, last.printer_id if last else None)
    if last is not None and last.printer_id == printer.id and last.state in _UNDER_WAY:
        print_jobs.hasten(conn, printer.id, now)
        return printer.name
    print_jobs.add(conn, ticket.id, printer.id, now)
    events.append(conn, now, EventKind.REPRINT_ASKED, person.actor, ticket=ticket.number, printer=printer.name)
    return printer.name


def _printer(conn: sqlite3.Connection, name: str | None, last_id: int | None) -> Device:
    if name is not None:
        named = printers.by_name(conn, name)
        if named is None:
            raise NoPrinter
        return named
    present = staff.devices(conn, DeviceKind.PRINTER)
    printer = next((one for one in present if one.id == last_id), present[0] if present else None)
    if printer is None:
        raise NoPrinter
    return printer
