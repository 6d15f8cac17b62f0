"""Owns what is said beside a ticket: why a card gives no VIP service, whether an appointment is early, on time or late.

Everything is read off the ticket and what stands behind it, so a repeated request is told the same again.
"""

import sqlite3

from counter import punctuality
from counter.card import card_refusal
from counter.moment import Present
from db import appointments, calendar, members
from db.ticket_records import Ticket, TicketClass
from db.words import Message

HAD_TICKET = Message("had_ticket", "You already hold this number.")


def notes_of(conn: sqlite3.Connection, ticket: Ticket, lobby: Present) -> tuple[Message, ...]:
    """What the holder should know of how the ticket came to be."""
    if ticket.appointment_code is not None:
        return (_of_appointment(conn, ticket, ticket.appointment_code, lobby),)
    refusal = _of_card(conn, ticket, lobby)
    return (refusal,) if refusal else ()


def _of_card(conn: sqlite3.Connection, ticket: Ticket, lobby: Present) -> Message | None:
    member = members.by_number(conn, ticket.member_no) if ticket.member_no else None
    if member is None or ticket.ticket_class == TicketClass.VIP:
        return None
    return card_refusal(member, calendar.local(ticket.issued_at, lobby.settings).date())


def _of_appointment(conn: sqlite3.Connection, ticket: Ticket, code: str, lobby: Present) -> Message:
    booking = appointments.by_code(conn, code)
    slot_at = booking.slot_at if booking else ticket.issued_at
    return punctuality.note(ticket, slot_at, lobby.settings, ticket.issued_at)
