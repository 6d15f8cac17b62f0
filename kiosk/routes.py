"""Owns the kiosk room's web: the kiosk page, issuing, recognising members, check-in."""

from typing import Any, Literal

from flask import render_template
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import Field, model_validator

from counter import views
from counter.errors import DeviceNeeded
from counter.present import load
from counter.web import Answer, Body, Caller, Context
from kiosk import appointments, issuing, proxies, recognition
from kiosk.errors import ProxyStaffOnly

RequestKey = Field(min_length=1, max_length=128, description="Made by the caller; a repeat gets the same ticket")
Language = Literal["zh", "en"]


class TicketRequest(Body):
    """A walk-in's wish; `phone` or `member_no` may make it a VIP ticket."""

    request_key: str = RequestKey
    service: str = Field(min_length=1, max_length=64)
    language: Language = "zh"
    phone: str | None = Field(default=None, max_length=32)
    member_no: str | None = Field(default=None, max_length=32)
    proxy_for: str | None = Field(
        default=None,
        min_length=1,
        max_length=32,
        description="By staff: member number or phone of a VIP who stays away",
    )

    @model_validator(mode="after")
    def _one_customer(self) -> "TicketRequest":
        """Whoever stays away is not whoever stands there."""
        if self.proxy_for is not None and (self.phone or self.member_no):
            raise ValueError
        return self


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


def pages(context: Context) -> APIBlueprint:
    """The kiosk page."""
    room = APIBlueprint("kiosk", __name__, template_folder="templates", doc_ui=False)

    @room.get("/kiosk")
    def kiosk_page() -> Answer:
        return render_template("kiosk/kiosk.html", kiosk=context.caller().kiosk.name, csrf_needed=True)

    @room.errorhandler(DeviceNeeded)
    def unenrolled(refused: DeviceNeeded) -> Answer:
        return render_template("kiosk/unenrolled.html"), refused.status

    return room


def api(context: Context) -> APIBlueprint:
    """Issuing, recognising, checking in."""
    room = APIBlueprint("kiosk_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Tickets")])

    @room.post("/tickets", summary="Issue a ticket")
    def issue(body: TicketRequest) -> Answer:
        caller = context.caller()
        wish = issuing.Wish(body.request_key, body.service, body.language, body.phone, body.member_no)
        if body.proxy_for is not None:
            return _issue_proxy(wish, body.proxy_for, caller)
        return _answer(
            context.store.write(lambda conn: issuing.issue(conn, wish, caller.device, caller.actor, context.clock()))
        )

    @room.post("/check-ins", summary="Check an appointment in")
    def check_in(body: CheckInRequest) -> Answer:
        caller = context.caller()
        wish = appointments.CheckIn(body.request_key, body.code, body.phone, body.language)
        return _answer(
            context.store.write(
                lambda conn: appointments.check_in(conn, wish, caller.device, caller.actor, context.clock())
            )
        )

    @room.post("/identify", summary="Recognise a member by phone or card number, or tell what a scanned code is")
    def recognise(body: Identity) -> dict[str, Any]:
        with context.store.read() as conn:
            return recognition.tell(
                conn, load(conn, context.clock()), phone=body.phone, member_no=body.member_no, code=body.code
            )

    def _issue_proxy(wish: issuing.Wish, proxy_for: str, caller: Caller) -> Answer:
        person = caller.person
        if person is None:
            raise ProxyStaffOnly
        return _answer(context.store.write(lambda c: proxies.issue(c, wish, proxy_for, person, context.clock())))

    def _answer(issued: issuing.Issued) -> Answer:
        view = views.ticket(issued.ticket, issued.lobby, issued.paper, issued.notes)
        return view, 201 if issued.created else 200

    return room
