"""Owns what a printer's paper is like: its width, whose letters are printed on it, what the printer can do.

Everything comes from a printer's options, as they are stored. Dots are those of a 203 dpi printer, 8 to the millimetre.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from printer.errors import BadPrinterOption

DENSITIES = range(-6, 7)
"""How dark a printer prints: 0 is its own setting, each step is one of the printer's."""

_DOTS_AND_COLUMNS = {58: (384, 32), 80: (576, 48)}
_YES, _NO = "yes", "no"


class Font(StrEnum):
    """Whose letters are printed: the printer's own Chinese font, or ours as a picture."""

    GB18030 = "gb18030"
    RASTER = "raster"


class QrWay(StrEnum):
    """Who draws a QR code: the printer by its own command, or we as a picture."""

    NATIVE = "native"
    RASTER = "raster"


class CodePage(StrEnum):
    """How a printer with a Chinese font is sent letters with accents; named as Python's codecs."""

    CP437 = "cp437"
    CP850 = "cp850"
    CP852 = "cp852"
    CP858 = "cp858"
    CP1252 = "cp1252"


@dataclass(frozen=True, slots=True)
class Paper:
    """The paper of one printer. `columns` are letters across at normal size, `density` is one of `DENSITIES`."""

    width_dots: int = 576
    columns: int = 48
    code_page: CodePage = CodePage.CP437
    has_cutter: bool = True
    chinese: Font = Font.GB18030
    qr: QrWay = QrWay.NATIVE
    density: int = 0


def paper_of(options: Mapping[str, str]) -> Paper:
    """The paper among a printer's options; what is absent is the usual. Raises `BadPrinterOption`.

    `width_mm` 58 or 80 (default), `font` `gb18030` (default) or `raster`, `code_page` (default cp437), `cutter` `yes`
    (default) or `no`, `qr` `native` (default) or `raster`, `density` -6 to 6 (default 0).
    """
    dots, columns = _DOTS_AND_COLUMNS[int(_one_of(options, "width_mm", "80", map(str, _DOTS_AND_COLUMNS)))]
    return Paper(
        width_dots=dots,
        columns=columns,
        code_page=CodePage(_one_of(options, "code_page", CodePage.CP437, CodePage)),
        has_cutter=_one_of(options, "cutter", _YES, (_YES, _NO)) == _YES,
        chinese=Font(_one_of(options, "font", Font.GB18030, Font)),
        qr=QrWay(_one_of(options, "qr", QrWay.NATIVE, QrWay)),
        density=int(_one_of(options, "density", "0", map(str, DENSITIES))),
    )


def _one_of(options: Mapping[str, str], option: str, usual: str, known: Iterable[str]) -> str:
    value, choices = options.get(option, usual), list(known)
    if value not in choices:
        raise BadPrinterOption(option=option, value=value, known=", ".join(choices))
    return value
