"""Owns the list of booked visits: what a line of it means, and what it changes.

It adds bookings and changes those not yet used; none is ended by being absent.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from counter.customer import masked
from db import appointments, calendar, settings
from db.booking_records import Appointment, AppointmentState
from db.event_records import EventKind
from db.plans import Change
from db.setting_records import Settings
from db.words import Message
from kiosk import cells as values
from kiosk.cells import Cells
from kiosk.headings import Columns
from kiosk.lists import Reading

event = EventKind.APPOINTMENTS_IMPORTED


_USED = {
    AppointmentState.CHECKED_IN: Message("booking_used", "this booking is already checked in; use a new code"),
    AppointmentState.COMPLETED: Message("booking_used", "this booking is already completed; use a new code"),
    AppointmentState.NO_SHOW: Message("booking_used", "this booking was missed; use a new code"),
    AppointmentState.CANCELLED: Message("booking_used", "this booking was cancelled; use a new code"),
}


class BookingList:
    """The list as it is compared with the bookings of a moment."""

    columns = Columns(required=("code", "phone", "name", "service", "date", "time"), optional=("channel",))

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._store = settings.load(conn)
        self._zone = ZoneInfo(self._store.timezone)
        services = settings.services(conn).values()
        self._service = values.one_of({one.code: (one.name.zh, one.name.en) for one in services})
        self._known = appointments.everyone(conn)
        self._conn = conn
        self._new = Appointment("", "", "", "", 0.0, "import", length_s=self._store.booking.slot_s, booked_by="import")
        self._active: dict[str, dict[str, Appointment]] = {}
        for booking in self._known.values():
            if booking.state in {AppointmentState.BOOKED, AppointmentState.CHECKED_IN}:
                self._enter(booking)

    def key(self, cells: Cells) -> str:
        """The booking's code."""
        return values.plain(cells.raw("code")).upper()

    def record(self, cells: Cells) -> Appointment:
        """A booking; one that has been used may stand in the list, but no longer change.

        What the carrier has promised elsewhere is kept even where a slot has no place left; but one phone has one visit
        at a time.
        """
        code = cells.take("code", values.key)
        old = self._known.get(code)
        booking = _moved(self._as_listed(cells, code, old or self._new), old)
        if cells.faults:
            return booking
        if old is not None and old.state != AppointmentState.BOOKED:
            if booking != old:
                cells.refuse("code", _USED[old.state])
            return old
        self._require_one_visit(booking, cells)
        if old is not None:
            self._active[old.phone].pop(code, None)
        self._enter(booking)
        return booking

    def _as_listed(self, cells: Cells, code: str, before: Appointment) -> Appointment:
        day, time = cells.take("date", values.day), cells.take("time", values.clock_time)
        return replace(
            before,
            code=code,
            phone=cells.take("phone", values.phone),
            name=cells.take("name", values.given),
            service=cells.take("service", self._service),
            slot_at=0.0 if cells.faults else datetime.combine(day, time, self._zone).timestamp(),
            channel=cells.take_any("channel", values.given) or "import",
        )

    def _enter(self, booking: Appointment) -> None:
        self._active.setdefault(booking.phone, {})[booking.code] = booking

    def _require_one_visit(self, booking: Appointment, cells: Cells) -> None:
        for other in self._active.get(booking.phone, {}).values():
            if other.code != booking.code and other.slot_at < booking.ends_at and other.ends_at > booking.slot_at:
                cells.refuse(
                    "phone", Message("phone_busy", "has another visit at this time, code {code}", {"code": other.code})
                )
                return

    def unique(self, record: Appointment) -> Mapping[str, str | None]:
        """A code means one booking."""
        return {"code": record.code}

    def changes(self, reading: Reading[Appointment]) -> Iterator[Change]:
        """Additions and changes."""
        for code, booking in reading.found.items():
            old = self._known.get(code)
            if old != booking:
                fields = _fields(old, booking, self._store) if old else []
                shown = {"service": booking.service, "slot": _slot(booking, self._store), "fields": fields}
                kind = "changed" if old else "added"
                yield Change(kind, code, booking.name, shown, appointments.row_of(self._conn, booking))


def _moved(booking: Appointment, old: Appointment | None) -> Appointment:
    """Another slot: the place of before is free again, and the customer knows nothing of the new time yet."""
    if old is None or (old.service, old.slot_at) == (booking.service, booking.slot_at):
        return booking
    return replace(booking, place=None, places=None, reminded_at=None, reminded_by=None)


def put(conn: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Write some of the changes; a booking used meanwhile stays as it is."""
    appointments.put_rows(conn, [change.row for change in changes if change.row is not None])


def _fields(old: Appointment, new: Appointment, store: Settings) -> list[list[str]]:
    before, after = _shown(old, store), _shown(new, store)
    return [[name, before[name], after[name]] for name in before if before[name] != after[name]]


def _shown(booking: Appointment, store: Settings) -> dict[str, str]:
    return {
        "phone": masked(booking.phone),
        "name": booking.name,
        "service": booking.service,
        "slot": _slot(booking, store),
        "channel": booking.channel,
    }


def _slot(booking: Appointment, store: Settings) -> str:
    return f"{calendar.local(booking.slot_at, store):%Y-%m-%d %H:%M}"
