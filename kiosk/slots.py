"""Owns when visits can be booked: a day's slots from the opening hours, and how many places each has. Pure.

Every counter that takes appointments serves so many of them a slot, each for a service it can do. A service has a place
left while one more booking of it can still be given to a counter, those of other services included.

What takes a place is written as the services its counter must be able to do, in alphabetical order with commas between:
one for a booking, and all that may be booked on it for a place that is held for the head office. Whichever of them is
booked then needs no more than what was held, so turning a held place into a booking never takes a place from anybody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from db import calendar
from db.booking_records import Appointment, Booking, HeldPlaces
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


def taken_in(slot: Slot, bookings: Sequence[Appointment], held: Sequence[HeldPlaces] = ()) -> tuple[str, ...]:
    """What the bookings and the held places that reach into a slot take of it."""
    taken = [b.service for b in bookings if b.slot_at < slot.ends and b.ends_at > slot.begins]
    for row in held:
        if row.slot_at < slot.ends and row.ends_at > slot.begins:
            taken += [row.services] * row.held
    return tuple(sorted(taken))


def lanes_left(taken: tuple[str, ...], at: Lanes) -> int:
    """How many counters' places nothing is given to; none where not even what is `taken` fits."""
    return len(at) - len(taken) if _all_fit(taken, at) else 0


def holdable(taken: tuple[str, ...], at: Lanes, booking: Booking, offered: frozenset[str], turn: int) -> str | None:
    """A place that can still be held beside what is `taken`: of the counter that can do most of the `offered` services.

    None where there is none. Of equals it is another one at each `turn`. A service with a bound counts every held place
    it could be booked on, and stands on none beyond.
    """
    room = frozenset(code for code in offered if _room(code, taken, at, booking.places.get(code)))
    kinds = sorted({",".join(sorted(lane & room)) for lane in at if lane & room})
    if not kinds:
        return None
    start = turn % len(kinds)
    by_breadth = sorted(kinds[start:] + kinds[:start], key=lambda kind: -len(needs(kind)))
    return next((kind for kind in by_breadth if _all_fit((*taken, kind), at)), None)


@lru_cache(1024)
def needs(place: str) -> frozenset[str]:
    """The services that a place's counter must be able to do."""
    return frozenset(place.split(","))


@lru_cache(4096)
def places_left(service: str, taken: tuple[str, ...], at: Lanes, most: int | None) -> int:
    """How many more bookings of `service` fit beside those `taken`; `most` of this service in all, if limited."""
    matching = _Matching(at)
    if not all(matching.add(other) for other in taken):
        return 0
    room = _room(service, taken, at, most)
    left = 0
    while left < room and matching.add(service):
        left += 1
    return left


@lru_cache(4096)
def _all_fit(taken: tuple[str, ...], at: Lanes) -> bool:
    matching = _Matching(at)
    return all(matching.add(one) for one in taken)


def _room(service: str, taken: tuple[str, ...], at: Lanes, most: int | None) -> int:
    return len(at) if most is None else max(0, most - sum(service in needs(one) for one in taken))


class _Matching:
    """Gives each booking a lane that can do it, moving earlier ones aside where that helps (Kuhn's algorithm)."""

    def __init__(self, at: Lanes) -> None:
        self._lanes = at
        self._given: dict[int, str] = {}

    def add(self, place: str) -> bool:
        """Find room for one more; false where there is none."""
        return self._place(place, set())

    def _place(self, place: str, tried: set[int]) -> bool:
        for lane, skills in enumerate(self._lanes):
            if needs(place) <= skills and lane not in tried:
                tried.add(lane)
                if lane not in self._given or self._place(self._given[lane], tried):
                    self._given[lane] = place
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
