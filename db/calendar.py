"""Owns a store's days: its local time, its business day and its opening hours. Pure: the time is an argument."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import inf
from zoneinfo import ZoneInfo

from db.records import Hours, Settings

DAY_BEGINS = timedelta(hours=4)
"""A business day runs from 04:00 to 04:00, so that a late evening belongs to the day it began on."""


def local(at: float, settings: Settings) -> datetime:
    """The store's local time."""
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(settings.timezone))


def stamp(at: float | None, settings: Settings) -> str | None:
    """RFC 3339 with the store's offset, to the millisecond."""
    return None if at is None else _stamp(at, settings.timezone)


@lru_cache(4096)
def _stamp(at: float, timezone: str) -> str:
    """Every screen of a round says the same times."""
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(timezone)).isoformat(timespec="milliseconds")


def business_day(at: float, settings: Settings) -> str:
    """The business day as `YYYY-MM-DD`."""
    return (local(at, settings) - DAY_BEGINS).date().isoformat()


def day_start(at: float, settings: Settings) -> float:
    """When the present business day began."""
    return start_of(business_day(at, settings), settings)


def start_of(business_day: str, settings: Settings) -> float:
    """When a business day (`YYYY-MM-DD`) began or begins."""
    day = date.fromisoformat(business_day)
    return (datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(settings.timezone)) + DAY_BEGINS).timestamp()


def hours_of_day(at: float, settings: Settings) -> Hours | None:
    """Today's opening hours; None when the store is closed all day. Ask only a store that has hours."""
    return settings.hours[local(at, settings).weekday()]


def is_open(at: float, settings: Settings) -> bool:
    """Whether numbers are given out; a store without hours is open at all hours."""
    if not settings.hours:
        return True
    hours = hours_of_day(at, settings)
    return hours is not None and hours.opens <= local(at, settings).strftime("%H:%M") < hours.closes


def opens_at(at: float, settings: Settings) -> float | None:
    """When the store opens on the day of `at`; None without hours, or on a day off."""
    hours = hours_of_day(at, settings) if settings.hours else None
    if hours is None:
        return None
    hour, minute = map(int, hours.opens.split(":"))
    return local(at, settings).replace(hour=hour % 24, minute=minute, second=0, microsecond=0).timestamp()


def closes_at(at: float, settings: Settings) -> float:
    """When no more numbers are given out today: `at` itself while the store is closed, endless if it never closes."""
    if not settings.hours:
        return inf
    hours = hours_of_day(at, settings)
    if hours is None or not is_open(at, settings):
        return at
    hour, minute = map(int, hours.closes.split(":"))
    return local(at, settings).replace(hour=hour % 24, minute=minute, second=0, microsecond=0).timestamp()
