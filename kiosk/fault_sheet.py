"""Owns the faults of a list as a sheet for office programs: UTF-8 CSV with a byte order mark, no formulas."""

import csv
import io
from collections.abc import Callable, Iterable

from db.plans import Fault
from db.words import Message

_HEADINGS = (
    Message("line", "Line"),
    Message("column", "Column"),
    Message("value", "Value"),
    Message("reason", "Reason"),
)
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def sheet(faults: Iterable[Fault], say: Callable[[Message], str]) -> bytes:
    """The faults in the language that `say` speaks."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([say(heading) for heading in _HEADINGS])
    for fault in faults:
        writer.writerow([fault.line, harmless(fault.heading), harmless(fault.value), harmless(say(fault.why))])
    return text.getvalue().encode("utf-8-sig")


def harmless(value: str) -> str:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if value.lstrip(" \u3000").startswith(_FORMULA_STARTS) else value
