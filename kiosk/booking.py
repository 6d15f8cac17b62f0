"""Owns booking a visit: who may, which slot has a place, changing, cancelling, and reminding.

Each function is one step in the caller's transaction, so of many who want a slot's last place one gets it.
"""

import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from counter.card import card_refusal
from counter.desk_errors import PhoneUnknown
from counter.offering import offered
from db import appointments, calendar, chain_places, counters, events, members, remote_tickets, settings
from db.booking_records import Appointment, AppointmentState, BookingRight
from db.errors import UnknownService
from db.event_records import EventKind
from db.people_records import Device, Staff
from db.setting_records import Settings
from kiosk import slots
from kiosk.errors import (
    AppointmentFixed,
    AppointmentOver,
    BookingNotAllowed,
    DayFull,
    NoSuchAppointment,
    NoSuchSlot,
    PermissionNeeded,
    PhoneBusy,
    PhoneBusyThen,
    SlotFull,
    SlotTooFar,
    SlotTooSoon,
)
from kiosk.identify import Recognised, normalise_phone
from kiosk.slots import Slot

CODES = range(100_000, 1_000_000)
"""Six digits, as the kiosk's keypad takes them."""
NEAREST = 4
"""How many other times a refusal names."""


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


@dataclass(frozen=True, slots=True)
class Offer:
    """A slot of a day for one service: how many places it has, how many are free, and why it cannot be booked."""

    slot: Slot
    places: int
    free: int
    refusal: SlotTooSoon | SlotTooFar | None


def offers(conn: sqlite3.Connection, service: str, day: date, now: float) -> list[Offer]:
    """What a service offers on a day. Raises `UnknownService`."""
    store = _store_with(conn, service)
    span = slots.day_span(day, store)
    bookings = appointments.active_during(conn, span.begins, span.ends)
    held = chain_places.during(conn, span.begins, span.ends, appointments.LONGEST_S)
    at = slots.lanes(counters.everyone(conn), store.booking)
    most = store.booking.places.get(service)
    return [
        Offer(
            slot,
            slots.places(service, at, store.booking),
            slots.places_left(service, slots.taken_in(slot, bookings, held), at, most),
            _refusal(slot, store, now),
        )
        for slot in slots.slots_of(day, store)
    ]


def book(conn: sqlite3.Connection, wish: Wish, by: Booker, now: float) -> tuple[Appointment, bool]:
    """Book a visit and return it, and whether it is new: a repeated request gets the same booking.

    Raises `UnknownService`, `MalformedPhone`, `BookingNotAllowed`, `PermissionNeeded`, `NoSuchSlot`, `SlotTooSoon`,
    `SlotTooFar`, `SlotFull`, `DayFull`, `PhoneBusy`.
    """
    repeated = appointments.by_request_key(conn, wish.request_key) if wish.request_key else None
    if repeated is not None:
        return repeated, False
    store = _store_with(conn, wish.service)
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
    booking = _placed(conn, draft, store, now)
    appointments.insert(conn, booking, wish.request_key)
    data = {**_where(booking, store), "channel": booking.channel, "right": right, "permission": bool(wish.permission)}
    events.append(conn, now, EventKind.APPOINTMENT_BOOKED, by.actor, code=booking.code, **data)
    return booking, True


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
    data = {**_where(booking, store), "channel": booking.channel, "right": "share", "permission": False}
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
    data = {"was": _where(before, store), "fields": ["service", "slot_at"], **_where(after, store)}
    events.append(conn, now, EventKind.APPOINTMENT_CHANGED, by.actor, code=after.code, **data)
    return after


def free_code(conn: sqlite3.Connection, wanted: str) -> str:
    """The code that is wanted, or another one where that is taken."""
    return wanted if _is_new(conn, wanted) else _new_code(conn)


def _promised(
    conn: sqlite3.Connection, booking: Appointment, services: str, store: Settings, now: float
) -> Appointment:
    """The booking on a place held for it; a place of its slot's number where that has one, as far as counters go."""
    known = settings.services(conn)
    if booking.service not in known:
        raise UnknownService(service=booking.service, known=", ".join(known))
    if booking.slot_at < calendar.day_start(now, store):
        slot_at = calendar.local(booking.slot_at, store)
        raise AppointmentOver(day=slot_at.date().isoformat(), time=f"{slot_at:%H:%M}")
    held = chain_places.length_s(conn, booking.slot_at, services)
    if held is None or not chain_places.use(conn, booking.slot_at, services):
        return _placed(conn, replace(booking, length_s=store.booking.slot_s), store, now)
    slot = Slot(booking.slot_at, booking.slot_at + held)
    places = slots.places(booking.service, slots.lanes(counters.everyone(conn), store.booking), store.booking)
    place = _first_place(booking, _others(conn, booking, slot))
    on_place = (place, places) if place <= places else (None, None)
    return replace(booking, length_s=held, place=on_place[0], places=on_place[1])


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
    store = _store_with(conn, wanted.service)
    after = replace(wanted, phone=normalise_phone(wanted.phone)) if "phone" in changes else wanted
    if after.phone != before.phone:
        _require_right(conn, after.phone, after.slot_at, store, by, None)
    if (after.service, after.slot_at) != (before.service, before.slot_at):
        after = replace(after, length_s=store.booking.slot_s, reminded_at=None, reminded_by=None)
        after = _placed(conn, after, store, now)
    if after == before:
        return before
    _require_one_visit(conn, after, store)
    if not appointments.change(conn, after):
        raise AppointmentFixed
    changed = [field for field in changes if getattr(after, field) != getattr(before, field)]
    data = {"was": _where(before, store), "fields": changed, **_where(after, store)}
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
    where = _where(booking, settings.load(conn))
    events.append(conn, now, EventKind.APPOINTMENT_CANCELLED, by.actor, code=booking.code, **where)
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


