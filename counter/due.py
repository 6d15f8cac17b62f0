"""Owns the appointments a counter is shown: those due soon that it may and can serve, checked in or not. Pure."""

from collections.abc import Sequence
from typing import Any

from counter import customer, views
from counter.line import serves
from counter.moment import Present
from db import calendar
from db.booking_records import Appointment
from db.counter_records import Counter
from db.ticket_records import TicketClass

SOON_S = 15 * 60.0
"""Staff are to be ready five minutes before the agreed time, so they see it coming a quarter of an hour ahead."""


def appointments_due(
    at: Counter, present: Present, expected: Sequence[tuple[Appointment, str | None]]
) -> list[dict[str, Any]]:
    """Bookings by slot, each with the number it was checked in with, if it was. `expected`: bookings and numbers."""
    return [
        {
            "slot_at": calendar.stamp(booking.slot_at, present.settings),
            "service_name": views.names(present.services[booking.service].name),
            "customer": views.names(customer.greeting(booking.name)),
            "language": booking.language,
            "number": number,
        }
        for booking, number in expected
        if serves(at, TicketClass.APPOINTMENT, booking.service)
    ]
