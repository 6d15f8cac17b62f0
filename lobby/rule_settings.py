"""Owns the calling rule's settings as a store has them: shown in words, previewed, changed."""

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from pydantic import Field

from counter import learning, soundness
from counter.amendment import Change, RuleBook, Value, amended, changes, fields, number_of, value_of
from counter.faults import SettingFault, SettingMoved, SettingsMoved
from counter.web import Body
from db import counters, settings
from db.counter_records import Counter, Permission
from db.setting_records import RuleKind, Rules, Service, ServiceTime
from db.ticket_records import TicketClass
from db.words import Names
from lobby import rule_words, sample, texts

Json = dict[str, Any]

_NEW_COUNTER = dict.fromkeys(TicketClass, Permission.PRIMARY)


class RuleSet(Body):
    """New values by field, null for the default. `preview` changes nothing; `before` are the values the caller saw."""

    values: dict[str, Any] = Field(min_length=1)
    preview: bool = False
    before: dict[str, Any] = Field(default_factory=dict)


def faults(conn: sqlite3.Connection) -> list[SettingFault]:
    """What of the stored settings cannot work; the rule uses the usual value in its place."""
    return learning.rule_book(conn).faults()


def show(conn: sqlite3.Connection) -> Json:
    """Every setting with its value, default, unit, limits, name and explanation, and what of it cannot be used."""
    book = learning.rule_book(conn)
    usable = _usable(book)
    defaults = _defaults(usable)
    return {
        "settings": [_shown(field, usable, defaults) for field in fields(usable)],
        "faults": [
            {"field": fault.field, "detail": {code: texts.say(fault, code) for code in texts.LANGUAGES}}
            for fault in book.faults()
        ],
    }


def kind_in_words(conn: sqlite3.Connection) -> Names:
    """The calling rule's name."""
    return rule_words.choice(_usable(learning.rule_book(conn)).rules.kind)


def page(conn: sqlite3.Connection) -> Json:
    """What the settings page is drawn from: the settings by field, and their words."""
    shown = show(conn)
    by_field = {one["field"]: one for one in shown["settings"]}
    return {
        "settings": by_field,
        "defaults_said": lambda parts, language: " · ".join(by_field[one]["default_said"][language] for one in parts),
        "faults": shown["faults"],
        "counters": [counter.number for counter in counters.everyone(conn)],
        "services": settings.services(conn),
        "shown": _typed,
        "measured": _mean_min,
        "about": _about,
        "unit": rule_words.unit,
        "kind": rule_words.kind,
        "choice": rule_words.choice,
        "column": rule_words.column,
        "explanation": rule_words.explanation,
    }


def change(conn: sqlite3.Connection, wish: RuleSet) -> Json:
    """Change settings, or with `preview` only say what would change. Raises `UnsoundSettings`, `SettingsMoved`.

    Stored values that cannot work become the usual ones with it.
    """
    before = learning.rule_book(conn)
    usable = _usable(before)
    after = amended(usable, wish.values, _defaults(usable))
    _require_unmoved(before, wish.before)
    found = changes(before, after)
    if found and not wish.preview:
        _save(conn, before, after)
    return {
        "changed": bool(found) and not wish.preview,
        "changes": [{**asdict(one), "said": _said(one, before.services)} for one in found],
    }


def _usable(book: RuleBook) -> RuleBook:
    return replace(
        book,
        rules=soundness.repaired_rules(book.rules),
        services={code: soundness.repaired_service(service) for code, service in book.services.items()},
        tiers={code: soundness.repaired_tier(tier) for code, tier in book.tiers.items()},
    )


def _save(conn: sqlite3.Connection, before: RuleBook, after: RuleBook) -> None:
    if after.rules != before.rules:
        settings.save(conn, replace(settings.load(conn), rules=after.rules))
    for number, counter in after.counters.items():
        if counter != before.counters[number]:
            counters.set_work(conn, counter)
    if after.services != before.services:
        for code, service in after.services.items():
            settings.set_guess(conn, code, service.mean_s, service.cv)
        learning.service_times(conn)


def _require_unmoved(book: RuleBook, seen: Mapping[str, Value]) -> None:
    """Nobody undoes unseen what somebody else has set meanwhile."""
    moved = {field: now for field, value in seen.items() if (now := value_of(book, field)) != value}
    if moved:
        said = {field: rule_words.value(field, now, book.services) for field, now in moved.items()}
        raise SettingsMoved([SettingMoved(field, now=now) for field, now in said.items()])


def _said(one: Change, services: Mapping[str, Service]) -> Json:
    return asdict(rule_words.change(one.field, one.before, one.after, services))


def _shown(field: str, book: RuleBook, defaults: RuleBook) -> Json:
    number = number_of(field)
    value, default = value_of(book, field), value_of(defaults, field)
    shown: Json = {
        "field": field,
        "value": value,
        "default": default,
        "name": asdict(rule_words.name(field, book.services)),
        "explanation": asdict(rule_words.explanation(field)),
        "said": asdict(rule_words.value(field, value, book.services)),
        "default_said": asdict(rule_words.value(field, default, book.services)),
    }
    if number is not None:
        return {**shown, "unit": number.unit, "low": number.low, "high": number.high}
    return {**shown, "choices": _choices(field, book)}


def _typed(value: float, field: str) -> str:
    """A number as somebody would type it; a share as its percentage."""
    number = number_of(field)
    return f"{value * 100 if number and number.unit == soundness.Unit.SHARE else value:.10g}"


def _mean_min(time: ServiceTime) -> str:
    """The mean of a lognormal in minutes."""
    return f"{time.mean_s / soundness.MINUTE_S:.1f}"


def _about(field: str) -> str:
    """Which explanation on the page belongs to a field: services share theirs."""
    return field if field.startswith("rule.") else field.rpartition(".")[2]


def _choices(field: str, book: RuleBook) -> list[str]:
    part = field.rpartition(".")[2]
    if part == "kind":
        return list(RuleKind)
    if part == "skills":
        return list(book.services)
    return [word for word in Permission if part == TicketClass.VIP or word != Permission.VIP_FIRST]


def _defaults(book: RuleBook) -> RuleBook:
    """What a new store has: the rule's own defaults, the sample store's counters and services, the usual for others."""
    counters_of_sample = {counter.number: counter for counter in sample.COUNTERS}
    services_of_sample = {service.code: service for service in sample.SERVICES}
    return replace(
        book,
        rules=Rules(),
        counters={number: _default_counter(number, counters_of_sample, book) for number in book.counters},
        services={code: _default_service(one, services_of_sample.get(code)) for code, one in book.services.items()},
    )


def _default_counter(number: int, known: Mapping[int, Counter], book: RuleBook) -> Counter:
    everything = Counter(number, _NEW_COUNTER, frozenset(book.services))
    default = known.get(number, everything)
    return default if default.skills <= book.services.keys() else everything


def _default_service(service: Service, known: Service | None) -> Service:
    if known is not None:
        return replace(service, mean_s=known.mean_s, cv=known.cv)
    return soundness.repaired_service(replace(service, mean_s=0, cv=0))
