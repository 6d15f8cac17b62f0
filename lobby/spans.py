"""Owns opening hours as people type them, such as `09:00-12:00 13:30-18:00` or `closed`. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from db.setting_records import Hours
from lobby.opening_errors import BadHours, HoursOverlap, NotAWeek

CLOSED = frozenset({"", "closed", "休息", "休"})
MOST_SPANS = 4
DAYS = 7
_TIME = r"(\d{1,2}):(\d{2})"
_SPAN = re.compile(rf"{_TIME}\s*[-–—~]\s*{_TIME}", re.ASCII)
_BETWEEN = re.compile(r"[\s,;+、;]*")


def week(days: Sequence[str], field: str = "hours") -> tuple[tuple[Hours, ...], ...]:
    """Seven days from Monday on; none for a store that is always open. Raises `NotAWeek`, `BadHours`."""
    if len(days) not in {0, DAYS}:
        raise NotAWeek
    return tuple(day(text, f"{field}.{n}") for n, text in enumerate(days))


def day(text: str, field: str) -> tuple[Hours, ...]:
    """The spans of a day in order; none for a closed one. Raises `BadHours`, `HoursOverlap`."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.lower() in CLOSED:
        return ()
    spans = sorted((_span(found, text, field) for found in _SPAN.finditer(plain)), key=lambda span: span.opens)
    if not 0 < len(spans) <= MOST_SPANS or not _BETWEEN.fullmatch(_SPAN.sub("", plain)):
        raise BadHours(field, given=text)
    if any(later.opens < earlier.closes for earlier, later in pairwise(spans)):
        raise HoursOverlap(field, given=text)
    return tuple(spans)


def typed(spans: Sequence[Hours]) -> str:
    """The same as it would be typed; empty for a closed day."""
    return " ".join(f"{span.opens}-{span.closes}" for span in spans)


def _span(found: re.Match[str], text: str, field: str) -> Hours:
    from_hour, from_minute, to_hour, to_minute = found.groups()
    opens, closes = f"{int(from_hour):02}:{from_minute}", f"{int(to_hour):02}:{to_minute}"
    if not (int(from_minute) < 60 and int(to_minute) < 60 and opens < closes <= "24:00"):  # noqa: PLR2004 — a clock's own
        raise BadHours(field, given=text)
    return Hours(opens, closes)
