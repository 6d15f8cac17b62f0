"""Owns what the composition root refuses: addresses, settings, studies."""

from db.errors import LobbyError, NotFound


class NotJson(LobbyError):
    """A body that is not the JSON it has to be."""

    code, status, text = "not_json", 400, "The request's body is not JSON, or is not labelled application/json."


class NoLength(LobbyError):
    """A body in chunks."""

    code, status, text = "length_required", 411, "Send the body as a whole, with its Content-Length, not in chunks."


class NoSuchPage(NotFound):
    """Nothing at this address."""

    text = "There is nothing at this address."


class NotThisWay(LobbyError):
    """The right address, the wrong method."""

    code, status, text = "method_not_allowed", 405, "This address does not take this kind of request."


class InvalidRequest(LobbyError):
    """The request's fields are wrong; the answer lists them."""

    code, status, text = "invalid_request", 422, "Some of what was sent is missing or wrong. See the list of fields."


class LinkUsed(LobbyError):
    """An enrolment link that was used or never existed."""

    code, status = "link_used", 410
    text = "This link has been used or is not known. Ask for a new one with “lobbyline device add” or on the settings page."


class BadSetting(LobbyError):
    """A setting that cannot work."""

    code, status = "bad_setting", 422
    text = "{setting}: {reason}."


class DamagedStore(LobbyError):
    """The store's own database cannot be used; `restore` is the way out."""

    code, status = "damaged_store", 500
    text = "The store's database cannot be used: {why}. Put the last backup back: {restore}"


class NewerStore(LobbyError):
    """The store's own database is of a release that comes after this one; nothing is to be put back."""

    code, status = "newer_store", 500
    text = (
        "The store was last served by a newer version of Lobbyline ({why}). Nothing is damaged: install that version"
        " again and start it."
    )


class NoPastDay(LobbyError):
    """A day on which nobody came, or that is not over."""

    code, status, field = "no_past_day", 404, "day"
    text = "Nobody took a number on {day}, or that day is not over yet. The last day with customers was {latest}."


class StudyRunning(LobbyError):
    """One study at a time is computed."""

    code, status = "study_running", 409
    text = "Another calculation is running. Wait until it has ended, then try again."


class BadWebhook(LobbyError):
    """An address alerts must not be sent to."""

    code, status, field = "bad_webhook", 422, "url"
    text = "Alerts are sent to an address that starts with https://, or with http:// on this machine."


class BadAlertRule(LobbyError):
    """A threshold that cannot work."""

    code, status, field = "bad_alert_rule", 422, "threshold"
    text = "The threshold is a number from {low} to {high}; the alert ends at the threshold or below it."
