"""Owns setting up when the store is open: the week, holidays and other special days, and visits booked outside them."""

import sqlite3
from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from pydantic import Field

from counter.customer import masked
from counter.web import Body
from db import appointments, calendar, settings
from db.booking_records import Appointment, AppointmentState
from db.setting_records import Settings, SpecialDay
from db.words import Names
from lobby import holiday_list, spans
from lobby.opening_errors import BadDay, BookingsOutside
from lobby.orders import Command, Json, Order

AHEAD_S = 400 * 86_400.0
MOST_DAYS = 60
SHOWN = 20


class HoursSet(Body):
    """The hours of a week: seven days from Monday, each like `09:00-12:00 13:30-18:00` or `closed`; none: always open.

    `accept_outside`: although booked visits fall outside.
    """

    hours: list[str]
    accept_outside: bool = False


class Day(Body):
    """A special day: its name in both languages and its hours, empty or `closed` for a day off."""

    date: str
    name_zh: str = Field(min_length=1, max_length=20)
    name_en: str = Field(min_length=1, max_length=40)
    hours: str = ""


class DaysSet(Body):
    """Special days to add or replace, and dates that are to be usual days again."""

    days: list[Day] = Field(default_factory=list, max_length=MOST_DAYS)
    remove: list[str] = Field(default_factory=list, max_length=MOST_DAYS)
    accept_outside: bool = False


def page(conn: sqlite3.Connection, now: float) -> Json:
    """What the page of hours is drawn from. Special days that are over are left out."""
    store = settings.load(conn)
    today = calendar.local(now, store).date()
    return {
        "today": str(today),
        "hours": [spans.typed(day) for day in store.hours],
        "days": [
            {"date": day, "name": asdict(one.name), "hours": spans.typed(one.spans)}
            for day, one in sorted(store.special_days.items())
            if day >= str(today)
        ],
        "outside": _listed(conn, _outside(conn, store, now)),
        "country": holiday_list.country_of(store.timezone),
        "countries": holiday_list.countries(),
    }


def change_week(conn: sqlite3.Connection, wanted: list[str], now: float, *, accept: bool) -> bool:
    """Change the hours of a week; whether that changed anything.

    Raises `NotAWeek`, `BadHours`, `HoursOverlap`, and unless that is accepted `BookingsOutside`.
    """
    before = settings.load(conn)
    return _save(conn, before, replace(before, hours=spans.week(wanted)), now, accept=accept)


def _hours_set(conn: sqlite3.Connection, order: Order, body: HoursSet) -> Json:
    now = order.context.clock()
    changed = change_week(conn, body.hours, now, accept=body.accept_outside)
    return {"changed": changed, "page": page(conn, now)}


def _days_set(conn: sqlite3.Connection, order: Order, body: DaysSet) -> Json:
    now = order.context.clock()
    before = settings.load(conn)
    today = calendar.local(now, before).date()
    added = {
        _date(one.date, today, f"days.{n}.date"): SpecialDay(
            Names(one.name_zh, one.name_en), spans.day(one.hours, f"days.{n}.hours")
        )
        for n, one in enumerate(body.days)
    }
    kept = {day: one for day, one in before.special_days.items() if day not in body.remove}
    changed = _save(
        conn,
        before,
        replace(before, special_days=dict(sorted((kept | added).items()))),
        now,
        accept=body.accept_outside,
    )
    return {"changed": changed, "page": page(conn, now)}


def _save(conn: sqlite3.Connection, before: Settings, after: Settings, now: float, *, accept: bool) -> bool:
    if after == before:
        return False
    known = outside(conn, now)
    settings.save(conn, after)
    if not accept:
        require_inside(conn, known, now)
    return True


def outside(conn: sqlite3.Connection, now: float) -> frozenset[str]:
    """The codes of visits to come that are booked for times at which the store is not open."""
    return frozenset(one.code for one in _outside(conn, settings.load(conn), now))


def require_inside(conn: sqlite3.Connection, known: Collection[str], now: float) -> None:
    """Raises `BookingsOutside` by other visits than the `known` ones."""
    newly = [one for one in _outside(conn, settings.load(conn), now) if one.code not in known]
    if newly:
        raise BookingsOutside(count=len(newly), bookings=_listed(conn, newly))


def _outside(conn: sqlite3.Connection, store: Settings, now: float) -> list[Appointment]:
    return [
        one
        for one in appointments.between(conn, now, now + AHEAD_S)
        if one.state == AppointmentState.BOOKED
        and not (calendar.is_open(one.slot_at, store) and calendar.is_open(one.ends_at - 1, store))
    ]


def _listed(conn: sqlite3.Connection, bookings: list[Appointment]) -> list[Json]:
    """The first ones, as staff find them: time, service, name and masked phone."""
    known = settings.set_up(conn)
    return [
        {
            "at": calendar.stamp(one.slot_at, known.settings),
            "service": asdict(known.services[one.service].name),
            "name": one.name,
            "phone": masked(one.phone),
            "code": one.code,
        }
        for one in bookings[:SHOWN]
    ]


def _date(given: str, today: date, field: str) -> str:
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise BadDay(field, given=given) from None
    if day < today:
        raise BadDay(field, given=given)
    return str(day)


COMMANDS: dict[str, Command[Any]] = {
    "hours-set": Command(HoursSet, _hours_set),
    "special-days-set": Command(DaysSet, _days_set),
}
