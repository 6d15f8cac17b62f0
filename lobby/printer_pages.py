"""Owns the settings page of printers: what is there and how it is, and which kiosk prints where."""

from flask import render_template
from flask_openapi3.blueprint import APIBlueprint

from counter.web import Answer, Context
from db import settings
from lobby.printer_commands import kiosks, listed
from printer.options import MOST_COPIES, model_options, models
from printer.paper import DENSITIES, CodePage


def pages(context: Context) -> APIBlueprint:
    """The page, for managers."""
    room = APIBlueprint("printer_settings", __name__, doc_ui=False)

    @room.get("/settings/printers")
    def printers_page() -> Answer:
        with context.store.read() as conn:
            return render_template(
                "lobby/printers.html",
                store=settings.load(conn),
                printers=listed(conn),
                kiosks=kiosks(conn),
                models=[model_options(model) for model in models()],
                code_pages=[(page.value, page.value) for page in CodePage],
                densities=[(step, f"{step:+d}" if step else "0") for step in DENSITIES],
                most_copies=MOST_COPIES,
                csrf_needed=True,
            )

    return room
