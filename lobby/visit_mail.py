"""Owns doing in the store what somebody booked, changed or gave up at the head office."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any, Literal

from pydantic import Field

from counter.web import Body, Context
from db import remote_tickets
from db.booking_records import Appointment
from db.remote_tickets import RemoteTicket
from kiosk import booking, promised, remote
from kiosk.booking import Booker
from kiosk.identify import normalise_phone

HEAD_OFFICE = "head office"
"""As the journal names it."""
CHANNEL = "headoffice"
"""Of bookings that came from there."""
DAY_S = 86_400
_BOOKER = Booker(name=HEAD_OFFICE)

Work = Callable[[Connection], dict[str, Any]]


class BookingMail(Body):
    """A visit booked at the head office on a place held for `services`; `ref`: its number there.

    Without `name` and `phone` where those are no longer known: a store that was restored from a backup is told again.
    """

    ref: int
    code: str = Field(pattern=r"^\d{6}$")
    service: str = Field(max_length=64)
    slot_at: float
    services: str = Field(max_length=4000)
    language: Literal["zh", "en"]
    name: str = Field(default="", max_length=40)
    phone: str = Field(default="", max_length=32)


class BookingChangeMail(Body):
    """The same visit at another time, or for another service."""

    ref: int
    service: str = Field(max_length=64)
    slot_at: float
    services: str = Field(max_length=4000)


class VisitMail(Body):
    """A visit that is given up."""

    ref: int


class RemoteMail(Body):
    """Somebody on their way wants a place in line; `walk_s`: how long they take."""

    ref: int
    code: str = Field(pattern=r"^\d{6}$")
    service: str = Field(max_length=64)
    language: Literal["zh", "en"]
    walk_s: int = Field(ge=0, le=DAY_S)


def deliver(kind: str, body: Mapping[str, Any], context: Context) -> Work:
    """What one of `DELIVERIES` does in the writer's transaction. Raises `ValidationError`, `MalformedPhone`."""
    delivery = DELIVERIES[kind]
    return delivery.work(delivery.shape.model_validate(body), context.clock())


def _booking(wish: BookingMail, now: float) -> Work:
    phone = normalise_phone(wish.phone) if wish.phone else ""
    drawn = Appointment(wish.code, phone, wish.name, wish.service, wish.slot_at, CHANNEL, language=wish.language)

    def take_over(conn: Connection) -> dict[str, Any]:
        booked = promised.take_over(conn, drawn, wish.services, f"{CHANNEL}:{wish.ref}", _BOOKER, now)
        remote_tickets.note_visit(conn, wish.ref, appointment=booked.code)
        return {"code": booked.code}

    return take_over


def _booking_change(wish: BookingChangeMail, now: float) -> Work:
    def move_over(conn: Connection) -> dict[str, Any]:
        code = _appointment_of(conn, wish.ref)
        return {"code": promised.move_over(conn, code, wish.service, wish.slot_at, wish.services, _BOOKER, now).code}

    return move_over


def _booking_cancel(wish: VisitMail, now: float) -> Work:
    return lambda conn: {"code": booking.cancel(conn, _appointment_of(conn, wish.ref), _BOOKER, now).code}


def _remote_ticket(wish: RemoteMail, now: float) -> Work:
    def keep(conn: Connection) -> dict[str, Any]:
        wished = RemoteTicket(booking.free_code(conn, wish.code), wish.service, wish.language, now, now)
        kept = remote.keep(conn, wished, wish.walk_s, HEAD_OFFICE, now)
        remote_tickets.note_visit(conn, wish.ref, remote=kept.code)
        return {"code": kept.code}

    return keep


def _remote_cancel(wish: VisitMail, now: float) -> Work:
    def give_back(conn: Connection) -> dict[str, Any]:
        visit = remote_tickets.visit(conn, wish.ref)
        remote.give_back(conn, (visit and visit.remote) or "", HEAD_OFFICE, now)
        return {}

    return give_back


def _appointment_of(conn: Connection, ref: int) -> str:
    """The code of a visit's appointment; one that nobody has where the visit is not known here."""
    visit = remote_tickets.visit(conn, ref)
    return (visit and visit.appointment) or ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a kind of mail has to look like, and what it does."""

    shape: type[Body]
    work: Callable[[Any, float], Work]


DELIVERIES: Mapping[str, Delivery] = {
    "booking": Delivery(BookingMail, _booking),
    "booking_change": Delivery(BookingChangeMail, _booking_change),
    "booking_cancel": Delivery(VisitMail, _booking_cancel),
    "remote_ticket": Delivery(RemoteMail, _remote_ticket),
    "remote_cancel": Delivery(VisitMail, _remote_cancel),
}
