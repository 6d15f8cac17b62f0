"""Owns setting up the counters: their numbers and names, whom they may and what they can serve, and retiring them.

What a counter may and can do is the calling rule's too, and checked the same way (`counter/soundness.py`).
"""

import sqlite3
from dataclasses import asdict, replace
from typing import Any

from pydantic import Field

from counter.errors import UnknownCounter
from counter.web import Body
from db import counters, settings
from db.counter_records import Counter, Permission
from db.errors import UnknownService
from db.people_records import Role
from db.ticket_records import TicketClass
from lobby import rule_words, sound
from lobby.counter_errors import CounterInUse, CounterTaken, LastCounter
from lobby.orders import Command, Json, Order
from lobby.wording import both

HIGHEST = 99


class CounterWords(Body):
    """What a counter is called besides its number, and how to find it; empty in both languages for nothing."""

    name_zh: str | None = Field(default=None, max_length=8)
    name_en: str | None = Field(default=None, max_length=20)
    where_zh: str | None = Field(default=None, max_length=16)
    where_en: str | None = Field(default=None, max_length=36)


class _Work(CounterWords):
    """Whom a counter may serve too, and which services it can do."""

    vip: Permission | None = None
    appointment: Permission | None = None
    ordinary: Permission | None = None
    skills: list[str] | None = None


class CounterAdd(_Work):
    """A new counter, or one that was retired: for everybody and every service unless it says otherwise."""

    number: int = Field(ge=1, le=HIGHEST)


class CounterSet(_Work):
    """Changes of a counter; what is absent stays as it is."""

    number: int = Field(ge=1, le=HIGHEST)


class CounterNumber(Body):
    """Which counter."""

    number: int = Field(ge=1, le=HIGHEST)


def page(conn: sqlite3.Connection) -> Json:
    """What the page of counters is drawn from."""
    return {
        "counters": [_shown(one) for one in counters.everyone(conn)],
        "retired": counters.retired(conn),
        "about": asdict(rule_words.explanation("counters.1.vip")),
        "services": [
            {"code": one.code, "letter": one.letter, "name": asdict(one.name), "retired": one.retired}
            for one in settings.services(conn).values()
        ],
    }


def _shown(counter: Counter) -> Json:
    return {
        "number": counter.number,
        "name": asdict(counter.name) if counter.name else None,
        "where": asdict(counter.where) if counter.where else None,
        **{kind.value: counter.permissions[kind] for kind in TicketClass},
        "skills": sorted(counter.skills),
        "state": counter.state,
        "staff": counter.staff_name,
    }


def _counter_add(conn: sqlite3.Connection, order: Order, body: CounterAdd) -> Json:
    order.require_at_least(Role.ADMIN)
    if counters.get(conn, body.number) is not None:
        raise CounterTaken(counter=body.number)
    added = _amended(conn, new(conn, body.number), body)
    with sound.kept(conn):
        if counters.bring_back(conn, added.number):
            counters.set_work(conn, added)
        else:
            counters.add(conn, added)
        counters.set_names(conn, added.number, added.name, added.where)
    return {"changed": True, "page": page(conn)}


def _counter_set(conn: sqlite3.Connection, order: Order, body: CounterSet) -> Json:
    order.require_at_least(Role.ADMIN)
    before = _known(conn, body.number)
    after = _amended(conn, before, body)
    if after != before:
        with sound.kept(conn):
            counters.set_work(conn, after)
            counters.set_names(conn, after.number, after.name, after.where)
    return {"changed": after != before, "page": page(conn)}


def _counter_retire(conn: sqlite3.Connection, order: Order, body: CounterNumber) -> Json:
    order.require_at_least(Role.ADMIN)
    counter = _known(conn, body.number)
    if len(counters.everyone(conn)) == 1:
        raise LastCounter
    with sound.kept(conn):
        if not counters.retire(conn, counter.number, order.context.clock()):
            raise CounterInUse(counter=counter.number)
    return {"changed": True, "page": page(conn)}


def _known(conn: sqlite3.Connection, number: int) -> Counter:
    counter = counters.get(conn, number)
    if counter is None:
        raise UnknownCounter(counter=number)
    return counter


def new(conn: sqlite3.Connection, number: int) -> Counter:
    """A counter for everybody and every service."""
    everything = [one.code for one in settings.services(conn).values() if not one.retired]
    return Counter(number, dict.fromkeys(TicketClass, Permission.PRIMARY), frozenset(everything))


def worded(before: Counter, wish: CounterWords) -> Counter:
    """The counter as it is wished to be called. Raises `OneLanguageMissing`."""
    return replace(
        before,
        name=both("name", before.name, wish.name_zh, wish.name_en),
        where=both("where", before.where, wish.where_zh, wish.where_en),
    )


def _amended(conn: sqlite3.Connection, before: Counter, wish: _Work) -> Counter:
    given = {kind: getattr(wish, kind) for kind in TicketClass if getattr(wish, kind) is not None}
    known = settings.services(conn)
    for code in wish.skills or ():
        if code not in known:
            raise UnknownService(service=code, known=", ".join(known))
    return replace(
        worded(before, wish),
        permissions={**before.permissions, **given},
        skills=before.skills if wish.skills is None else frozenset(wish.skills),
    )


COMMANDS: dict[str, Command[Any]] = {
    "counter-add": Command(CounterAdd, _counter_add),
    "counter-set": Command(CounterSet, _counter_set),
    "counter-retire": Command(CounterNumber, _counter_retire),
}
