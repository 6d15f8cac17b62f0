"""Owns asking for a report: a span of days, read and counted, for pages, programs and the command line alike."""

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from db import calendar, settings
from db.settings import SetUp
from db.words import Names
from display import past
from display.errors import BadSpan
from display.inspection import inspection
from display.report_words import both
from display.reports import By, report
from display.span import join

Json = dict[str, Any]
LONGEST_DAYS = 800


@dataclass(frozen=True, slots=True)
class Wish:
    """From which business day to which; without them the last thirty days, today included."""

    first: date | None = None
    last: date | None = None
    by: By = By.DAY


def read_figures(conn: sqlite3.Connection, wish: Wish, now: float) -> Json:
    """The figures of a span of days. Raises `BadSpan`."""
    store = settings.set_up(conn)
    first, last = _span(wish, store, now)
    facts, expected = past.read_with_expected(conn, first, last, now)
    return {**_frame(store, first, last, now), "days": len(facts), **report(join(facts), wish.by, expected)}


def read_inspection(conn: sqlite3.Connection, wish: Wish, now: float) -> Json:
    """The inspection report of a span of days. Raises `BadSpan`."""
    store = settings.set_up(conn)
    first, last = _span(wish, store, now)
    facts = past.read(conn, first, last, now)
    found = inspection(facts, sorted(store.tiers, key=lambda code: -store.tiers[code].rank))
    for miss in found["misses"]:
        miss["since"] = calendar.stamp(miss["since"], store.settings)
    return {**_frame(store, first, last, now), "days": len(facts), **found}


def names(store: SetUp) -> tuple[dict[str, Names], dict[str, Names]]:
    """What services and tiers are called, by code."""
    services = {code: service.name for code, service in store.services.items()}
    return services, {code: tier.name for code, tier in store.tiers.items()}


def _span(wish: Wish, store: SetUp, now: float) -> tuple[str, str]:
    today = date.fromisoformat(calendar.business_day(now, store.settings))
    last = wish.last or max(today, wish.first or today)
    first = wish.first or last - timedelta(days=29)
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise BadSpan(days=LONGEST_DAYS)
    return str(first), str(last)


def _frame(store: SetUp, first: str, last: str, now: float) -> Json:
    services, tiers = names(store)
    shown = store.settings.name
    return {
        "store": {"zh": shown.zh, "en": shown.en},
        "today": calendar.business_day(now, store.settings),
        "from": first,
        "to": last,
        "names": {"service": both(services), "tier": both(tiers)},
    }
