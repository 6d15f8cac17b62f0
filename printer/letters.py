"""Owns how letters become bytes for a printer with a Chinese font, and how wide it prints them; knows no size.

Three kinds: plain ASCII; letters with accents, by the printer's code page where that has them; everything else in
GB18030 within kanji mode, which Chinese models read as two-byte characters as wide as two letters.
"""

from itertools import groupby

from printer.paper import CodePage

KANJI_ON, KANJI_OFF = b"\x1c&", b"\x1c."  # FS & and FS .


def columns(text: str, page: CodePage) -> int:
    """How wide a text is in Latin letters."""
    return sum(1 if _is_narrow(letter, page) else 2 for letter in text)


def encoded(text: str, page: CodePage) -> bytes:
    """A text as the printer takes it, beginning and ending outside of kanji mode."""
    runs = groupby(text, lambda letter: _is_narrow(letter, page))
    return b"".join(_run("".join(letters), page if narrow else None) for narrow, letters in runs)


def _run(text: str, page: CodePage | None) -> bytes:
    return text.encode(page) if page else KANJI_ON + text.encode("gb18030") + KANJI_OFF


def _is_narrow(letter: str, page: CodePage) -> bool:
    """Whether it is one byte: ASCII, or a letter of the code page that is no Chinese mark such as “ or …"""
    if letter.isascii():
        return True
    try:
        return letter.isalpha() and len(letter.encode(page)) == 1
    except UnicodeEncodeError:
        return False
