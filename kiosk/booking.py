"""Owns booking a visit: who may, changing, cancelling, and reminding.

Each function is one step in the caller's transaction, so of many who want a slot's last place one gets it.
"""

import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from counter.card import card_refusal
from counter.desk_errors import PhoneUnknown
from db import appointments, calendar, events, members, remote_tickets, settings
from db.booking_records import Appointment, AppointmentState, BookingRight
from db.event_records import EventKind
from db.people_records import Device, Staff
from db.setting_records import Settings
from kiosk import booking_places
from kiosk.errors import (
    AppointmentFixed,
    BookingNotAllowed,
    NoSuchAppointment,
    PermissionNeeded,
    PhoneBusy,
)
from kiosk.identify import Recognised, normalise_phone

CODES = range(100_000, 1_000_000)
"""Six digits, as the kiosk's keypad takes them."""


@dataclass(frozen=True, slots=True)
class Booker:
    """Who books, changes or cancels: one of the staff, a program of the hotline or the web, or another `name`."""

    person: Staff | None = None
    device: Device | None = None
    name: str = "system"

    @property
    def actor(self) -> str:
        """As the journal names them."""
        known = self.person or self.device
        return known.actor if known else self.name


@dataclass(frozen=True, slots=True)
class Wish:
    """A visit somebody wants. `slot_at`: seconds since the epoch. `permission`: why a tier that needs one may book."""

    service: str
    slot_at: float
    phone: str
    name: str
    language: str = "zh"
    channel: str = "staff"
    request_key: str | None = None
    permission: str | None = None


def book(conn: sqlite3.Connection, wish: Wish, by: Booker, now: float) -> tuple[Appointment, bool]:
    """Book a visit and return it, and whether it is new: a repeated request gets the same booking.

    Raises `UnknownService`, `MalformedPhone`, `BookingNotAllowed`, `PermissionNeeded`, `NoSuchSlot`, `SlotTooSoon`,
    `SlotTooFar`, `SlotFull`, `DayFull`, `PhoneBusy`.
    """
    repeated = appointments.by_request_key(conn, wish.request_key) if wish.request_key else None
    if repeated is not None:
        return repeated, False
    store = booking_places.store_with(conn, wish.service)
    phone = normalise_phone(wish.phone)
    right = _require_right(conn, phone, wish.slot_at, store, by, wish.permission)
    draft = Appointment(
        code=_new_code(conn),
        phone=phone,
        name=wish.name,
        service=wish.service,
        slot_at=wish.slot_at,
        channel=wish.channel,
        length_s=store.booking.slot_s,
        language=wish.language,
        booked_at=now,
        booked_by=by.actor,
        permission=wish.permission,
    )
    _require_one_visit(conn, draft, store)
    booking = booking_places.placed(conn, draft, store, now)
    appointments.insert(conn, booking, wish.request_key)
    data = {**where(booking, store), "channel": booking.channel, "right": right, "permission": bool(wish.permission)}
    events.append(conn, now, EventKind.APPOINTMENT_BOOKED, by.actor, code=booking.code, **data)
    return booking, True


def free_code(conn: sqlite3.Connection, wanted: str) -> str:
    """The code that is wanted, or another one where that is taken."""
    return wanted if _is_new(conn, wanted) else _new_code(conn)


def change(
    conn: sqlite3.Connection, code: str, changes: Mapping[str, str | float], by: Booker, now: float
) -> Appointment:
    """Change a booking's `service`, `slot_at`, `phone`, `name` or `language`; another time wants a new reminder.

    Raises `NoSuchAppointment`, `AppointmentFixed`, and what `book` raises.
    """
    before = find(conn, code)
    if before.state != AppointmentState.BOOKED:
        raise AppointmentFixed
    wanted = replace(before, **changes)  # type: ignore[arg-type]
    store = booking_places.store_with(conn, wanted.service)
    after = replace(wanted, phone=normalise_phone(wanted.phone)) if "phone" in changes else wanted
    if after.phone != before.phone:
        _require_right(conn, after.phone, after.slot_at, store, by, None)
    if (after.service, after.slot_at) != (before.service, before.slot_at):
        after = replace(after, length_s=store.booking.slot_s, reminded_at=None, reminded_by=None)
        after = booking_places.placed(conn, after, store, now)
    if after == before:
        return before
    _require_one_visit(conn, after, store)
    if not appointments.change(conn, after):
        raise AppointmentFixed
    changed = [field for field in changes if getattr(after, field) != getattr(before, field)]
    data = {"was": where(before, store), "fields": changed, **where(after, store)}
    events.append(conn, now, EventKind.APPOINTMENT_CHANGED, by.actor, code=after.code, **data)
    return after