def _store_with(conn: sqlite3.Connection, service: str) -> Settings:
    set_up = settings.set_up(conn)
    offered(set_up.services, service)
    return set_up.settings


def _placed(conn: sqlite3.Connection, booking: Appointment, store: Settings, now: float) -> Appointment:
    """The booking with the first free place of its slot."""
    day = calendar.local(booking.slot_at, store).date()
    slot = next((slot for slot in slots.slots_of(day, store) if slot.begins == booking.slot_at), None)
    if slot is None:
        raise NoSuchSlot
    refusal = _refusal(slot, store, now)
    if refusal is not None:
        raise refusal
    others = _others(conn, booking, slot)
    held = chain_places.during(conn, slot.begins, slot.ends, appointments.LONGEST_S)
    at = slots.lanes(counters.everyone(conn), store.booking)
    most = store.booking.places.get(booking.service)
    if not slots.places_left(booking.service, slots.taken_in(slot, others, held), at, most):
        raise _full(conn, booking, day, store, now)
    return replace(
        booking, place=_first_place(booking, others), places=slots.places(booking.service, at, store.booking)
    )


def _others(conn: sqlite3.Connection, booking: Appointment, slot: Slot) -> list[Appointment]:
    return [b for b in appointments.active_during(conn, slot.begins, slot.ends) if b.code != booking.code]


def _first_place(booking: Appointment, others: Sequence[Appointment]) -> int:
    had = {b.place for b in others if (b.service, b.slot_at) == (booking.service, booking.slot_at)}
    return next(n for n in range(1, len(had) + 2) if n not in had)


def _full(conn: sqlite3.Connection, booking: Appointment, day: date, store: Settings, now: float) -> SlotFull | DayFull:
    """Says which times are left."""
    free = [offer for offer in offers(conn, booking.service, day, now) if offer.free and offer.refusal is None]
    time = f"{calendar.local(booking.slot_at, store):%H:%M}"
    if not free:
        return DayFull(time=time)
    nearest = sorted(free, key=lambda offer: abs(offer.slot.begins - booking.slot_at))[:NEAREST]
    times = sorted(offer.slot.begins for offer in nearest)
    return SlotFull(time=time, free=", ".join(f"{calendar.local(at, store):%H:%M}" for at in times))


def _refusal(slot: Slot, store: Settings, now: float) -> SlotTooSoon | SlotTooFar | None:
    if slot.begins < now + store.booking.lead_s:
        return SlotTooSoon(minutes=round(store.booking.lead_s / 60))
    ahead = calendar.local(slot.begins, store).date() - calendar.local(now, store).date()
    return SlotTooFar(days=store.booking.horizon_days) if ahead.days > store.booking.horizon_days else None


def _require_one_visit(conn: sqlite3.Connection, booking: Appointment, store: Settings) -> None:
    for other in appointments.of_phone_during(conn, booking.phone, booking.slot_at, booking.ends_at):
        if other.code != booking.code:
            slot = calendar.local(other.slot_at, store)
            raise PhoneBusy(day=slot.date().isoformat(), time=f"{slot:%H:%M}", code=other.code)


def _require_no_other(conn: sqlite3.Connection, booking: Appointment) -> None:
    others = appointments.of_phone_during(conn, booking.phone, booking.slot_at, booking.ends_at)
    if any(other.code != booking.code for other in others):
        raise PhoneBusyThen


def _new_code(conn: sqlite3.Connection) -> str:
    while True:
        code = str(CODES.start + secrets.randbelow(len(CODES)))
        if _is_new(conn, code):
            return code


def _is_new(conn: sqlite3.Connection, code: str) -> bool:
    return appointments.by_code(conn, code) is None and remote_tickets.by_code(conn, code) is None


def _where(booking: Appointment, store: Settings) -> dict[str, Any]:
    """Service and time as the journal tells them; it names no customer."""
    return {"service": booking.service, "slot_at": calendar.stamp(booking.slot_at, store)}
