"""Owns the web of a chain's reports: figures and the inspection report, as pages, as JSON and as sheets."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from pydantic import BaseModel, ConfigDict, Field

from chain.office import report_sheets
from chain.office.asking import Wish, choices
from chain.office.context import Office
from chain.office.figures import By
from chain.office.people import OfficeRole
from chain.office.promises import GROUPINGS, read_inspection
from chain.office.reports import read_figures
from chain.office.sheet_files import download, language, say
from display.report_sheets import Sheet

Json = dict[str, Any]

RIGHTS = dict.fromkeys(
    (
        "GET /reports", "GET /reports/inspection", "GET /api/v1/reports/choices",
        "GET /api/v1/reports/figures", "GET /api/v1/reports/figures.csv", "GET /api/v1/reports/figures.xlsx",
        "GET /api/v1/reports/inspection", "GET /api/v1/reports/inspection.csv", "GET /api/v1/reports/inspection.xlsx",
    ),
    OfficeRole.VIEWER,
)  # fmt: skip


class Asked(BaseModel):
    """As `Wish` has it."""

    model_config = ConfigDict(populate_by_name=True)

    region: str = ""
    store: str | None = None
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    by: By = By.REGION

    def wish(self) -> Wish:
        """What is wished for."""
        return Wish(self.region, self.store or None, self.first, self.last, self.by)


class AskedPromises(Asked):
    """Promises are grouped by region or store."""

    def wish(self) -> Wish:
        """What is wished for."""
        by = self.by if self.by in GROUPINGS else By.REGION
        return Wish(self.region, self.store or None, self.first, self.last, by)


def pages(office: Office) -> Blueprint:
    """The pages of reports."""
    room = Blueprint("office_reports", __name__, template_folder="templates")

    def page(name: str) -> Callable[[], str]:
        return lambda: render_template("office/reports.html", person=office.person(), page=name, csrf_needed=True)

    room.add_url_rule("/reports", "figures_page", page("figures"))
    room.add_url_rule("/reports/inspection", "inspection_page", page("inspection"))
    return room


def api(office: Office) -> Blueprint:
    """Reports for programs."""
    room = Blueprint("office_reports_api", __name__, url_prefix="/api/v1/reports")

    def figures() -> Json:
        wish = Asked.model_validate(request.args.to_dict()).wish()
        with office.database.transaction() as conn:
            return read_figures(conn, wish)

    def inspection() -> Json:
        wish = AskedPromises.model_validate(request.args.to_dict()).wish()
        with office.database.transaction() as conn:
            return read_inspection(conn, wish)

    @room.get("/choices")
    def read_choices() -> Json:
        with office.database.transaction() as conn:
            return choices(conn)

    for name, read, sheets in (
        ("figures", figures, report_sheets.figures),
        ("inspection", inspection, report_sheets.inspection),
    ):
        room.add_url_rule(f"/{name}", name, read)
        for ending in ("csv", "xlsx"):
            room.add_url_rule(f"/{name}.{ending}", f"{name}_{ending}", _file(office, read, sheets, name, ending))
    return room


def _file(
    office: Office, read: Callable[[], Json], sheets: Callable[..., list[Sheet]], name: str, ending: str
) -> Callable[[], Response]:
    def answer() -> Response:
        found = read()
        lines = sheets(found, report_sheets.words(found, say, language()))
        return download(office, lines, f"{name}-{found['from']}-{found['to']}.{ending}")

    return answer
