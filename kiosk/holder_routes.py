"""Owns the web of a ticket's holder: giving it up, letting somebody pass, saying how it was. The token is the key."""

import sqlite3
from collections.abc import Callable
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from limits import parse
from pydantic import Field

from counter import views
from counter.present import load
from counter.web import LARGEST, Body, Context, TicketPath
from db import print_jobs, ratings
from db.ticket_records import Rating
from kiosk import holder
from kiosk.errors import TooManyRequests

ACTIONS = parse("20 per minute")
"""For one ticket: more than anybody needs, too little to keep the lobby busy."""


class Pass(Body):
    """`passed`: how many the holder knows to have let pass so far; a repeat of the same wish then changes nothing."""

    passed: int | None = Field(default=None, ge=0, le=LARGEST)


class RatingGiven(Body):
    """How it was, from 1 to 5, and why."""

    score: int = Field(ge=1, le=5)
    comment: str = Field(default="", max_length=300)


def api(context: Context) -> APIBlueprint:
    """What a ticket's holder may do; each answer is the ticket after it."""
    room = APIBlueprint("holder_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Tickets")])

    @room.post("/tickets/<token>/cancel", summary="The holder gives the place up")
    def cancel(path: TicketPath) -> dict[str, Any]:
        return _hold(path.token, lambda conn, now: holder.cancel(conn, path.token, now))

    @room.post("/tickets/<token>/let-pass", summary="The holder lets the next one of the same queue pass")
    def let_pass(path: TicketPath, body: Pass) -> dict[str, Any]:
        return _hold(path.token, lambda conn, now: holder.let_pass(conn, path.token, body.passed, now))

    @room.post("/tickets/<token>/rate", summary="A served customer says how it was")
    def rate(path: TicketPath, body: RatingGiven) -> dict[str, Any]:
        rating = Rating(body.score, body.comment)
        return _hold(path.token, lambda conn, now: holder.rate(conn, path.token, rating, now))

    def _hold(token: str, act: Callable[[sqlite3.Connection, float], None]) -> dict[str, Any]:
        """One action of the holder. Raises `TooManyRequests`."""
        if not context.limiter.hit(ACTIONS, "hold", token):
            raise TooManyRequests
        context.store.write(lambda conn: act(conn, context.clock()))
        with context.store.read() as conn:
            ticket = holder.find(conn, token)
            paper, rating = print_jobs.state_of(conn, ticket.id), ratings.of_ticket(conn, ticket.id)
            return views.ticket(ticket, load(conn, context.clock()), paper, rating=rating)

    return room
