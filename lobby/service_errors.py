"""Owns what is refused when services are set up."""

from db.errors import LobbyError


class BadLetter(LobbyError):
    """A letter that no ticket number can begin with."""

    code, status, field = "bad_letter", 422, "letter"
    text = "A letter is one of A to Z; V is the VIPs'. Free: {free}."


class LetterTaken(LobbyError):
    """Two services cannot share a letter: their numbers would be the same."""

    code, status, field = "letter_taken", 409, "letter"
    text = "The letter {letter} belongs to “{service}”. Free: {free}."


class BadIcon(LobbyError):
    """A picture the product does not have."""

    code, status, field = "bad_icon", 422, "icon"
    text = "There is no picture “{icon}”. Choose one of: {known}."


class BadServiceCode(LobbyError):
    """A service's code that programs could not use."""

    code, status, field = "bad_service_code", 422, "code"
    text = "A service's code has lower-case letters, digits and hyphens, such as number-transfer."


class ServiceCodeTaken(LobbyError):
    """The code of another service, retired ones included."""

    code, status, field = "service_code_taken", 409, "code"
    text = "The code “{code}” belongs to “{service}”."


class NobodyDoesIt(LobbyError):
    """A new service that no counter would do."""

    code, status, field = "nobody_does_it", 422, "counters"
    text = "Choose at least one counter that does this service."


class LastService(LobbyError):
    """A store offers something."""

    code, status = "last_service", 409
    text = "This is the last service. Add another one before you retire it."


class BookingsOfService(LobbyError):
    """Visits are booked for a service that is to be retired. `bookings` says how many."""

    code, status = "bookings_of_service", 409
    text = (
        "{count} visits are booked for “{service}”. They stay booked and can check in and be served; "
        "no further ones can be booked."
    )


class WrongOrder(LobbyError):
    """Not every service once."""

    code, status, field = "wrong_order", 409, "codes"
    text = "The services have changed meanwhile. Load the page again."
