"""Owns the counter room's web: the counter page, sign-in, and staff actions."""

import re
import sqlite3
from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from pydantic import BaseModel, Field

from counter import auth, desk, repeats, screen, views
from counter.acting import get_counter
from counter.actions import ACTIONS, Action, Request
from counter.errors import PageTooOld, SignInRefused, TooManyTries
from counter.present import load_with_calls
from counter.web import LARGEST, SESSION_KEY, Answer, Body, Context
from db import counters, staff
from db.errors import LobbyError
from db.records import Message, Role, Staff

WRONG_PINS = (parse("10 per 5 minutes"), parse("60 per day"))
"""Wrong PINs for one name, from wherever they come: too few to try all of even the shortest."""

SIGN_INS = parse("120 per minute")
"""From one address: each costs computing."""

_limiter = FixedWindowRateLimiter(MemoryStorage())
_PATH = re.compile(r"/(?![/\\])[!-~]*")


class CounterPath(BaseModel):
    """Which counter."""

    number: int = Field(ge=1, le=LARGEST)


class SignIn(Body):
    """A program's sign-in; `counter` is opened for the person if given."""

    staff: str
    pin: str
    counter: int | None = Field(default=None, ge=1, le=LARGEST)


def pages(context: Context) -> APIBlueprint:
    """The counter page and its sign-in."""
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

    @room.get("/counter/sign-in")
    def sign_in_page() -> str:
        return _sign_in_form(context)

    @room.post("/counter/sign-in")
    def sign_in() -> Answer:
        try:
            session[SESSION_KEY] = _sign_in(context, request.form.get("staff", ""), request.form.get("pin", ""))
        except LobbyError as refused:
            return _sign_in_form(context, refused), refused.status
        session.permanent = True
        return redirect(_local(request.form.get("next", "")))

    @room.post("/counter/sign-out")
    def sign_out() -> Answer:
        person, token = context.caller_of_cookies().person, session.get(SESSION_KEY)
        if person is not None and token is not None:
            context.store.write(lambda conn: _sign_out(conn, person, token, context.clock()))
        session.pop(SESSION_KEY, None)
        return redirect(url_for("counter.sign_in_page"))

    @room.errorhandler(PageTooOld)
    def sign_in_anew(refused: PageTooOld) -> Answer:
        return _sign_in_form(context, refused), refused.status

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

    @room.post("/sessions", summary="Sign in for programs")
    def open_session(body: SignIn) -> Answer:
        token = _sign_in(context, body.staff, body.pin)
        number = body.counter
        if number is not None:
            person = context.caller_of_token(token).staff
            context.store.write(lambda conn: desk.open_counter(conn, number, person, context.clock()))
        return {"token": token}, 201

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


def _sign_in(context: Context, name: str, pin: str) -> str:
    name = name.strip()
    is_quiet = _limiter.hit(SIGN_INS, request.remote_addr or "")
    if not (is_quiet and all(_limiter.test(limit, name) for limit in WRONG_PINS)):
        raise TooManyTries
    with context.store.read() as conn:
        person = staff.staff_by_name(conn, name)
    if not context.off_loop(lambda: auth.is_pin_of(person, pin)) or person is None:
        for limit in WRONG_PINS:
            _limiter.hit(limit, name)
        raise SignInRefused
    return context.store.write(lambda conn: auth.open_session(conn, person, context.clock()))


def _sign_out(conn: sqlite3.Connection, person: Staff, token: str, now: float) -> None:
    """Leave the counter too. Raises `CounterBusy` while somebody is being served there."""
    at = counters.of_staff(conn, person.id)
    if at is not None:
        desk.close_counter(conn, at.number, person, now)
    staff.end_session(conn, token)


def _sign_in_form(context: Context, refused: LobbyError | None = None) -> str:
    with context.store.read() as conn:
        names = [person.name for person in staff.all_staff(conn) if person.pin_hash]
    return render_template(
        "counter/sign_in.html",
        names=names,
        error=gettext(refused.text) if refused else None,
        next=_local(request.values.get("next", "")),
        csrf_needed=True,
    )


def _local(target: str) -> str:
    """Where to go after sign-in: only a path of this server."""
    return target if _PATH.fullmatch(target) else url_for("counter.counter_page")
