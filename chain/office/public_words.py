"""Owns the words of the public pages that depend on a number, a day or a state."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

import qrcode
from babel.dates import format_skeleton
from flask import request
from flask_babel import get_locale, gettext

from chain.office.finding import Seen
from chain.office.visits import Visit
from chain.protocol import VisitState
from db.words import Message

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
_STATES = {
    VisitState.SENT: Message("sent", "Being confirmed …"),
    VisitState.REFUSED: Message("refused", "The store could not take it"),
    VisitState.BOOKED: Message("booked", "Booked"),
    VisitState.KEPT: Message("kept", "Your place is kept"),
    VisitState.CHECKED_IN: Message("checked_in", "You are checked in"),
    VisitState.CALLED: Message("called", "It is your turn"),
    VisitState.COMPLETED: Message("completed", "Done. Thank you for your visit"),
    VisitState.NO_SHOW: Message("no_show", "Missed"),
    VisitState.CANCELLED: Message("cancelled", "Cancelled"),
    VisitState.EXPIRED: Message("expired", "Your place was kept no longer"),
}


def language() -> str:
    """Of the present page."""
    return "en" if str(get_locale()) == "en" else "zh"


def say(text: str, **values: object) -> str:
    """A text of the catalogue, its places filled."""
    return str(gettext(text).format_map(values))


def said(message: Message) -> str:
    """A message, likewise."""
    return say(message.text, **message.values)


def state(shown: Visit) -> str:
    """How a visit stands."""
    return said(_STATES[shown.state])


def refusal(shown: Visit) -> str:
    """Why the store said no, as far as it said so in words that can be translated."""
    told = shown.refusal or {}
    return say(told["text"], **told["values"]) if told.get("text") else ""


def name(names: dict[str, str] | None, otherwise: str) -> str:
    """A name of the store's in the language of the page."""
    return names[language()] if names else otherwise


def minutes(told: dict[str, Any] | None) -> str:
    """A wait as a range."""
    if told is None or told.get("low_s") is None:
        return said(Message("wait_unknown", "wait not known"))
    low, high = told["low_s"] // MINUTE_S, -(-told["high_s"] // MINUTE_S)
    if not high:
        return said(Message("no_wait", "no wait"))
    return said(Message("wait_range", "about {low}–{high} min", {"low": low, "high": high}))


def ago(seconds: float | None) -> str:
    """How old something is."""
    if seconds is None:
        return said(Message("never", "never"))
    if seconds < MINUTE_S:
        return said(Message("seconds_ago", "{n} s ago", {"n": round(seconds)}))
    if seconds < HOUR_S:
        return said(Message("minutes_ago", "{n} min ago", {"n": int(seconds // MINUTE_S)}))
    if seconds < 2 * DAY_S:
        return said(Message("hours_ago", "{n} h ago", {"n": int(seconds // HOUR_S)}))
    return said(Message("days_ago", "{n} days ago", {"n": int(seconds // DAY_S)}))


def day(shown: date) -> str:
    """A day with its weekday."""
    return str(format_skeleton("MMMEd", shown, locale=get_locale()))


def day_and_time(seen: Seen, at: float | None) -> str:
    """By the store's own clock."""
    if at is None:
        return ""
    local = seen.local(at)
    return f"{day(local.date())} {local:%H:%M}"


def clock(seen: Seen, at: float | None) -> str:
    """The time of day there."""
    return "" if at is None else f"{seen.local(at):%H:%M}"


def qr(code: str) -> tuple[int, str]:
    """A code as the kiosk's reader takes it: how many modules a side, and the dark ones as a path of an SVG."""
    drawn = qrcode.QRCode(border=2)
    drawn.add_data(code)
    rows = drawn.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return len(rows), path


def day_of(text: str) -> str:
    """A day written as `YYYY-MM-DD`."""
    return day(date.fromisoformat(text))


def other_language_query() -> str:
    """The present page's query in the other language."""
    other = "zh" if language() == "en" else "en"
    return urlencode({**request.args.to_dict(), "lang": other})
