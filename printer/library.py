"""Owns the import of python-escpos (0.2 s): made when a printer first needs it, and kept from changing how we log.

The library calls `logging.basicConfig()` when it is imported, and `logging.info()` whenever it opens a device: both
would give the root logger a handler of its own. Use `library.NAME`; `from printer.library import NAME` imports at once.
"""

import logging
from functools import cache
from types import SimpleNamespace
from typing import Any


def __getattr__(name: str) -> Any:
    """What the library has of this name."""
    return getattr(_library(), name)


@cache
def _library() -> SimpleNamespace:
    handlers = logging.root.handlers[:]
    import escpos.printer.serial  # noqa: PLC0415 — see above
    import escpos.printer.usb  # noqa: PLC0415
    from escpos.capabilities import CAPABILITIES  # noqa: PLC0415
    from escpos.constants import QR_ECLEVEL_M  # noqa: PLC0415
    from escpos.exceptions import Error  # noqa: PLC0415
    from escpos.printer import Dummy, Serial, Usb  # noqa: PLC0415

    logging.root.handlers[:] = handlers
    for module in (escpos.printer.serial, escpos.printer.usb):
        module.logging = logging.getLogger("escpos")
    return SimpleNamespace(
        CAPABILITIES=CAPABILITIES, QR_ECLEVEL_M=QR_ECLEVEL_M, Dummy=Dummy, Error=Error, Serial=Serial, Usb=Usb
    )
