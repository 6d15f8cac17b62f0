"""Owns when visits can be booked: a day's slots from the opening hours, and how many places each has. Pure.

Every counter that takes appointments serves so many of them a slot, each for a service it can do. A service has a place
left while one more booking of it can still be given to a counter, those of other services included.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from db import calendar
from db.booking_records import Appointment, Booking
from db.counter_records import Counter, Permission
from db.setting_records import Hours, Settings
from db.ticket_records import TicketClass

Lanes = tuple[frozenset[str], ...]
"""The services of each counter that takes appointments, once for every booking it takes a slot."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A span of time that visits are booked for, in seconds since the epoch."""

    begins: float
    ends: float


def slots_of(day: date, store: Settings) -> list[Slot]:
    """The slots of a local day: one after another from each opening on, none of them reaching beyond the opening hours.

    They follow each other in real time, so that a day on which the clock is put forward has fewer and one on which
    it is put back has more. A store without hours is open all day.
    """
    slots = [slot for span in calendar.spans_on(day, store) for slot in _slots_in(span, day, store)]
    return [slot for slot in slots if _is_within(slot, store)]


def _slots_in(span: Hours, day: date, store: Settings) -> list[Slot]:
    zone, length = ZoneInfo(store.timezone), store.booking.slot_s
    begins, closes = _moment(day, span.opens, zone), _moment(day, span.closes, zone)
    count = max(0, int((closes - begins) // length))
    return [Slot(begins + n * length, begins + (n + 1) * length) for n in range(count)]


def day_span(day: date, store: Settings) -> Slot:
    """A local day from midnight to midnight."""
    zone = ZoneInfo(store.timezone)
    return Slot(_moment(day, calendar.ALL_DAY.opens, zone), _moment(day, calendar.ALL_DAY.closes, zone))


def lanes(counters: Iterable[Counter], booking: Booking) -> Lanes:
    """What the counters that take appointments can do in one slot."""
    able = [c.skills for c in counters if c.permissions[TicketClass.APPOINTMENT] != Permission.NEVER]
    return tuple(sorted(able * booking.per_counter, key=sorted))


def places(service: str, at: Lanes, booking: Booking) -> int:
    """How many bookings of a service a slot takes that has none yet."""
    return places_left(service, (), at, booking.places.get(service))


def taken_in(slot: Slot, bookings: Sequence[Appointment]) -> tuple[str, ...]:
    """The services of the bookings that reach into a slot."""
    return tuple(sorted(b.service for b in bookings if b.slot_at < slot.ends and b.ends_at > slot.begins))


@lru_cache(4096)
def places_left(service: str, taken: tuple[str, ...], at: Lanes, most: int | None) -> int:
    """How many more bookings of `service` fit beside those `taken`; `most` of this service in all, if limited."""
    matching = _Matching(at)
    if not all(matching.add(other) for other in taken):
        return 0
    room = len(at) if most is None else max(0, most - Tally(taken)[service])
    left = 0
    while left < room and matching.add(service):
        left += 1
    return left


class _Matching:
    """Gives each booking a lane that can do it, moving earlier ones aside where that helps (Kuhn's algorithm)."""

    def __init__(self, at: Lanes) -> None:
        self._lanes = at
        self._given: dict[int, str] = {}

    def add(self, service: str) -> bool:
        """Find room for one more; false where there is none."""
        return self._place(service, set())

    def _place(self, service: str, tried: set[int]) -> bool:
        for lane, skills in enumerate(self._lanes):
            if service in skills and lane not in tried:
                tried.add(lane)
                if lane not in self._given or self._place(self._given[lane], tried):
                    self._given[lane] = service
                    return True
        return False


def _moment(day: date, clock: str, zone: ZoneInfo) -> float:
    """A wall-clock time of a day; `24:00` is the next midnight."""
    if clock == calendar.ALL_DAY.closes:
        day, clock = day + timedelta(days=1), calendar.ALL_DAY.opens
    return datetime.combine(day, time.fromisoformat(clock), zone).timestamp()


def _is_within(slot: Slot, store: Settings) -> bool:
    """Where the clock is changed within the opening hours, a slot may begin or end outside them."""
    return calendar.is_open(slot.begins, store) and calendar.is_open(slot.ends - 1, store)
