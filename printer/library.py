"""Owns the import of python-escpos (0.3 s), kept from changing how the program logs; knows nothing of slips.

The library calls `logging.basicConfig()` when it is imported, and `logging.info()` whenever it opens a device: both
would give the root logger a handler of its own.
"""

import logging

_handlers = logging.root.handlers[:]

import escpos.printer.serial  # noqa: E402
import escpos.printer.usb  # noqa: E402
from escpos.capabilities import CAPABILITIES  # noqa: E402
from escpos.constants import QR_ECLEVEL_M  # noqa: E402
from escpos.exceptions import Error  # noqa: E402
from escpos.printer import Dummy, Serial, Usb  # noqa: E402

logging.root.handlers[:] = _handlers
for _module in (escpos.printer.serial, escpos.printer.usb):
    _module.logging = logging.getLogger("escpos")

__all__ = ["CAPABILITIES", "QR_ECLEVEL_M", "Dummy", "Error", "Serial", "Usb"]
