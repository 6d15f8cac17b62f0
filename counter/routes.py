"""Owns the counter room's web: the counter page and staff actions."""

import sqlite3
from typing import Any

from flask import render_template, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from counter import auth, repeats, screen, sign_in_routes, views
from counter.acting import get_counter
from counter.actions import ACTIONS, Action, Request
from counter.present import load_with_calls
from counter.web import LARGEST, Answer, Context
from db import counters
from db.people_records import Role, Staff
from db.words import Message


class CounterPath(BaseModel):
    """Which counter."""

    number: int = Field(ge=1, le=LARGEST)


def pages(context: Context) -> APIBlueprint:
    """The counter page, its strip, and sign-in."""
    room = APIBlueprint("counter", __name__, template_folder="templates", doc_ui=False)

    @room.get("/counter")
    def counter_page() -> Answer:
        person = context.caller().staff
        with context.store.read() as conn:
            seats = [{"number": c.number, "state": c.state, "staff": c.staff_name} for c in counters.everyone(conn)]
            own = counters.of_staff(conn, person.id)
        number = request.args.get("number") or (str(own.number) if own else "")
        manager = auth.has(person, Role.MANAGER)
        return render_template(
            "counter/counter.html",
            counters=seats,
            staff_name=person.name,
            number=number,
            manager=manager,
            csrf_needed=True,
        )

    @room.get("/counter/strip")
    def strip_page() -> Answer:
        person = context.caller().staff
        with context.store.read() as conn:
            wanted = counters.get(conn, request.args.get("number", 0, type=int)) or counters.of_staff(conn, person.id)
        number = wanted.number if wanted else None
        manager = auth.has(person, Role.MANAGER)
        return render_template(
            "counter/strip.html", staff_name=person.name, number=number, manager=manager, csrf_needed=True
        )

    sign_in_routes.add_pages(room, context)
    return room


def api(context: Context) -> APIBlueprint:
    """Staff actions and sign-in for programs."""
    room = APIBlueprint("counter_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Counters")])

    def register(name: str, action: Action) -> None:
        body_of_action = action.body

        def act(path: CounterPath, body: body_of_action) -> dict[str, Any]:  # type: ignore[valid-type]
            person = context.caller().staff
            said = context.store.write(lambda conn: _act(context, conn, path.number, name, person, body))
            context.give_way()
            with context.store.read() as conn:
                view = screen.read(conn, path.number, load_with_calls(conn, context.clock()))
            return {**context.frame, **view, **_told(said)}

        act.__name__ = name.replace("-", "_")
        room.post(f"/counters/<int:number>/{name}", summary=action.summary)(act)

    for name, action in ACTIONS.items():
        register(name, action)

    sign_in_routes.add_api(room, context)
    return room


def _told(said: Message | str | None) -> dict[str, Any]:
    """What an action answers beside the view: why somebody was called, or the phone that was asked for."""
    return {"reason": None, "phone": said} if isinstance(said, str) else {"reason": views.message(said)}


def _act(
    context: Context, conn: sqlite3.Connection, number: int, name: str, person: Staff, body: Request
) -> Message | str | None:
    """One action, unless this very request was answered before or the caller's screen is behind."""
    action, now = ACTIONS[name], context.clock()
    if body.request_key is not None and repeats.is_repeat(conn, number, name, body.request_key, now):
        return None
    if action.needs_seat:
        auth.require_counter(person, get_counter(conn, number))
    if body.expects is not None:
        repeats.require_as_seen(conn, number, repeats.Seen(body.expects.state, body.expects.ticket))
    return action.step(conn, number, person, now, body)
