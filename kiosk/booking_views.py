"""Owns the shapes of booking: appointments, slots and customers, as programs and the staff page receive them."""

import csv
import io
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import get_locale, gettext
from pydantic import BaseModel, Field

from counter import views
from counter.customer import masked
from db import appointments, calendar, settings
from db.booking_records import Appointment, BookingRight
from db.setting_records import Settings
from db.settings import SetUp
from db.words import Message, Names
from kiosk import booking
from kiosk.booking_places import Offer
from kiosk.identify import Recognised

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEADINGS = (
    Message("date", "Date"),
    Message("time", "Time"),
    Message("name", "Name"),
    Message("phone", "Phone"),
    Message("service", "Service"),
    Message("code", "Booking code"),
    Message("language", "Language"),
    Message("reminded", "Reminded"),
)


class Both(BaseModel):
    """A name in both of the store's languages."""

    zh: str
    en: str


class Said(BaseModel):
    """Something said to a person: `text` is English with {places} that `values` fill."""

    code: str
    text: str
    values: dict[str, Any]


class AppointmentView(BaseModel):
    """A booked visit. The phone is masked: `POST …/reveal` tells it, and the journal who asked."""

    code: str = Field(description="Six digits where it was booked here; opens the check-in at the kiosk")
    state: str = Field(description="booked, checked_in, completed, no_show or cancelled")
    service: str
    service_name: Both
    slot_at: str
    ends_at: str
    name: str
    phone: str
    language: str
    channel: str
    tier_name: Both | None = Field(description="Of a card that is valid on the day of the visit")
    number: str | None = Field(description="The ticket it was checked in with")
    booked_at: str | None
    booked_by: str | None
    reminded_at: str | None
    reminded_by: str | None
    notes: list[Said] = Field(description="What to tell the customer: how to check in, what early and late mean")


class WholePhone(BaseModel):
    """The phone of a booking, to be called."""

    phone: str


class AppointmentList(BaseModel):
    """Bookings by the time of their visit."""

    appointments: list[AppointmentView]


class SlotView(BaseModel):
    """A time that visits are booked for; `refusal` says why it cannot be booked now, though a place may be free."""

    slot_at: str
    ends_at: str
    places: int
    free: int
    refusal: Said | None


class SlotList(BaseModel):
    """The slots of one service on one day; none on a day the store is closed."""

    service: str
    date: str
    slots: list[SlotView]


class CustomerView(BaseModel):
    """Whose phone it is, and by which right they book; `reason` says why a card gives none."""

    name: str | None
    language: str | None
    tier_name: Both | None
    right: BookingRight
    reason: Said | None
    appointments: list[AppointmentView]


def appointment(conn: sqlite3.Connection, shown: Appointment) -> dict[str, Any]:
    """One booking, its phone masked."""
    return _view(conn, shown, settings.set_up(conn), appointments.numbers(conn, [shown.code])).model_dump()


def many(
    conn: sqlite3.Connection, shown: Sequence[Appointment], *, whole_phones: bool = False
) -> list[AppointmentView]:
    """A list of bookings, phones masked unless somebody is about to call them."""
    store, numbers = settings.set_up(conn), appointments.numbers(conn, [one.code for one in shown])
    listed = [_view(conn, one, store, numbers) for one in shown]
    if not whole_phones:
        return listed
    return [view.model_copy(update={"phone": one.phone}) for view, one in zip(listed, shown, strict=True)]


def slot_list(conn: sqlite3.Connection, service: str, date: str, offers: Sequence[Offer]) -> dict[str, Any]:
    """The slots of a service on a day."""
    store = settings.load(conn)
    slots = [_slot(offer, store) for offer in offers]
    return SlotList(service=service, date=date, slots=slots).model_dump()


def customer(
    conn: sqlite3.Connection, known: Recognised | None, right: BookingRight, visits: Sequence[Appointment]
) -> dict[str, Any]:
    """Who a phone belongs to."""
    tier = settings.tiers(conn)[known.member.tier] if known and known.is_vip else None
    return CustomerView(
        name=known.member.name if known else None,
        language=known.member.language if known else None,
        tier_name=_both(tier.name) if tier else None,
        right=right,
        reason=_said(known.refusal) if known else None,
        appointments=many(conn, visits),
    ).model_dump()


def as_csv(conn: sqlite3.Connection, shown: Sequence[Appointment]) -> str:
    """The reminder list as a spreadsheet opens it: with a byte-order mark, and no cell that could act as a formula."""
    store = settings.set_up(conn)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([gettext(heading.text) for heading in _HEADINGS])
    for one in shown:
        slot = calendar.local(one.slot_at, store.settings)
        name = store.services[one.service].name
        service = name.en if str(get_locale()) == "en" else name.zh
        reminded = calendar.local(one.reminded_at, store.settings).strftime("%Y-%m-%d %H:%M") if one.reminded_at else ""
        cells = (f"{slot:%Y-%m-%d}", f"{slot:%H:%M}", one.name, one.phone, service, one.code, one.language, reminded)
        writer.writerow([_harmless(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def _harmless(cell: str) -> str:
    """A name like `=1+1` stays a name in the spreadsheet."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _view(conn: sqlite3.Connection, shown: Appointment, store: SetUp, numbers: Mapping[str, str]) -> AppointmentView:
    known = booking.customer(conn, shown.phone, shown.slot_at, store.settings)[0] if shown.phone else None
    tier = store.tiers[known.member.tier] if known and known.is_vip else None
    stamps = {
        key: calendar.stamp(getattr(shown, key), store.settings)
        for key in ("slot_at", "ends_at", "booked_at", "reminded_at")
    }
    plain = ("code", "state", "service", "name", "language", "channel", "booked_by", "reminded_by")
    return AppointmentView.model_validate(
        {
            **{key: getattr(shown, key) for key in plain},
            **stamps,
            "phone": masked(shown.phone),
            "service_name": views.names(store.services[shown.service].name),
            "tier_name": views.names(tier.name) if tier else None,
            "number": numbers.get(shown.code),
            "notes": [views.message(note) for note in _notes(shown, store.settings)],
        }
    )


def _notes(shown: Appointment, store: Settings) -> tuple[Message, ...]:
    """What early and late mean, told before anybody comes."""
    rules = store.rules
    begins = calendar.local(shown.slot_at - rules.appointment_early_s, store)
    return (
        Message(
            "check_in_with",
            "Check in at the kiosk with the code {code} or this phone number.",
            {"code": shown.code},
        ),
        Message(
            "if_early",
            "Calls begin at {time}; who comes earlier may be called sooner if a counter is free.",
            {"time": f"{begins:%H:%M}"},
        ),
        Message(
            "if_late",
            "Up to {minutes} minutes late the appointment still holds; later, the wait counts from arrival.",
            {"minutes": round(rules.appointment_grace_s / 60)},
        ),
    )


def _slot(offer: Offer, store: Settings) -> SlotView:
    return SlotView(
        slot_at=calendar.stamp(offer.slot.begins, store) or "",
        ends_at=calendar.stamp(offer.slot.ends, store) or "",
        places=offer.places,
        free=offer.free,
        refusal=_said(offer.refusal),
    )


def _both(name: Names) -> Both:
    return Both(zh=name.zh, en=name.en)


def _said(said: Any) -> Said | None:
    return None if said is None else Said.model_validate(views.message(said))
