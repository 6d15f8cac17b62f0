"""Owns changing the calling rule's settings by field: from what somebody typed to sound records, and back. Pure.

`counter.faults` has the fields' names. Values are as people say them: minutes, shares as 0.03 or "3%", services as a
list or with commas.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from counter import faults, soundness
from counter.soundness import Number, Unit
from db.counter_records import Counter, Permission
from db.setting_records import RuleKind, Rules, Service, Tier
from db.ticket_records import TicketClass

Value = Any
"""A field's value for people and programs: a number, a word, or for skills a list of services."""

KIND = "rule.kind"
SKILLS = "skills"
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_LARGEST = 1e15


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything that decides who is called next."""

    rules: Rules
    counters: Mapping[int, Counter]
    services: Mapping[str, Service]
    tiers: Mapping[str, Tier]

    def faults(self) -> list[faults.SettingFault]:
        """What keeps it from working."""
        return soundness.find_faults(self.rules, self.counters.values(), self.services, self.tiers)


@dataclass(frozen=True, slots=True)
class Change:
    """One field's value before and after."""

    field: str
    before: Value
    after: Value


def fields(book: RuleBook) -> list[str]:
    """Every field that can be set, in the order people read them."""
    return [
        KIND,
        *(f"rule.{number.key}" for number in soundness.RULE),
        *(f"counters.{number}.{part}" for number in book.counters for part in (*TicketClass, SKILLS)),
        *(f"services.{code}.{number.key}" for code in book.services for number in soundness.SERVICE),
    ]


def number_of(field: str) -> Number | None:
    """The number behind a field; None for words and lists."""
    numbers = {"rule": soundness.RULE, "services": soundness.SERVICE}.get(field.partition(".")[0], ())
    return next((number for number in numbers if number.key == field.rpartition(".")[2]), None)


def value_of(book: RuleBook, field: str) -> Value:
    """A field's value. Raises a `SettingFault` for a field that is none."""
    area, name, part = _split(book, field)
    if field == KIND:
        return str(book.rules.kind)
    if area == "counters":
        counter = book.counters[int(name)]
        return _skills(counter, book) if part == SKILLS else str(counter.permissions[TicketClass(part)])
    number = _number(field)
    record = book.rules if area == "rule" else book.services[name]
    return _for_people(getattr(record, number.attribute), number)


def amended(book: RuleBook, values: Mapping[str, Value], defaults: RuleBook) -> RuleBook:
    """The book with these values; None stands for the default. Raises `UnsoundSettings` with every fault."""
    found: list[faults.SettingFault] = []
    for field, given in values.items():
        try:
            book = _with(book, field, value_of(defaults, field) if given is None else given)
        except faults.SettingFault as fault:
            found.append(fault)
    found += book.faults()
    if found:
        raise faults.UnsoundSettings(found)
    return book


def changes(before: RuleBook, after: RuleBook) -> list[Change]:
    """What differs, field by field."""
    pairs = [Change(field, value_of(before, field), value_of(after, field)) for field in fields(before)]
    return [pair for pair in pairs if pair.before != pair.after]


def _with(book: RuleBook, field: str, given: Value) -> RuleBook:
    """With one value, whether it can work or not: that is for `soundness` to say."""
    area, name, part = _split(book, field)
    if field == KIND:
        return replace(book, rules=replace(book.rules, kind=_word(given, RuleKind)))
    if area == "counters":
        counter = _with_part(book.counters[int(name)], part, given)
        return replace(book, counters={**book.counters, counter.number: counter})
    number = _number(field)
    changed: dict[str, Any] = {number.attribute: _for_record(given, number)}
    if area == "rule":
        return replace(book, rules=replace(book.rules, **changed))
    return replace(book, services={**book.services, name: replace(book.services[name], **changed)})


def _with_part(counter: Counter, part: str, given: Value) -> Counter:
    if part == SKILLS:
        names = given if isinstance(given, list) else str(given).replace("，", ",").split(",")
        return replace(counter, skills=frozenset(str(name).strip() for name in names if str(name).strip()))
    permissions = {**counter.permissions, TicketClass(part): _word(given, Permission)}
    return replace(counter, permissions=permissions)


def _split(book: RuleBook, field: str) -> tuple[str, str, str]:
    """Area, name and part of a field that exists, such as `counters`, `3`, `vip`."""
    area, _, rest = field.partition(".")
    name, _, part = rest.rpartition(".")
    if area == "counters" and part in {*TicketClass, SKILLS}:
        if name not in map(str, book.counters):
            known = ", ".join(map(str, book.counters))
            raise faults.PermissionForNoCounter(field, counter=name[: soundness.SHOWN_LENGTH], known=known)
        return area, name, part
    if area == "services" and number_of(field) is not None:
        if name not in book.services:
            known = ", ".join(book.services)
            raise faults.GuessForNoService(field, service=name[: soundness.SHOWN_LENGTH], known=known)
        return area, name, part
    if area == "rule" and not name and (field == KIND or number_of(field) is not None):
        return area, name, part
    raise faults.NoSuchSetting(field, setting=field[: soundness.SHOWN_LENGTH])


def _number(field: str) -> Number:
    number = number_of(field)
    if number is None:
        raise faults.NoSuchSetting(field, setting=field)
    return number


def _skills(counter: Counter, book: RuleBook) -> list[str]:
    """In the kiosk's order; what is no service comes last."""
    return [code for code in book.services if code in counter.skills] + sorted(counter.skills - book.services.keys())


def _word(given: Value, words: type[RuleKind] | type[Permission]) -> Any:
    """One of the words if it is one, else what was given."""
    text = str(given).strip()
    return words(text) if text in set(words) else text


def _for_people(value: Any, number: Number) -> Value:
    """45.0 minutes are 45; what is no number is said as it is stored."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < _LARGEST:
        return str(value)
    shown = round(value / number.scale, 10)
    return int(shown) if shown == int(shown) else shown


def _for_record(given: Value, number: Number) -> Any:
    """The number that was meant; what is none stays as it was given."""
    value = _parsed(given, number) if isinstance(given, str) else given
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < _LARGEST:
        return value
    if number.unit == Unit.COUNT:
        return int(value) if value == int(value) else value
    return float(value * number.scale)


def _parsed(text: str, number: Number) -> float | str:
    """A decimal number, also in full width as Chinese keyboards type it; a share may be a percentage."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = plain.removesuffix("%").strip() if number.unit == Unit.SHARE else plain
    if not _DECIMAL.fullmatch(digits):
        return digits
    value = float(digits)
    return value / 100 if digits != plain else value
