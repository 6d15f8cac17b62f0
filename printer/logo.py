"""Owns a store's logo: what of a picture is kept, and the dots it becomes on paper."""

import io
from functools import lru_cache

from PIL import Image, ImageOps, UnidentifiedImageError

from printer.slip_faults import BadLogo

LARGEST_FILE = 5 * 1024 * 1024
MOST_PIXELS = 20_000_000

_KEPT = (576, 400)  # as much as the widest paper can show
_HIGHEST = 160  # dots: two centimetres
_BELOW = 16  # dots of white
_ACROSS = 0.75  # of the paper's width
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")


def kept(picture: bytes) -> bytes:
    """A picture file as a PNG in greys on white, no larger than paper can show. Raises `BadLogo`."""
    if len(picture) > LARGEST_FILE:
        raise BadLogo
    try:
        with Image.open(io.BytesIO(picture), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise BadLogo
            grey = _on_white(ImageOps.exif_transpose(opened))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        raise BadLogo from None
    grey.thumbnail(_KEPT, Image.Resampling.LANCZOS)
    png = io.BytesIO()
    grey.save(png, "PNG", optimize=True)
    return png.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """Flat, without the empty margin around it."""
    coloured = picture.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured).convert("L")
    return flat.crop(ImageOps.invert(flat).getbbox() or (0, 0, 1, 1))


@lru_cache(8)
def dots(png: bytes, width: int) -> Image.Image:
    """The logo in black and white for paper so many dots wide: greys become patterns of dots."""
    with Image.open(io.BytesIO(png)) as opened:
        grey = opened.convert("L")
    grey.thumbnail((int(width * _ACROSS), _HIGHEST), Image.Resampling.LANCZOS)
    page = Image.new("1", (grey.width, grey.height + _BELOW), 255)
    page.paste(grey.convert("1", dither=Image.Dither.FLOYDSTEINBERG))
    return page
