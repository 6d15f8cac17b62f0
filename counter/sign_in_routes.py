"""Owns the web of signing in and out: the page with names and PIN, the page of the code, and sign-in for programs."""

import re
import sqlite3

from flask import make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_openapi3.blueprint import APIBlueprint
from limits import parse
from pydantic import Field

from counter import browser, desk, signing_in
from counter.errors import PageTooOld, SecondFactorMissing, SignInAgain, TooManyTries
from counter.lockout import Place
from counter.signing_in import Step
from counter.web import LARGEST, SESSION_KEY, Answer, Body, Context
from db import counters, sessions, staff
from db.errors import LobbyError
from db.people_records import Staff

SIGN_INS = parse("120 per minute")
"""From one address: each costs computing."""

SET_UP_PAGE = "/me/second-factor"

_PATH = re.compile(r"/(?![/\\])[!-~]*")


class SignIn(Body):
    """A program's sign-in; `counter` is opened for the person if given. `code`: of whoever has a second factor."""

    staff: str
    pin: str
    counter: int | None = Field(default=None, ge=1, le=LARGEST)
    code: str | None = Field(default=None, max_length=40)


def add_pages(room: APIBlueprint, context: Context) -> None:
    """Sign-in and sign-out of browsers, among the pages of the counter room."""
    _add_pin_pages(room, context)
    _add_code_pages(room, context)

    @room.errorhandler(PageTooOld)
    def sign_in_anew(refused: PageTooOld) -> Answer:
        return _refusal(_names_form(context, refused), refused)


def _add_pin_pages(room: APIBlueprint, context: Context) -> None:
    @room.get("/counter/sign-in")
    def sign_in_page() -> str:
        return _names_form(context)

    @room.post("/counter/sign-in")
    def sign_in() -> Answer:
        try:
            return _take_pin(context, request.form.get("staff", "").strip(), request.form.get("pin", ""))
        except LobbyError as refused:
            return _refusal(_names_form(context, refused), refused)

    @room.post("/counter/sign-out")
    def sign_out() -> Answer:
        person, token = context.caller_of_cookies().person, session.get(SESSION_KEY)
        if person is not None and token is not None:
            context.store.write(lambda conn: _sign_out(conn, person, token, context.clock()))
        session.pop(SESSION_KEY, None)
        return redirect(url_for("counter.sign_in_page"))


def _add_code_pages(room: APIBlueprint, context: Context) -> None:
    @room.get("/counter/sign-in/code")
    def code_page() -> Answer:
        try:
            return _code_form(browser.pending(context).person)
        except SignInAgain:
            return redirect(url_for("counter.sign_in_page"))

    @room.post("/counter/sign-in/code")
    def take_code() -> Answer:
        try:
            waiting = browser.pending(context)
        except LobbyError as refused:
            return _refusal(_names_form(context, refused), refused)
        try:
            return _take_code(context, waiting, request.form.get("code", ""))
        except LobbyError as refused:
            return _refusal(_code_form(waiting.person, refused), refused)


def add_api(room: APIBlueprint, context: Context) -> None:
    """Sign-in for programs."""

    @room.post("/sessions", summary="Sign in for programs")
    def open_session(body: SignIn) -> Answer:
        _require_quiet(context)
        here = Place(request.remote_addr or "")
        token = signing_in.of_program(context, body.staff.strip(), body.pin, body.code, here)
        number = body.counter
        if number is not None:
            person = context.caller_of_token(token).staff
            context.store.write(lambda conn: desk.open_counter(conn, number, person, context.clock()))
        return {"token": token}, 201


def _require_quiet(context: Context) -> None:
    if not context.limiter.hit(SIGN_INS, "sign-in", request.remote_addr or ""):
        raise TooManyTries


def _take_pin(context: Context, name: str, pin: str) -> Answer:
    _require_quiet(context)
    with context.store.read() as conn:
        found = staff.staff_by_name(conn, name)
    here, target = browser.place(found), _local(request.form.get("next", ""))
    person = signing_in.check_pin(context, found, pin, here)
    with context.store.read() as conn:
        step = signing_in.next_step(conn, person)
    if step == Step.NOTHING:
        browser.let_in(person, signing_in.enter(context, person, here))
        return redirect(target)
    browser.keep_pending(person, target, context.clock())
    return redirect(SET_UP_PAGE if step == Step.SET_UP else url_for("counter.code_page"))


def _take_code(context: Context, waiting: browser.Pending, code: str) -> Answer:
    _require_quiet(context)
    person, here = waiting.person, browser.place(waiting.person)
    with context.store.read() as conn:
        step = signing_in.next_step(conn, person)
    if step == Step.SET_UP:
        raise SecondFactorMissing
    signing_in.check_code(context, person, code, here)
    browser.let_in(person, signing_in.enter(context, person, here))
    return redirect(waiting.target)


def _sign_out(conn: sqlite3.Connection, person: Staff, token: str, now: float) -> None:
    """Leave the counter too. Raises `CounterBusy` while somebody is being served there."""
    at = counters.of_staff(conn, person.id)
    if at is not None:
        desk.close_counter(conn, at.number, person, now)
    sessions.end(conn, token)


def _names_form(context: Context, refused: LobbyError | None = None) -> str:
    with context.store.read() as conn:
        names = [person.name for person in staff.all_staff(conn) if person.pin_hash]
    return render_template(
        "counter/sign_in.html", names=names, next=_local(request.values.get("next", "")), **_said(refused)
    )


def _code_form(person: Staff, refused: LobbyError | None = None) -> str:
    return render_template("counter/sign_in_code.html", name=person.name, **_said(refused))


def _refusal(form: str, refused: LobbyError) -> Answer:
    answer = make_response(form, refused.status)
    answer.retry_after = refused.retry_s
    return answer


def _said(refused: LobbyError | None) -> dict[str, object]:
    """What a form says of a refusal, and for how many seconds it makes no sense to try again."""
    if refused is None:
        return {"error": None, "wait_s": None, "csrf_needed": True}
    return {
        "error": gettext(refused.text).format_map(refused.attrs),
        "wait_s": refused.retry_s,
        "csrf_needed": True,
    }


def _local(target: str) -> str:
    """Where to go after sign-in: only a path of this server."""
    return target if _PATH.fullmatch(target) else url_for("counter.counter_page")
