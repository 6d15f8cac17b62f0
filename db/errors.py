"""Owns the one error family: what went wrong, in a form every boundary can put into words once. Each room has its own members.

`text` is the English message and the catalogue's key, with `{name}` places filled from `attrs`.
"""


class LobbyError(Exception):
    """A refusal that changed nothing. Attributes: `code` (stable), `status` (HTTP), `text`, `attrs`, `field`.

    `faults` are what it consists of where several things are wrong at once. `retry_s`: to try sooner makes no sense.
    """

    code = "error"
    status = 400
    text = "That did not work. Please try again."
    field: str | None = None
    retry_s: int | None = None
    faults: "tuple[LobbyError, ...]" = ()

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


class NameTaken(LobbyError):
    """Two of a kind must not share a name."""

    code, status, field = "name_taken", 409, "name"
    text = "There is already a “{name}”."


class ServerRunning(LobbyError):
    """Another process owns this store's folder."""

    code, status = "server_running", 409
    text = "Another Lobbyline uses this data folder. Stop it first, or choose another with --data."


class NoStore(LobbyError):
    """A folder that was named for a store and holds none."""

    code, status = "no_store", 404
    text = (
        "There is no store in the folder {folder}. Name its folder with --data; a new store is made by: lobbyline serve"
    )


class UnsoundDatabase(LobbyError):
    """A database file, of a store or a backup, that cannot be used."""

    code, status = "unsound_database", 500
    text = "{file} cannot be used: {why}."


class NewerDatabase(UnsoundDatabase):
    """A sound one, of a release that comes after this."""

    code = "newer_database"
    text = "{file} was written by a newer version of Lobbyline ({why}). Nothing is damaged: install that version."
