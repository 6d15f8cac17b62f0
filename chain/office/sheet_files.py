"""Owns giving sheets out as files to download, in the caller's language."""

from flask import Response
from flask_babel import get_locale, gettext

from chain.office.context import Office
from db.words import Message
from display.report_routes import as_file
from display.report_sheets import Sheet, as_csv, as_xlsx


def say(said: Message) -> str:
    """A message without places, as the caller reads it."""
    return str(gettext(said.text))


def language() -> str:
    """Which of the two languages the caller reads."""
    return "en" if str(get_locale()) == "en" else "zh"


def download(office: Office, sheets: list[Sheet], name: str) -> Response:
    """The sheets as the file of this name, which ends in .csv or .xlsx."""
    write = as_xlsx if name.endswith(".xlsx") else as_csv
    return as_file(office.off_loop(lambda: write(sheets)), name)
