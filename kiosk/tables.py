"""Owns reading a table as offices save them: CSV in UTF-8, UTF-16 or GB18030 with comma, tab or semicolon; .xlsx, .xls.

Text that is damaged here and there is still read; the characters that are lost become U+FFFD.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from kiosk.errors import DamagedWorkbook, FileTooLarge, NotATable, NotCsv, ProtectedWorkbook

LOST = "\ufffd"
LARGEST_UNPACKED = 256 * 1024 * 1024
"""A workbook is a zip file; a small one may hold very much."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the name of a part, as [MS-OFFCRYPTO] has it
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
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise ProtectedWorkbook
    if is_workbook(data):
        return _workbook(data)
    text = decode(data)
    if "\0" in text:
        raise NotATable
    return Table(_csv(text), max(text.count("\n"), text.count("\r")) + 1)


def is_workbook(data: bytes) -> bool:
    """Whether it is one, or says so."""
    return data.startswith((_ZIP, _OLE))


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
    try:
        if data.startswith(_ZIP):
            _require_reasonable(data)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        name = next(sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible)
        sheet = book.get_sheet_by_name(name)
    except PasswordError:
        raise ProtectedWorkbook from None
    except (CalamineError, zipfile.BadZipFile, StopIteration, ValueError, OSError):
        raise DamagedWorkbook from None
    lines = ((number, [_text(value) for value in row]) for number, row in enumerate(sheet.iter_rows(), 1))
    return Table(lines, sheet.total_height)


def _require_reasonable(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
            raise FileTooLarge


def _text(value: object) -> str:
    """A cell as the spreadsheet shows it: whole numbers without a fraction, days as 2026-09-01."""
    match value:
        case str():
            return value
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value)
