"""Owns what programs of the public are told: stores with their waits, times that can be booked, a visit."""

from collections.abc import Mapping, Sequence
from typing import Any

from chain.office.finding import Door, Seen
from chain.office.shares import FreeSlot
from chain.office.visits import Visit

Json = dict[str, Any]


def store(seen: Seen) -> Json:
    """{id, name {zh, en}, region, door: open|closed|offline, silent_s, age_s, queues}.

    A queue: {code, name, class, waiting, wait: {low_s, high_s} | null}; of a store that is off-line there are none, for
    nobody knows them. `age_s` and `silent_s`: how old the news is, and since when nothing was heard.
    """
    is_known = seen.door != Door.OFFLINE
    return {
        "id": seen.id,
        "name": {"zh": seen.called("zh"), "en": seen.called("en")},
        "region": seen.region,
        "door": seen.door,
        "silent_s": _whole(seen.silent_s),
        "age_s": _whole(seen.age_s),
        "queues": [queue(row) for row in seen.queues] if is_known else [],
    }


def queue(row: Mapping[str, Any]) -> Json:
    """A queue and the wait of who joins it now."""
    return {**{key: row[key] for key in ("code", "name", "class", "waiting")}, "wait": wait(row["quote"])}


def wait(told: Mapping[str, Any] | None) -> Json | None:
    """A range in whole seconds; None where it is not known."""
    if told is None or told.get("low_s") is None:
        return None
    return {"low_s": told["low_s"], "high_s": told["high_s"]}


def slots(seen: Seen, found: Sequence[FreeSlot]) -> list[Json]:
    """Times by the store's clock, with how many places of the head office's share are free."""
    return [
        {"slot_at": stamp(seen, slot.slot_at), "ends_at": stamp(seen, slot.slot_at + slot.length_s), "free": slot.free}
        for slot in found
    ]


def visit(shown: Visit, seen: Seen) -> Json:
    """A visit as its holder may see it; `change`: what the store was asked for and has not answered; `refusal`: no, and why."""
    told = shown.told or {}
    return {
        "token": shown.token,
        "kind": shown.kind,
        "state": shown.state,
        "code": shown.code,
        "store": {"id": seen.id, "name": {"zh": seen.called("zh"), "en": seen.called("en")}, "door": seen.door},
        "service": shown.service,
        "service_name": seen.services.get(shown.service),
        "slot_at": stamp(seen, shown.slot_at),
        "expires_at": stamp(seen, told.get("expires_at")),
        "phone": shown.phone,
        "people_ahead": told.get("ahead"),
        "wait": wait(told),
        "number": told.get("number"),
        "counter": told.get("counter"),
        "change": shown.change,
        "refusal": shown.refusal,
    }


def stamp(seen: Seen, at: float | None) -> str | None:
    """RFC 3339 with the store's offset."""
    return None if at is None else seen.local(at).isoformat(timespec="seconds")


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
