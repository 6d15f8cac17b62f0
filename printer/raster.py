"""Owns a slip as a picture, for printers without a Chinese font; knows no printer command.

Sizes are dots of a 203 dpi printer (8 to the millimetre). Below 26 dots, strokes of Chinese characters run together.
"""

from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import sans_path

from printer import logo, pattern, qr
from printer.slip import Align, Block, Columns, Divider, Feed, Logo, Number, Pattern, Qr, Slip, Text
from printer.wrapping import wrap

TEXT_DOTS = 26
BOLD_DOTS = 30  # room for the thicker strokes
NUMBER_SHARE = 0.39  # of the paper's width: four letters fit

_BLACK, _WHITE = 0, 255
_THRESHOLD = 140  # grey of an edge that still becomes a black dot: keeps thin strokes whole
_LEADING = 1.4  # height of a line in heights of its letters
_GAP = 16  # dots between columns
_ANCHORS = {Align.LEFT: (0.0, "lm"), Align.CENTER: (0.5, "mm"), Align.RIGHT: (1.0, "rm")}


def picture(slip: Slip, dots: int) -> Image.Image:
    """The slip in black and white (mode 1), `dots` wide."""
    strips = [_strip(block, dots) for block in slip.blocks]
    page = Image.new("L", (dots, sum(strip.height for strip in strips)), _WHITE)
    top = 0
    for strip in strips:
        page.paste(strip, ((dots - strip.width) // 2, top))
        top += strip.height
    return page.point(lambda grey: _BLACK if grey < _THRESHOLD else _WHITE, "1")


def _strip(block: Block, dots: int) -> Image.Image:
    match block:
        case Text(text, size, bold, align):
            return _text(text, _height(size, bold=bold), dots, stroke=0.5 * bold, align=align)
        case Columns():
            return _columns(block, dots)
        case Number(text, size):
            return _number(text, TEXT_DOTS * size if size else round(dots * NUMBER_SHARE), dots)
        case Qr() | Logo() | Pattern():
            return _symbol(block, dots).convert("L")
        case Divider():
            return _divider(dots)
    lines = block.lines if isinstance(block, Feed) else 0  # a cut is no ink
    return Image.new("L", (dots, TEXT_DOTS * lines), _WHITE)


def _symbol(block: Qr | Logo | Pattern, dots: int) -> Image.Image:
    match block:
        case Logo(png):
            return logo.dots(png, dots)
        case Pattern():
            return pattern.dots(dots)
    return qr.picture(block.content, qr.module_dots(block.content, dots, block.module))


def _height(size: int, *, bold: bool) -> int:
    return (BOLD_DOTS if bold else TEXT_DOTS) * size


def _text(text: str, height: int, dots: int, stroke: float, align: Align = Align.CENTER) -> Image.Image:
    font = _font(height)
    lines = wrap(text, lambda part: font.getlength(part) + 2 * stroke, dots)
    leading = round(height * _LEADING)
    strip = Image.new("L", (dots, leading * len(lines)), _WHITE)
    draw = ImageDraw.Draw(strip)
    across, anchor = _ANCHORS[align]
    for row, line in enumerate(lines):
        draw.text((dots * across, (row + 0.5) * leading), line, _BLACK, font, anchor, stroke_width=stroke)
    return strip


def _number(text: str, wish: int, dots: int) -> Image.Image:
    height = min(wish, int(wish * dots * 0.95 / _font(wish).getlength(text)))
    return _text(text, height, dots, stroke=2.0)


def _columns(block: Columns, dots: int) -> Image.Image:
    height, stroke = _height(block.size, bold=block.bold), 0.5 * block.bold
    both = [(block.left, Align.LEFT), (block.right, Align.RIGHT)]
    left, right = (_text(text, height, dots, stroke, align) for text, align in both)
    if _font(height).getlength(block.left + block.right) + _GAP <= dots:
        return ImageChops.darker(left, right)
    strip = Image.new("L", (dots, left.height + right.height), _WHITE)
    strip.paste(left, (0, 0))
    strip.paste(right, (0, left.height))
    return strip


def _divider(dots: int) -> Image.Image:
    strip = Image.new("L", (dots, TEXT_DOTS), _WHITE)
    ImageDraw.Draw(strip).line((0, TEXT_DOTS // 2, dots, TEXT_DOTS // 2), _BLACK, 2)
    return strip


@lru_cache(maxsize=16)
def _font(height: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(sans_path(), height)
