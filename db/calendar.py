"""Owns a store's days: its local time, its business day and its opening hours. Pure: the time is an argument."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import inf
from zoneinfo import ZoneInfo

from db.setting_records import Hours, Settings, SpecialDay

DAY_S = 86_400.0
DAY_BEGINS = timedelta(hours=4)
"""A business day runs from 04:00 to 04:00, so that a late evening belongs to the day it began on."""

ALL_DAY = Hours("00:00", "24:00")


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


def spans_on(day: date, settings: Settings) -> tuple[Hours, ...]:
    """When the store is open on a local day: a special day's own spans, else the weekday's; in order, none when closed."""
    special = settings.special_days.get(day.isoformat())
    if special is not None:
        return special.spans
    return settings.hours[day.weekday()] if settings.hours else (ALL_DAY,)


def spans_today(at: float, settings: Settings) -> tuple[Hours, ...]:
    """The spans of the local day of `at`."""
    return spans_on(local(at, settings).date(), settings)


def said(spans: Iterable[Hours]) -> str:
    """Spans as people read them: `09:00–12:00, 13:30–18:00`."""
    return ", ".join(f"{span.opens}–{span.closes}" for span in spans)


def special_today(at: float, settings: Settings) -> SpecialDay | None:
    """What makes the local day of `at` special, if anything does."""
    return settings.special_days.get(local(at, settings).date().isoformat())


def is_open(at: float, settings: Settings) -> bool:
    """Whether numbers are given out; a store without hours is open at all hours but for its special days."""
    clock = f"{local(at, settings):%H:%M}"
    return any(span.opens <= clock < span.closes for span in spans_today(at, settings))


def opens_at(at: float, settings: Settings) -> float | None:
    """When the store first opens on the day of `at`; None on a day off, and on one that is open from beginning to end."""
    spans = spans_today(at, settings)
    if not spans or spans == (ALL_DAY,):
        return None
    return _moment(at, spans[0].opens, settings)


def closes_at(at: float, settings: Settings) -> float:
    """When the last number of today is given out, breaks or not: `at` itself once that is over, endless if it never is."""
    spans = spans_today(at, settings)
    if not settings.hours and spans == (ALL_DAY,) and ALL_DAY in spans_today(at + DAY_S, settings):
        return inf
    return max(at, _moment(at, spans[-1].closes, settings)) if spans else at


def _moment(at: float, clock: str, settings: Settings) -> float:
    """A wall-clock time of the local day of `at`; 24:00 is the next midnight."""
    days, hour = divmod(int(clock[:2]), 24)
    day = local(at, settings).date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, int(clock[3:]), tzinfo=ZoneInfo(settings.timezone)).timestamp()
