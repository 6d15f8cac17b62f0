"""Owns the lines of a slip's template: which blocks there are, with which options, and what each becomes on paper.

A line is a word, options and, after a colon, what is printed: `text bold size=2: 你好`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from printer import slip_faults
from printer.slip import LARGEST, Align, Block, Columns, Cut, Divider, Feed, Logo, Number, Qr, Text

MOST_FED = 20
LARGEST_MODULE = 16
LONGEST_QR = 300

_LINE = re.compile(r"\s*([^\s:：]+)([^:：]*)(?:[:：](.*))?")
_BAR = re.compile(r"[|｜]")
_GAP = "\x01"  # stands for the bar between columns, so that a value with a bar in it stays whole
_SIZED = re.compile(r"size=(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is written: its number from 1, its block, the block's options, and what is printed."""

    number: int
    word: str
    options: dict[str, Any]
    content: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """What may stand behind a word: options, the largest size, and an example of content where there is some."""

    flags: frozenset[str] = frozenset()
    largest: int = 0
    counts: int = 0
    example: str = ""
    may_be_bare: bool = False

    @property
    def known(self) -> list[str]:
        """The options, as a person writes them."""
        sizes = [f"size=1 … size={self.largest}"] if self.largest else []
        return [*sorted(self.flags), *sizes, *([f"1 … {self.counts}"] if self.counts else [])]


_ALIGNS = frozenset(Align)
_KINDS = {
    "text": _Kind(frozenset({"bold", *_ALIGNS}), LARGEST, example="text: {{ service }}"),
    "columns": _Kind(frozenset({"bold"}), LARGEST, example="columns: {{ date }} | {{ time }}"),
    "number": _Kind(largest=LARGEST, may_be_bare=True),
    "qr": _Kind(largest=LARGEST_MODULE, example="qr: {{ url }}", may_be_bare=True),
    "logo": _Kind(may_be_bare=True),
    "line": _Kind(may_be_bare=True),
    "feed": _Kind(counts=MOST_FED, may_be_bare=True),
    "cut": _Kind(may_be_bare=True),
}

WORDS = tuple(_KINDS)


def read(number: int, written: str) -> Line:
    """A line of a template. Raises `SlipFault`."""
    found = _LINE.fullmatch(written)
    word, options, content = found.groups() if found else (written, "", None)
    if word not in _KINDS:
        raise slip_faults.UnknownBlock(number, word=word, known=", ".join(WORDS))
    kind = _KINDS[word]
    read_options = _options(number, word, options.split())
    if content is None and not kind.may_be_bare:
        raise slip_faults.ContentMissing(number, word=word, example=kind.example)
    if content is not None and not kind.example:
        raise slip_faults.NoContentHere(number, word=word)
    return Line(number, word, read_options, _columns_marked(number, word, (content or "").strip()))


def _columns_marked(number: int, word: str, content: str) -> str:
    if word != "columns":
        return content
    if len(_BAR.findall(content)) != 1:
        raise slip_faults.OneBarMissing(number)
    return _BAR.sub(_GAP, content)


def _options(number: int, word: str, written: list[str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for option in written:
        name, value = _option(_KINDS[word], option)
        if not name:
            known = ", ".join(_KINDS[word].known) or "–"
            raise slip_faults.UnknownOption(number, word=word, option=option, known=known)
        options[name] = value
    return options


def _option(kind: _Kind, option: str) -> tuple[str, Any]:
    sized = _SIZED.fullmatch(option)
    if sized and 1 <= int(sized[1]) <= kind.largest:
        return "size", int(sized[1])
    if kind.counts and re.fullmatch(r"\d{1,3}", option) and 1 <= int(option) <= kind.counts:
        return "lines", int(option)
    if option not in kind.flags:
        return "", None
    return ("align", Align(option)) if option in _ALIGNS else (option, True)


@dataclass(frozen=True, slots=True)
class Given:
    """What blocks without content print: the ticket's number, the address of its page, the store's logo if any."""

    number: str
    url: str
    logo: bytes | None = None


def block_of(line: Line, content: str, given: Given) -> Block | None:
    """What a line becomes with its content filled in; None for nothing. Raises `SlipFault`."""
    return _MAKERS[line.word](_Filled(line, content.strip(), given))


@dataclass(frozen=True, slots=True)
class _Filled:
    line: Line
    content: str
    given: Given

    @property
    def options(self) -> dict[str, Any]:
        return self.line.options


def _text(filled: _Filled) -> Block | None:
    return Text(filled.content, **filled.options) if filled.content else None


def _columns(filled: _Filled) -> Block | None:
    left, right = (part.strip() for part in filled.content.split(_GAP))
    return Columns(left, right, **filled.options) if left or right else None


def _qr(filled: _Filled) -> Block | None:
    content = filled.content or filled.given.url
    if len(content) > LONGEST_QR:
        raise slip_faults.QrTooLong(filled.line.number, most=LONGEST_QR)
    return Qr(content, filled.options.get("size"))


_MAKERS: dict[str, Callable[[_Filled], Block | None]] = {
    "text": _text,
    "columns": _columns,
    "number": lambda filled: Number(filled.given.number, **filled.options),
    "qr": _qr,
    "logo": lambda filled: Logo(filled.given.logo) if filled.given.logo else None,
    "line": lambda _: Divider(),
    "feed": lambda filled: Feed(**filled.options),
    "cut": lambda _: Cut(),
}
