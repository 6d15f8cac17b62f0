"""Owns the page where a store designs its slips, and the preview beside its editor."""

from flask import render_template
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from counter.web import Answer, Context
from db import settings
from db.ticket_records import TicketClass
from lobby import slip_settings
from printer import blocks, facts
from printer.slips import LANGUAGES


def pages(context: Context) -> APIBlueprint:
    """The page itself."""
    room = APIBlueprint("slips", __name__, doc_ui=False)

    @room.get("/settings/slips")
    def slips_page() -> Answer:
        with context.store.read() as conn:
            return render_template(
                "lobby/slips.html",
                store=settings.load(conn),
                languages=LANGUAGES,
                classes=list(TicketClass),
                values=facts.NAMES,
                bilingual=facts.BILINGUAL,
                words=blocks.WORDS,
                csrf_needed=True,
                **slip_settings.page(conn),
            )

    return room


def api(context: Context) -> APIBlueprint:
    """The preview."""
    room = APIBlueprint("slip-preview", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Set-up")])

    @room.post("/slips/preview", summary="A template's slip as a picture of its paper (PNG in base64)")
    def preview(body: slip_settings.Preview) -> Answer:
        return {"png": slip_settings.draw(context, body)}

    return room
