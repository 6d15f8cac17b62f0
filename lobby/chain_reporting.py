"""Owns `lobbyline headoffice report`: prints or writes a report of a chain."""

from chain.office import report_sheets
from chain.office.asking import Wish
from chain.office.database import Conn
from chain.office.figures import By
from chain.office.promises import GROUPINGS, read_inspection
from chain.office.reports import read_figures
from lobby import reporting, texts
from lobby.errors import BadSetting


def run(conn: Conn, region: str, store: str | None, wish: reporting.Wish) -> list[str]:
    """What to print. Raises `BadSetting`, `BadSpan`, `UnknownRegion`, `UnknownStore` and `OSError`."""
    reporting.require_sheet(wish.output)
    by = By(wish.by)
    if wish.inspection and by not in GROUPINGS:
        raise BadSetting(setting="--by", reason="an inspection report is by region or by store")
    asked = Wish(region, store, reporting.day("--from", wish.first), reporting.day("--to", wish.last), by)
    found = read_inspection(conn, asked) if wish.inspection else read_figures(conn, asked)
    words = report_sheets.words(found, lambda said: texts.say(said, wish.lang), wish.lang)
    sheets = report_sheets.inspection(found, words) if wish.inspection else report_sheets.figures(found, words)
    return reporting.tell(wish, found, sheets)
