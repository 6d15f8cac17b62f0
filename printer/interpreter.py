"""Owns reading a job as a printer does: ESC/POS bytes in, sheets of dots out; knows no slip and no encoder.

It knows the commands our jobs are made of and refuses every other byte, so that it can check them. Facts are from
Epson's ESC/POS command reference, by the command's name. Letters are those of `printer.glyphs`.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from PIL import Image, ImageOps

from printer import qr
from printer.glyphs import HEIGHT, NARROW, WIDE, glyph

HEAD_TO_CUTTER = 80
"""Dots of white at the top of a sheet: the paper that lay between head and cutter at the cut before."""

_USUAL_SPACING = 30
_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 18: "cp852", 19: "cp858"}  # ESC t
_CUTS_WITH_FEED = frozenset({65, 66})
_DOUBLE_WIDE, _DOUBLE_HIGH = 0x04, 0x08  # FS !
_QR_SIZE, _QR_STORE, _QR_PRINT = 67, 80, 81  # functions of GS ( k
_SIMPLE = {
    b"\x1b@": 0, b"\x1ba": 1, b"\x1bE": 1, b"\x1b2": 0, b"\x1b3": 1, b"\x1bd": 1, b"\x1bJ": 1, b"\x1bt": 1,
    b"\x1c&": 0, b"\x1c.": 0, b"\x1c!": 1, b"\x1d!": 1, b"\x1dV": 1,
}  # fmt: skip
_LONG = {b"\x1dv0": 5, b"\x1d(k": 2, b"\x1d(K": 2}


class UnknownBytes(ValueError):
    """The job has a command this interpreter does not know, or ends within one."""


class Size(NamedTuple):
    """How often letters are magnified."""

    across: int = 1
    down: int = 1


_NORMAL = Size()


@dataclass(slots=True)
class _Type:
    """How the next letters are printed, as `ESC @` sets it."""

    align: int = 0
    bold: bool = False
    latin: Size = _NORMAL
    chinese: Size = _NORMAL
    is_kanji: bool = False
    page: str = "cp437"
    spacing: int = _USUAL_SPACING


@dataclass(slots=True)
class _Sheet:
    """What is on the paper since the last cut: pictures with their places, and how far the paper has come."""

    ink: list[tuple[Image.Image, int, int]] = field(default_factory=list)
    top: int = HEAD_TO_CUTTER


def sheets(job: bytes, width_dots: int) -> list[Image.Image]:
    """The sheets a printer so many dots wide makes of a job, in black and white. Raises `UnknownBytes`."""
    return _Printer(job, width_dots).run()


class _Printer:
    def __init__(self, job: bytes, width: int) -> None:
        self._job, self._at, self._width = job, 0, width
        self._type, self._line, self._qr_module, self._qr = _Type(), list[Image.Image](), 3, ""
        self._sheet, self._done = _Sheet(), list[Image.Image]()

    def run(self) -> list[Image.Image]:
        while self._at < len(self._job):
            if self._job[self._at] >= ord(" "):
                self._letters()
            elif self._job[self._at] == ord("\n"):
                self._at += 1
                self._print_line()
            else:
                self._command()
        if self._sheet.ink or self._line:
            self._cut()
        return self._done

    def _take(self, count: int) -> bytes:
        part = self._job[self._at : self._at + count]
        if len(part) < count:
            raise UnknownBytes(f"the job ends within a command, at {self._at}")
        self._at += count
        return part

    def _letters(self) -> None:
        end = next((at for at in range(self._at, len(self._job)) if self._job[at] < ord(" ")), len(self._job))
        text = self._take(end - self._at).decode("gb18030" if self._type.is_kanji else self._type.page)
        for letter in text:
            wide = self._type.is_kanji and not letter.isascii()
            size = self._type.chinese if wide else self._type.latin
            if self._across + (WIDE if wide else NARROW) * size.across > self._width:
                self._print_line()
            self._line.append(glyph(letter, *size, wide=wide, bold=self._type.bold))

    @property
    def _across(self) -> int:
        return sum(one.width for one in self._line)

    def _print_line(self) -> None:
        tallest = max((one.height for one in self._line), default=HEIGHT * self._type.latin.down)
        left = self._left(self._across)
        for one in self._line:
            self._sheet.ink.append((one, left, self._sheet.top + tallest - one.height))
            left += one.width
        self._sheet.top += max(tallest if self._line else 0, self._type.spacing)
        self._line = []

    def _left(self, width: int) -> int:
        return (0, (self._width - width) // 2, self._width - width)[self._type.align]

    def _print_picture(self, dots: Image.Image) -> None:
        self._sheet.ink.append((dots, self._left(dots.width), self._sheet.top))
        self._sheet.top += dots.height

    def _command(self) -> None:
        for known in (_LONG, _SIMPLE):
            for name, parameters in known.items():
                if self._job.startswith(name, self._at):
                    self._take(len(name))
                    values = self._take(parameters)
                    return self._obey_long(name, values) if known is _LONG else self._obey(name, (*values, 0)[0])
        raise UnknownBytes(f"unknown bytes at {self._at}: {self._job[self._at : self._at + 4].hex(' ')}")

    def _obey(self, name: bytes, value: int) -> None:
        match name:
            case b"\x1b@":
                self._type = _Type()
            case b"\x1bJ" | b"\x1bd":
                self._sheet.top += value if name == b"\x1bJ" else value * self._type.spacing
            case b"\x1dV":
                if value in _CUTS_WITH_FEED:
                    self._take(1)
                self._cut()
            case _:
                self._set(name, value)

    def _set(self, name: bytes, value: int) -> None:
        match name:
            case b"\x1ba":
                self._type.align = value % 48 % 3
            case b"\x1bE":
                self._type.bold = bool(value & 1)
            case b"\x1b2" | b"\x1b3":
                self._type.spacing = _USUAL_SPACING if name == b"\x1b2" else value
            case b"\x1bt" if value in _PAGES:
                self._type.page = _PAGES[value]
            case b"\x1c&" | b"\x1c.":
                self._type.is_kanji = name == b"\x1c&"
            case b"\x1c!":
                self._type.chinese = Size(1 + bool(value & _DOUBLE_WIDE), 1 + bool(value & _DOUBLE_HIGH))
            case b"\x1d!":
                self._type.latin = self._type.chinese = Size((value >> 4 & 7) + 1, (value & 7) + 1)
            case _:
                raise UnknownBytes(f"{name!r} does not take {value}")

    def _obey_long(self, name: bytes, values: bytes) -> None:
        if name == b"\x1dv0":
            across, down = int.from_bytes(values[1:3], "little"), int.from_bytes(values[3:5], "little")
            ink = Image.frombytes("1", (across * 8, down), self._take(across * down))
            self._print_picture(ImageOps.invert(ink))
            return
        body = self._take(int.from_bytes(values, "little"))
        if name == b"\x1d(k":
            self._symbol(body[1], body[2:])

    def _symbol(self, function: int, body: bytes) -> None:
        """GS ( k with its QR code functions; model and error correction do not show."""
        if function == _QR_SIZE:
            self._qr_module = body[0]
        elif function == _QR_STORE:
            self._qr = body[1:].decode()
        elif function == _QR_PRINT:
            self._print_picture(qr.symbol(self._qr, self._qr_module))

    def _cut(self) -> None:
        if self._line:
            self._print_line()
        page = Image.new("1", (self._width, max(self._sheet.top, 1)), 255)
        for dots, left, top in self._sheet.ink:
            page.paste(dots, (left, top))
        self._done.append(page)
        self._sheet = _Sheet()
