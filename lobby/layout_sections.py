"""Owns how the file of settings holds the calling rule, the services and the counters, which are checked as a whole."""

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict

from counter import learning
from counter.amendment import SKILLS, fields, value_of
from db import counters, settings
from db.ticket_records import TicketClass
from db.words import Names
from lobby.errands import NONE, Errand, Given, given_of, or_none, table, tables
from lobby.file_layout import LAY_OUT
from lobby.orders import Json

_ELSEWHERE = {
    "services": ("mean", "cv", "daily_cap", "group", "places"),
    "counters": (*(kind.value for kind in TicketClass), SKILLS),
}
"""What other commands than the lay-out set."""


def rule(conn: sqlite3.Connection) -> Json:
    """The rule's own numbers."""
    return _of_rule_book(conn, "rule")


def _of_rule_book(conn: sqlite3.Connection, area: str) -> Json:
    book = learning.rule_book(conn)
    found: Json = {}
    for path in fields(book):
        first, *between, last = path.split(".")
        if first == area:
            into = found.setdefault(between[0], {}) if between else found
            into[last] = value_of(book, path)
    return found


def of_services(conn: sqlite3.Connection) -> Json:
    """In the kiosk's order; `position` says it too, since the tables of a file have none."""
    places = settings.load(conn).booking.places
    found = _of_rule_book(conn, "services")
    for position, (code, service) in enumerate(settings.services(conn).items(), start=1):
        found[code] |= {
            "letter": service.letter,
            **_both("name", service.name),
            **_both("hint", service.hint),
            "icon": service.icon,
            "position": position,
            "shown": service.shown,
            "retired": service.retired,
            "daily_cap": or_none(service.daily_cap),
            "group": asdict(service.group) if service.group else NONE,
            "places": or_none(places.get(code)),
        }
    return found


def of_counters(conn: sqlite3.Connection) -> Json:
    """Those in use."""
    found = _of_rule_book(conn, "counters")
    for counter in counters.everyone(conn):
        found[str(counter.number)] |= {**_both("name", counter.name), **_both("where", counter.where)}
    return found


def _both(of: str, names: Names | None) -> Json:
    return {f"{of}_zh": names.zh if names else NONE, f"{of}_en": names.en if names else NONE}


def service_errands(given: Given) -> Iterator[Errand]:
    """What neither the lay-out nor the calling rule decides."""
    for code, values in tables(given, ("services",)):
        at = ("services", code)
        if "places" in values:
            yield Errand("booking-set", {"places": {code: given_of(values["places"])}}, at)
        renamed = {"daily_cap": "daily_caps", "group": "service_groups"}
        arguments = {renamed[key]: {code: given_of(values[key])} for key in renamed if key in values}
        if arguments:
            yield Errand("store-set", arguments, at, {new: old for old, new in renamed.items()})


def layout_errand(given: Given) -> Errand | None:
    """Which services and counters there are; it comes before whatever is said of them. Raises `NotATable`."""
    rows = {
        name: {
            code: {key: value for key, value in values.items() if key not in elsewhere}
            for code, values in tables(table(given.get(name, {}), (name,)), (name,))
        }
        for name, elsewhere in _ELSEWHERE.items()
    }
    return Errand(LAY_OUT, rows) if any(rows.values()) else None


def rule_errand(given: Given) -> Errand | None:
    """Everything that decides who is called next is checked as a whole. Raises `NotATable`."""
    values = {f"rule.{key}": value for key, value in table(given.get("rule", {}), ("rule",)).items()}
    for number, parts in tables(table(given.get("counters", {}), ("counters",)), ("counters",)):
        values |= {f"counters.{number}.{part}": parts[part] for part in _ELSEWHERE["counters"] if part in parts}
    for code, parts in tables(table(given.get("services", {}), ("services",)), ("services",)):
        values |= {f"services.{code}.{part}": parts[part] for part in ("mean", "cv") if part in parts}
    return Errand("settings-set", {"values": values}) if values else None
