"""Owns the share of its slots that a store holds for its head office, so that both can book while they cannot talk.

For each slot and kind of place both sides count three things that never sink: places `granted` to the head office,
places its bookings took (`booked` there, `used` here once one has become an appointment), and places `returned` by it.

    here   held = granted − used − returned   nobody here may book these
    there  free = granted − booked − returned   nobody there may book more

The store grants first and tells then; the head office returns first and tells then; the store makes an appointment only
of what was booked there. So what is known here of the head office's counts is never more than they are, and the other
way round:

    granted there ≤ granted here,   used here ≤ booked there,   returned here ≤ returned there
    ⇒ held here ≥ (booked there − used here) + free there

Every booking made there that has not arrived yet, and every place that can still be booked there, has a held place
here, whatever is lost, late or repeated: what is told are counts, of which the larger one is the later one. A booking
that is refused is taken off `booked`; it was never used. And here what is booked and what is held together always fit
the counters (`kiosk.slots`), so capacity is never exceeded by anybody.

Where the store forgets (restored from a backup, left and joined again) it takes over the head office's counts, which
returns all that is free there when somebody accepts the restored store. What was promised by either then still counts,
even beyond the counters there are, as it does where counters are taken out of a store that has bookings.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from db import appointments, calendar, chain_places, counters, settings
from db.booking_records import Appointment, HeldPlaces
from db.setting_records import Settings
from kiosk import slots
from kiosk.slots import Lanes, Slot

WHOLE = 100
KEPT_S = 2 * calendar.DAY_S
"""So long after a slot its counts are kept, for bookings that arrive late."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the head office is told of one row: what it was given, and how much it should have returned by now.

    It books until `until`, in seconds since the epoch.
    """

    places: HeldPlaces
    until: float
    wanted: int

    @property
    def key(self) -> tuple[float, str]:
        """Which row it is."""
        return self.places.slot_at, self.places.services


def days(conn: sqlite3.Connection, now: float) -> list[date]:
    """The local days on which visits can be booked, today first."""
    store = settings.load(conn)
    today = calendar.local(now, store).date()
    return [today + timedelta(days=n) for n in range(store.booking.horizon_days + 1)]


def balance(conn: sqlite3.Connection, day: date, now: float) -> int:
    """Hold more places of a day where less than the share is held; how many more."""
    more = lacking(conn, day, now)
    for slot, kind in more:
        chain_places.grant(conn, slot.begins, kind, slot.ends - slot.begins)
    return len(more)


def lacking(conn: sqlite3.Connection, day: date, now: float) -> list[tuple[Slot, str]]:
    """The places of a day to hold besides; slots that can no longer be booked stay as they are."""
    setup = settings.set_up(conn)
    offered = frozenset(code for code, service in setup.services.items() if not service.retired)
    of_day = _Day.read(conn, day)
    return [
        (slot, kind)
        for turn, slot in enumerate(of_day.slots)
        if slot.begins - of_day.store.booking.lead_s > now
        for kind in of_day.lacking(slot, turn, offered)
    ]


def tell(conn: sqlite3.Connection, day: date, now: float) -> list[Told]:
    """What the head office should know of a day: every row, and how much of it is wanted back."""
    of_day = _Day.read(conn, day)
    surplus = {slot.begins: of_day.held(slot) - of_day.share(slot, turn) for turn, slot in enumerate(of_day.slots)}
    told = []
    for row in chain_places.between(conn, of_day.span.begins, of_day.span.ends):
        back = min(row.held, max(0, surplus.get(row.slot_at, row.held))) if row.slot_at > now else 0
        if row.slot_at in surplus:
            surplus[row.slot_at] -= back
        told.append(Told(row, row.slot_at - of_day.store.booking.lead_s, row.returned + back))
    return told


def adopt(conn: sqlite3.Connection, rows: Iterable[HeldPlaces]) -> None:
    """The head office's own counts: what it returned is free here again."""
    for row in rows:
        chain_places.adopt(conn, row)


@dataclass(frozen=True, slots=True)
class _Day:
    """What is booked and held of a day."""

    store: Settings
    at: Lanes
    span: Slot
    bookings: Sequence[Appointment]
    rows: Sequence[HeldPlaces]

    @classmethod
    def read(cls, conn: sqlite3.Connection, day: date) -> "_Day":
        store = settings.load(conn)
        span = slots.day_span(day, store)
        return cls(
            store,
            slots.lanes(counters.everyone(conn), store.booking),
            span,
            appointments.active_during(conn, span.begins, span.ends),
            chain_places.during(conn, span.begins, span.ends, appointments.LONGEST_S),
        )

    @property
    def slots(self) -> list[Slot]:
        """Its slots as they are offered now."""
        return slots.slots_of(calendar.local(self.span.begins, self.store).date(), self.store)

    def share(self, slot: Slot, turn: int) -> int:
        """How many places should be held: a share of those without a booking; of parts a whole one in turns."""
        free = slots.lanes_left(slots.taken_in(slot, self.bookings), self.at)
        percent = self.store.booking.share_percent
        return percent * free * (turn + 1) // WHOLE - percent * free * turn // WHOLE

    def held(self, slot: Slot) -> int:
        """How many are."""
        return sum(row.held for row in self.rows if row.slot_at < slot.ends and row.ends_at > slot.begins)

    def lacking(self, slot: Slot, turn: int, offered: frozenset[str]) -> list[str]:
        """The kinds of the places to hold besides, as far as there is room for them."""
        taken = slots.taken_in(slot, self.bookings, self.rows)
        found: list[str] = []
        for n in range(self.share(slot, turn) - self.held(slot)):
            kind = slots.holdable(tuple(sorted((*taken, *found))), self.at, self.store.booking, offered, turn + n)
            if kind is None:
                break
            found.append(kind)
        return found
