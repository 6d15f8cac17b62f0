"""Owns what a kiosk is told of whoever typed or scanned something: a member with greeting, a booking, or a ticket."""

import sqlite3
from typing import Any

from counter import customer, views
from counter.moment import Present
from db import calendar, duty, print_jobs, tickets
from db.booking_records import Appointment
from db.ticket_records import Ticket
from kiosk import identify, scanning
from kiosk.greeting import wishes
from kiosk.identify import Recognised
from kiosk.issuing import require_open
from kiosk.scanning import Booked, Kept

Json = dict[str, Any]


def tell(
    conn: sqlite3.Connection, lobby: Present, *, phone: str | None, member_no: str | None, code: str | None = None
) -> Json:
    """`kind` says what the answer is: `member` (below), `ticket` {ticket}, or `appointment` {code}, which may also be a
    place kept from elsewhere.

    A member: {vip, greeting, tier_name, reason, wishes, member_no, booking: {code, time, service_name} | null,
    ticket: the one they hold | null}. Raises `UnknownMember`, `MalformedPhone`; for a code `UnknownCode`, `TicketOver`,
    and `StoreClosed` for everything but a ticket.
    """
    if not code:
        today = calendar.local(lobby.now, lobby.settings).date()
        return _member(conn, identify.recognise(conn, today, phone=phone, member_no=member_no), lobby)
    found = scanning.read(conn, code, lobby)
    if isinstance(found, Ticket):
        return {"kind": "ticket", "ticket": _ticket(conn, found, lobby)}
    require_open(lobby)
    if isinstance(found, Booked | Kept):
        return {"kind": "appointment", "code": found.code}
    return _member(conn, found, lobby)


def _member(conn: sqlite3.Connection, person: Recognised, lobby: Present) -> Json:
    member = person.member
    tier = lobby.tiers[member.tier] if person.is_vip else None
    held = tickets.open_of_member(conn, member.member_no)
    booking = scanning.booked_today(conn, member.phone, lobby)
    today = calendar.local(lobby.now, lobby.settings).date()
    manager = duty.by_code(conn, member.manager_a)
    return {
        "kind": "member",
        "vip": person.is_vip,
        "greeting": views.names((customer.honoured if person.is_vip else customer.greeting)(member.name)),
        "tier_name": views.names(tier.name) if tier else None,
        "reason": views.message(person.refusal),
        "wishes": [views.message(wish) for wish in wishes(person, today, manager.name if manager else None)],
        "member_no": member.member_no,
        "booking": _booking(booking, lobby) if booking else None,
        "ticket": _ticket(conn, held, lobby) if held else None,
    }


def _booking(booking: Appointment, lobby: Present) -> Json:
    return {
        "code": booking.code,
        "time": f"{calendar.local(booking.slot_at, lobby.settings):%H:%M}",
        "service_name": views.names(lobby.services[booking.service].name),
    }


def _ticket(conn: sqlite3.Connection, ticket: Ticket, lobby: Present) -> Json:
    return views.ticket(ticket, lobby, print_jobs.state_of(conn, ticket.id))
