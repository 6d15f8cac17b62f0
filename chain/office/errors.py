"""Owns what the head office refuses its own people, and the public."""

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


class NoSuchVisit(LobbyError):
    """A link that leads nowhere."""

    code, status = "unknown_visit", 404
    text = "We do not know this visit. Look at the link again, or book anew."


class PlaceTaken(LobbyError):
    """Somebody was faster, or the time is near."""

    code, status, field = "place_taken", 409, "slot_at"
    text = "This time has just been taken. Please choose another one."


class VisitFixed(LobbyError):
    """It is over, or about to be changed."""

    code, status = "visit_fixed", 409
    text = "This can no longer be changed here. If something is wrong, please ask the staff of the store."


class StoreOffline(LobbyError):
    """Nobody can say how the line there is."""

    code, status = "store_offline", 409
    text = "This store cannot be reached at the moment, so no number can be taken from afar. You can book a time, or go there."


class StoreShut(LobbyError):
    """No line to stand in."""

    code, status = "store_shut", 409
    text = "This store is closed now. You can book a time."


class NoWaitKnown(LobbyError):
    """Nobody can say whether somebody would come in time."""

    code, status, field = "no_wait_known", 409, "service"
    text = "How long the wait is cannot be said now, so no number can be taken from afar. Please take one at the store."


class TooMuchAsked(LobbyError):
    """One address asks again and again."""

    code, status = "too_much_asked", 429
    text = "That was too often. Please wait a while and try again."


class NothingChosen(LobbyError):
    """A roll-out to nobody, or twice to somebody."""

    code, status, field = "nothing_chosen", 422, "stages"
    text = "Choose at least one store, each for one stage."


class UnknownRollout(LobbyError):
    """No such roll-out."""

    code, status = "unknown_rollout", 404
    text = "This roll-out does not exist."


class RolloutOver(LobbyError):
    """Somebody else was faster, or nothing is left to do."""

    code, status = "rollout_over", 409
    text = "This roll-out has moved on meanwhile. Look at it again."


class RolloutNotReady(LobbyError):
    """Stores have not answered yet."""

    code, status = "rollout_not_ready", 409
    text = "Some stores have not answered yet. Wait for them, or stop here."


class NothingToCompare(LobbyError):
    """A reference alone."""

    code, status, field = "nothing_to_compare", 422, "stores"
    text = "Choose at least one store besides the reference."


class UnknownComparison(LobbyError):
    """No such comparison."""

    code, status = "unknown_comparison", 404
    text = "This comparison does not exist."


class NoReferenceFile(LobbyError):
    """The reference has not answered, or could not."""

    code, status = "no_reference_file", 409
    text = "The file of settings of the reference is not here yet."


class ListTooLarge(LobbyError):
    """More than a store is given."""

    code, status, field = "list_too_large", 413, "list"
    text = "This list is too large. A list has at most {megabytes} MB."


class BadFacts(LobbyError):
    """A past day told in a way that no store of ours tells it."""

    code, status = "bad_facts", 422
    text = "What was told of {day} cannot be read."


class UnknownForm(LobbyError):
    """A store whose program derives the facts of a day otherwise than the head office's."""

    code, status = "unknown_form", 409
    text = "The head office counts days in form {known}, not {form}. Bring store and head office to one version."


class UnknownRegion(LobbyError):
    """No store is there."""

    code, status, field = "unknown_region", 404, "region"
    text = "There is no store in the region “{region}”."
