"""Owns what is refused about people and their rights, sign-ins, perks, pages, and questions to the forecast."""

from db.errors import LobbyError


class ServiceRetired(LobbyError):
    """A service the store no longer offers; who waits for it is still served."""

    code, status, field = "service_retired", 409, "service"
    text = "“{service}” is no longer offered here."


class SecondFactorNeeded(LobbyError):
    """The PIN was right; the code of the authenticator app is missing."""

    code, status, field = "second_factor_needed", 401, "code"
    text = "Send the code of your authenticator app too."


class SecondFactorMissing(LobbyError):
    """Managers here need a second factor, and this one has none yet."""

    code, status = "second_factor_missing", 403
    text = "Managers sign in with a second factor here. Sign in with a browser to set yours up."


class WrongCode(LobbyError):
    """Neither the app's present code nor an unused recovery code."""

    code, status, field = "wrong_code", 401, "code"
    text = "This code is not right. Wait for the next one in the app, or type a recovery code."


class CodeUsed(LobbyError):
    """A code that has let somebody in already."""

    code, status, field = "code_used", 401, "code"
    text = "This code has been used. Wait for the next one in the app."


class FactorInForce(LobbyError):
    """Setting up what is set up."""

    code, status = "second_factor_in_force", 409
    text = "Your second factor is set up already. Turn it off first to use another phone."


class FactorNotBegun(LobbyError):
    """Confirming what was not begun."""

    code, status = "second_factor_not_begun", 409
    text = "Open the page of the second factor again and scan its code anew."


class FactorUnreadable(LobbyError):
    """The store's key is not the one the secret was sealed with, as after a backup was put back on another machine."""

    code, status = "second_factor_unreadable", 503
    text = (
        "The second factor cannot be read with this store's key. "
        "An administrator resets it: lobbyline staff reset-second-factor."
    )


class DeviceRevoked(LobbyError):
    """A browser of a device that was taken out of the store."""

    code, status = "device_revoked", 403
    text = (
        "This device has been disconnected from the store. To use it again, ask the store manager for a new link "
        "under Settings → Devices and open it here."
    )


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


class LockedOut(TooManyTries):
    """Too many wrong tries of one person at one place."""

    text = (
        "Too many wrong tries here. Please wait {minutes} min {seconds} s. "
        "At a device where you have signed in before you can sign in at once."
    )


class SignInAgain(SignInNeeded):
    """Too slow, or the PIN has changed between PIN and code."""

    code, text = "sign_in_again", "That took too long. Please sign in again with your PIN."
