"""Owns what the floor's acts and reports refuse."""

from db.errors import LobbyError


class BadSpan(LobbyError):
    """A report from a day to an earlier one, or over more days than one answer holds."""

    code, status, field = "bad_span", 422, "to"
    text = "Choose a last day that is not before the first, and at most {days} days in all."


class NothingToEnd(LobbyError):
    """What the floor manager wants to change or take back is so already."""

    code, status, text = "nothing_to_end", 409, "This is so already; nothing was changed."


class ActOver(LobbyError):
    """Something done for good can only be undone for a minute."""

    code, status, text = "act_over", 409, "This was done more than a minute ago. Change it where it belongs."


class StaffGone(LobbyError):
    """Nobody of this id."""

    code, status, field, text = "staff_gone", 404, "staff", "This member of staff is not known here."


class IncompleteAct(LobbyError):
    """What is to be done lacks something."""

    code, status, text = (
        "incomplete_act",
        422,
        "Say for which counter, person, service, text or number this is to be done, and why.",
    )
