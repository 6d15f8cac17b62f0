"""Owns the settings page and the commands' web: set-up by a manager, or by the command line beside a running server."""

import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, RootModel

from counter import auth
from counter.errors import SignInNeeded
from counter.web import Answer, Context
from db import perks, settings, staff
from db.records import DeviceKind, Role, Staff
from lobby import alert_settings, change_list, commands, display_settings, rule_settings, settings_file, voice_settings
from lobby.orders import Json

CHANGE = "Settings-Change"
"""The header that names the change a command made, for whoever wants to undo it."""


class CommandPath(BaseModel):
    """A command's name."""

    name: str


class Arguments(RootModel[dict[str, Any]]):
    """A command's arguments; each command checks its own."""


def pages(context: Context) -> APIBlueprint:
    """The pages where the store is set up; who is not signed in signs in first."""
    room = APIBlueprint("settings", __name__, doc_ui=False)

    def show(page: _Page) -> Answer:
        person = context.caller_of_cookies().person
        if person is None:
            return redirect(url_for("counter.sign_in_page", next=request.path))
        auth.require(person, page.role)
        with context.store.read() as conn:
            return render_template(page.template, **page.content(conn, person, context.store.folder), csrf_needed=True)

    for path, page in _PAGES.items():
        room.add_url_rule(path, path.strip("/").replace("/", "_"), partial(show, page))
    return room


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of settings: whose it is at least, and what stands on it (of the database, the reader, the folder)."""

    template: str
    role: Role
    content: Callable[[sqlite3.Connection, Staff, Path], Json]


def _store(conn: sqlite3.Connection, person: Staff, _: Path) -> Json:
    return {
        "store": settings.load(conn),
        "services": settings.services(conn).values(),
        "is_admin": auth.has(person, Role.ADMIN),
        "tiers": settings.tiers(conn).values(),
        "people": staff.all_staff(conn),
        "devices": staff.devices(conn),
        "roles": list(Role),
        "kinds": list(DeviceKind),
        "rule": rule_settings.kind_in_words(conn),
    }


def _rule(conn: sqlite3.Connection, person: Staff, _: Path) -> Json:
    return {**rule_settings.page(conn), "may_change": auth.has(person, Role.ADMIN)}


def _entitlements(conn: sqlite3.Connection, _: Staff, __: Path) -> Json:
    return {
        "store": settings.load(conn),
        "tiers": settings.tiers(conn).values(),
        "perks": perks.everyone(conn).values(),
        "people": staff.all_staff(conn),
    }


def _changes(conn: sqlite3.Connection, person: Staff, _: Path) -> Json:
    before = request.args.get("before", type=int)
    is_one = before is not None and 0 < before <= change_list.LARGEST_ID
    return change_list.page(conn, person.role, before if is_one else None)


def _file(conn: sqlite3.Connection, person: Staff, _: Path) -> Json:
    may_take_over = auth.has(person, Role.ADMIN)
    return {"store": settings.load(conn), "may_take_over": may_take_over, "largest": settings_file.LARGEST}


def _alerts(conn: sqlite3.Connection, person: Staff, _: Path) -> Json:
    may_send = auth.has(person, Role.ADMIN)
    return {"store": settings.load(conn), **alert_settings.page(conn), "may_send": may_send}


_PAGES = {
    "/settings": _Page("lobby/settings.html", Role.MANAGER, _store),
    "/settings/rule": _Page("lobby/rule.html", Role.MANAGER, _rule),
    "/settings/entitlements": _Page("lobby/entitlements.html", Role.ADMIN, _entitlements),
    "/settings/alerts": _Page("lobby/alerts.html", Role.MANAGER, _alerts),
    "/settings/changes": _Page("lobby/changes.html", Role.MANAGER, _changes),
    "/settings/file": _Page("lobby/settings_file.html", Role.MANAGER, _file),
    "/settings/voice": _Page("lobby/voice.html", Role.MANAGER, lambda conn, _, __: voice_settings.page(conn)),
    "/settings/display": _Page(
        "lobby/displays.html", Role.MANAGER, lambda conn, _, folder: display_settings.page(conn, folder)
    ),
}


def api(context: Context, control_token: str) -> APIBlueprint:
    """Commands, for managers and for whoever can read the data folder's control token."""
    room = APIBlueprint("commands", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Set-up")])

    @room.post("/commands/<name>", summary="Run a set-up command")
    def run(path: CommandPath, body: Arguments) -> Answer:
        done = commands.carry_out(context, path.name, body.root, manager(context, control_token))
        answer = jsonify(done.answer)
        if done.change is not None:
            answer.headers[CHANGE] = str(done.change)
        return answer

    return room


def manager(context: Context, control_token: str) -> Staff | str:
    """Who gives a command: a manager, or the command line. Raises `SignInNeeded`, `Forbidden`."""
    sent = request.headers.get("Authorization", "")
    if secrets.compare_digest(sent.encode(), f"Bearer {control_token}".encode()):
        return "command"
    caller = context.caller()
    if caller.person is None:
        raise SignInNeeded
    return caller.require_staff(Role.MANAGER)
