"""Owns what the counters' room refuses besides what every room knows."""

from db.errors import LobbyError


class ServiceRetired(LobbyError):
    """A service the store no longer offers; who waits for it is still served."""

    code, status, field = "service_retired", 409, "service"
    text = "“{service}” is no longer offered here."
