"""Owns a customer's rights over their data: a copy of all that is kept about them, and its erasure; both journalled.

The journal is told that it was done and how much it was, never of whom.
"""

import sqlite3
from datetime import date, timedelta
from typing import Any

from pydantic import Field

from counter.customer import masked
from counter.web import Body
from db import appointments, calendar, customers, retention, settings
from db.booking_records import Appointment, AppointmentState
from db.customers import Customer
from db.errors import LobbyError
from db.event_records import EventKind
from db.people_records import Member, Role
from db.setting_records import Settings
from kiosk.errors import MalformedPhone
from kiosk.identify import normalise_phone
from lobby.orders import Command, Json, Order


class NobodyKnown(LobbyError):
    """Nothing is kept under this number."""

    code, status, field = "nobody_known", 404, "customer"
    text = "Nothing is kept under this card or phone number."


class NotTheSame(LobbyError):
    """The number that was typed to confirm is another one."""

    code, status, field = "not_the_same", 422, "confirm"
    text = "The two numbers differ. Type the same card or phone number again."


class CustomerHere(LobbyError):
    """Whoever waits or is served cannot be forgotten meanwhile."""

    code, status = "customer_here", 409
    text = "This customer is in the store with number {number}. Erase the data once that number has ended."


class Wanted(Body):
    """A customer, by card or phone number."""

    customer: str = Field(min_length=1, max_length=64)


class Erasure(Wanted):
    """The same number once more, so that nobody is erased by a slip."""

    confirm: str = Field(min_length=1, max_length=64)


def _find(conn: sqlite3.Connection, order: Order, body: Wanted) -> Json:
    """What is kept, without showing it: how much, and enough of the name and phone to be sure of whom."""
    order.require_at_least(Role.ADMIN)
    found = _customer(conn, body.customer)
    known: list[Member | Appointment] = [*found.cards, *found.bookings]
    names = sorted({_masked_name(one.name) for one in known if one.name})
    numbers = sorted({masked(one.phone) for one in known if one.phone})
    return {"names": names, "phones": numbers, **_counts(found)}


def _export(conn: sqlite3.Connection, order: Order, body: Wanted) -> Json:
    """A copy of everything, readable to a person: {export}."""
    order.require_at_least(Role.ADMIN)
    found = _customer(conn, body.customer)
    order.journal(conn, EventKind.CUSTOMER_EXPORTED, **_counts(found))
    return {"export": _copy(conn, found, order.context.clock())}


def _erase(conn: sqlite3.Connection, order: Order, body: Erasure) -> Json:
    """Forget a customer; statistics stay. Raises `NotTheSame`, `NobodyKnown`, `CustomerHere`."""
    order.require_at_least(Role.ADMIN)
    if _plain(body.confirm) != _plain(body.customer):
        raise NotTheSame
    found = _customer(conn, body.customer)
    number = customers.open_number(conn, found.tickets)
    if number is not None:
        raise CustomerHere(number=number)
    _forget(conn, order, found)
    order.journal(conn, EventKind.CUSTOMER_ERASED, **_counts(found))
    return _counts(found)


def _forget(conn: sqlite3.Connection, order: Order, found: Customer) -> None:
    store = settings.load(conn)
    for row in customers.visits(conn, found.tickets):
        begins, ends = _span(row["business_day"], store)
        retention.empty_ticket(conn, row["id"], row["number"], begins, ends)
    for booking in found.bookings:
        if appointments.move(conn, booking.code, AppointmentState.BOOKED, AppointmentState.CANCELLED):
            order.journal(conn, EventKind.APPOINTMENT_CANCELLED, code=booking.code)
        retention.empty_booking(conn, booking.code)
    for card in found.cards:
        retention.forget_member(conn, card.member_no)


def _copy(conn: sqlite3.Connection, found: Customer, now: float) -> Json:
    store = settings.load(conn)
    noted: dict[int, list[Json]] = {}
    for row in customers.notes(conn, found.tickets):
        noted.setdefault(row["ticket_id"], []).append({"at": calendar.stamp(row["at"], store), "text": row["text"]})
    return {
        "about": {
            "zh": "门店保存的与该客户有关的全部信息：会员卡、预约、到访、权益使用。",
            "en": "Everything the store keeps about this customer: cards, appointments, visits, perks used.",
        },
        "made_at": calendar.stamp(now, store),
        "store": {"zh": store.name.zh, "en": store.name.en},
        "cards": [_card(card) for card in found.cards],
        "appointments": [_booking(booking, store) for booking in found.bookings],
        "visits": [_visit(row, noted.get(row["id"], []), store) for row in customers.visits(conn, found.tickets)],
        "perks": [
            {"perk": row["perk"], "used_on": row["used_on"], "undone": bool(row["undone"])}
            for row in customers.perk_uses(conn, found.cards)
        ],
    }


def _card(card: Member) -> Json:
    values = {name: getattr(card, name) for name in Member.__slots__}
    return {name: str(value) if isinstance(value, date) else value for name, value in values.items()}


def _booking(booking: Appointment, store: Settings) -> Json:
    times = {key: calendar.stamp(getattr(booking, key), store) for key in ("slot_at", "booked_at", "reminded_at")}
    plain = ("code", "phone", "name", "service", "channel", "state", "language", "permission")
    return {**{key: getattr(booking, key) for key in plain}, **times}


def _visit(row: sqlite3.Row, noted: list[Json], store: Settings) -> Json:
    plain = ("number", "business_day", "service", "class", "tier", "state", "language", "counter")
    times = ("issued_at", "first_called_at", "started_at", "ended_at")
    rating = None if row["score"] is None else {"score": row["score"], "comment": row["comment"]}
    stamps = {key: calendar.stamp(row[key], store) for key in times}
    return {**{key: row[key] for key in plain}, **stamps, "rating": rating, "notes": noted}


def _customer(conn: sqlite3.Connection, given: str) -> Customer:
    try:
        phone = normalise_phone(given)
    except MalformedPhone:
        phone = None
    found = customers.find(conn, _plain(given), phone)
    if not found.is_known:
        raise NobodyKnown
    return found


def _counts(found: Customer) -> dict[str, Any]:
    return {"cards": len(found.cards), "bookings": len(found.bookings), "visits": len(found.tickets)}


def _span(business_day: str, store: Settings) -> tuple[float, float]:
    following = str(date.fromisoformat(business_day) + timedelta(days=1))
    return calendar.start_of(business_day, store), calendar.start_of(following, store)


def _plain(given: str) -> str:
    return "".join(given.split()).upper()


def _masked_name(name: str) -> str:
    """王**: enough for whoever knows the customer."""
    return name[:1] + "*" * max(1, len(name) - 1)


COMMANDS: dict[str, Command[Any]] = {
    "customer-find": Command(Wanted, _find),
    "customer-export": Command(Wanted, _export),
    "customer-erase": Command(Erasure, _erase, tidy=lambda context: context.store.forget_deleted()),
}
