"""Owns the values of a list's line: dates, phones and words as offices write them; each fault is kept."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, time
from functools import lru_cache
from typing import Any, TypeVar

from db.words import Message
from kiosk.errors import MalformedPhone
from kiosk.headings import Column, normal
from kiosk.identify import normalise_phone
from kiosk.tables import LOST

T = TypeVar("T")

_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0?0:00(?::00(?:\.0+)?)?)?", re.ASCII
)
_PLAIN_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[:时点](\d{2})(?:分|:00)?", re.ASCII)
_FORMULA_TEXT = re.compile(r'="([^"]*)"')

EMPTY = Message("empty", "empty")


class RefusedError(Exception):
    """A value that is no good."""

    def __init__(self, why: Message) -> None:
        super().__init__(why.code)
        self.why = why


class Cells:
    """One line. `take` gives a value or notes why it is none; a line with `faults` gives no record."""

    def __init__(self, columns: Mapping[str, Column], cells: Sequence[str]) -> None:
        self._columns = columns
        self._cells = cells
        self.faults: list[tuple[str, Message]] = []

    def raw(self, column: str) -> str:
        """What stands in the file, without spaces around it; nothing where the list has no such column."""
        place = self._columns.get(column)
        return self._cells[place.at].strip() if place and place.at < len(self._cells) else ""

    def take(self, column: str, parse: Callable[[str], T]) -> T:
        """The value of a column that must have one; `parse` is one of the functions below.

        What it returns after a fault is of no use to anybody.
        """
        try:
            return parse(self.raw(column))
        except RefusedError as refused:
            self.refuse(column, refused.why)
            nothing: Any = None
            return nothing  # type: ignore[no-any-return]

    def take_any(self, column: str, parse: Callable[[str], T]) -> T | None:
        """The value of a column that may be empty."""
        return self.take(column, parse) if self.raw(column) else None

    def refuse(self, column: str, why: Message) -> None:
        """Note a fault."""
        self.faults.append((column, why))


def plain(text: str) -> str:
    """Half-width, without the marks by which spreadsheets keep digits as text."""
    text = text if text.isascii() else unicodedata.normalize("NFKC", text).strip()
    if text.startswith(("=", "'")):
        text = _FORMULA_TEXT.sub(r"\1", text).removeprefix("'").strip()
    return text


def _required(text: str) -> str:
    if not text:
        raise RefusedError(EMPTY)
    if LOST in text:
        raise RefusedError(Message("unreadable", "has characters that cannot be read"))
    if "\n" in text or "\r" in text:
        raise RefusedError(Message("line_break", "goes over several lines; perhaps a quotation mark is missing"))
    return text


def given(raw: str) -> str:
    """Any text."""
    return _required(plain(raw))


def key(raw: str) -> str:
    """A card or booking number: capitals."""
    return given(raw).upper()


@lru_cache(65_536)
def day(raw: str) -> date:
    """2026-09-01, 2026/9/1, 2026.9.1, 2026年9月1日 or 20260901."""
    text = given(raw)
    found = _DAY.fullmatch(text) or _PLAIN_DAY.fullmatch(text)
    if not found:
        raise RefusedError(Message("no_date", "not a date like 2026-09-01"))
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        raise RefusedError(Message("no_such_day", "there is no such day in the calendar")) from None


def clock_time(raw: str) -> time:
    """9:30, 09:30:00 or 9点30分."""
    found = _TIME.fullmatch(given(raw))
    with suppress(ValueError):
        if found:
            return time(int(found[1]), int(found[2]))
    raise RefusedError(Message("no_time", "not a time like 09:30"))


def phone(raw: str) -> str:
    """A mobile number's 11 digits."""
    text = given(raw)
    try:
        return normalise_phone(text)
    except MalformedPhone:
        raise RefusedError(Message("no_phone", "not an 11-digit mobile number")) from None


def one_of(meanings: Mapping[str, Iterable[str]]) -> Callable[[str], str]:
    """A parser of words: `meanings` has for each value the words that mean it; the first is named in a fault."""
    meant = {normal(word): value for value, words in meanings.items() for word in (value, *words)}
    known = ", ".join(" ".join(dict.fromkeys([*list(words)[:1], value])) for value, words in meanings.items())

    @lru_cache(1024)
    def parse(raw: str) -> str:
        value = meant.get(normal(given(raw)))
        if value is None:
            raise RefusedError(Message("not_one_of", "not one of: {known}", {"known": known}))
        return value

    return parse


def same_as(line: int) -> Message:
    """A value that may stand in a list only once."""
    return Message("same_as", "the same as in line {line}", {"line": line})
