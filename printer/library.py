"""Owns the import of python-escpos (0.3 s), kept from changing how the program logs; knows nothing of slips.

The library calls `logging.basicConfig()` when it is imported, which would give the root logger a handler of its own.
"""

import logging

_handlers = logging.root.handlers[:]

from escpos.constants import QR_ECLEVEL_M, RT_STATUS, RT_STATUS_ONLINE, RT_STATUS_PAPER  # noqa: E402
from escpos.printer import Dummy, Network  # noqa: E402

logging.root.handlers[:] = _handlers

__all__ = ["QR_ECLEVEL_M", "RT_STATUS", "RT_STATUS_ONLINE", "RT_STATUS_PAPER", "Dummy", "Network"]
