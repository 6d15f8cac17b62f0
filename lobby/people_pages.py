"""Owns the settings pages of staff and of devices: who is there and how they are, and what can be done about it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from counter import auth, views
from counter.web import Answer, Context
from db import settings
from db.people_records import DeviceKind, Role
from db.setting_records import Settings
from db.words import Message
from lobby import device_commands, people_commands
from lobby.ago import NOW, ago
from lobby.orders import Json


def pages(context: Context) -> APIBlueprint:
    """Both pages, for managers."""
    room = APIBlueprint("people", __name__, doc_ui=False)

    @room.get("/settings/staff")
    def staff_page() -> Answer:
        person = context.caller().staff
        now = context.clock()
        with context.store.read() as conn:
            store, people = settings.load(conn), people_commands.listed(conn, now)
        for one in people:
            one["since"] = _when(one["signed_in_at"], now, store)
            one["may_change"] = auth.includes(person.role, Role(one["role"]))
        return render_template(
            "lobby/staff.html",
            store=store,
            people=[one for one in people if one["retired_at"] is None],
            gone=[one for one in people if one["retired_at"] is not None],
            roles=[role for role in Role if auth.includes(person.role, role)],
            own_name=person.name,
            is_admin=auth.has(person, Role.ADMIN),
            csrf_needed=True,
        )

    @room.get("/settings/devices")
    def devices_page() -> Answer:
        with context.store.read() as conn:
            store = settings.load(conn)
        return render_template(
            "lobby/devices.html", store=store, devices=_devices(context), kinds=list(DeviceKind), csrf_needed=True
        )

    return room


def api(context: Context) -> APIBlueprint:
    """The devices, for the page's live column and for programs of managers."""
    room = APIBlueprint("devices_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Set-up")])

    @room.get("/devices", summary="Every device, and when it was last seen")
    def read_devices() -> dict[str, Any]:
        return {"devices": [{**one, "seen": views.message(one["seen"])} for one in _devices(context)]}

    return room


def _devices(context: Context) -> list[Json]:
    here, now = dict(context.on_line()), context.clock()
    with context.store.read() as conn:
        found = device_commands.listed(conn, here)
    return [{**one, "seen": _seen(one, now)} for one in found]


def _seen(device: Json, now: float) -> Message:
    if device["is_here"]:
        return NOW
    return ago(None if device["seen_at"] is None else now - device["seen_at"])


def _when(at: float | None, now: float, store: Settings) -> Message:
    """When somebody signed in last, on the store's clock."""
    if at is None:
        return Message("never", "not yet")
    zone = ZoneInfo(store.timezone)
    then = datetime.fromtimestamp(at, zone)
    if then.date() == datetime.fromtimestamp(now, zone).date():
        return Message("today_at", "today {time}", {"time": f"{then:%H:%M}"})
    return Message("on_day", "{day} {time}", {"day": f"{then:%Y-%m-%d}", "time": f"{then:%H:%M}"})
