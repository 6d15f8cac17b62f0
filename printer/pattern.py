"""Owns the pattern of the test page: what shows whether paper lies straight and how dark the printer prints."""

from PIL import Image, ImageDraw

_MM = 8  # dots
_RULER = 40
_PATCH = 64
_LINES = 48
_SHADES = (16, 8, 4, 2, 1)  # every so many dots is black, the last patch all of them
_WHITE, _BLACK = 255, 0


def dots(width: int) -> Image.Image:
    """A ruler in millimetres from edge to edge, patches from light to black, lines one to four dots thin."""
    picture = Image.new("1", (width, _RULER + _PATCH + _LINES), _WHITE)
    draw = ImageDraw.Draw(picture)
    _rule(draw, width)
    _shade(picture, width // len(_SHADES))
    for thickness in range(1, 5):
        top = _RULER + _PATCH + 10 * thickness
        draw.rectangle((0, top, width - 1, top + thickness - 1), _BLACK)
    return picture


def _rule(draw: ImageDraw.ImageDraw, width: int) -> None:
    for millimetre in range(width // _MM + 1):
        length = 24 if millimetre % 10 == 0 else 16 if millimetre % 5 == 0 else 8
        left = min(millimetre * _MM, width - 1)
        draw.line((left, 0, left, length), _BLACK)
    draw.line((0, 0, width - 1, 0), _BLACK)


def _shade(picture: Image.Image, across: int) -> None:
    for index, every in enumerate(_SHADES):
        for top in range(_RULER, _RULER + _PATCH - 8):
            for left in range(index * across, (index + 1) * across):
                if (left + 3 * top) % every == 0:
                    picture.putpixel((left, top), _BLACK)
