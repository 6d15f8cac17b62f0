"""Owns saying how long ago something was seen."""

from db.words import Message

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


def ago(seconds: float | None) -> Message:
    """So many seconds ago in words; None: never."""
    if seconds is None:
        return Message("never", "not yet")
    if seconds < MINUTE_S:
        return Message("just_now", "less than a minute ago")
    if seconds < HOUR_S:
        return Message("minutes_ago", "{n} min ago", {"n": int(seconds // MINUTE_S)})
    if seconds < DAY_S:
        return Message("hours_ago", "{n} h ago", {"n": int(seconds // HOUR_S)})
    return Message("days_ago", "{n} days ago", {"n": int(seconds // DAY_S)})


NOW = Message("now", "now")
