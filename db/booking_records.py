"""Owns the records of booked visits: a visit, its states, and how visits may be booked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class AppointmentState(StrEnum):
    """Where a booking is in its life."""

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class BookingRight(StrEnum):
    """Whether a tier's customers may book by themselves, with somebody's permission, or only through the staff."""

    FREE = "free"
    BY_PERMISSION = "by_permission"
    STAFF_ONLY = "staff_only"


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booked visit of `length_s` from `slot_at` on.

    `place` is the one it holds of the slot's `places`; a booking taken over from a list holds none, though it counts.
    `booked_by` and `reminded_by` name actors as the journal does. `permission`: why a tier that needs one may book.
    `phone` is empty where it cannot be read any more, or was let go.
    """

    code: str
    phone: str
    name: str
    service: str
    slot_at: float
    channel: str
    state: AppointmentState = AppointmentState.BOOKED
    length_s: float = 15 * 60.0
    language: str = "zh"
    booked_at: float | None = None
    booked_by: str | None = None
    reminded_at: float | None = None
    reminded_by: str | None = None
    place: int | None = None
    places: int | None = None
    permission: str | None = None

    @property
    def ends_at(self) -> float:
        """When its slot ends."""
        return self.slot_at + self.length_s


@dataclass(frozen=True, slots=True)
class HeldPlaces:
    """Places of one slot that are the head office's: `granted` in all so far, `used` by bookings, `returned` by it.

    A place held is one of a counter that can do each of `services` (their codes in alphabetical order with commas
    between), and any one of them can be booked on it.
    """

    slot_at: float
    services: str
    length_s: float
    granted: int
    used: int = 0
    returned: int = 0

    @property
    def ends_at(self) -> float:
        """When the slot ends."""
        return self.slot_at + self.length_s

    @property
    def held(self) -> int:
        """How many places nobody here may book."""
        return self.granted - self.used - self.returned


@dataclass(frozen=True, slots=True)
class Booking:
    """How visits are booked.

    A slot lasts `slot_s`, is booked at least `lead_s` before it begins and at most `horizon_days` days ahead; every
    counter that can do a service takes `per_counter` bookings a slot. `places` bounds the bookings of a service in one
    slot further. `share_percent` of what is free is held for the public booking of a chain's head office. `rights` says by
    tier who may book by themselves; a tier that is not named, and who has no card, book through the staff.
    """

    slot_s: int = 15 * 60
    lead_s: int = 60 * 60
    horizon_days: int = 30
    per_counter: int = 1
    share_percent: int = 50
    places: Mapping[str, int] = field(default_factory=dict)
    rights: Mapping[str, BookingRight] = field(
        default_factory=lambda: {
            "diamond": BookingRight.FREE,
            "gold": BookingRight.FREE,
            "silver": BookingRight.BY_PERMISSION,
        }
    )

    def right_of(self, tier: str | None) -> BookingRight:
        """The right of a tier's customers, of anybody else for None."""
        return self.rights.get(tier or "", BookingRight.STAFF_ONLY)
