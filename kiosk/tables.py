"""Owns reading a table as offices save them: CSV in UTF-8, UTF-16 or GB18030 with comma, tab or semicolon; .xlsx.

Text that is damaged here and there is still read; the characters that are lost become U+FFFD.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice

from db.errors import DamagedWorkbook, FileTooLarge, NotATable, NotCsv, OldWorkbook

LOST = "\ufffd"
LARGEST_UNPACKED = 1024 * 1024 * 1024
"""A workbook is a zip file; a small one may hold very much."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_DELIMITERS = ",\t;"
_HEAD_LINES = 10
_GOOD_PER_LOST = 10

Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a file with their numbers (the first is 1) and, for progress, about how many there are."""

    lines: Iterator[Line]
    total: int


def read(data: bytes) -> Table:
    """Find out what a file is and read it. Raises `BadFile`, also while the lines are walked through."""
    if data.startswith(_OLE):
        raise OldWorkbook
    if data.startswith(_ZIP):
        return _workbook(data)
    text = decode(data)
    if "\0" in text:
        raise NotATable
    return Table(_csv(text), max(text.count("\n"), text.count("\r")) + 1)


def decode(data: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8 if nearly all of it is, else GB18030."""
    for mark, encoding in _BOMS.items():
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    text = data.decode("utf-8", "replace")
    lost = text.count(LOST)
    good = len(text) - len(text.encode("ascii", "ignore")) - lost
    return text if lost * _GOOD_PER_LOST <= good else data.decode("gb18030", "replace")


def _csv(text: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise NotCsv(line=reader.line_num) from None


def _delimiter(text: str) -> str:
    """The one that makes most columns of the first lines; a comma where none does."""

    def columns(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            return max((len(cells) for cells in islice(reader, _HEAD_LINES)), default=0)
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=columns)


def _workbook(data: bytes) -> Table:
    """The first sheet that is not hidden."""
    _require_reasonable(data)
    import openpyxl  # noqa: PLC0415 — 0.2 s that only workbooks need

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and checks that we do not look at
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
            total = sheet.max_row or 0
            sheet.reset_dimensions()  # some programs write them wrong
    except Exception:  # noqa: BLE001 — openpyxl raises whatever a damaged file leads it to
        raise DamagedWorkbook from None
    return Table(_rows(sheet.iter_rows(values_only=True)), total)


def _require_reasonable(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise DamagedWorkbook from None
    if unpacked > LARGEST_UNPACKED:
        raise FileTooLarge


def _rows(rows: Iterator[tuple[object, ...]]) -> Iterator[Line]:
    number = 0
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                row = next(rows, None)
        except Exception:  # noqa: BLE001 — see above
            raise DamagedWorkbook from None
        if row is None:
            return
        number += 1
        yield number, [_text(value) for value in row]


def _text(value: object) -> str:
    """A cell as the spreadsheet shows it: whole numbers without a fraction, days as 2026-09-01."""
    match value:
        case None:
            return ""
        case str():
            return value
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value)
