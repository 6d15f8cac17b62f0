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
from db.errors import UnknownService
from db.records import Counter, Permission, Role, TicketClass
from lobby import rule_words, sound
from lobby.counter_errors import CounterInUse, CounterTaken, LastCounter
from lobby.orders import Command, Json, Order
from lobby.wording import both

HIGHEST = 99


class _Work(Body):
    """Whom a counter may serve, which services it can do, what it is called, how to find it."""

    vip: Permission | None = None
    appointment: Permission | None = None
    ordinary: Permission | None = None
    skills: list[str] | None = None
    name_zh: str | None = Field(default=None, max_length=8)
    name_en: str | None = Field(default=None, max_length=20)
    where_zh: str | None = Field(default=None, max_length=16)
    where_en: str | None = Field(default=None, max_length=36)


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
    everything = [one.code for one in settings.services(conn).values() if not one.retired]
    usual = Counter(body.number, dict.fromkeys(TicketClass, Permission.PRIMARY), frozenset(everything))
    new = _amended(conn, usual, body)
    with sound.kept(conn):
        if counters.bring_back(conn, new.number):
            counters.set_work(conn, new)
        else:
            counters.add(conn, new)
        counters.set_names(conn, new.number, new.name, new.where)
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


def _amended(conn: sqlite3.Connection, before: Counter, wish: _Work) -> Counter:
    given = {kind: getattr(wish, kind) for kind in TicketClass if getattr(wish, kind) is not None}
    known = settings.services(conn)
    for code in wish.skills or ():
        if code not in known:
            raise UnknownService(service=code, known=", ".join(known))
    return replace(
        before,
        permissions={**before.permissions, **given},
        skills=before.skills if wish.skills is None else frozenset(wish.skills),
        name=both("name", before.name, wish.name_zh, wish.name_en),
        where=both("where", before.where, wish.where_zh, wish.where_en),
    )


COMMANDS: dict[str, Command[Any]] = {
    "counter-add": Command(CounterAdd, _counter_add),
    "counter-set": Command(CounterSet, _counter_set),
    "counter-retire": Command(CounterNumber, _counter_retire),
}
