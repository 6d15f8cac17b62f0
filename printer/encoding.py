"""Owns the bytes of a slip in ESC/POS, Epson's language of receipt printers; opens no device.

Two ways, because printers differ: those with a Chinese font take GB18030 text, all others take one picture.
Facts of the language are from Epson's ESC/POS command reference, by the command's name.
"""

from collections.abc import Iterable
from typing import Any

from PIL import Image, ImageOps

from printer import library, logo, pattern, qr
from printer.letters import KANJI_OFF, columns, encoded
from printer.paper import CodePage, Font, Paper, QrWay
from printer.raster import picture
from printer.slip import LARGEST, Align, Block, Columns, Cut, Divider, Feed, Logo, Number, Pattern, Qr, Slip, Text
from printer.wrapping import wrap

Job = Any
"""What python-escpos collects bytes in: its `Dummy`."""

REPRINT = Text("重印 / Reprint", bold=True)

_CODE_PAGES = {  # ESC t
    CodePage.CP437: b"\x1bt\x00",
    CodePage.CP850: b"\x1bt\x02",
    CodePage.CP1252: b"\x1bt\x10",
    CodePage.CP852: b"\x1bt\x12",
    CodePage.CP858: b"\x1bt\x13",
}
_KANJI_SIZES = {1: b"\x1c!\x00", 2: b"\x1c!\x0c"}  # FS !: normal, twice as wide and high; there is no more
_PROFILES = {384: "Sunmi-V2", 576: "TM-T20II"}  # of python-escpos, as wide
_TALLEST_GAP = 16  # dots between lines
_AIR = b"\x1bJ\x0a"  # ESC J: above large letters
_TO_TEAR_OFF = 120  # dots from the head to the edge where paper is torn
_PIECE = 960  # dots of a picture's height
_BELOW = 24  # dots of white before the cut
_NUMBER_MARGIN = 2  # columns


def encode(slip: Slip, paper: Paper, *, reprint: bool) -> bytes:
    """The whole job, cut at the end; a reprint says so at the top."""
    marked = Slip((REPRINT, *slip.blocks)) if reprint else slip
    job = library.Dummy(profile=_PROFILES[paper.width_dots])
    job.hw("INIT")
    if paper.density:
        _raw(job, b"\x1d(K\x02\x001" + (paper.density % 256).to_bytes())  # GS ( K: function 49
    job.set(align="center")
    if paper.chinese is Font.RASTER:
        _draw_all(marked, job, paper)
    else:
        # Chinese models begin in kanji mode, where two letters with accents would be one character.
        _raw(job, KANJI_OFF + _CODE_PAGES[paper.code_page])
        for block in marked.blocks:
            _write(block, job, paper)
    return bytes(job.output)


def _draw_all(slip: Slip, job: Job, paper: Paper) -> None:
    part: list[Block] = []
    for block in slip.blocks:
        if not isinstance(block, Cut):
            part.append(block)
            continue
        if part:
            _image(picture(Slip(tuple(part)), paper.width_dots), job)
        _cut(job, paper)
        part = []


def _write(block: Block, job: Job, paper: Paper) -> None:
    match block:
        case Text(text, size, bold, align):
            _lines(_wrapped(text, paper, size), job, paper, size, bold=bold, align=align)
        case Columns():
            _columns(block, job, paper)
        case Number(text, wish):
            fits = max(1, (paper.columns - _NUMBER_MARGIN) // max(1, columns(text, paper.code_page)))
            _lines([text], job, paper, min(wish or LARGEST, fits, LARGEST), bold=True)
        case Qr(content, wish):
            _qr(content, qr.module_dots(content, paper.width_dots, wish), job, paper)
        case Logo(png):
            _image(logo.dots(png, paper.width_dots), job)
        case Pattern():
            _image(pattern.dots(paper.width_dots), job)
        case Divider():
            _lines(["-" * (paper.columns * 7 // 8)], job, paper)  # not all 80 mm printers have 48 columns
        case Feed(lines):
            _lines([""] * lines, job, paper)
        case Cut():
            _cut(job, paper)


def _wrapped(text: str, paper: Paper, size: int) -> list[str]:
    return wrap(text, lambda part: columns(part, paper.code_page), paper.columns // size)


def _lines(
    lines: Iterable[str],
    job: Job,
    paper: Paper,
    size: int = 1,
    *,
    bold: bool = False,
    align: Align = Align.CENTER,
) -> None:
    """Set the type and write lines of it. Clones heed `FS !` for Chinese, Epson's own the later of it and `GS !`."""
    _raw(job, _KANJI_SIZES[min(size, 2)])
    job.set(align=align.value, bold=bold, custom_size=True, width=size, height=size)
    _raw(job, b"\x1b3" + (24 * size + min(6 * size, _TALLEST_GAP)).to_bytes())  # ESC 3: from line to line
    if size > 1:
        _raw(job, _AIR)
    for line in lines:
        _raw(job, encoded(line, paper.code_page) + b"\n")


def _columns(block: Columns, job: Job, paper: Paper) -> None:
    gap = paper.columns // block.size - columns(block.left + block.right, paper.code_page)
    if gap > 0:
        _lines([block.left + " " * gap + block.right], job, paper, block.size, bold=block.bold, align=Align.LEFT)
        return
    for text, align in ((block.left, Align.LEFT), (block.right, Align.RIGHT)):
        _lines(_wrapped(text, paper, block.size), job, paper, block.size, bold=block.bold, align=align)


def _qr(content: str, module: int, job: Job, paper: Paper) -> None:
    if paper.qr is QrWay.RASTER:
        _image(qr.picture(content, module), job)
        return
    quiet = b"\x1bJ" + (qr.QUIET * module).to_bytes()  # ESC J: white above and below, which a reader needs
    _raw(job, quiet)
    job.set(align="center")
    job.qr(content, ec=library.QR_ECLEVEL_M, size=module, native=True)
    _raw(job, quiet)


def _image(dots: Image.Image, job: Job) -> None:
    """In pieces that every printer's memory holds; the library's own way through colours takes ten times as long."""
    job.set(align="center")
    ink = ImageOps.invert(dots)
    across = (dots.width + 7) // 8
    for top in range(0, dots.height, _PIECE):
        piece = ink.crop((0, top, dots.width, min(top + _PIECE, dots.height)))
        size = across.to_bytes(2, "little") + piece.height.to_bytes(2, "little")
        _raw(job, b"\x1dv0\x00" + size + piece.tobytes())  # GS v 0


def _cut(job: Job, paper: Paper) -> None:
    _raw(job, b"\x1bJ" + (_BELOW if paper.has_cutter else _TO_TEAR_OFF).to_bytes())
    if paper.has_cutter:
        job.cut(feed=False)  # GS V 66: feeds to the cutter by itself


def _raw(job: Job, data: bytes) -> None:
    """Past the library's own `text`, which loses Chinese punctuation and rare characters."""
    job._raw(data)  # noqa: SLF001 — there is no other way
