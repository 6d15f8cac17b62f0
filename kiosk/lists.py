"""Owns what the lists have in common: lines become records or faults, and what must be unique is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from db.plans import Change, Fault
from db.words import Message
from kiosk import headings, tables
from kiosk.cells import Cells, same_as
from kiosk.headings import Column, Columns
from kiosk.tables import Table

R = TypeVar("R")
_REPORT_EVERY = 500
_LOOKED_AT = 65_536

Report = Callable[[int, int], None]
"""Hears how far something is: done, of about how many."""


class List(Protocol[R]):
    """A kind of list, as it is to be compared with what the store knows now."""

    columns: Columns

    def key(self, cells: Cells) -> str:
        """Which record a line is about; empty where it does not say."""

    def record(self, cells: Cells) -> R:
        """The record of a line; of no use where `cells` has faults afterwards."""

    def unique(self, record: R) -> Mapping[str, str | None]:
        """The columns whose values no other line may have; None where a line with faults has none."""

    def changes(self, reading: "Reading[R]") -> Iterator[Change]:
        """What is different from what the store knows. Raises `NoUsableLine`."""


@dataclass(frozen=True)
class Reading(Generic[R]):
    """What a file says: the right records by key, the faults in the order of the lines, every key that stands in it."""

    found: dict[str, R] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    mentioned: set[str] = field(default_factory=set)


def require_heading(data: bytes, columns: Columns) -> None:
    """Refuse what is no such list by its first lines. Raises `BadFile`.

    A workbook may hold very much: it is opened only where lists are read, in a process of its own.
    """
    if not tables.is_workbook(data):
        headings.find(tables.read(data[:_LOOKED_AT]).lines, columns)


def read(table: Table, listing: List[R], report: Report) -> Reading[R]:
    """Read every line; a faulty one gives no record. Raises `BadFile`."""
    lines = iter(table.lines)
    columns = headings.find(lines, listing.columns)
    reading = Reading[R]()
    seen: dict[tuple[str, str], int] = {}
    for line, values in lines:
        if line % _REPORT_EVERY == 0:
            report(line, table.total)
        if any(value.strip() for value in values):
            _read_line(reading, listing, Cells(columns, values), line, columns, seen)
    return reading


def _read_line(
    reading: Reading[R],
    listing: List[R],
    cells: Cells,
    line: int,
    columns: Mapping[str, Column],
    seen: dict[tuple[str, str], int],
) -> None:
    key = listing.key(cells)
    reading.mentioned.add(key)
    record = listing.record(cells)
    repeated = _repeated(listing.unique(record), seen, line)
    if repeated is not None and not cells.faults:
        cells.refuse(repeated[0], same_as(repeated[1]))
    if not cells.faults:
        reading.found[key] = record
    reading.faults.extend(_fault(line, column, why, cells, columns) for column, why in cells.faults)


def _repeated(unique: Mapping[str, str | None], seen: dict[tuple[str, str], int], line: int) -> tuple[str, int] | None:
    """The first column whose value stands in an earlier line, with that line; a faulty line counts too."""
    firsts = [(column, seen.setdefault((column, value), line)) for column, value in unique.items() if value]
    return next(((column, first) for column, first in firsts if first != line), None)


def _fault(line: int, column: str, why: Message, cells: Cells, columns: Mapping[str, Column]) -> Fault:
    heading = columns[column].heading if column in columns else column
    return Fault(line, column, heading, cells.raw(column), why)
