"""Owns the web of calls for a person: a kiosk asks, one of the managers goes."""

from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from counter import views
from counter.web import LARGEST, Context
from db import settings
from db.event_records import HelpCall
from kiosk import help_desk


class HelpCallPath(BaseModel):
    """A call of a kiosk."""

    id: int = Field(ge=1, le=LARGEST)


def api(context: Context) -> APIBlueprint:
    """Asking for a person, and answering."""
    room = APIBlueprint(
        "help_api", __name__, url_prefix="/api/v1/help-calls", abp_tags=[Tag(name="Calls for a person")]
    )

    @room.post("", summary="Ask for a person to come to this kiosk")
    def call() -> dict[str, Any]:
        kiosk = context.caller().kiosk
        return _view(context.store.write(lambda conn: help_desk.call(conn, kiosk, context.clock())))

    @room.post("/<int:id>/answer", summary="Somebody goes to the kiosk, for managers")
    def answer(path: HelpCallPath) -> dict[str, Any]:
        person = context.caller().staff
        return _view(context.store.write(lambda conn: help_desk.answer(conn, path.id, person, context.clock())))

    def _view(called: HelpCall) -> dict[str, Any]:
        with context.store.read() as conn:
            return views.help_call(called, settings.load(conn))

    return room
