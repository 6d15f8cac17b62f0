"""Owns how a line too long for the paper is broken; knows no font, only how wide it makes a piece of text."""

import re
from collections.abc import Callable, Iterator

# Latin text breaks between words, Chinese anywhere but before a mark that ends something.
_PIECES = re.compile(r"[!-~\u00a1-\u024f]+|.[，。、；：？！）》”’…]*", re.DOTALL)


def wrap(text: str, width_of: Callable[[str], float], limit: float) -> list[str]:
    """`text` in lines no wider than `limit`, in the unit of `width_of`; a word wider than that is broken anywhere."""
    lines, line = [], ""
    for piece in _pieces(text, width_of, limit):
        if line and width_of((line + piece).rstrip()) > limit:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]


def _pieces(text: str, width_of: Callable[[str], float], limit: float) -> Iterator[str]:
    for piece in _PIECES.findall(text):
        if width_of(piece) <= limit:
            yield piece
        else:
            yield from piece
