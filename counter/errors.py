"""Owns what a sign-in can be refused for."""

from db.errors import LobbyError, SignInNeeded, TooManyTries


class LockedOut(TooManyTries):
    """Too many wrong tries of one person at one place."""

    text = (
        "Too many wrong tries here. Please wait {minutes} min {seconds} s. "
        "At a device where you have signed in before you can sign in at once."
    )


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


class SignInAgain(SignInNeeded):
    """Too slow, or the PIN has changed between PIN and code."""

    code, text = "sign_in_again", "That took too long. Please sign in again with your PIN."


class DeviceRevoked(LobbyError):
    """A browser of a device that was taken out of the store."""

    code, status = "device_revoked", 403
    text = (
        "This device has been disconnected from the store. To use it again, ask the store manager for a new link "
        "under Settings → Devices and open it here."
    )
