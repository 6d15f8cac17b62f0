"""Owns the page of personal data: how long it is kept, and one customer's own, for administrators."""

from flask import render_template
from flask_openapi3.blueprint import APIBlueprint

from counter.web import Answer, Context
from lobby import retention_settings


def pages(context: Context) -> APIBlueprint:
    """The page of personal data."""
    room = APIBlueprint("privacy", __name__, doc_ui=False)

    @room.get("/settings/retention")
    def retention_page() -> Answer:
        with context.store.read() as conn:
            content = retention_settings.page(conn, context.clock(), context.store.folder)
        return render_template("lobby/retention.html", **content, csrf_needed=True)

    return room
