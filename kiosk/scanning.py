"""Owns telling codes apart: what a scanner, a card reader or a customer typed, a booking, a member or a ticket."""

import re
import sqlite3
import unicodedata
from dataclasses import dataclass

from counter.card import card_refusal
from counter.moment import Present
from db import appointments, calendar, members, remote_tickets, tickets
from db.booking_records import Appointment, AppointmentState
from db.ticket_records import Ticket, TicketState
from kiosk import identify
from kiosk.errors import MalformedPhone, TicketOver, UnknownCode
from kiosk.identify import Recognised

_TICKET_LINK = re.compile(r"/t/([\w-]{16,64})/?(?:[?#].*)?$")
_TRACK = re.compile(r"^[%;]B?([^?=^]+)")
"""A magnetic card's track begins with % or ; and says its number before the first = or ^."""
_OPEN = frozenset({TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.ON_HOLD})


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking that can be checked in today."""

    booking: Appointment

    @property
    def code(self) -> str:
        """With which it is checked in."""
        return self.booking.code


@dataclass(frozen=True, slots=True)
class Kept:
    """A place in line that somebody kept from elsewhere, to be checked in by its `code`."""

    code: str


def read(conn: sqlite3.Connection, code: str, lobby: Present) -> Ticket | Booked | Kept | Recognised:
    """What a code means: an open ticket, a booking, a kept place, or a member. Raises `UnknownCode`, `TicketOver`."""
    text = unicodedata.normalize("NFKC", code).strip()
    link = _TICKET_LINK.search(text)
    if link:
        return _ticket(conn, link[1])
    track = _TRACK.match(text)
    number = (track[1] if track else text).strip().upper()
    booking = appointments.by_code(conn, number)
    if booking is not None:
        return Booked(booking)
    if remote_tickets.by_code(conn, number) is not None:
        return Kept(number)
    return _person(conn, number, lobby)


def booked_today(conn: sqlite3.Connection, phone: str, lobby: Present) -> Appointment | None:
    """The booking of a phone that can still be checked in today, the nearest of several."""
    today = calendar.business_day(lobby.now, lobby.settings)
    usable = [
        booking
        for booking in appointments.of_phone(conn, phone)
        if booking.state == AppointmentState.BOOKED and calendar.business_day(booking.slot_at, lobby.settings) == today
    ]
    return min(usable, key=lambda booking: abs(booking.slot_at - lobby.now), default=None)


def _ticket(conn: sqlite3.Connection, token: str) -> Ticket:
    ticket = tickets.by_token(conn, token)
    if ticket is None:
        raise UnknownCode
    if ticket.state not in _OPEN:
        raise TicketOver(number=ticket.number)
    return ticket


def _person(conn: sqlite3.Connection, number: str, lobby: Present) -> Booked | Recognised:
    """A member by card or phone; the phone of nobody we know may still have booked."""
    member = members.by_number(conn, number)
    if member is None:
        phone = _phone(number)
        member = members.by_phone(conn, phone)
        booking = None if member else booked_today(conn, phone, lobby)
        if booking is not None:
            return Booked(booking)
    if member is None:
        raise UnknownCode
    today = calendar.local(lobby.now, lobby.settings).date()
    return Recognised(member, card_refusal(member, today))


def _phone(text: str) -> str:
    try:
        return identify.normalise_phone(text)
    except MalformedPhone:
        raise UnknownCode from None
