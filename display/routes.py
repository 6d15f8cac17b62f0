"""Owns the display room's web: the lobby display, the ticket on a phone, the floor page, and what they read."""

import io
from typing import Any

import qrcode
import qrcode.image.svg
from flask import Response, redirect, render_template, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from counter import auth
from counter.present import load, load_with_calls
from counter.web import LARGEST, Answer, Context, TicketPath
from db import events, settings, tickets
from db.calendar import stamp
from db.errors import UnknownTicket
from db.records import Event, Role, Settings
from display import screens


class Since(BaseModel):
    """Where to read the journal on: events that follow `after`."""

    after: int = Field(default=0, ge=0, le=LARGEST)


def pages(context: Context) -> APIBlueprint:
    """The lobby display, the ticket page with its QR code, and the floor page."""
    room = APIBlueprint("display", __name__, template_folder="templates", doc_ui=False)

    @room.get("/display")
    def display_page() -> str:
        return render_template("display/display.html")

    @room.get("/t/<token>")
    def ticket_page(path: TicketPath) -> Answer:
        with context.store.read() as conn:
            ticket, store = tickets.by_token(conn, path.token), settings.load(conn).name
        if ticket is None:
            raise UnknownTicket
        return render_template("display/ticket.html", token=path.token, store=store)

    @room.get("/t/<token>/qr.svg")
    def ticket_qr(path: TicketPath) -> Response:
        return Response(qr_svg(f"{context.base_url}/t/{path.token}"), mimetype="image/svg+xml")

    @room.get("/floor")
    def floor_page() -> Answer:
        person = context.caller_of_cookies().person
        if person is None:
            return redirect(url_for("counter.sign_in_page", next="/floor"))
        auth.require(person, Role.MANAGER)
        return render_template("display/floor.html", csrf_needed=True)

    return room


def api(context: Context) -> APIBlueprint:
    """The public board, a ticket, the floor, the journal."""
    room = APIBlueprint("display_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Screens")])

    @room.get("/board", summary="The public board")
    def read_board() -> dict[str, Any]:
        with context.store.read() as conn:
            return {**context.frame, **screens.read_board(conn, load_with_calls(conn, context.clock()))}

    @room.get("/tickets/<token>", summary="A ticket, as its holder may see it")
    def read_ticket(path: TicketPath) -> Any:
        with context.store.read() as conn:
            snapshot = screens.read_ticket(conn, path.token, load(conn, context.clock()))
        return {**snapshot["ticket"], "now": snapshot["now"], "version": snapshot["version"]}

    @room.get("/floor", summary="The floor, for managers")
    def read_floor() -> dict[str, Any]:
        context.caller().require_staff(Role.MANAGER)
        with context.store.read() as conn:
            return {**context.frame, **screens.read_floor(conn, load_with_calls(conn, context.clock()))}

    @room.get("/events", summary="The journal, for integrations")
    def read_events(query: Since) -> dict[str, Any]:
        context.caller().require_program()
        with context.store.read() as conn:
            store = settings.load(conn)
            return {"events": [_event(event, store) for event in events.after(conn, query.after)]}

    return room


def qr_svg(text: str) -> bytes:
    """A QR code as SVG."""
    image = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathFillImage, border=2)
    out = io.BytesIO()
    image.save(out)
    return out.getvalue()


def _event(event: Event, store: Settings) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "at": stamp(event.at, store),
        "kind": event.kind,
        "ticket": event.ticket,
        "counter": event.counter,
        "actor": event.actor,
        "rule": event.rule,
        "data": dict(event.data),
    }
