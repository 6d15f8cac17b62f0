"""Owns what a change of staff or devices can be refused for."""

from db.errors import LobbyError


class LastAdministrator(LobbyError):
    """Nobody could run the store any more."""

    code, status = "last_administrator", 409
    text = "“{name}” is the only administrator who can sign in. Make somebody else one first."


class ServingNow(LobbyError):
    """Somebody leaves amid a service."""

    code, status = "serving_now", 409
    text = (
        "“{name}” has a customer at counter {counter}. Let the service end, or finish it there as a manager, "
        "then try again."
    )


class HasLeft(LobbyError):
    """A change of somebody who does not work here any more."""

    code, status = "has_left", 409
    text = "“{name}” does not work here any more."


class HasNotLeft(LobbyError):
    """Bringing back somebody who is there."""

    code, status = "has_not_left", 409
    text = "“{name}” works here already."


class UnknownDevice(LobbyError):
    """No device of this name."""

    code, status, field = "unknown_device", 404, "name"
    text = "There is no device “{name}”."


class DeviceUnclear(LobbyError):
    """Two devices of different kinds share a name."""

    code, status, field = "device_unclear", 409, "kind"
    text = "There are several devices “{name}”. Say which kind is meant."


class NoLinkForKind(LobbyError):
    """Printers and programs are not connected by opening a page."""

    code, status = "no_link_for_kind", 409
    text = "Only kiosks and displays are connected by a link. Revoke this device and add it again for a new token."


class IdleTooLong(LobbyError):
    """A sign-in that would never end as unused."""

    code, status, field = "idle_too_long", 422, "idle_minutes"
    text = "A sign-in cannot be unused for longer than it lasts."
