"""Owns reading the carrier's lists: members and appointments from CSV, every fault with its place and reason."""

import csv
import io
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from db import appointments, events, members, settings
from db.errors import HeadingLacks, MalformedPhone, NotCsv, NoUsableLine
from db.records import Appointment, AppointmentState, EventKind, Member, Settings
from kiosk.identify import normalise_phone

R = TypeVar("R", Member, Appointment)
Row = Mapping[str, str]

_LANGUAGES = frozenset({"zh", "en"})


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that cannot be taken: line of the file (1 is the heading), column name, the value, and why."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did, or in a dry run would do."""

    added: int
    changed: int
    unchanged: int
    ended: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _List(Generic[R]):
    """How one kind of list is read: the columns it must have (its key first), a row's record, what must be unique."""

    columns: tuple[str, ...]
    record: Callable[[Row], R]
    unique: tuple[str, ...]


@dataclass(frozen=True)
class _Reading(Generic[R]):
    """What a file says: the right records by key, the faults in the order of the lines, every key that stands in it."""

    found: dict[str, R]
    faults: list[Fault]
    mentioned: set[str]


class _RefusedError(Exception):
    """A value of a row is no good."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def import_members(
    conn: sqlite3.Connection, text: str, actor: str, now: float, *, dry_run: bool = False, strict: bool = False
) -> Outcome:
    """Replace the VIP list: the rows that are right are taken, members no longer listed become ordinary customers.

    `strict` changes nothing if there is any fault; `dry_run` changes nothing at all. Raises `BadFile`.
    """
    tiers = frozenset(settings.tiers(conn))
    columns = ("member_no", "name", "phone", "tier", "valid_from", "valid_until")
    reading = _read(text, _List[Member](columns, lambda row: _member(row, tiers), ("member_no", "phone")))
    found, faults = reading.found, reading.faults
    if not found:
        raise NoUsableLine
    known = members.everyone(conn)
    gone = [number for number, member in known.items() if member.listed and number not in reading.mentioned]
    outcome = _compare(known, found, len(gone), faults)
    if not (dry_run or (strict and faults)):
        members.put(conn, [member for number, member in found.items() if known.get(number) != member])
        members.unlist(conn, gone)
        _journal(conn, EventKind.MEMBERS_IMPORTED, outcome, actor, now)
    return outcome


def import_appointments(
    conn: sqlite3.Connection, text: str, actor: str, now: float, *, dry_run: bool = False, strict: bool = False
) -> Outcome:
    """Add bookings and change those not yet used; none is ended by being absent. Raises `BadFile`.

    What the carrier has promised elsewhere is kept even where a slot has no place left; but one phone has one visit at
    a time.
    """
    columns = ("code", "phone", "name", "service", "date", "time")
    known = appointments.everyone(conn)
    used = {code for code, booking in known.items() if booking.state != AppointmentState.BOOKED}
    diary = _Diary(settings.load(conn), frozenset(settings.services(conn)), known, actor, now)
    reading = _read(text, _List[Appointment](columns, diary.booking, ("code",)))
    found, faults = reading.found, reading.faults
    outcome = _compare(known, found, 0, faults)
    if not (dry_run or (strict and faults)):
        appointments.put(conn, [booking for code, booking in found.items() if code not in used])
        _journal(conn, EventKind.APPOINTMENTS_IMPORTED, outcome, actor, now)
    return outcome


def _read(text: str, listing: _List[R]) -> _Reading[R]:
    """Read every line; a faulty one gives no record."""
    reading = _Reading[R]({}, [], set())
    seen: dict[tuple[str, str], int] = {}
    for line, row in _rows(text, listing.columns):
        key = row[listing.columns[0]].upper()
        reading.mentioned.add(key)
        try:
            record = listing.record(row)
            _require_unique(record, listing.unique, seen, line)
        except _RefusedError as refused:
            reading.faults.append(Fault(line, refused.column, row.get(refused.column, ""), refused.reason))
        else:
            reading.found[key] = record
    return reading


def _rows(text: str, columns: Iterable[str]) -> Iterable[tuple[int, Row]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), restval="")
    try:
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise HeadingLacks(columns=", ".join(missing))
        for row in reader:
            values = {key: value.strip() for key, value in row.items() if key is not None}
            if any(values.values()):
                yield reader.line_num, values
    except csv.Error:
        raise NotCsv(line=reader.line_num) from None


def _require_unique(record: R, columns: Iterable[str], seen: dict[tuple[str, str], int], line: int) -> None:
    for column in columns:
        first = seen.setdefault((column, getattr(record, column)), line)
        if first != line:
            raise _RefusedError(column, f"the same as in line {first}")


def _member(row: Row, tiers: frozenset[str]) -> Member:
    valid_from, valid_until = _date(row, "valid_from"), _date(row, "valid_until")
    if valid_until < valid_from:
        raise _RefusedError("valid_until", "before valid_from")
    return Member(
        member_no=_given(row, "member_no").upper(),
        name=_given(row, "name"),
        phone=_phone(row),
        tier=_one_of(row, "tier", tiers),
        valid_from=valid_from,
        valid_until=valid_until,
        contract_until=_date(row, "contract_until") if row.get("contract_until") else None,
        birthday=_date(row, "birthday") if row.get("birthday") else None,
        manager_a=row.get("manager_a") or None,
        manager_b=row.get("manager_b") or None,
        language=_one_of(row, "language", _LANGUAGES) if row.get("language") else "zh",
    )


class _Diary:
    """Reads the lines of a list of appointments, against what is booked already and the lines before."""

    def __init__(
        self, store: Settings, services: frozenset[str], known: Mapping[str, Appointment], actor: str, now: float
    ) -> None:
        self._zone = ZoneInfo(store.timezone)
        self._new = Appointment(
            "", "", "", "", 0, "import", length_s=store.booking.slot_s, booked_at=now, booked_by=actor
        )
        self._services = services
        self._known = known
        self._active: dict[str, dict[str, Appointment]] = {}
        for booking in known.values():
            if booking.state in {AppointmentState.BOOKED, AppointmentState.CHECKED_IN}:
                self._enter(booking)

    def booking(self, row: Row) -> Appointment:
        """A booking of the list; one that has been used may stand in it, but no longer change."""
        code = _given(row, "code").upper()
        old = self._known.get(code)
        booking = self._moved(replace(self._as_listed(row, old or self._new), code=code), old)
        if old is not None and old.state != AppointmentState.BOOKED:
            if booking != old:
                raise _RefusedError("code", f"this booking is already {old.state.replace('_', ' ')}; use a new code")
            return old
        self._require_one_visit(booking)
        if old is not None:
            self._active[old.phone].pop(code)
        self._enter(booking)
        return booking

    def _as_listed(self, row: Row, before: Appointment) -> Appointment:
        day = _date(row, "date")
        try:
            slot = datetime.strptime(row["time"], "%H:%M").time()  # noqa: DTZ007 — a wall-clock time; the zone follows
        except ValueError:
            raise _RefusedError("time", "not a time like 09:30") from None
        return replace(
            before,
            phone=_phone(row),
            name=_given(row, "name"),
            service=_one_of(row, "service", self._services),
            slot_at=datetime.combine(day, slot, self._zone).timestamp(),
            channel=row.get("channel") or "import",
        )

    @staticmethod
    def _moved(booking: Appointment, old: Appointment | None) -> Appointment:
        """Another slot: the place of before is free again, and the customer knows nothing of the new time yet."""
        if old is None or (old.service, old.slot_at) == (booking.service, booking.slot_at):
            return booking
        return replace(booking, place=None, places=None, reminded_at=None, reminded_by=None)

    def _enter(self, booking: Appointment) -> None:
        self._active.setdefault(booking.phone, {})[booking.code] = booking

    def _require_one_visit(self, booking: Appointment) -> None:
        for other in self._active.get(booking.phone, {}).values():
            if other.code != booking.code and other.slot_at < booking.ends_at and other.ends_at > booking.slot_at:
                raise _RefusedError("phone", f"has another visit at this time, code {other.code}")


def _given(row: Row, column: str) -> str:
    if not row[column]:
        raise _RefusedError(column, "empty")
    return row[column]


def _one_of(row: Row, column: str, known: frozenset[str]) -> str:
    if row[column] not in known:
        raise _RefusedError(column, f"not one of {', '.join(sorted(known))}")
    return row[column]


def _date(row: Row, column: str) -> date:
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise _RefusedError(column, "not a date like 2026-09-01") from None


def _phone(row: Row) -> str:
    try:
        return normalise_phone(row["phone"])
    except MalformedPhone:
        raise _RefusedError("phone", "not an 11-digit mobile number") from None


def _compare(known: Mapping[str, R], found: Mapping[str, R], ended: int, faults: list[Fault]) -> Outcome:
    added = sum(key not in known for key in found)
    unchanged = sum(known.get(key) == record for key, record in found.items())
    return Outcome(added, len(found) - added - unchanged, unchanged, ended, tuple(faults))


def _journal(conn: sqlite3.Connection, kind: EventKind, outcome: Outcome, actor: str, now: float) -> None:
    counts = {key: value for key, value in asdict(outcome).items() if key != "faults"}
    events.append(conn, now, kind, actor, faults=len(outcome.faults), **counts)
