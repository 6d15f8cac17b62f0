"""Owns the display room's web: the lobby display, the ticket on a phone, the floor page, and what they read."""

import io
from datetime import date
from typing import Any

import qrcode
import qrcode.image.svg
from flask import Response, render_template
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from counter.present import load, load_with_calls
from counter.proposal import Proposal
from counter.web import LARGEST, Answer, Body, Context, TicketPath
from db import events, quotes, settings, tickets
from db.calendar import business_day, stamp
from db.errors import UnknownTicket
from db.event_records import Event
from db.setting_records import Settings
from display import screens
from display.floor import comparison, forecast_accuracy


class Since(BaseModel):
    """Where to read the journal on: events that follow `after`."""

    after: int = Field(default=0, ge=0, le=LARGEST)


class Days(BaseModel):
    """From which business day to which; without them, today."""

    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")


class Pause(Body):
    """A counter that would pause for so long from now on, or after the customer it serves."""

    counter: int = Field(ge=1, le=LARGEST)
    length_s: int = Field(gt=0, le=86_400)


class WhatIf(Body):
    """Counters to open, close or pause, and settings by field, such as `rule.epsilon` or `counters.4.vip`."""

    open: list[int] = Field(default_factory=list, max_length=100)
    close: list[int] = Field(default_factory=list, max_length=100)
    pause: list[Pause] = Field(default_factory=list, max_length=100)
    set: dict[str, Any] = Field(default_factory=dict, max_length=100)


def pages(context: Context) -> APIBlueprint:
    """The lobby display, the ticket page with its QR code, and the floor page."""
    room = APIBlueprint("display", __name__, template_folder="templates", doc_ui=False)

    @room.get("/display")
    def display_page() -> str:
        caller = context.caller()
        caller.require_not_revoked()
        device = caller.device
        return render_template("display/display.html", device=device)

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
        with context.store.read() as conn:
            return {**context.frame, **screens.read_floor(conn, load_with_calls(conn, context.clock()))}

    @room.get("/reports/forecast", summary="How well quoted waits came true, per day and class")
    def read_accuracy(query: Days) -> dict[str, Any]:
        with context.store.read() as conn:
            today = business_day(context.clock(), settings.load(conn))
            found = quotes.accuracy(conn, str(query.first or today), str(query.last or today))
        return {"days": [forecast_accuracy(one) for one in found]}

    @room.post("/what-if", summary="What the next hour would be like with a change")
    def what_if(body: WhatIf) -> dict[str, Any]:
        pauses = {pause.counter: pause.length_s for pause in body.pause}
        return comparison(context.what_if(Proposal(body.open, body.close, pauses, body.set)))

    @room.get("/events", summary="The journal, for integrations")
    def read_events(query: Since) -> dict[str, Any]:
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
