"""Owns what one lobby display is for: its layout, and the queues and counters it shows. Pure.

It is kept with the device as text: `layout`, `queues` (codes) and `counters` (numbers), with commas; absent means all.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from counter.line import VIP_LETTER, VIP_QUEUE
from db.errors import LobbyError
from db.people_records import Device
from db.setting_records import Service


class UnknownQueue(LobbyError):
    """A display is to show a queue that is not there."""

    code, status, field = "unknown_queue", 422, "queues"
    text = "There is no queue “{given}”. Choose among {known}."


class BadCounters(LobbyError):
    """A display is to show counters that are not there."""

    code, status, field = "bad_counters", 422, "counters"
    text = "“{given}” names no counters of this store. Give numbers like 1-4,7."


class SignNeedsOneCounter(LobbyError):
    """A sign hangs above one counter."""

    code, status, field = "sign_needs_one_counter", 422, "counters"
    text = "A sign shows one counter. Give exactly one."


class Layout(StrEnum):
    """What a display looks like: calls with queues, all counters as a grid, the sign above one counter."""

    FULL = "full"
    COUNTERS = "counters"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a display shows; empty means all of them."""

    layout: Layout = Layout.FULL
    queues: tuple[str, ...] = ()
    counters: tuple[int, ...] = ()


def of(device: Device) -> Scope:
    """What is kept with a device; what cannot be read (a hand in the database) counts as all."""
    kept = device.options
    layout = kept.get("layout", "")
    return Scope(
        Layout(layout) if layout in set(Layout) else Layout.FULL,
        tuple(code for code in kept.get("queues", "").split(",") if code),
        tuple(int(number) for number in kept.get("counters", "").split(",") if number.isdecimal()),
    )


def options(scope: Scope) -> dict[str, str]:
    """What to keep with a device."""
    kept = {
        "layout": "" if scope.layout == Layout.FULL else scope.layout.value,
        "queues": ",".join(scope.queues),
        "counters": ",".join(map(str, scope.counters)),
    }
    return {key: value for key, value in kept.items() if value}


def view(device: Device) -> dict[str, Any]:
    """A display as the board tells of it."""
    scope = of(device)
    return {
        "id": device.id,
        "name": device.name,
        "layout": scope.layout,
        "queues": list(scope.queues),
        "counters": list(scope.counters),
    }


def queues_named(text: str, services: Mapping[str, Service]) -> tuple[str, ...]:
    """Queues by code or letter, with commas: `A,B,V` or `plan,vip`; nothing means all. Raises `UnknownQueue`."""
    letters = {service.letter: code for code, service in services.items()} | {VIP_LETTER: VIP_QUEUE}
    codes = [*services, VIP_QUEUE]
    chosen = []
    for word in _words(text):
        code = letters.get(word.upper(), word)
        if code not in codes:
            raise UnknownQueue(given=word, known=", ".join(letters))
        chosen.append(code)
    return tuple(code for code in codes if code in chosen)


def counters_named(text: str, known: Collection[int]) -> tuple[int, ...]:
    """Counters like `1-4,7`; nothing means all. Raises `BadCounters`."""
    chosen: set[int] = set()
    for word in _words(text):
        first, _, last = word.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise BadCounters(given=word)
        span = {number for number in known if int(first) <= number <= int(last or first)}
        if not span:
            raise BadCounters(given=word)
        chosen |= span
    return tuple(sorted(chosen))


def require_sound(scope: Scope) -> None:
    """Raise `SignNeedsOneCounter` for a sign without its counter."""
    if scope.layout == Layout.SIGN and len(scope.counters) != 1:
        raise SignNeedsOneCounter


def _words(text: str) -> list[str]:
    plain = text.replace("，", ",").replace("、", ",").replace("–", "-")  # as people type them
    return [word.strip() for word in plain.split(",") if word.strip()]
