"""Owns what a chain refuses, of both sides of the line."""

from db.errors import LobbyError


class UnreachableHeadOffice(LobbyError):
    """Nobody answers there."""

    code, status, field = "head_office_unreachable", 502, "url"
    text = "The head office at {url} does not answer. Check the address and this machine's connection."


class UntrustedHeadOffice(LobbyError):
    """Somebody answers, who may be anybody."""

    code, status, field = "head_office_untrusted", 502, "url"
    text = "The certificate of {url} is not trusted. If your company signs its own, give its file with --authority."


class UnknownChainToken(LobbyError):
    """No store has this token, or not any more."""

    code, status, field = "unknown_chain_token", 403, "token"
    text = "The head office does not know this token. Ask it for a new one: “headoffice store token”."


class NoHeadOffice(LobbyError):
    """Something else answers at the address."""

    code, status, field = "no_head_office", 502, "url"
    text = "What answers at {url} is no head office of Lobbyline."


class NotJoined(LobbyError):
    """A store on its own."""

    code, status = "not_joined", 409
    text = "This store belongs to no chain."


class UnknownMail(LobbyError):
    """Something a newer head office asks for."""

    code, status = "unknown_mail", 422
    text = "This store does not know what “{kind}” is. Update its program, then send it again."


class LargeSettingsCopy(LobbyError):
    """A file of settings that the line does not carry."""

    code, status = "large_settings_copy", 413
    text = "With its pictures this store's file of settings is larger than the {kilobytes} KB that the line carries."


class OfficeDown(LobbyError):
    """The head office cannot reach its database."""

    code, status = "office_down", 503
    text = "The head office cannot reach its database now. Nothing was changed; it is tried again."


class NotThisLine(LobbyError):
    """Another connection with the same token has taken over."""

    code, status = "not_this_line", 409
    text = "Another connection of this store has taken over."


class JournalParted(LobbyError):
    """The store's journal is not the one it told before."""

    code, status = "journal_parted", 409
    text = "This store was restored from an older backup. At the head office somebody has to accept that it goes on."


class JournalGap(LobbyError):
    """Lines are missing between what is here and what was sent."""

    code, status = "journal_gap", 409
    text = "Lines are missing before line {seq}; the last one here is {acked}."


class UnknownStore(LobbyError):
    """No store of this name."""

    code, status, field = "unknown_store", 404, "store"
    text = "There is no store “{store}”."


class NotParted(LobbyError):
    """Nothing to accept."""

    code, status = "not_parted", 409
    text = "The journal of “{store}” goes on as it was told; there is nothing to accept."


class ListGone(LobbyError):
    """A list of which only its number is left."""

    code, status = "list_gone", 410
    text = "This list is no longer kept at the head office. Choose the file again and begin a new roll-out."


class ListDamaged(LobbyError):
    """Other bytes than those that were sent."""

    code, status = "list_damaged", 422
    text = "The list did not arrive as it was sent, so nothing was changed. Begin a new roll-out."


class MembersMovedOn(LobbyError):
    """What was looked at in a store is not what would be changed there now."""

    code, status = "members_moved_on", 409
    text = "The store's members have changed since this preview, so nothing was changed. Begin a new roll-out."
