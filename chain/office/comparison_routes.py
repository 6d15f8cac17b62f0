"""Owns the web of comparisons: the page, beginning one, what came of it, and its files."""

from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request
from psycopg.rows import DictRow
from pydantic import Field

from chain.office import comparison_sheets, comparisons
from chain.office.context import Office
from chain.office.people import OfficeRole
from chain.office.sheet_files import download, language, say
from chain.protocol import MailState
from counter.web import Body

RIGHTS = dict.fromkeys(
    (
        "GET /comparisons", "GET /api/v1/comparisons", "POST /api/v1/comparisons",
        "GET /api/v1/comparisons/<int:comparison>", "GET /api/v1/comparisons/<int:comparison>.csv",
        "GET /api/v1/comparisons/<int:comparison>.xlsx", "GET /api/v1/comparisons/<int:comparison>.toml",
    ),
    OfficeRole.MANAGER,
)  # fmt: skip

MOST_SHOWN = 20
MOST_STORES = 10_000

Json = dict[str, Any]


class Begin(Body):
    """A reference, and the stores beside it."""

    reference: str
    stores: list[str] = Field(max_length=MOST_STORES)


def pages(office: Office) -> Blueprint:
    """What people look at."""
    room = Blueprint("office_comparisons", __name__, template_folder="templates")

    @room.get("/comparisons")
    def page() -> str:
        return render_template("office/comparisons.html", person=office.person(), csrf_needed=True)

    return room


def api(office: Office) -> Blueprint:
    """What the page asks."""
    room = Blueprint("office_comparisons_api", __name__, url_prefix="/api/v1/comparisons")

    @room.get("")
    def recent() -> Json:
        with office.database.transaction() as conn:
            rows = comparisons.recent(conn, MOST_SHOWN)
        return {"comparisons": [_told(row) for row in rows]}

    @room.post("")
    def begin() -> tuple[Json, int]:
        wish = Begin.model_validate(request.get_json())
        by = office.require(OfficeRole.MANAGER).name
        with office.database.transaction() as conn:
            number, store_ids = comparisons.begin(conn, wish.reference, wish.stores, by)
        office.tell(store_ids)
        return {"id": number}, 201

    @room.get("/<int:comparison>")
    def show(comparison: int) -> Json:
        with office.database.transaction() as conn:
            found = comparisons.find(conn, comparison)
            differing = comparisons.differences(conn, comparison)
        told = {"made_at": found.made_at.isoformat(), "stage": found.stage}
        return {**asdict(found), **told, "differences": [asdict(one) for one in differing]}

    @room.get("/<int:comparison>.toml")
    def settings_file(comparison: int) -> Response:
        with office.database.transaction() as conn:
            toml = comparisons.file(conn, comparison)
        named = {"Content-Disposition": f'attachment; filename="comparison-{comparison}.toml"'}
        return Response(toml, content_type="application/toml; charset=utf-8", headers=named)

    def sheets(ending: str, comparison: int) -> Response:
        return download(
            office, comparison_sheets.sheets(show(comparison), say, language()), f"comparison-{comparison}.{ending}"
        )

    for ending in ("csv", "xlsx"):
        room.add_url_rule(f"/<int:comparison>.{ending}", ending, partial(sheets, ending))
    return room


def _told(row: DictRow) -> Json:
    """It in short."""
    is_moving = row["copied"] != MailState.REFUSED and row["answered"] < row["stores"]
    return {**row, "made_at": row["made_at"].isoformat(), "is_moving": is_moving}