def cancel(conn: sqlite3.Connection, code: str, by: Booker, now: float) -> Appointment:
    """booked → cancelled, and its place is free again; cancelling again changes nothing.

    Raises `NoSuchAppointment`, `AppointmentFixed`.
    """
    booking = find(conn, code)
    if booking.state == AppointmentState.CANCELLED:
        return booking
    if not appointments.move(conn, booking.code, AppointmentState.BOOKED, AppointmentState.CANCELLED):
        raise AppointmentFixed
    data = where(booking, settings.load(conn))
    events.append(conn, now, EventKind.APPOINTMENT_CANCELLED, by.actor, code=booking.code, **data)
    return replace(booking, state=AppointmentState.CANCELLED)


def remind(conn: sqlite3.Connection, code: str, by: Booker, now: float, *, reminded: bool) -> Appointment:
    """Write down that the customer has been reminded, and by whom; or take it back. Repeating changes nothing.

    Raises `NoSuchAppointment`, `AppointmentFixed`.
    """
    booking = find(conn, code)
    if booking.state != AppointmentState.BOOKED:
        raise AppointmentFixed
    if appointments.remind(conn, booking.code, now if reminded else None, by.actor if reminded else None):
        kind = EventKind.APPOINTMENT_REMINDED if reminded else EventKind.APPOINTMENT_UNREMINDED
        events.append(conn, now, kind, by.actor, code=booking.code)
    return find(conn, code)


def reveal(conn: sqlite3.Connection, code: str, by: Booker, now: float) -> str:
    """A booking's whole phone number; the journal tells who asked. Raises `NoSuchAppointment`, `PhoneUnknown`."""
    booking = find(conn, code)
    if not booking.phone:
        raise PhoneUnknown(number=booking.code)
    events.append(conn, now, EventKind.PHONE_REVEALED, by.actor, code=booking.code)
    return booking.phone


def reveal_many(conn: sqlite3.Connection, shown: Sequence[Appointment], by: Booker, now: float) -> None:
    """Let the journal tell who was given the whole phone numbers of these bookings."""
    events.append(conn, now, EventKind.PHONE_REVEALED, by.actor, codes=[booking.code for booking in shown])


def find(conn: sqlite3.Connection, code: str) -> Appointment:
    """The booking with this code. Raises `NoSuchAppointment`."""
    booking = appointments.by_code(conn, code.strip().upper())
    if booking is None:
        raise NoSuchAppointment
    return booking


def customer(
    conn: sqlite3.Connection, phone: str, at: float, store: Settings
) -> tuple[Recognised | None, BookingRight]:
    """Who has a phone and what right they have to book a visit at a time. Raises `MalformedPhone`."""
    member = members.by_phone(conn, normalise_phone(phone))
    if member is None:
        return None, store.booking.right_of(None)
    known = Recognised(member, card_refusal(member, calendar.local(at, store).date()))
    return known, store.booking.right_of(member.tier if known.is_vip else None)


def _require_right(
    conn: sqlite3.Connection, phone: str, at: float, store: Settings, by: Booker, permission: str | None
) -> str:
    """By which right a visit is booked, for the journal: the tier's own, somebody's permission, or the staff's."""
    _, right = customer(conn, phone, at, store)
    if right == BookingRight.FREE:
        return "tier"
    if by.person is not None:
        return "staff"
    if right == BookingRight.STAFF_ONLY:
        raise BookingNotAllowed
    if not permission:
        raise PermissionNeeded
    return "permission"


def _require_one_visit(conn: sqlite3.Connection, booking: Appointment, store: Settings) -> None:
    for other in appointments.of_phone_during(conn, booking.phone, booking.slot_at, booking.ends_at):
        if other.code != booking.code:
            slot = calendar.local(other.slot_at, store)
            raise PhoneBusy(day=slot.date().isoformat(), time=f"{slot:%H:%M}", code=other.code)


def _new_code(conn: sqlite3.Connection) -> str:
    while True:
        code = str(CODES.start + secrets.randbelow(len(CODES)))
        if _is_new(conn, code):
            return code


def _is_new(conn: sqlite3.Connection, code: str) -> bool:
    return appointments.by_code(conn, code) is None and remote_tickets.by_code(conn, code) is None


def where(booking: Appointment, store: Settings) -> dict[str, Any]:
    """Service and time as the journal tells them; it names no customer."""
    return {"service": booking.service, "slot_at": calendar.stamp(booking.slot_at, store)}
