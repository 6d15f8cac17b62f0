"""Owns reports as sheets for office programs: CSV with a byte order mark, .xlsx; no cell can act as a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from db.words import Message, Names
from display.report_words import (
    ATTAINMENT,
    BOOKINGS,
    CAUSES,
    CLASSES,
    FIGURES,
    GROUPS,
    MISSES,
    SHEETS,
)

Json = dict[str, Any]
Cell = str | int | float | None
Say = Callable[[Message], str]
Sheet = tuple[str, list[list[Cell]]]
"""A title and lines, the first of which is the heading."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_WIDTH = 16


class Words:
    """Puts a report's codes into one language: `say` a message, `names` services and tiers by code."""

    def __init__(self, say: Say, language: str, services: Mapping[str, Names], tiers: Mapping[str, Names]) -> None:
        self.say = say
        self._names = {
            kind: {code: str(getattr(name, language)) for code, name in known.items()}
            for kind, known in (("service", services), ("tier", tiers))
        }

    def cell(self, kind: str, value: Cell) -> Cell:
        """One value of a column as people read it."""
        if kind in self._names and isinstance(value, str):
            return self._names[kind].get(value, value)
        if kind == "class" and value in CLASSES:
            return self.say(CLASSES[str(value)])
        if kind == "cause":
            return self.say(next(said for cause, said in CAUSES.items() if cause == value))
        return f"{value:02}:00" if kind == "hour" and isinstance(value, int) else value


def figures(found: Json, words: Words) -> list[Sheet]:
    """One sheet: a line for all together, then one for each group."""
    by = str(found["by"])
    columns = [key for key in FIGURES if key in found["total"]]
    heading: list[Cell] = [words.say(GROUPS[by]), *(words.say(FIGURES[key]) for key in columns)]
    total: list[Cell] = [words.say(SHEETS["total"]), *(found["total"][key] for key in columns)]
    rows = [[words.cell(by, row["group"]), *(row.get(key) for key in columns)] for row in found["rows"]]
    return [(words.say(SHEETS["figures"]), [heading, total, *rows])]


def inspection(found: Json, words: Words) -> list[Sheet]:
    """Attainment by month, every miss, bookings."""
    return [
        (words.say(SHEETS["months"]), table(ATTAINMENT, found["months"], words)),
        (words.say(SHEETS["misses"]), table(MISSES, found["misses"], words)),
        (words.say(SHEETS["bookings"]), table(BOOKINGS, found["bookings"], words)),
    ]


def as_csv(sheets: Iterable[Sheet]) -> bytes:
    """The sheets one below the other, with an empty line between."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for n, (_, lines) in enumerate(sheets):
        if n:
            writer.writerow([])
        writer.writerows([_harmless(cell) for cell in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """A workbook with a frozen heading on each sheet."""
    import openpyxl  # noqa: PLC0415 — loaded by who wants a workbook, not at every start of the server

    book = openpyxl.Workbook(write_only=True)
    for title, lines in sheets:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "B2"
        for column in range(len(lines[0])):
            sheet.column_dimensions[openpyxl.utils.get_column_letter(column + 1)].width = _WIDTH
        for n, line in enumerate(lines):
            sheet.append([_cell(sheet, value, is_bold=n == 0) for value in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table(columns: Mapping[str, Message], rows: Sequence[Json], words: Words) -> list[list[Cell]]:
    """A heading, then a line for each row."""
    lines: list[list[Cell]] = [[words.cell(key, row[key]) for key in columns] for row in rows]
    return [[words.say(said) for said in columns.values()], *lines]


def _cell(sheet: Any, value: Cell, *, is_bold: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 — see above
    from openpyxl.styles import Font  # noqa: PLC0415

    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"  # a name like “=1+1” stays a name
    if is_bold:
        cell.font = Font(bold=True)
    return cell


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
