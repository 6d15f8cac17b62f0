"""Owns what is refused about opening hours and special days."""

from db.errors import LobbyError


class BadHours(LobbyError):
    """Opening hours that are none."""

    code, status = "bad_hours", 422
    text = "“{given}” are no opening hours. A day is like 09:00-18:00, 09:00-12:00 13:30-18:00, or closed."

    def __init__(self, field: str, **attrs: object) -> None:
        super().__init__(**attrs)
        self.field = field


class HoursOverlap(BadHours):
    """Two spans of a day that share time."""

    code, text = "hours_overlap", "The spans of “{given}” overlap."


class NotAWeek(LobbyError):
    """Other than seven days, or none."""

    code, status, field = "not_a_week", 422, "hours"
    text = "Give seven days from Monday on, or none for a store that is always open."


class BadDay(LobbyError):
    """A date that is none, or is over."""

    code, status = "bad_day", 422
    text = "“{given}” is no day from today on. A day is like 2026-10-01."

    def __init__(self, field: str, **attrs: object) -> None:
        super().__init__(**attrs)
        self.field = field


class BookingsOutside(LobbyError):
    """Visits are booked for times at which the store would be closed. `bookings` says which."""

    code, status = "bookings_outside", 409
    text = (
        "{count} booked visits would fall outside these hours. They stay booked, and nobody tells the customers: "
        "call them and move or cancel their visits under Appointments."
    )


class UnknownCountry(LobbyError):
    """A country whose holidays are not known."""

    code, status, field = "unknown_country", 404, "country"
    text = "The public holidays of “{country}” are not known. Add the days yourself."
