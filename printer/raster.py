"""Owns a slip as a picture, for printers without a Chinese font; knows no printer command.

Sizes are dots of a 203 dpi printer (8 to the millimetre). Below 26 dots, strokes of Chinese characters run together.
"""

from functools import lru_cache

import qrcode
from PIL import Image, ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import sans_path
from qrcode.constants import ERROR_CORRECT_M

from printer.slip import Block, Divider, Feed, Number, Qr, Slip, Text
from printer.wrapping import wrap

TEXT_DOTS = 26
BOLD_DOTS = 30  # room for the thicker strokes
NUMBER_DOTS = 150

_BLACK, _WHITE = 0, 255
_THRESHOLD = 140  # grey of an edge that still becomes a black dot: keeps thin strokes whole
_LEADING = 1.4  # height of a line in heights of its letters


def picture(slip: Slip, dots: int, module: int) -> Image.Image:
    """The slip in black and white, `dots` wide; a module of its QR code is `module` dots."""
    strips = [_strip(block, dots, module) for block in slip.blocks]
    page = Image.new("L", (dots, sum(strip.height for strip in strips)), _WHITE)
    top = 0
    for strip in strips:
        page.paste(strip, ((dots - strip.width) // 2, top))
        top += strip.height
    return page.point(lambda grey: _BLACK if grey < _THRESHOLD else _WHITE)


def _strip(block: Block, dots: int, module: int) -> Image.Image:
    match block:
        case Text(text, size, bold):
            return _text(text, (BOLD_DOTS if bold else TEXT_DOTS) * size, dots, stroke=0.5 * bold)
        case Number(text):
            return _text(text, NUMBER_DOTS, dots, stroke=2.0)
        case Qr(url):
            return _qr(url, module)
        case Divider():
            return _divider(dots)
        case Feed():
            return Image.new("L", (dots, TEXT_DOTS), _WHITE)
    return Image.new("L", (dots, 0), _WHITE)  # a cut is no ink


def _text(text: str, height: int, dots: int, stroke: float) -> Image.Image:
    font = _font(height)
    lines = wrap(text, font.getlength, dots)
    leading = round(height * _LEADING)
    strip = Image.new("L", (dots, leading * len(lines)), _WHITE)
    draw = ImageDraw.Draw(strip)
    for row, line in enumerate(lines):
        draw.text((dots / 2, (row + 0.5) * leading), line, _BLACK, font, "mm", stroke_width=stroke)
    return strip


def _qr(url: str, module: int) -> Image.Image:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=module)
    code.add_data(url)
    image: Image.Image = code.make_image().get_image()
    return image.convert("L")


def _divider(dots: int) -> Image.Image:
    strip = Image.new("L", (dots, TEXT_DOTS), _WHITE)
    ImageDraw.Draw(strip).line((0, TEXT_DOTS // 2, dots, TEXT_DOTS // 2), _BLACK, 2)
    return strip


@lru_cache(maxsize=8)
def _font(height: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(sans_path(), height)
