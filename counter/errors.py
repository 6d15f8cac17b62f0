"""Owns what is refused about people and their rights, perks, pages, and questions to the forecast."""

from db.errors import LobbyError


class NothingProposed(LobbyError):
    """A what-if without a change."""

    code, status = "nothing_proposed", 422
    text = "Say what to change: a counter to open, close or pause, or a setting."


class ForecastUnavailable(LobbyError):
    """The process that computes forecasts does not answer."""

    code, status = "forecast_unavailable", 503
    text = "The forecast cannot be computed at the moment. Please try again in a minute."


class UnknownCounter(LobbyError):
    """No such counter."""

    code, status, text = "unknown_counter", 404, "There is no counter {counter}."


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


class WeakPin(LobbyError):
    """A PIN that is no PIN."""

    code, status, field = "weak_pin", 422, "pin"
    text = "A PIN has 4 to 12 digits, not all the same."


class UnknownPerk(LobbyError):
    """No such perk."""

    code, status, text = "unknown_perk", 404, "There is no perk “{perk}”."


class NoVipHere(LobbyError):
    """A perk where no VIP is."""

    code, status, text = "no_vip_here", 409, "Counter {counter} has no VIP now, so no perk can be used."


class PerkBeforeService(LobbyError):
    """A perk for somebody who is only called."""

    code, status, text = "perk_before_service", 409, "Start serving {number} first; then a perk can be used."


class PerkNotForTier(LobbyError):
    """A perk that this tier does not have."""

    code, status, text = "perk_not_for_tier", 409, "This customer's tier does not include this perk."


class PerkUsedUp(LobbyError):
    """Nothing left of a month's quota."""

    code, status = "perk_used_up", 409
    text = "This month's quota of {times} is used up. It can be used again from {day}."


class PerkUsedUpThisYear(PerkUsedUp):
    """Nothing left of a year's quota."""

    text = "This year's quota of {times} is used up. It can be used again from {day}."


class KeyReused(LobbyError):
    """One request key for two different things."""

    code, status, field = "key_reused", 409, "request_key"
    text = "This request key was already used for something else. Make a new one."


class UnknownUse(LobbyError):
    """No such use of a perk."""

    code, status, field, text = "unknown_use", 404, "use", "This use of a perk is not known."


class NotYoursToUndo(LobbyError):
    """Undoing what somebody else, or another day, did."""

    code, status = "not_yours_to_undo", 403
    text = "A perk is undone on the same day by {name}, who used it, or by a manager."


class UnknownManager(LobbyError):
    """No account manager of this code."""

    code, status, text = "unknown_manager", 404, "No account manager here has the code “{manager}”."


class UnknownPage(LobbyError):
    """No such page."""

    code, status, text = "unknown_page", 404, "This arrival notice is not known."


class NotYourPage(LobbyError):
    """Acknowledging what was told to somebody else."""

    code, status, text = "not_your_page", 403, "This arrival is for the customer's account manager or a floor manager."


class UnknownProxy(LobbyError):
    """No such proxy handling."""

    code, status, text = "unknown_proxy", 404, "This proxy handling is not known."


class ProxyNotDone(LobbyError):
    """Answering before there is anything to say."""

    code, status, text = "proxy_not_done", 409, "{number} is not done yet, so there is nothing to tell the customer."
