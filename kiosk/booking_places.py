"""Owns the places of a slot, on which visits are booked: what a day offers, which place a booking gets, why none."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from counter.offering import offered
from db import appointments, calendar, chain_places, counters, settings
from db.booking_records import Appointment
from db.setting_records import Settings
from kiosk import slots
from kiosk.errors import DayFull, NoSuchSlot, SlotFull, SlotTooFar, SlotTooSoon
from kiosk.slots import Slot

NEAREST = 4
"""How many other times a refusal names."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A slot of a day for one service: how many places it has, how many are free, and why it cannot be booked."""

    slot: Slot
    places: int
    free: int
    refusal: SlotTooSoon | SlotTooFar | None


def offers(conn: sqlite3.Connection, service: str, day: date, now: float) -> list[Offer]:
    """What a service offers on a day. Raises `UnknownService`."""
    store = store_with(conn, service)
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


def store_with(conn: sqlite3.Connection, service: str) -> Settings:
    """The settings of a store that offers a service. Raises `UnknownService`."""
    set_up = settings.set_up(conn)
    offered(set_up.services, service)
    return set_up.settings


def placed(conn: sqlite3.Connection, booking: Appointment, store: Settings, now: float) -> Appointment:
    """The booking with the first free place of its slot.

    Raises `NoSuchSlot`, `SlotTooSoon`, `SlotTooFar`, `SlotFull`, `DayFull`.
    """
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


def placed_as_promised(
    conn: sqlite3.Connection, booking: Appointment, services: str, store: Settings, now: float
) -> Appointment:
    """The booking on a place held for `services`; without a held one it needs a free one, as `placed` gives it.

    It has a place of its slot's number where that has one, as far as counters go.
    """
    held = chain_places.length_s(conn, booking.slot_at, services)
    if held is None or not chain_places.use(conn, booking.slot_at, services):
        return placed(conn, replace(booking, length_s=store.booking.slot_s), store, now)
    slot = Slot(booking.slot_at, booking.slot_at + held)
    places = slots.places(booking.service, slots.lanes(counters.everyone(conn), store.booking), store.booking)
    place = _first_place(booking, _others(conn, booking, slot))
    on_place = (place, places) if place <= places else (None, None)
    return replace(booking, length_s=held, place=on_place[0], places=on_place[1])


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
