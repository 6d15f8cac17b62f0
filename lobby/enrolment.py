"""Owns enrolment: one-time links that connect a device's browser, or let somebody set a PIN."""

import sqlite3
from typing import Any

from flask import Response, redirect, render_template, session
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from counter import auth, browser, signing_in
from counter.errors import WeakPin
from counter.signing_in import Step
from counter.web import DEVICE_KEY, Answer, Body, Context
from db import events, staff
from db.event_records import EventKind
from db.people_records import Device, DeviceKind, Role, Staff
from display.routes import qr_svg
from lobby.errors import LinkUsed
from lobby.sample import enrolment_path

_HOME = {DeviceKind.KIOSK: "/kiosk", DeviceKind.DISPLAY: "/display"}


class LinkPath(BaseModel):
    """The one-time token."""

    token: str = Field(min_length=1, max_length=64)


class Enrol(Body):
    """Uses a link; the PIN goes with a person's."""

    pin: str | None = None


def pages(context: Context) -> APIBlueprint:
    """The page behind an enrolment link. Opening it changes nothing; the page then posts."""
    room = APIBlueprint("enrolment", __name__, doc_ui=False)

    @room.get("/enrol/<token>")
    def enrol_page(path: LinkPath) -> Answer:
        here = context.caller_of_cookies().device
        try:
            with context.store.read() as conn:
                device, person = _find(conn, path.token)
        except LinkUsed:
            if here is None:
                raise
            return redirect(_HOME.get(here.kind, "/"))  # a screen that always starts with its link
        if device is not None:
            return render_template(
                "lobby/enrol.html", purpose="device", name=device.name, kind=device.kind, csrf_needed=True
            )
        return render_template(
            "lobby/enrol.html", purpose="pin", name=person and person.name, kind="staff", csrf_needed=True
        )

    @room.post("/enrol/<token>")
    def enrol(path: LinkPath, body: Enrol) -> dict[str, Any]:
        with context.store.read() as conn:
            _find(conn, path.token)
        pin_hash = _hash(context, body.pin) if body.pin is not None else None
        device, person, token = context.store.write(lambda conn: _use(conn, path.token, pin_hash, context.clock()))
        if device is not None:
            session.permanent = True
            session[DEVICE_KEY] = device.id
            return {"next": _HOME.get(device.kind, "/")}
        if person is None or token is None:  # a PIN alone does not let them in
            return {"next": "/counter/sign-in"}
        browser.let_in(person, token)
        return {"next": "/" if person.role != Role.COUNTER else "/counter"}

    @room.get("/enrol/<token>/qr.svg")
    def enrol_qr(path: LinkPath) -> Answer:
        with context.store.read() as conn:
            _find(conn, path.token)
        return Response(qr_svg(context.base_url + enrolment_path(path.token)), mimetype="image/svg+xml")

    return room


def _hash(context: Context, pin: str) -> str:
    auth.require_strong(pin)
    return str(context.off_loop(lambda: auth.hash_pin(pin)))


def _find(conn: sqlite3.Connection, token: str) -> tuple[Device | None, Staff | None]:
    found = staff.enrolment(conn, token)
    if found is None:
        raise LinkUsed
    device_id, staff_id = found
    device = staff.device_by_id(conn, device_id) if device_id else None
    return device, staff.staff_by_id(conn, staff_id) if staff_id else None


def _use(
    conn: sqlite3.Connection, token: str, pin_hash: str | None, now: float
) -> tuple[Device | None, Staff | None, str | None]:
    """Use the link up; a person's needs the PIN, and signs them in unless they need a second factor too."""
    device, person = _find(conn, token)
    if person is not None and pin_hash is None:
        raise WeakPin
    if not staff.use_enrolment(conn, token, now):
        raise LinkUsed
    if person is None or pin_hash is None:
        events.append(conn, now, EventKind.DEVICE_ENROLLED, device.actor if device else "holder")
        return device, None, None
    staff.set_pin_hash(conn, person.id, pin_hash)
    events.append(conn, now, EventKind.PIN_SET, person.actor)
    needs_more = signing_in.next_step(conn, person) != Step.NOTHING
    return None, person, None if needs_more else auth.open_session(conn, person, now)
