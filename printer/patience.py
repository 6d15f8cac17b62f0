"""Owns how long a printer in trouble is left alone before its next try. Pure."""

from printer.errors import PrinterFault

BACK_OFF_S = (2.0, 5.0, 15.0, 30.0, 60.0)
TOLD_S = 5.0
"""A printer that names its fault is asked again so soon at the latest: somebody mends it meanwhile, and a try begins
with a question, which costs no paper."""


def wait_s(attempts: int, fault: PrinterFault | None) -> float:
    """Seconds until the next try, after so many."""
    wait = BACK_OFF_S[min(attempts, len(BACK_OFF_S)) - 1]
    return min(wait, TOLD_S) if fault and fault.was_told and not fault.paper_out else wait
