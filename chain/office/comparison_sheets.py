"""Owns a comparison as sheets for office programs: where stores differ, a column for each; and what each has said. Pure."""

from collections.abc import Sequence
from typing import Any

from db.words import Message
from display.report_sheets import Cell, Say, Sheet
from display.report_words import GROUPS

Json = dict[str, Any]

_DIFFERENCES = Message("differences", "What differs")
_STORES = Message("stores", "Stores")
_SETTING = Message("setting", "Setting")
_REFERENCE = Message("reference", "Reference")
_ANSWER = Message("answer", "State")
_COUNT = Message("count", "Settings that differ")
_WHY = Message("why", "Why")
_ANSWERS = {
    "waiting": Message("waiting", "not answered yet"),
    "same": Message("same", "as the reference"),
    "different": Message("different", "differs"),
    "refused": Message("refused", "cannot be compared"),
    "gone": Message("gone", "has left the chain"),
}
_TOLD = frozenset({"same", "different"})


def sheets(found: Json, say: Say, language: str) -> list[Sheet]:
    """Both, of a comparison as its page has it. An empty cell is as the reference; who has not answered has no column."""
    told = [one for one in found["stores"] if one["answer"] in _TOLD]
    first = f"{say(_REFERENCE)} · {found['reference']['store']}"
    heading: list[Cell] = [say(_SETTING), first, *(one["store"] for one in told)]
    lines = [_line(one, [store["store"] for store in told], language) for one in found["differences"]]
    return [
        (say(_DIFFERENCES), [heading, *lines]),
        (say(_STORES), [_heading(say), *(_said(one, say) for one in found["stores"])]),
    ]


def _line(one: Json, told: Sequence[str], language: str) -> list[Cell]:
    by_store = {store: value["value"][language] for value in one["values"] for store in value["stores"]}
    return [one["what"][language], one["reference"][language], *(by_store.get(store) for store in told)]


def _heading(say: Say) -> list[Cell]:
    return [say(said) for said in (GROUPS["store"], GROUPS["region"], _ANSWER, _COUNT, _WHY)]


def _said(one: Json, say: Say) -> list[Cell]:
    count = one["changes"] if one["answer"] in _TOLD else None
    return [one["store"], one["region"], say(_ANSWERS[one["answer"]]), count, one["reason"]]
