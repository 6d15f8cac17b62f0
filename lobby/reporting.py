"""Owns `lobbyline report`: reads the store beside a running server, and prints or writes a report."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from db import settings
from db.connection import open_reader, snapshot
from display import report_reading, report_sheets
from display.reports import By
from lobby import texts
from lobby.clock import Clock
from lobby.errors import BadSetting

SHOWN = ("issued", "served", "wait_mean_s", "wait_p90_s", "wait_max_s", "vip_percent", "appointment_percent",
         "abandoned", "no_show", "handling_mean_s")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line; `output` ends in .xlsx or .csv."""

    first: str | None = None
    last: str | None = None
    by: str = "day"
    inspection: bool = False
    as_csv: bool = False
    as_json: bool = False
    output: Path | None = None
    lang: str = "en"


def run(data: Path, wish: Wish) -> list[str]:
    """What to print. Raises `BadSetting`, `BadSpan` and `OSError`."""
    span = report_reading.Wish(day("--from", wish.first), day("--to", wish.last), By(wish.by))
    require_sheet(wish.output)
    file = data / "lobbyline.db"
    if not file.exists():
        raise BadSetting(setting="--data", reason=f"there is no store in {data}")
    with closing(open_reader(file)) as conn, snapshot(conn):
        read = report_reading.read_inspection if wish.inspection else report_reading.read_figures
        found = read(conn, span, Clock()())
        services, tiers = report_reading.names(settings.set_up(conn))
    words = report_sheets.Words(lambda said: texts.say(said, wish.lang), wish.lang, services, tiers)
    sheets = report_sheets.inspection(found, words) if wish.inspection else report_sheets.figures(found, words)
    return tell(wish, found, sheets)


def require_sheet(output: Path | None) -> None:
    """Raises `BadSetting` for a file that is no sheet."""
    if output is not None and output.suffix not in {".xlsx", ".csv"}:
        raise BadSetting(setting="--output", reason=f"“{output.name}” should end in .xlsx or .csv")


def tell(wish: Wish, found: dict[str, Any], sheets: list[report_sheets.Sheet]) -> list[str]:
    """What to print of a report, after writing the file that was asked for. Raises `OSError`."""
    if wish.output is not None:
        is_book = wish.output.suffix == ".xlsx"
        wish.output.write_bytes(report_sheets.as_xlsx(sheets) if is_book else report_sheets.as_csv(sheets))
    return list(_lines(wish, found, sheets))


def _lines(wish: Wish, found: dict[str, Any], sheets: list[report_sheets.Sheet]) -> Iterator[str]:
    if wish.as_json:
        yield json.dumps(found, ensure_ascii=False)
    elif wish.as_csv:
        yield report_sheets.as_csv(sheets).decode("utf-8-sig")
    elif wish.output is not None:
        yield f"wrote {wish.output}"
    elif wish.inspection:
        yield from _inspection(found)
    else:
        yield from _figures(found)


def _figures(found: dict[str, Any]) -> Iterator[str]:
    names = [found["by"], *SHOWN]
    lines = [["all together", *(found["total"][key] for key in SHOWN)]]
    lines += [[row["group"], *(row[key] for key in SHOWN)] for row in found["rows"]]
    yield f"{found['from']} – {found['to']}"
    yield from _table([names, *lines])


def _inspection(found: dict[str, Any]) -> Iterator[str]:
    keys = ("month", "class", "tier", "promised", "kept", "missed", "kept_percent")
    yield f"{found['from']} – {found['to']}"
    yield from _table([list(keys), *([row[key] for key in keys] for row in found["months"])])
    for one in found["causes"]:
        yield f"{one['misses']} missed: {one['cause']}"


def _table(lines: list[list[Any]]) -> Iterator[str]:
    cells = [["–" if cell is None else str(cell) for cell in line] for line in lines]
    widths = [max(len(line[n]) for line in cells) for n in range(len(cells[0]))]
    for first, *others in cells:
        yield "  ".join([first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(others, widths[1:], strict=True))])


def day(option: str, text: str | None) -> date | None:
    """A day that was typed. Raises `BadSetting`."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise BadSetting(setting=option, reason=f"“{text}” is no date like 2026-11-21") from None
