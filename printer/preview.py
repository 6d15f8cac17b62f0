"""Owns a slip as a picture of its paper, made from the very bytes a printer would get."""

import io

from PIL import Image, ImageDraw

from printer.encoding import encode
from printer.interpreter import sheets
from printer.paper import Paper
from printer.slip import Slip

DOTS_PER_INCH = 203
_BETWEEN = 24
_DASH, _GAP = 12, 8


def png(slip: Slip, paper: Paper) -> bytes:
    """The slip as a PNG, one pixel for each dot; a dashed line where it is cut apart."""
    return png_of(encode(slip, paper, reprint=False), paper)


def png_of(job: bytes, paper: Paper) -> bytes:
    """The same of a finished job."""
    made = sheets(job, paper.width_dots)
    page = Image.new("1", (paper.width_dots, sum(sheet.height + _BETWEEN for sheet in made) - _BETWEEN), 255)
    draw, top = ImageDraw.Draw(page), 0
    for sheet in made:
        page.paste(sheet, (0, top))
        top += sheet.height + _BETWEEN
        for left in range(0, paper.width_dots if top < page.height else 0, _DASH + _GAP):
            draw.line((left, top - _BETWEEN // 2, left + _DASH, top - _BETWEEN // 2), 0, 2)
    file = io.BytesIO()
    page.save(file, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return file.getvalue()
