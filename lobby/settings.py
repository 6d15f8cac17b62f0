"""Owns the settings page and the commands' web: set-up by a manager, or by the command line beside a running server."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from flask import jsonify, render_template, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, RootModel

from counter import auth
from counter.web import Answer, Context
from db import calendar, perks, settings, staff
from db.people_records import Role, Staff
from lobby import (
    alert_settings,
    change_list,
    commands,
    counter_settings,
    display_settings,
    holiday_list,
    opening,
    rule_settings,
    services,
    settings_file,
    store_texts,
    voice_settings,
)
from lobby.orders import Json

CHANGE = "Settings-Change"
"""The header that names the change a command made, for whoever wants to undo it."""


class CommandPath(BaseModel):
    """A command's name."""

    name: str


class Arguments(RootModel[dict[str, Any]]):
    """A command's arguments; each command checks its own."""


class Country(BaseModel):
    """A country, as two letters."""

    country: str


def pages(context: Context) -> APIBlueprint:
    """The pages where the store is set up."""
    room = APIBlueprint("settings", __name__, doc_ui=False)

    def show(page: _Page) -> Answer:
        person = context.caller().staff
        with context.store.read() as conn:
            return render_template(page.template, **page.content(conn, person, context.store.folder), csrf_needed=True)

    def hours(conn: sqlite3.Connection, _: Staff, __: Path) -> Json:
        return _drawn("hours", conn, opening.page(conn, context.clock()))

    drawn = {"/settings/hours": _Page(_DRAWN, hours)}
    for path, page in {**_PAGES, **drawn}.items():
        room.add_url_rule(path, path.strip("/").replace("/", "_"), partial(show, page))
    return room


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of settings, and what stands on it (of the database, the reader, the folder)."""

    template: str
    content: Callable[[sqlite3.Connection, Staff, Path], Json]


def _store(conn: sqlite3.Connection, person: Staff, _: Path) -> Json:
    return {
        "store": settings.load(conn),
        "services": settings.services(conn).values(),
        "is_admin": auth.has(person, Role.ADMIN),
        "tiers": settings.tiers(conn).values(),
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


def _services(conn: sqlite3.Connection, _: Staff, __: Path) -> Json:
    return _drawn("services", conn, services.page(conn))


def _counters(conn: sqlite3.Connection, person: Staff, _: Path) -> Json:
    return _drawn("counters", conn, {**counter_settings.page(conn), "may_change": auth.has(person, Role.ADMIN)})


def _texts(conn: sqlite3.Connection, _: Staff, __: Path) -> Json:
    return _drawn("store-texts", conn, store_texts.page(conn))


def _drawn(script: str, conn: sqlite3.Connection, state: Json) -> Json:
    """A page that a script draws from its state, and again from the answer to each command."""
    return {"script": script, "state": state, "store": settings.load(conn)}


def _alerts(conn: sqlite3.Connection, person: Staff, _: Path) -> Json:
    may_send = auth.has(person, Role.ADMIN)
    return {"store": settings.load(conn), **alert_settings.page(conn), "may_send": may_send}


_DRAWN = "lobby/drawn.html"
_PAGES = {
    "/settings": _Page("lobby/settings.html", _store),
    "/settings/rule": _Page("lobby/rule.html", _rule),
    "/settings/entitlements": _Page("lobby/entitlements.html", _entitlements),
    "/settings/services": _Page(_DRAWN, _services),
    "/settings/counters": _Page(_DRAWN, _counters),
    "/settings/texts": _Page(_DRAWN, _texts),
    "/settings/alerts": _Page("lobby/alerts.html", _alerts),
    "/settings/changes": _Page("lobby/changes.html", _changes),
    "/settings/file": _Page("lobby/settings_file.html", _file),
    "/settings/voice": _Page("lobby/voice.html", lambda conn, _, __: voice_settings.page(conn)),
    "/settings/display": _Page("lobby/displays.html", lambda conn, _, folder: display_settings.page(conn, folder)),
}


def api(context: Context) -> APIBlueprint:
    """Commands, for managers and for whoever can read the data folder's control token."""
    room = APIBlueprint("commands", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Set-up")])

    @room.post("/commands/<name>", summary="Run a set-up command")
    def run(path: CommandPath, body: Arguments) -> Answer:
        done = commands.carry_out(context, path.name, body.root, context.caller().commander)
        answer = jsonify(done.answer)
        if done.change is not None:
            answer.headers[CHANGE] = str(done.change)
        return answer

    @room.get("/holidays", summary="A country's public holidays of the next 400 days, to choose special days from")
    def public_holidays(query: Country) -> Answer:
        with context.store.read() as conn:
            today = calendar.local(context.clock(), settings.load(conn)).date()
        return {"holidays": context.off_loop(lambda: holiday_list.between(query.country, today))}

    return room
