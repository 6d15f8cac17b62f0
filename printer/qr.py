"""Owns a QR code as dots, and how large its squares are; knows no printer command."""

from functools import lru_cache
from typing import Any

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4
"""Modules of white a reader needs around a code."""

_MODULES = {384: 6, 576: 7}  # 0.75 and 0.875 mm: an old phone reads them at arm's length


def module_dots(content: str, width_dots: int, wish: int | None) -> int:
    """How many dots one module has: as wished or as reads well, but never so many that the code is too wide."""
    most = width_dots // (_modules(content) + 2 * QUIET)
    return max(1, min(wish or _MODULES[width_dots], most))


def picture(content: str, module: int) -> Image.Image:
    """The code in black and white with its quiet zone."""
    code = symbol(content, module)
    whole = Image.new("1", (code.width + 2 * QUIET * module,) * 2, 255)
    whole.paste(code, (QUIET * module,) * 2)
    return whole


def symbol(content: str, module: int) -> Image.Image:
    """The code alone, error correction M."""
    rows = _matrix(content)
    small = Image.new("1", (len(rows), len(rows)), 255)
    small.putdata([0 if dark else 255 for row in rows for dark in row])
    return small.resize((len(rows) * module,) * 2, Image.Resampling.NEAREST)


def _modules(content: str) -> int:
    """How many modules a code has across; without drawing it, which takes tens of milliseconds."""
    version: int = _code(content).best_fit(start=1)
    return 17 + 4 * version  # as the standard has it


@lru_cache(16)
def _matrix(content: str) -> list[list[bool]]:
    code = _code(content)
    code.make()
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def _code(content: str) -> Any:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(content)
    return code
