"""Owns what staff note on a ticket, and showing a customer's whole phone number: both are told in the journal.

Notes and phones stay at the counters; the journal knows that there was one, never its words.
"""

import sqlite3

from counter.acting import at_work, current, todays
from counter.desk_errors import PhoneUnknown
from db import appointments, events, members, proxies, ticket_notes
from db.event_records import EventKind
from db.people_records import Staff
from db.ticket_records import Ticket


def note(
    conn: sqlite3.Connection, number: int, person: Staff, now: float, text: str, wanted: str | None = None
) -> None:
    """Note something on the present ticket, or on another one of today. Raises `NoCurrentTicket`, `UnknownNumber`."""
    ticket = todays(conn, wanted, now) if wanted else current(conn, at_work(conn, number))
    write_note(conn, ticket, person, text, now, counter=number)


def write_note(
    conn: sqlite3.Connection, ticket: Ticket, person: Staff, text: str, now: float, counter: int | None = None
) -> None:
    """Add a note to a ticket."""
    ticket_notes.add(conn, ticket.id, person.id, text, now)
    at = ticket.counter if counter is None else counter
    events.append(conn, now, EventKind.NOTED, person.actor, ticket=ticket.number, counter=at)


def reveal(conn: sqlite3.Connection, number: int, person: Staff, now: float) -> str:
    """The whole phone number of the present customer; the journal tells who asked. Raises `PhoneUnknown`."""
    ticket = current(conn, at_work(conn, number))
    phone = _phone(conn, ticket)
    if phone is None:
        raise PhoneUnknown(number=ticket.number)
    events.append(conn, now, EventKind.PHONE_REVEALED, person.actor, ticket=ticket.number, counter=number)
    return phone


def _phone(conn: sqlite3.Connection, ticket: Ticket) -> str | None:
    member_no = proxies.member_no_of(conn, ticket)
    member = members.by_number(conn, member_no) if member_no else None
    if member is not None:
        return member.phone or None
    booking = appointments.by_code(conn, ticket.appointment_code) if ticket.appointment_code else None
    return (booking.phone or None) if booking else None
