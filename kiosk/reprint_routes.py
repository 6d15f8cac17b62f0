"""Owns the web of printing a slip again, for staff."""

from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import Field

from counter.web import Body, Context, TicketPath
from kiosk.reprinting import reprint


class Reprint(Body):
    """On which printer; where it was printed before, if none is named."""

    printer: str | None = Field(default=None, max_length=40)


def api(context: Context) -> APIBlueprint:
    """Printing again."""
    room = APIBlueprint("reprint_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Tickets")])

    @room.post("/tickets/<token>/reprint", summary="Print the slip again, marked as a reprint; for staff")
    def print_again(path: TicketPath, body: Reprint) -> dict[str, Any]:
        person = context.caller().staff
        now = context.clock()
        return {"printer": context.store.write(lambda conn: reprint(conn, path.token, body.printer, person, now))}

    return room
