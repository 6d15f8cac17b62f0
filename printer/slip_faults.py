"""Owns what can be wrong with a slip's template or logo, in words that tell a technician what to do."""

from db.errors import LobbyError


class BadSlip(LobbyError):
    """A template that cannot be used; `faults` say which lines and why."""

    code, status = "bad_slip", 422
    text = "This template cannot be used."

    def __init__(self, *faults: "SlipFault") -> None:
        super().__init__()
        self.faults = faults


class SlipFault(LobbyError):
    """Something wrong in one line of a template, counted from 1."""

    code, status, text = "slip_fault", 422, BadSlip.text

    def __init__(self, line: int, **attrs: object) -> None:
        super().__init__(**attrs)
        self.line, self.field = line, f"line {line}"


class UnknownBlock(SlipFault):
    """A line that begins with no block."""

    text = "There is no block “{word}”. Begin the line with one of: {known}."


class UnknownOption(SlipFault):
    """A block with an option it does not have."""

    text = "“{option}” does not go with “{word}”. Possible: {known}. What is printed comes after a colon."


class ContentMissing(SlipFault):
    """A block with nothing to print."""

    text = "After “{word}” comes a colon and what is printed, such as: {example}."


class NoContentHere(SlipFault):
    """A block that prints what it prints."""

    text = "Nothing comes after “{word}”."


class OneBarMissing(SlipFault):
    """Columns that are not two."""

    text = "Columns are two texts with one “|” between them."


class NoLineOfItsOwn(SlipFault):
    """A condition mixed with blocks."""

    text = "A condition around whole lines stands on a line of its own."


class UnknownValue(SlipFault):
    """A value that no ticket has."""

    text = "There is no value “{name}”. Choose one of: {known}."


class NotAllowed(SlipFault):
    """More of Jinja than a slip needs."""

    text = "A template has values and conditions (if, elif, else, endif, and, or, not, comparisons), nothing more."


class NotUnderstood(SlipFault):
    """Jinja does not understand it."""

    text = "This value or condition is not understood: {reason}"


class TooLong(SlipFault):
    """More than fits on paper."""

    text = "A template has at most {lines} lines and {letters} letters."


class QrTooLong(SlipFault):
    """More than a QR code on paper can hold legibly."""

    text = "A QR code holds at most {most} letters."


class NumberMissing(SlipFault):
    """A slip nobody can be called with."""

    text = "Every slip needs the ticket number: a line “number” that is under no condition."


class CutMissing(SlipFault):
    """A slip that stays in the printer."""

    text = "The last line of every slip is “cut”."


class BadLogo(LobbyError):
    """A file that is no picture."""

    code, status, field = "bad_logo", 422, "image"
    text = "This is no picture that can be used. Choose a PNG or JPEG of at most 5 MB and 20 megapixels."
