"""Owns the page of one's own sign-in: signing out everywhere, and setting up or turning off the second factor."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_openapi3.blueprint import APIBlueprint

from counter import auth, browser, second_factor, signing_in
from counter.errors import FactorInForce, Forbidden, SignInNeeded, WrongCode
from counter.signing_in import Step
from counter.web import SESSION_KEY, Answer, Context
from db import keys, second_factors, sessions, settings
from db.errors import LobbyError
from db.people_records import Role, Staff
from display.routes import qr_svg
from lobby.people_commands import sign_out_everywhere

_How = Callable[[sqlite3.Connection, bytes, Staff, str], second_factor.Enrolment]


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who sets up a second factor: somebody signed in, or (`is_entering`) on the way in with the right PIN."""

    person: Staff
    target: str
    is_entering: bool


def pages(context: Context) -> APIBlueprint:
    """One's own page, for everybody who signs in."""
    room = APIBlueprint("me", __name__, doc_ui=False)

    @room.get("/me")
    def own_page() -> Answer:
        return _own(context, context.caller().staff)

    @room.post("/me/sign-out-everywhere")
    def sign_out() -> Answer:
        person = context.caller().staff
        context.store.write(lambda conn: sign_out_everywhere(conn, person.id, person.actor, context.clock()))
        session.pop(SESSION_KEY, None)
        return redirect(url_for("counter.sign_in_page"))

    _add_second_factor(room, context)
    return room


def _add_second_factor(room: APIBlueprint, context: Context) -> None:
    @room.get("/me/second-factor")
    def set_up_page() -> Answer:
        try:
            asker = _asker(context)
            return _set_up_form(asker, _enrolment(context, asker.person, second_factor.begin))
        except FactorInForce:
            return redirect(url_for("me.own_page"))

    @room.get("/me/second-factor/qr.svg")
    def set_up_qr() -> Answer:
        asker = _asker(context)
        drawn = qr_svg(_enrolment(context, asker.person, second_factor.begun).uri)
        return Response(drawn, mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})

    @room.post("/me/second-factor")
    def set_up() -> Answer:
        asker = _asker(context)
        try:
            return _confirm(context, asker, request.form.get("code", ""))
        except WrongCode as refused:
            same = _enrolment(context, asker.person, second_factor.begun)
            return _set_up_form(asker, same, refused), refused.status

    @room.post("/me/second-factor/off")
    def turn_off() -> Answer:
        person = context.caller().staff
        try:
            signing_in.check_code(context, person, request.form.get("code", ""), browser.place(person))
        except LobbyError as refused:
            return _own(context, person, refused), refused.status
        context.store.write(lambda conn: second_factor.turn_off(conn, person, person.actor, context.clock()))
        return redirect(url_for("me.own_page"))


def _asker(context: Context) -> _Asker:
    """Raises `SignInNeeded`, `Forbidden` for counter staff, who have no use for it."""
    person = context.caller().person
    if person is not None:
        if not auth.has(person, Role.MANAGER):
            raise Forbidden
        return _Asker(person, "/me", is_entering=False)
    waiting = browser.pending(context)
    with context.store.read() as conn:
        step = signing_in.next_step(conn, waiting.person)
    if step != Step.SET_UP:
        raise SignInNeeded
    return _Asker(waiting.person, waiting.target, is_entering=True)


def _enrolment(context: Context, person: Staff, how: _How) -> second_factor.Enrolment:
    key = keys.load_or_create(context.store.folder)
    with context.store.read() as conn:
        name = settings.load(conn).name.zh
    return context.store.write(lambda conn: how(conn, key, person, name))


def _confirm(context: Context, asker: _Asker, code: str) -> Answer:
    key, now, here = keys.load_or_create(context.store.folder), context.clock(), browser.place(asker.person)
    codes = context.store.write(lambda conn: second_factor.confirm(conn, key, asker.person, code, now))
    if asker.is_entering:
        browser.let_in(asker.person, signing_in.enter(context, asker.person, here))
    return render_template("lobby/recovery_codes.html", codes=codes, target=asker.target)


def _set_up_form(asker: _Asker, enrolment: second_factor.Enrolment, refused: LobbyError | None = None) -> str:
    return render_template(
        "lobby/second_factor.html",
        person=asker.person,
        secret=enrolment.in_groups,
        is_entering=asker.is_entering,
        error=_said(refused),
        csrf_needed=True,
    )


def _own(context: Context, person: Staff, refused: LobbyError | None = None) -> str:
    with context.store.read() as conn:
        return render_template(
            "lobby/me.html",
            store=settings.load(conn),
            person=person,
            signed_in=sessions.counts(conn, context.clock()).get(person.id, 0),
            may_have_factor=auth.has(person, Role.MANAGER),
            has_factor=second_factor.is_in_force(conn, person),
            codes_left=second_factors.recovery_codes_left(conn, person.id),
            error=_said(refused),
            csrf_needed=True,
        )


def _said(refused: LobbyError | None) -> str | None:
    return gettext(refused.text).format_map(refused.attrs) if refused else None
