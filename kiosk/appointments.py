"""Owns appointment check-in: which booking a phone or code means, and what early and late mean for its ticket.

Rule: called not before slot − 5 min (unless a counter would idle); promised by max(check-in, slot) + 10 min; more than
10 minutes after the slot the customer is an ordinary one from the check-in on.
"""

import sqlite3
from dataclasses import dataclass, replace

from counter.card import card_refusal
from counter.moment import Present
from counter.present import load
from db import appointments, calendar, events, members, remote_tickets, tickets
from db.booking_records import Appointment, AppointmentState
from db.event_records import EventKind
from db.people_records import Device
from db.ticket_records import Ticket, TicketClass
from kiosk import identify, remote
from kiosk.errors import AppointmentOtherDay, AppointmentOver, AppointmentUsed, MalformedCode, UnknownAppointment
from kiosk.issuing import Issued, as_member, draft_ticket, held, require_open, write
from kiosk.notes import HAD_TICKET


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Somebody with a booking: `code` or `phone`. A place kept from elsewhere has a code too."""

    request_key: str
    code: str | None = None
    phone: str | None = None
    language: str = "zh"


def check_in(conn: sqlite3.Connection, wish: CheckIn, device: Device | None, actor: str, now: float) -> Issued:
    """Turn a booking, or a place kept from elsewhere, into a ticket; a second check-in gives the first one's ticket.

    Raises `UnknownAppointment`, `AppointmentOtherDay`, `AppointmentUsed`, `MalformedPhone`, `MalformedCode`,
    `RemoteExpired`, `RemoteOver` and `StoreClosed`.
    """
    lobby = load(conn, now)
    repeated = tickets.by_request_key(conn, wish.request_key)
    if repeated is not None:
        return held(conn, repeated, lobby)
    kept = remote_tickets.by_code(conn, wish.code.strip()) if wish.code else None
    if kept is not None:
        return remote.check_in(conn, kept, wish.request_key, wish.language, device, actor, lobby)
    booking = _find(conn, wish, lobby)
    had = _held(conn, booking)
    if had is not None:
        return held(conn, had, lobby, HAD_TICKET)
    _require_today(booking, lobby)
    require_open(lobby)
    if not appointments.move(conn, booking.code, AppointmentState.BOOKED, AppointmentState.CHECKED_IN):
        raise AppointmentUsed
    draft = _admit(conn, draft_ticket(booking.service, wish.language, lobby), booking, lobby)
    return write(conn, draft, wish.request_key, lobby, device, actor)


def close_missed(conn: sqlite3.Connection, before: float, now: float) -> None:
    """Close bookings of before a moment: missed where nobody came, or left before being served, else completed."""
    for booking in appointments.missed(conn, before):
        appointments.move(conn, booking.code, AppointmentState.BOOKED, AppointmentState.NO_SHOW)
        events.append(conn, now, EventKind.APPOINTMENT_NO_SHOW, "system", code=booking.code)
    for booking, was_served in appointments.left_open(conn, before):
        final = AppointmentState.COMPLETED if was_served else AppointmentState.NO_SHOW
        kind = EventKind.APPOINTMENT_COMPLETED if was_served else EventKind.APPOINTMENT_NO_SHOW
        appointments.move(conn, booking.code, AppointmentState.CHECKED_IN, final)
        events.append(conn, now, kind, "system", code=booking.code, checked_in=True)


def _find(conn: sqlite3.Connection, wish: CheckIn, lobby: Present) -> Appointment:
    if wish.code:
        booking = appointments.by_code(conn, wish.code.strip().upper())
    elif wish.phone:
        booking = _nearest(appointments.of_phone(conn, identify.normalise_phone(wish.phone)), lobby)
    else:
        raise MalformedCode
    if booking is None:
        raise UnknownAppointment
    return booking


def _nearest(bookings: list[Appointment], lobby: Present) -> Appointment | None:
    """Of several bookings the one still open today, else the one closest in time."""

    def key(booking: Appointment) -> tuple[bool, float]:
        usable = booking.state == AppointmentState.BOOKED and _is_today(booking, lobby)
        return (not usable, abs(booking.slot_at - lobby.now))

    return min(bookings, key=key, default=None)


def _held(conn: sqlite3.Connection, booking: Appointment) -> Ticket | None:
    """The ticket this customer has already: of the booking, or another one of the member who booked."""
    ticket = tickets.open_of_appointment(conn, booking.code)
    if ticket is not None or booking.state != AppointmentState.BOOKED:
        return ticket
    member = members.by_phone(conn, booking.phone)
    return tickets.open_of_member(conn, member.member_no) if member else None


def _is_today(booking: Appointment, lobby: Present) -> bool:
    store = lobby.settings
    return calendar.business_day(booking.slot_at, store) == calendar.business_day(lobby.now, store)


def _require_today(booking: Appointment, lobby: Present) -> None:
    if booking.state != AppointmentState.BOOKED:
        raise AppointmentUsed
    if not _is_today(booking, lobby):
        slot = calendar.local(booking.slot_at, lobby.settings)
        is_over = booking.slot_at < lobby.now
        raise (AppointmentOver if is_over else AppointmentOtherDay)(day=slot.date().isoformat(), time=f"{slot:%H:%M}")


def _admit(conn: sqlite3.Connection, draft: Ticket, booking: Appointment, lobby: Present) -> Ticket:
    """The ticket of a booking: an appointment, or an arrival like any other if it is too late for that."""
    rules = lobby.settings.rules
    member = _member(conn, booking, lobby)
    draft = replace(draft, appointment_code=booking.code)
    if lobby.now > booking.slot_at + rules.appointment_grace_s:
        return as_member(draft, member, lobby) if member else draft
    return replace(
        draft,
        ticket_class=TicketClass.APPOINTMENT,
        slot_at=booking.slot_at,
        due_at=max(lobby.now, booking.slot_at) + rules.appointment_grace_s,
        head_start_s=rules.appointment_head_start_s,
        member_no=member.member.member_no if member else None,
        tier=member.member.tier if member and member.is_vip else None,
    )


def _member(conn: sqlite3.Connection, booking: Appointment, lobby: Present) -> identify.Recognised | None:
    member = members.by_phone(conn, booking.phone)
    if member is None:
        return None
    return identify.Recognised(member, card_refusal(member, calendar.local(lobby.now, lobby.settings).date()))
