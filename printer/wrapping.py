"""Owns how a line too long for the paper is broken; knows no font, only how wide it makes a piece of text."""

import re
from collections.abc import Callable

# Latin text breaks between words (a longer run than a narrow paper takes at double size: anywhere), Chinese anywhere.
_PIECES = re.compile(r"[!-~]{1,16}|.", re.DOTALL)


def wrap(text: str, width_of: Callable[[str], float], limit: float) -> list[str]:
    """`text` in lines no wider than `limit`, in the unit of `width_of`."""
    lines, line = [], ""
    for piece in _PIECES.findall(text):
        if line and width_of(line + piece) > limit:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]
