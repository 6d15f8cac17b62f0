"""Owns what the head office refuses its own people."""

from db.errors import LobbyError


class OfficeForbidden(LobbyError):
    """Somebody without the right."""

    code, status = "forbidden", 403
    text = "You may not do this here. Ask the head office's administrator."


class WrongPassword(LobbyError):
    """Name and password do not belong together."""

    code, status, field = "wrong_password", 401, "password"
    text = "Name and password do not match."


class TooManyTries(LobbyError):
    """Somebody guesses."""

    code, status = "too_many_tries", 429
    text = "Too many wrong tries. Wait a minute, then try again."


class WeakPassword(LobbyError):
    """A password that is guessed in no time."""

    code, status, field = "weak_password", 422, "password"
    text = "A password has at least {fewest} characters, not all the same."


class UnknownPerson(LobbyError):
    """Nobody of this name."""

    code, status, field = "unknown_person", 404, "name"
    text = "Nobody at the head office is called “{name}”."
