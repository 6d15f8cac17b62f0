"""Owns the number that staff give to somebody standing before them: issued like any other, asked for at a counter."""

import sqlite3
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from counter import auth, notes, screen, views
from counter.acting import get_counter
from counter.present import load_with_calls
from counter.web import LARGEST, Body, Context
from db.people_records import Staff
from db.ticket_notes import LONGEST
from kiosk import issuing
from kiosk.routes import Language, RequestKey


class SeatPath(BaseModel):
    """Which counter."""

    number: int = Field(ge=1, le=LARGEST)


class StaffIssue(Body):
    """What the customer wants; a `phone` may make it a VIP ticket, a `note` is for the staff only."""

    request_key: str = RequestKey
    service: str = Field(min_length=1, max_length=64)
    language: Language = "zh"
    phone: str | None = Field(default=None, max_length=32)
    note: str | None = Field(default=None, min_length=1, max_length=LONGEST)


def api(context: Context) -> APIBlueprint:
    """Issuing at a counter."""
    room = APIBlueprint("staff_issuing", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Counters")])

    @room.post("/counters/<int:number>/issue", summary="Give a number to somebody standing there")
    def issue(path: SeatPath, body: StaffIssue) -> tuple[dict[str, Any], int]:
        person = context.caller().staff
        issued = context.store.write(lambda conn: at_counter(conn, path.number, person, body, context.clock()))
        with context.store.read() as conn:
            view = screen.read(conn, path.number, load_with_calls(conn, context.clock()))
        ticket = views.ticket(issued.ticket, issued.lobby, issued.paper, issued.notes)
        return {**context.frame, **view, "reason": None, "issued": ticket}, 201 if issued.created else 200

    return room


def at_counter(conn: sqlite3.Connection, number: int, person: Staff, body: StaffIssue, now: float) -> issuing.Issued:
    """Issue once for a request key, the note with it. Raises `NotYourCounter` and what issuing refuses."""
    auth.require_counter(person, get_counter(conn, number))
    wish = issuing.Wish(body.request_key, body.service, body.language, body.phone)
    issued = issuing.issue(conn, wish, None, person.actor, now)
    if issued.created and body.note:
        notes.write_note(conn, issued.ticket, person, body.note, now, counter=number)
    return issued
