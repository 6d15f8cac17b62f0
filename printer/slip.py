"""Owns what a slip is made of: blocks of paper from top to bottom; knows neither printers nor rows nor templates."""

import re
from dataclasses import dataclass
from enum import StrEnum

LARGEST = 8
"""Letters are magnified at most so many times."""

_BREAKS = re.compile(r"[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
_NOT_PRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """A text without what a printer would take for a command, whatever a name has in it: one line, no control bytes.

    Halves of characters and marks that turn the direction of writing go too.
    """
    return _NOT_PRINTED.sub("", _BREAKS.sub(" ", text))


class Align(StrEnum):
    """Where a line stands on the paper."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text, broken where the paper ends; `size` 1 is the printer's normal type, 2 twice as wide and high."""

    text: str
    size: int = 1
    bold: bool = False
    align: Align = Align.CENTER

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", printable(self.text))


@dataclass(frozen=True, slots=True)
class Columns:
    """A text at the left edge and one at the right of the same line; of two lines where they do not fit on one."""

    left: str
    right: str
    size: int = 1
    bold: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "left", printable(self.left))
        object.__setattr__(self, "right", printable(self.right))


@dataclass(frozen=True, slots=True)
class Number:
    """The ticket number; without a `size`, as large as the paper allows."""

    text: str
    size: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", printable(self.text))


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code; without a `module` (dots of its smallest square), as large as reads well."""

    content: str
    module: int | None = None


@dataclass(frozen=True, slots=True)
class Logo:
    """The store's picture, a PNG in greys."""

    png: bytes


@dataclass(frozen=True, slots=True)
class Pattern:
    """The test page's ruler, shades and thin lines, from edge to edge."""


@dataclass(frozen=True, slots=True)
class Divider:
    """A thin line across the paper."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of the slip."""


Block = Text | Columns | Number | Qr | Logo | Pattern | Divider | Feed | Cut


@dataclass(frozen=True, slots=True)
class Slip:
    """What the paper says, from top to bottom."""

    blocks: tuple[Block, ...]
