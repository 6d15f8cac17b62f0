"""Owns the wall as a sheet for office programs: a line for each store, as it was last told. Pure."""

from collections.abc import Mapping
from typing import Any

from db.words import Message
from display.report_sheets import Cell, Say, Sheet
from display.report_words import FIGURES, GROUPS

Json = dict[str, Any]

_TITLE = Message("stores", "All stores")
_LEVELS = {
    "red": Message("red", "Needs help now"),
    "amber": Message("amber", "Watch"),
    "green": Message("green", "All well"),
    "grey": Message("grey", "Closed or not joined"),
}
_PARTED = Message("parted", "Restored: decide")
_EXPECTED = Message("expected", "Not joined yet")
_CUT_OFF = Message("cut_off", "cut off")
_LIVE = Message("live", "live")
_PLACES: Mapping[str, Message] = {
    "store": GROUPS["store"],
    "region": GROUPS["region"],
    "level": Message("level", "State"),
    "line": Message("line", "Line to the head office"),
    "age_s": Message("age_s", "Age of the news, s"),
}
_MOMENT: Mapping[str, Message] = {
    "waiting": Message("waiting", "People waiting"),
    "longest_s": FIGURES["wait_max_s"],
    "vip_waiting": Message("vip_waiting", "VIPs waiting"),
    "vip_longest_s": Message("vip_longest_s", "Longest VIP wait, s"),
    "late": Message("late", "Promises late now"),
    "at_risk": Message("at_risk", "Promises at risk"),
    "counters_open": Message("counters_open", "Counters open"),
    "counters": Message("counters", "Counters"),
    "issued": Message("issued", "Numbers today"),
    "kept": Message("kept", "Promises kept today"),
    "missed": Message("missed", "Promises broken today"),
}


def sheets(rows: list[Json], say: Say) -> list[Sheet]:
    """One sheet; the figures of a store that has told none are empty."""
    heading: list[Cell] = [say(said) for said in (*_PLACES.values(), *_MOMENT.values())]
    return [(say(_TITLE), [heading, *(_line(row, say) for row in rows)])]


def _line(row: Json, say: Say) -> list[Cell]:
    age = None if row["age_s"] is None else round(row["age_s"])
    moment = row["moment"] or {}
    told = [row["store"], row["region"], say(_LEVELS[row["level"]]), say(_way(row)), age]
    return [*told, *(moment.get(key) for key in _MOMENT)]


def _way(row: Json) -> Message:
    if row["standing"] == "parted":
        return _PARTED
    if row["standing"] == "expected":
        return _EXPECTED
    return _CUT_OFF if row["is_silent"] else _LIVE
