"""Owns the kiosk room's web: the kiosk page, issuing, recognising members, check-in, the holder's own actions."""

import sqlite3
from typing import Any, Literal

from flask import render_template
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from counter import views
from counter.present import load
from counter.web import LARGEST, Answer, Body, Context, TicketPath
from db import print_jobs, settings
from db.records import DeviceKind, HelpCall, Role, Ticket
from kiosk import appointments, help_desk, holder, issuing, recognition

RequestKey = Field(min_length=1, max_length=128, description="Made by the caller; a repeat gets the same ticket")
Language = Literal["zh", "en"]


class TicketRequest(Body):
    """A walk-in's wish; `phone` or `member_no` may make it a VIP ticket."""

    request_key: str = RequestKey
    service: str = Field(min_length=1, max_length=64)
    language: Language = "zh"
    phone: str | None = Field(default=None, max_length=32)
    member_no: str | None = Field(default=None, max_length=32)


class CheckInRequest(Body):
    """A booking's holder has come."""

    request_key: str = RequestKey
    code: str | None = Field(default=None, max_length=32)
    phone: str | None = Field(default=None, max_length=32)
    language: Language = "zh"


class Identity(Body):
    """A phone or card number that was typed, or any `code` that was scanned: the server tells what it is."""

    phone: str | None = Field(default=None, max_length=32)
    member_no: str | None = Field(default=None, max_length=32)
    code: str | None = Field(default=None, max_length=512)


class HelpCallPath(BaseModel):
    """A call of a kiosk."""

    id: int = Field(ge=1, le=LARGEST)


def pages(context: Context) -> APIBlueprint:
    """The kiosk page."""
    room = APIBlueprint("kiosk", __name__, template_folder="templates", doc_ui=False)

    @room.get("/kiosk")
    def kiosk_page() -> Answer:
        device = context.caller_of_cookies().device
        if device is None or device.kind != DeviceKind.KIOSK:
            return render_template("kiosk/unenrolled.html"), 401
        return render_template("kiosk/kiosk.html", kiosk=device.name, csrf_needed=True)

    return room


def api(context: Context) -> APIBlueprint:
    """Issuing, recognising, checking in, cancelling."""
    room = APIBlueprint("kiosk_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Tickets")])

    @room.post("/tickets", summary="Issue a ticket")
    def issue(body: TicketRequest) -> Answer:
        caller = context.caller()
        caller.require_issuer()
        wish = issuing.Wish(body.request_key, body.service, body.language, body.phone, body.member_no)
        return _answer(
            context.store.write(lambda conn: issuing.issue(conn, wish, caller.device, caller.actor, context.clock()))
        )

    @room.post("/check-ins", summary="Check an appointment in")
    def check_in(body: CheckInRequest) -> Answer:
        caller = context.caller()
        caller.require_issuer()
        wish = appointments.CheckIn(body.request_key, body.code, body.phone, body.language)
        return _answer(
            context.store.write(
                lambda conn: appointments.check_in(conn, wish, caller.device, caller.actor, context.clock())
            )
        )

    @room.post("/identify", summary="Recognise a member by phone or card number, or tell what a scanned code is")
    def recognise(body: Identity) -> dict[str, Any]:
        context.caller().require_issuer()
        with context.store.read() as conn:
            return recognition.tell(
                conn, load(conn, context.clock()), phone=body.phone, member_no=body.member_no, code=body.code
            )

    @room.post("/help-calls", summary="Ask for a person to come to this kiosk")
    def call_help() -> dict[str, Any]:
        kiosk = context.caller().require_kiosk()
        called = context.store.write(lambda conn: help_desk.call(conn, kiosk, context.clock()))
        return _help_view(called)

    @room.post("/help-calls/<int:id>/answer", summary="Somebody goes to the kiosk, for managers")
    def answer_help(path: HelpCallPath) -> dict[str, Any]:
        person = context.caller().require_staff(Role.MANAGER)
        called = context.store.write(lambda conn: help_desk.answer(conn, path.id, person, context.clock()))
        return _help_view(called)

    @room.post("/tickets/<token>/cancel", summary="The holder gives the place up")
    def cancel(path: TicketPath) -> dict[str, Any]:
        context.store.write(lambda conn: holder.cancel(conn, path.token, context.clock()))
        with context.store.read() as conn:
            return _view(conn, holder.find(conn, path.token))

    def _answer(issued: issuing.Issued) -> Answer:
        view = views.ticket(issued.ticket, issued.lobby, issued.paper, issued.notes)
        return view, 201 if issued.created else 200

    def _view(conn: sqlite3.Connection, ticket: Ticket) -> dict[str, Any]:
        return views.ticket(ticket, load(conn, context.clock()), print_jobs.state_of(conn, ticket.id))

    def _help_view(called: HelpCall) -> dict[str, Any]:
        with context.store.read() as conn:
            return views.help_call(called, settings.load(conn))

    return room
