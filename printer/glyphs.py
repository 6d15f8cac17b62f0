"""Owns the letters of a printer's own fonts as dots: 12 × 24 for a narrow letter, 24 × 24 for a Chinese character.

The shapes are Noto Sans SC's, squeezed into the printer's cells; a real printer's look a little different.
"""

from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import sans_path

HEIGHT = 24
NARROW = 12
WIDE = 24

_THRESHOLD = 150
_LETTER = 21  # height of the type, so that accents and descenders stay within the cell
_BASELINE = 19
_FINE = 4  # drawn so many times larger first
_WHITE, _BLACK = 255, 0


@lru_cache(4096)
def glyph(letter: str, across: int, down: int, *, wide: bool, bold: bool) -> Image.Image:
    """A letter in black and white, magnified `across` and `down` times, dot by dot as a printer does."""
    cell = WIDE if wide else NARROW
    dots = _drawn(letter, cell)
    if bold:
        dots = ImageChops.darker(
            dots, dots.transform(dots.size, Image.Transform.AFFINE, (1, 0, -1, 0, 1, 0), fillcolor=_WHITE)
        )
    return dots.resize((cell * across, HEIGHT * down), Image.Resampling.NEAREST)


def _drawn(letter: str, cell: int) -> Image.Image:
    font, width = _font(), cell * _FINE
    drawing = Image.new("L", (max(width, round(font.getlength(letter))), HEIGHT * _FINE), _WHITE)
    ImageDraw.Draw(drawing).text((drawing.width / 2, _BASELINE * _FINE), letter, _BLACK, font, "ms")
    small = drawing.resize((cell, HEIGHT), Image.Resampling.BOX)
    return small.point(lambda grey: _BLACK if grey < _THRESHOLD else _WHITE)


@lru_cache(1)
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(sans_path(), _LETTER * _FINE)
