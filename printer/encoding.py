"""Owns the bytes of a slip in ESC/POS, Epson's language of receipt printers; opens no device.

Two ways, because printers differ: those with a Chinese font take GB18030 text, all others take one picture.
Facts of the language are from Epson's ESC/POS command reference, by the command's name.
"""

from collections.abc import Iterable
from typing import NamedTuple

from printer.library import QR_ECLEVEL_M, Dummy
from printer.paper import Font, Paper
from printer.raster import picture
from printer.slip import Block, Cut, Divider, Feed, Number, Qr, Slip, Text
from printer.wrapping import wrap

REPRINT = Text("重印 / Reprint", bold=True)

_KANJI_ON, _KANJI_OFF = b"\x1c&", b"\x1c."  # FS & and FS .: two-byte characters; Chinese models read GB18030 then
_DIVIDER_COLUMNS = 32  # fits every printer; one that wrapped it would print two
_LARGEST = 8  # GS !: up to eight times wide and high


class _Width(NamedTuple):
    """A printer at 203 dpi: dots and letters across, a QR module's dots, and a python-escpos profile as wide."""

    dots: int
    columns: int
    module: int
    profile: str


_WIDTHS = {384: _Width(384, 32, 5, "Sunmi-V2"), 576: _Width(576, 48, 7, "TM-T20II")}


def encode(slip: Slip, paper: Paper, *, reprint: bool) -> bytes:
    """The whole job, cut at the end; a reprint says so at the top."""
    width = _WIDTHS[paper.width_dots]
    marked = Slip((REPRINT, *slip.blocks)) if reprint else slip
    job = Dummy(profile=width.profile)
    job.hw("INIT")
    job.set(align="center")
    if paper.chinese is Font.RASTER:
        job.image(picture(marked, width.dots, width.module))
        job.cut(feed=False)
    else:
        _write_all(marked, job, width)
    return bytes(job.output)


def _write_all(slip: Slip, job: Dummy, width: _Width) -> None:
    for block in slip.blocks:
        _write(block, job, width)


def _write(block: Block, job: Dummy, width: _Width) -> None:
    match block:
        case Text(text, size, bold):
            job.set(bold=bold, custom_size=True, width=size, height=size)
            _chinese(wrap(text, _columns, width.columns // size), job)
        case Number(text):
            size = min(_LARGEST, (width.columns - 2) // len(text))
            job.set(bold=False, custom_size=True, width=size, height=size)
            _raw(job, text.encode("ascii") + b"\n")
        case Qr(url):
            job.qr(url, ec=QR_ECLEVEL_M, size=width.module, native=True)
        case Divider():
            job.set(bold=False, custom_size=True, width=1, height=1)
            _raw(job, b"-" * _DIVIDER_COLUMNS + b"\n")
        case Feed():
            _raw(job, b"\n")
        case Cut():
            job.cut(feed=False)  # GS V 66: feeds to the cutter by itself


def _chinese(lines: Iterable[str], job: Dummy) -> None:
    for line in lines:
        _raw(job, _KANJI_ON + line.encode("gb18030") + _KANJI_OFF + b"\n")


def _columns(text: str) -> int:
    """How wide a text is in Latin letters; whatever GB18030 writes in two bytes or more is two wide."""
    return sum(min(len(letter.encode("gb18030")), 2) for letter in text)


def _raw(job: Dummy, data: bytes) -> None:
    """Past the library's own `text`, which loses Chinese punctuation and rare characters."""
    job._raw(data)  # noqa: SLF001 — there is no other way
