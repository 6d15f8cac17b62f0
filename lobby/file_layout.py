"""Owns taking over a file's services, counters and special days: what is not there is added, nothing is removed.

Letters are exchanged and places changed all at once. Whether everybody finds a counter is checked when the file's
calling rule, with what counters may and can do, has been taken over too.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from pydantic import Field

from counter.web import Body
from db import calendar, counters, services, settings
from db.counter_records import Counter
from db.errors import LobbyError
from lobby import counter_settings, opening
from lobby import services as service_settings
from lobby.counter_settings import HIGHEST, CounterWords
from lobby.opening import Day, DaysSet
from lobby.orders import Command, Json, Order
from lobby.services import ServiceNamed, ServiceWords

LAY_OUT, COMING_DAY = "lay-out", "coming-day"
_ASIDE = 0xE000
"""The first of the letters that no keyboard has: there services stand aside that exchange theirs."""


class FileService(ServiceWords):
    """A service as the file has it; `position` is its place on the kiosk. A new one needs its letter and names."""

    position: int | None = Field(default=None, ge=1)
    retired: bool | None = None


class LayOut(Body):
    """Services by code and counters by number; what is absent stays as it is."""

    services: dict[str, FileService]
    counters: dict[str, CounterWords]


class NewServiceNeeds(LobbyError):
    """A new service that could not be shown."""

    code, status = "new_service_needs", 422
    text = "There is no service “{service}” yet. A new one needs its letter and its name in both languages."


class NoCounterNumber(LobbyError):
    """A table of counters that is no counter's."""

    code, status = "no_counter_number", 422
    text = "“{number}” is no number of a counter. It is one of 1 to {highest}."


class BadLayOut(LobbyError):
    """Everything about services and counters that cannot be taken over."""

    code, status = "bad_lay_out", 422
    text = "These services and counters cannot be set up like this."

    def __init__(self, faults: list[LobbyError]) -> None:
        super().__init__()
        self.faults = tuple(faults)


def _lay_out(conn: sqlite3.Connection, order: Order, body: LayOut) -> Json:
    """Raises `BadLayOut`."""
    found: list[LobbyError] = []

    def attempt(place: str, work: Callable[[], object]) -> None:
        try:
            work()
        except LobbyError as refused:
            refused.field = f"{place}.{refused.field}" if refused.field else place
            found.append(refused)

    _put_letters_aside(conn, body.services)
    for code, service in body.services.items():
        attempt(f"services.{code}", partial(_put_service, conn, code, service))
    for number, counter in body.counters.items():
        attempt(f"counters.{number}", partial(_put_counter, conn, number, counter))
    if not found:
        _put_in_order(conn, body.services)
        for code, service in body.services.items():
            attempt(f"services.{code}", partial(_offer, conn, order, code, service))
    if found:
        raise BadLayOut(found)
    return {"changed": True}


def _put_letters_aside(conn: sqlite3.Connection, wishes: Mapping[str, FileService]) -> None:
    for at, service in enumerate(settings.services(conn).values()):
        wish = wishes.get(service.code)
        if wish is not None and wish.letter not in {None, service.letter}:
            services.change(conn, replace(service, letter=chr(_ASIDE + at)))


def _put_service(conn: sqlite3.Connection, code: str, wish: FileService) -> None:
    known = settings.services(conn)
    if code in known:
        services.change(conn, service_settings.worded(known[code], wish, known))
        return
    if wish.letter is None or wish.name_zh is None or wish.name_en is None:
        raise NewServiceNeeds(service=code)
    new = service_settings.worded(service_settings.new(code, known), wish, known)
    settings.add_service(conn, new)
    services.change(conn, new)


def _put_in_order(conn: sqlite3.Connection, wishes: Mapping[str, FileService]) -> None:
    """By the file's places; what has none in it keeps its own, behind the file's where both have the same."""
    known = list(settings.services(conn))

    def place(code: str) -> tuple[int, bool]:
        wish = wishes.get(code)
        own = known.index(code) + 1
        return (own, True) if wish is None or wish.position is None else (wish.position, False)

    wanted = sorted(known, key=place)
    if wanted != known:
        services.put_in_order(conn, wanted)


def _offer(conn: sqlite3.Connection, order: Order, code: str, wish: FileService) -> None:
    """What stands as retired is retired, as on its page; what does not is offered."""
    if wish.retired is False:
        services.bring_back(conn, code)
    elif wish.retired and not settings.services(conn)[code].retired:
        service_settings.COMMANDS["service-retire"].run(conn, order, ServiceNamed(code=code))


def _put_counter(conn: sqlite3.Connection, key: str, wish: CounterWords) -> None:
    if not key.isdecimal() or not 1 <= int(key) <= HIGHEST:
        raise NoCounterNumber(number=key, highest=HIGHEST)
    number = int(key)
    counters.bring_back(conn, number)
    before = counters.get(conn, number) or _add_counter(conn, number)
    after = counter_settings.worded(before, wish)
    counters.set_names(conn, number, after.name, after.where)


def _add_counter(conn: sqlite3.Connection, number: int) -> Counter:
    new = counter_settings.new(conn, number)
    counters.add(conn, new)
    return new


def _coming_day(conn: sqlite3.Connection, order: Order, body: Day) -> Json:
    """A special day; one that is over is left out, so that a file stays good. Raises what `special-days-set` does."""
    if _is_over(body.date, calendar.local(order.context.clock(), settings.load(conn)).date()):
        return {"changed": False}
    try:
        return opening.COMMANDS["special-days-set"].run(conn, order, DaysSet(days=[body]))
    except LobbyError as refused:
        refused.field = (refused.field or "").removeprefix("days.0.") or None
        raise


def _is_over(day: str, today: date) -> bool:
    try:
        return date.fromisoformat(day) < today
    except ValueError:  # the command says so
        return False


COMMANDS: dict[str, Command[Any]] = {
    LAY_OUT: Command(LayOut, _lay_out),
    COMING_DAY: Command(Day, _coming_day),
}
"""They are the file's alone: what they do is done one by one on the pages."""
