"""Owns the web of reports: figures and the inspection report, as pages, as JSON and as sheets. Managers only."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response, render_template
from flask_babel import get_locale, gettext
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from counter.web import Answer, Context
from db import settings
from db.errors import LobbyError
from display import report_sheets
from display.report_reading import Wish, names, read_figures, read_inspection
from display.reports import By

Json = dict[str, Any]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Asked(BaseModel):
    """From which business day to which; without them the last thirty days."""

    model_config = ConfigDict(populate_by_name=True)

    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")


class AskedBy(Asked):
    """And grouped by what."""

    by: By = By.DAY


def pages() -> APIBlueprint:
    """The pages of reports."""
    room = APIBlueprint("reports", __name__, template_folder="templates", doc_ui=False)

    def page(name: str) -> Callable[[], Answer]:
        def shown() -> Answer:
            return render_template("display/reports.html", page=name or "figures", csrf_needed=True)

        return shown

    for name in ("", "inspection", "staffing", "replay"):
        room.add_url_rule(f"/reports{name and '/' + name}", f"{name or 'figures'}_page", page(name))
    return room


def api(context: Context) -> APIBlueprint:
    """Reports for programs."""
    room = APIBlueprint("reports_api", __name__, url_prefix="/api/v1/reports", abp_tags=[Tag(name="Reports")])

    def figures(query: AskedBy) -> Json:
        return _off_loop(context, lambda: _read(context, read_figures, Wish(query.first, query.last, query.by)))

    def inspection(query: Asked) -> Json:
        return _off_loop(context, lambda: _read(context, read_inspection, Wish(query.first, query.last)))

    @room.get("/figures", summary="Figures of a span of days, by day, week, month, hour, service, counter, …")
    def read_figures_json(query: AskedBy) -> Json:
        return figures(query)

    @room.get("/figures.csv", summary="The same as a sheet")
    def read_figures_csv(query: AskedBy) -> Response:
        found = figures(query)
        return _file(report_sheets.as_csv(report_sheets.figures(found, _words(context))), found, "figures", "csv")

    @room.get("/figures.xlsx", summary="The same as a workbook")
    def read_figures_xlsx(query: AskedBy) -> Response:
        found = figures(query)
        return _file(report_sheets.as_xlsx(report_sheets.figures(found, _words(context))), found, "figures", "xlsx")

    @room.get("/inspection", summary="Promises to VIPs and appointments: kept, missed, and why")
    def read_inspection_json(query: Asked) -> Json:
        return inspection(query)

    @room.get("/inspection.csv", summary="The same as a sheet")
    def read_inspection_csv(query: Asked) -> Response:
        found = inspection(query)
        sheets = report_sheets.inspection(found, _words(context))
        return _file(report_sheets.as_csv(sheets), found, "inspection", "csv")

    @room.get("/inspection.xlsx", summary="The same as a workbook")
    def read_inspection_xlsx(query: Asked) -> Response:
        found = inspection(query)
        sheets = report_sheets.inspection(found, _words(context))
        return _file(report_sheets.as_xlsx(sheets), found, "inspection", "xlsx")

    return room


def _read(context: Context, read: Callable[..., Json], wish: Wish) -> Json | LobbyError:
    """A year is counted in half a second: not on the loop, where an error must not be raised either."""
    try:
        with context.store.read() as conn:
            return read(conn, wish, context.clock())
    except LobbyError as refused:
        return refused


def _off_loop(context: Context, work: Callable[[], Json | LobbyError]) -> Json:
    found: Json | LobbyError = context.off_loop(work)
    if isinstance(found, LobbyError):
        raise found
    return found


def _words(context: Context) -> report_sheets.Words:
    language = "en" if str(get_locale()) == "en" else "zh"
    with context.store.read() as conn:
        services, tiers = names(settings.set_up(conn))
    return report_sheets.Words(lambda said: gettext(said.text), language, services, tiers)


def _file(content: bytes, found: Json, what: str, ending: str) -> Response:
    return as_file(content, f"{what}-{found['from']}-{found['to']}.{ending}")


def as_file(content: bytes, name: str) -> Response:
    """A sheet to download under this name, which ends in .csv or .xlsx."""
    kind = XLSX if name.endswith(".xlsx") else "text/csv; charset=utf-8"
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
