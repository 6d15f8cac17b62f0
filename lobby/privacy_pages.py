"""Owns the page of personal data: how long it is kept, and one customer's own, for administrators."""

from flask import redirect, render_template, request, url_for
from flask_openapi3.blueprint import APIBlueprint

from counter import auth
from counter.web import Answer, Context
from db.records import Role
from lobby import retention_settings


def pages(context: Context) -> APIBlueprint:
    """The page of personal data; who is not signed in signs in first."""
    room = APIBlueprint("privacy", __name__, doc_ui=False)

    @room.get("/settings/retention")
    def retention_page() -> Answer:
        person = context.caller_of_cookies().person
        if person is None:
            return redirect(url_for("counter.sign_in_page", next=request.path))
        auth.require(person, Role.ADMIN)
        with context.store.read() as conn:
            content = retention_settings.page(conn, context.clock(), context.store.folder)
        return render_template("lobby/retention.html", **content, csrf_needed=True)

    return room
