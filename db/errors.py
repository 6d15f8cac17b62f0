"""Owns the one error family: what went wrong, in a form every boundary can put into words once.

`text` is the English message and the catalogue's key, with `{name}` places filled from `attrs`.
"""


class LobbyError(Exception):
    """A refusal that changed nothing. Attributes: `code` (stable), `status` (HTTP), `text`, `attrs`, `field`."""

    code = "error"
    status = 400
    text = "That did not work. Please try again."
    field: str | None = None

    def __init__(self, **attrs: object) -> None:
        super().__init__(self.text.format_map(_Lenient(attrs)))
        self.attrs = attrs


class _Lenient(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class NotFound(LobbyError):
    """What was asked for does not exist."""

    code, status, text = "not_found", 404, "This does not exist."


class UnknownService(LobbyError):
    """No such service."""

    code, status, field = "unknown_service", 404, "service"
    text = "There is no service “{service}”. Choose one of: {known}."


class UnknownTicket(LobbyError):
    """No such ticket."""

    code, status, text = "unknown_ticket", 404, "This ticket is not known here. Please take a new number."


class UnknownCounter(LobbyError):
    """No such counter."""

    code, status, text = "unknown_counter", 404, "There is no counter {counter}."


class UnknownMember(LobbyError):
    """A phone or member number of nobody."""

    code, status, field = "unknown_member", 404, "phone"
    text = "We found no VIP card under this number. Check the number, or take an ordinary ticket."


class UnknownAppointment(LobbyError):
    """No booking under this phone or code."""

    code, status, field = "unknown_appointment", 404, "code"
    text = "We found no appointment for today under this number. Check the number, or take an ordinary ticket."


class MalformedPhone(LobbyError):
    """Not a mobile number."""

    code, status, field = "malformed_phone", 422, "phone"
    text = "Please enter the 11 digits of a mobile number."


class MalformedCode(LobbyError):
    """Not something a card, a phone or a booking could be."""

    code, status, field = "malformed_code", 422, "code"
    text = "Please enter an appointment code, a mobile number or a member number."


class UnknownCode(LobbyError):
    """Scanned or typed, and nothing that this store has given out or knows."""

    code, status, field = "unknown_code", 404, "code"
    text = "We do not know this code: it is no booking, no VIP card and no number of today. Please choose a service or ask our staff."


class TicketOver(LobbyError):
    """Somebody holds a ticket before the scanner that is no longer waiting or served."""

    code, status = "ticket_over", 409
    text = "Number {number} is over. Please take a new number."


class StoreClosed(LobbyError):
    """Outside opening hours."""

    code, status, text = "store_closed", 409, "The store is closed now. Today's hours: {hours}."


class StoreClosedToday(LobbyError):
    """A day without opening hours."""

    code, status, text = "store_closed", 409, "The store is closed today."


class ServiceFull(LobbyError):
    """The service's daily cap is reached."""

    code, status, text = (
        "service_full",
        409,
        "This service has no more numbers today. Please ask our staff or come tomorrow.",
    )


class AppointmentOtherDay(LobbyError):
    """Checked in on another day than booked."""

    code, status, text = "appointment_other_day", 409, "This appointment is on {day} at {time}. Please come back then."


class AppointmentOver(LobbyError):
    """A booking of a day that is over."""

    code, status = "appointment_over", 409
    text = "This appointment was on {day} at {time}. Please take an ordinary number; we are glad to help you today."


class AppointmentUsed(LobbyError):
    """The booking was cancelled or already served."""

    code, status, text = "appointment_used", 409, "This appointment has already been used or cancelled."


class CounterClosed(LobbyError):
    """A closed counter was told to act."""

    code, status, text = "counter_closed", 409, "Counter {counter} is closed. Open it first."


class CounterTaken(LobbyError):
    """Somebody else works at this counter."""

    code, status, text = "counter_taken", 409, "{name} is working at counter {counter}. Ask them to close it first."


class StaffElsewhere(LobbyError):
    """One person, one counter."""

    code, status, text = "staff_elsewhere", 409, "You are working at counter {counter}. Close it first."


class NotYourCounter(LobbyError):
    """Acting at somebody else's counter."""

    code, status, text = "not_your_counter", 403, "Counter {counter} is not yours. Open it first."


class CounterBusy(LobbyError):
    """The counter still has a customer."""

    code, status, text = "counter_busy", 409, "Counter {counter} still has {number}. Finish or mark a no-show first."


class NoCurrentTicket(LobbyError):
    """An action on the current customer while there is none."""

    code, status, text = "no_current_ticket", 409, "Counter {counter} has nobody now. Call the next customer first."


class WrongState(LobbyError):
    """The ticket's state does not allow this action."""

    code, status, text = "wrong_state", 409, "{number} cannot do this now. The screen shows what is possible."


class NobodyEligible(LobbyError):
    """There is nobody this counter may call; the subclasses say why."""

    code, status, text = "nobody_waiting", 409, "Nobody is waiting."


class NobodyForSkills(NobodyEligible):
    """People wait, none of them for this counter."""

    code = "no_skill"
    text = "{waiting} waiting, but none for the services or classes of counter {counter}."


class ReservedForVip(NobodyEligible):
    """Lending would endanger the VIP promise."""

    code = "reserved_for_vip"
    text = "{waiting} waiting. Counter {counter} stays free for VIPs until another VIP counter frees up."


class SignInRefused(LobbyError):
    """Unknown staff or wrong PIN; deliberately the same."""

    code, status, field = "sign_in_refused", 401, "pin"
    text = "Name and PIN do not match."


class SignInNeeded(LobbyError):
    """No or an ended sign-in."""

    code, status, text = "sign_in_needed", 401, "Please sign in."


class DeviceNeeded(LobbyError):
    """Something only a device of the store may do."""

    code, status = "device_needed", 401
    text = "This device is not connected to the store. Open its enrolment link, or send its token."


class PageTooOld(LobbyError):
    """A cookie's change without a valid CSRF token."""

    code, status, text = "page_too_old", 403, "This page is too old to be trusted. Reload it and try again."


class NotJson(LobbyError):
    """A body that is not the JSON it has to be."""

    code, status, text = "not_json", 400, "The request's body is not JSON, or is not labelled application/json."


class NoSuchPage(NotFound):
    """Nothing at this address."""

    text = "There is nothing at this address."


class NotThisWay(LobbyError):
    """The right address, the wrong method."""

    code, status, text = "method_not_allowed", 405, "This address does not take this kind of request."


class InvalidRequest(LobbyError):
    """The request's fields are wrong; the answer lists them."""

    code, status, text = "invalid_request", 422, "Some of what was sent is missing or wrong. See the list of fields."


class TooManyTries(LobbyError):
    """Guessing at a PIN."""

    code, status, text = (
        "too_many_tries",
        429,
        "Too many tries. Please wait some minutes, or ask the manager for a new PIN link.",
    )


class Forbidden(LobbyError):
    """Signed in, but not allowed."""

    code, status, text = "forbidden", 403, "Your role does not allow this."


class LinkUsed(LobbyError):
    """An enrolment link that was used or never existed."""

    code, status = "link_used", 410
    text = "This link has been used or is not known. Ask for a new one with “lobbyline device add” or on the settings page."


class WeakPin(LobbyError):
    """A PIN that is no PIN."""

    code, status, field = "weak_pin", 422, "pin"
    text = "A PIN has 4 to 12 digits, not all the same."


class NameTaken(LobbyError):
    """Two of a kind must not share a name."""

    code, status, field = "name_taken", 409, "name"
    text = "There is already a “{name}”."


class BadFile(LobbyError):
    """An import file that cannot be read as a list."""

    code, status, field = "bad_file", 422, "file"
    text = "This file cannot be read: {reason}."


class HeadingLacks(BadFile):
    """A list whose heading is not ours."""

    text = "This file cannot be read: its heading lacks {columns}."


class NotCsv(BadFile):
    """A file that is no table."""

    text = "This file cannot be read: line {line} is no line of a CSV file."


class NoUsableLine(BadFile):
    """A list without one right line; taking it would end everybody's card."""

    text = "This file has no line that can be used, so nothing was changed."


class BadSetting(LobbyError):
    """A setting that cannot work."""

    code, status = "bad_setting", 422
    text = "{setting}: {reason}."


class ServerRunning(LobbyError):
    """Another process owns this store's folder."""

    code, status = "server_running", 409
    text = "Another Lobbyline uses this data folder. Stop it first, or choose another with --data."
