"""Owns making the store's own what customers have booked and moved at the head office: it was promised already.

Each function is one step in the caller's transaction.
"""

import sqlite3
from dataclasses import replace

from db import appointments, calendar, events, settings
from db.booking_records import Appointment, AppointmentState
from db.errors import UnknownService
from db.event_records import EventKind
from db.setting_records import Settings
from kiosk import booking_places
from kiosk.booking import Booker, find, free_code, where
from kiosk.errors import AppointmentFixed, AppointmentOver, PhoneBusyThen


def take_over(
    conn: sqlite3.Connection, booked: Appointment, services: str, request_key: str, by: Booker, now: float
) -> Appointment:
    """Make an appointment of what was booked at the head office on a held place for `services`, and return it.

    It was promised, so it asks neither for a right nor for lead time; its code is another one where that is taken. What
    has no held place needs a free one. A repeat gets the same. Raises `UnknownService`, `AppointmentOver`,
    `PhoneBusyThen`, and without a held place what `book` raises of the slot.
    """
    repeated = appointments.by_request_key(conn, request_key)
    if repeated is not None:
        return repeated
    store = settings.set_up(conn).settings
    booking = replace(booked, code=free_code(conn, booked.code), booked_at=now, booked_by=by.actor)
    booking = _promised(conn, booking, services, store, now)
    _require_no_other(conn, booking)
    appointments.insert(conn, booking, request_key)
    data = {**where(booking, store), "channel": booking.channel, "right": "share", "permission": False}
    events.append(conn, now, EventKind.APPOINTMENT_BOOKED, by.actor, code=booking.code, **data)
    return booking


def move_over(
    conn: sqlite3.Connection, code: str, service: str, slot_at: float, services: str, by: Booker, now: float
) -> Appointment:
    """Move a booking to another held place, as its customer did at the head office.

    Raises `NoSuchAppointment`, `AppointmentFixed`, and what `take_over` raises.
    """
    before = find(conn, code)
    if before.state != AppointmentState.BOOKED:
        raise AppointmentFixed
    store = settings.set_up(conn).settings
    moved = replace(before, service=service, slot_at=slot_at, reminded_at=None, reminded_by=None)
    after = _promised(conn, moved, services, store, now)
    _require_no_other(conn, after)
    if not appointments.change(conn, after):
        raise AppointmentFixed
    data = {"was": where(before, store), "fields": ["service", "slot_at"], **where(after, store)}
    events.append(conn, now, EventKind.APPOINTMENT_CHANGED, by.actor, code=after.code, **data)
    return after


def _promised(
    conn: sqlite3.Connection, booking: Appointment, services: str, store: Settings, now: float
) -> Appointment:
    """The booking on the place it was promised, of a service and a day that there still are."""
    known = settings.services(conn)
    if booking.service not in known:
        raise UnknownService(service=booking.service, known=", ".join(known))
    if booking.slot_at < calendar.day_start(now, store):
        slot_at = calendar.local(booking.slot_at, store)
        raise AppointmentOver(day=slot_at.date().isoformat(), time=f"{slot_at:%H:%M}")
    return booking_places.placed_as_promised(conn, booking, services, store, now)


def _require_no_other(conn: sqlite3.Connection, booking: Appointment) -> None:
    others = appointments.of_phone_during(conn, booking.phone, booking.slot_at, booking.ends_at)
    if any(other.code != booking.code for other in others):
        raise PhoneBusyThen
