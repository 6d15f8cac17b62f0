"""Owns what is refused when counters are set up."""

from db.errors import LobbyError


class CounterTaken(LobbyError):
    """A number that another counter has."""

    code, status, field = "counter_taken", 409, "number"
    text = "There is a counter {counter} already."


class CounterInUse(LobbyError):
    """Somebody works at a counter that is to be retired."""

    code, status = "counter_in_use", 409
    text = "Counter {counter} is open. Close it first, then retire it."


class LastCounter(LobbyError):
    """A store has a counter."""

    code, status = "last_counter", 409
    text = "This is the last counter. Add another one before you retire it."
