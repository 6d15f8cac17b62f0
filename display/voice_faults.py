"""Owns what can go wrong with the voice, in words."""

from db.errors import LobbyError


class NoSound(LobbyError):
    """A call that is not spoken, or not in time."""

    code, status = "no_sound", 404
    text = "This call is not spoken: it is too old, the voice is off or silent at this hour, or it is not ready yet."


class NoVoice(LobbyError):
    """Nothing here speaks."""

    code, status = "no_voice", 404
    text = "No voice is installed. Install the package espeak-ng, or run “lobbyline voice install”."


class NotSpoken(LobbyError):
    """A number nothing can say."""

    code, status, field = "not_spoken", 422, "number"
    text = "“{number}” cannot be spoken. A number is a letter from A to Z and digits, such as A012."


class FetchFailed(LobbyError):
    """A package client did not bring what was asked for."""

    code, status = "fetch_failed", 502
    text = "The neural voice could not be fetched: {why}. The store goes on with the voice it has."


class BadHour(LobbyError):
    """A time of day that is none."""

    code, status, field = "bad_hour", 422, "hours"
    text = "“{given}” is no time of day. A time is like 08:30."


class HoursOverlap(LobbyError):
    """Two lines of the table for one minute."""

    code, status, field = "hours_overlap", 422, "hours"
    text = "{begins}–{ends} overlaps another line. Let each line begin where the one before it ends."


class UnknownDisplay(LobbyError):
    """No such display."""

    code, status, field = "unknown_display", 404, "name"
    text = "There is no lobby display “{name}”. Choose one of: {known}."
