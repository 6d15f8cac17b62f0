"""Owns a printer's options beside its paper: copies, and what a model is known to be able to do."""

from collections.abc import Mapping

from printer import library
from printer.errors import BadPrinterOption

MOST_COPIES = 5
_NARROW_MM = 60.0


def copies_of(options: Mapping[str, str]) -> int:
    """How many times a slip is printed, 1 to 5. Raises `BadPrinterOption`."""
    given = options.get("copies", "1")
    if given not in map(str, range(1, MOST_COPIES + 1)):
        raise BadPrinterOption(option="copies", value=given, known=", ".join(map(str, range(1, MOST_COPIES + 1))))
    return int(given)


def models() -> list[str]:
    """The models that python-escpos's table of printers knows."""
    return sorted(library.CAPABILITIES["profiles"])


def model_options(model: str) -> dict[str, str]:
    """What is known of a model, as options: paper, cutter, who draws QR codes. Raises `BadPrinterOption`."""
    profile = library.CAPABILITIES["profiles"].get(model)
    if profile is None:
        raise BadPrinterOption(option="model", value=model, known=", ".join(models()))
    features, width = profile["features"], profile["media"]["width"]["mm"]
    known = {
        "model": model,
        "cutter": "yes" if features["paperFullCut"] or features["paperPartCut"] else "no",
        "qr": "native" if features["qrCode"] else "raster",
    }
    if isinstance(width, int | float):
        known["width_mm"] = "58" if width < _NARROW_MM else "80"
    return known
