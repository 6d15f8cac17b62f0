"""Owns setting how long personal data is kept, and the page that explains each kind and says what goes tonight."""

import sqlite3
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import Field

from counter.web import Body
from db import backups, calendar, retention, settings
from db.people_records import Role
from db.retention import Kind, Periods
from db.words import Message
from lobby.orders import Command, Json, Order

LEAST_DAYS, MOST_DAYS = 1, 3650
IMPORT_HOURS = 1

NAMES = {
    Kind.VISITS: Message("visits", "Visits: whose they were, staff's notes"),
    Kind.BOOKINGS: Message("bookings", "Appointments: name and phone"),
    Kind.COMMENTS: Message("comments", "Words of ratings"),
    Kind.WORDS: Message("words", "Reasons typed by staff"),
    Kind.MEMBERS: Message("members", "Members who left the list"),
    Kind.BACKUPS: Message("backups", "Backups"),
}
MEANINGS = {
    Kind.VISITS: Message(
        "visits",
        "A ticket keeps its number, times, service and tier; which member it belonged to, notes and the manager's page "
        "go. Needed for complaints and for the half-yearly inspection.",
    ),
    Kind.BOOKINGS: Message(
        "bookings",
        "Counted from the day of the visit. Service, time and what became of it stay; name, phone and the reason for a "
        "permission go.",
    ),
    Kind.COMMENTS: Message("comments", "The score stays in the reports; what the customer wrote goes."),
    Kind.WORDS: Message(
        "words",
        "Why somebody was called out of order, cancelled, put first or taken back. The journal keeps who did what and "
        "when.",
    ),
    Kind.MEMBERS: Message(
        "members",
        "Counted from when the carrier's list no longer has them, or says that they left. Card, name, phone and "
        "birthday go.",
    ),
    Kind.BACKUPS: Message(
        "backups", "Older copies and stores put aside by a restore are deleted: they hold what has gone here."
    ),
}


class RetentionSet(Body):
    """For how many days each kind is kept; what is absent stays."""

    visits: int | None = Field(default=None, ge=LEAST_DAYS, le=MOST_DAYS)
    bookings: int | None = Field(default=None, ge=LEAST_DAYS, le=MOST_DAYS)
    comments: int | None = Field(default=None, ge=LEAST_DAYS, le=MOST_DAYS)
    words: int | None = Field(default=None, ge=LEAST_DAYS, le=MOST_DAYS)
    members: int | None = Field(default=None, ge=LEAST_DAYS, le=MOST_DAYS)
    backups: int | None = Field(default=None, ge=LEAST_DAYS, le=MOST_DAYS)


def page(conn: sqlite3.Connection, now: float, folder: Path) -> Json:
    """What stands on the page: kinds with their days, the default, and how much goes tonight."""
    shown, store = _shown(conn, now, folder), settings.load(conn)
    return {"store": store, "kinds": shown, "import_hours": IMPORT_HOURS, "last": retention.last_purge(conn)}


def _shown(conn: sqlite3.Connection, now: float, folder: Path) -> list[Json]:
    periods, usual, tonight = retention.load(conn), Periods(), due_tonight(conn, now, folder)
    return [
        {
            "kind": kind,
            "name": NAMES[kind].text,
            "meaning": MEANINGS[kind].text,
            "days": getattr(periods, kind),
            "usual": getattr(usual, kind),
            "tonight": tonight[kind],
        }
        for kind in Kind
    ]


def due_tonight(conn: sqlite3.Connection, now: float, folder: Path) -> dict[Kind, int]:
    """How much of each kind goes at the next turn of the day."""
    store, periods = settings.load(conn), retention.load(conn)
    tomorrow = str(date.fromisoformat(calendar.business_day(now, store)) + timedelta(days=1))
    at = calendar.start_of(tomorrow, store)
    old = [
        path
        for path in backups.in_folder(folder / backups.FOLDER)
        if at - backups.made_at(path) > periods.backups * 86_400
    ]
    return {**retention.due(conn, retention.limits(periods, tomorrow, store)), Kind.BACKUPS: len(old)}


def _set(conn: sqlite3.Connection, order: Order, body: RetentionSet) -> Json:
    order.require_at_least(Role.ADMIN)
    before = retention.load(conn)
    after = replace(before, **body.model_dump(exclude_none=True))
    if after != before:
        retention.save(conn, after)
    return {"changed": after != before, **asdict(after)}


def _show(conn: sqlite3.Connection, order: Order, _: Body) -> Json:
    order.require_at_least(Role.ADMIN)
    return {"kinds": _shown(conn, order.context.clock(), order.context.store.folder)}


COMMANDS: dict[str, Command[Any]] = {
    "retention-set": Command(RetentionSet, _set),
    "retention-show": Command(Body, _show),
}
