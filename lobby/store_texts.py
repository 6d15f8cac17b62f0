"""Owns the texts a store may write itself in place of the product's, in both languages, and where they stand.

The lines on slips and the store's name are changed on the same page by commands of their own.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from counter.web import Body
from db import settings
from db.errors import LobbyError
from db.words import Message, Names
from lobby import texts
from lobby.orders import Command, Json, Order
from lobby.wording import both
from printer import slips


class TextName(StrEnum):
    """Which text; screens know it by this name in `store.texts`."""

    KIOSK_WELCOME = "kiosk_welcome"
    DISPLAY_WELCOME = "display_welcome"
    CLOSED_NOTE = "closed_note"
    PHONE_NOTE = "phone_note"


@dataclass(frozen=True, slots=True)
class OwnText:
    """The product's text (None: it says nothing there), and how long one in each language may be."""

    usual: Message | None
    longest_zh: int
    longest_en: int


TEXTS: Mapping[TextName, OwnText] = {
    TextName.KIOSK_WELCOME: OwnText(Message("kiosk_welcome", "Hello, please choose a service"), 12, 36),
    TextName.DISPLAY_WELCOME: OwnText(
        Message("display_welcome", "Please take a number and a seat. Your number will appear here."), 30, 70
    ),
    TextName.CLOSED_NOTE: OwnText(None, 30, 70),
    TextName.PHONE_NOTE: OwnText(None, 40, 90),
}


class TextTooLong(LobbyError):
    """More than there is room for."""

    code, status = "text_too_long", 422
    text = "At most {longest} characters: there is no room for more."

    def __init__(self, field: str, longest: int) -> None:
        super().__init__(longest=longest)
        self.field = field


class StoreTextSet(Body):
    """A text of the store's own; empty in both languages for the product's."""

    name: TextName
    zh: str
    en: str


def page(conn: sqlite3.Connection) -> Json:
    """What the page of texts is drawn from."""
    store = settings.load(conn)
    return {
        "store": asdict(store.name),
        "texts": [
            {
                "name": name,
                "usual": {code: texts.say(one.usual, code) for code in texts.LANGUAGES} if one.usual else None,
                "own": asdict(store.texts[name]) if name in store.texts else None,
                "longest": {"zh": one.longest_zh, "en": one.longest_en},
            }
            for name, one in TEXTS.items()
        ],
        "slips": asdict(slips.texts(conn)),
    }


def _text_set(conn: sqlite3.Connection, _: Order, body: StoreTextSet) -> Json:
    room = TEXTS[body.name]
    for code, longest in (("zh", room.longest_zh), ("en", room.longest_en)):
        if len(getattr(body, code)) > longest:
            raise TextTooLong(code, longest)
    before = settings.load(conn)
    others = {name: text for name, text in before.texts.items() if name != body.name}
    own = both("", None, body.zh, body.en)
    after: Mapping[str, Names] = {**others, body.name: own} if own else others
    if after != before.texts:
        settings.save(conn, replace(before, texts=after))
    return {"changed": after != before.texts, "page": page(conn)}


COMMANDS: dict[str, Command[Any]] = {"store-text-set": Command(StoreTextSet, _text_set)}
