"""Owns setting the lobby displays up: how they look, how long a call stays, notices, and what each display shows."""

import base64
import binascii
import io
import sqlite3
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image
from pydantic import Field

from counter.line import VIP_LETTER, VIP_QUEUE
from counter.web import Body, Context
from db import counters, pictures, settings, staff
from db.errors import LobbyError
from db.people_records import Device, DeviceKind
from db.setting_records import Theme
from db.words import Names
from display import media, scope, theme
from display.scope import Layout, Scope
from lobby.orders import Command, Json, Order

LARGEST_LOGO = 4 * 1024 * 1024
LOGO_SIZE = (960, 240)
MOST_PIXELS = 40_000_000


class BadLogo(LobbyError):
    """A logo no display could show."""

    code, status, field = "bad_logo", 422, "logo"
    text = "The logo is no picture that can be used. Give a PNG, JPEG or WebP of at most 4 MB."


class UnknownDisplay(LobbyError):
    """No display of this name."""

    code, status, field = "unknown_display", 404, "name"
    text = "There is no display “{name}”."


class NotADisplay(LobbyError):
    """Only displays show queues."""

    code, status, field = "not_a_display", 422, "kind"
    text = "Queues, counters and layout are for displays only."


class Notice(Body):
    """A line at the bottom of the displays, in both languages."""

    zh: str = Field(min_length=1, max_length=80)
    en: str = Field(min_length=1, max_length=140)


class DisplaySet(Body):
    """How all displays look; what is absent stays as it is.

    `accent` and `ground` are colours like #FFC83D, empty for the usual; `logo` is a picture in base64, empty for none;
    `hold_s` is how long a call keeps the big place.
    """

    accent: str | None = Field(default=None, max_length=20)
    ground: str | None = Field(default=None, max_length=20)
    logo: str | None = Field(default=None, max_length=LARGEST_LOGO * 4 // 3 + 4)
    hold_s: int | None = Field(default=None, ge=3, le=60)
    notices: list[Notice] | None = Field(default=None, max_length=12)


class DisplayScope(Body):
    """What one display shows: queues like `A,B` and counters like `1-4`, empty for all; what is absent stays."""

    name: str
    layout: Layout | None = None
    queues: str | None = Field(default=None, max_length=200)
    counters: str | None = Field(default=None, max_length=200)


def device_options(conn: sqlite3.Connection, kind: DeviceKind, given: DisplayScope) -> dict[str, str]:
    """What a new device keeps of its scope. Raises `NotADisplay`, or what `display.scope` refuses."""
    if kind != DeviceKind.DISPLAY:
        if given.model_fields_set - {"name"}:
            raise NotADisplay
        return {}
    return scope.options(_scope(conn, Scope(), given))


def page(conn: sqlite3.Connection, folder: Path) -> Json:
    """What the settings page of the displays shows."""
    return {
        "store": settings.load(conn),
        "usual": Theme(theme.USUAL_ACCENT, theme.USUAL_GROUND),
        "displays": [(device, _said(conn, scope.of(device))) for device in staff.devices(conn, DeviceKind.DISPLAY)],
        "layouts": list(Layout),
        "letters": {service.letter: service.name for service in settings.services(conn).values()},
        "counters": [counter.number for counter in counters.everyone(conn)],
        "folder": folder / media.FOLDER,
        "media": media.shown(folder),
    }


def _said(conn: sqlite3.Connection, shown: Scope) -> Json:
    letters = {code: service.letter for code, service in settings.services(conn).items()} | {VIP_QUEUE: VIP_LETTER}
    return {
        "layout": shown.layout,
        "queues": ",".join(letters.get(code, code) for code in shown.queues),
        "counters": ",".join(map(str, shown.counters)),
    }


def _redraw(_: Context, body: DisplaySet) -> DisplaySet:
    """A picture from outside is decoded and drawn anew, before the transaction: only a small PNG of ours is kept."""
    if not body.logo:
        return body
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            png = _png(base64.b64decode(body.logo.rpartition(",")[2], validate=True))
    except (binascii.Error, OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError):
        raise BadLogo from None
    return body.model_copy(update={"logo": base64.b64encode(png).decode()})


def _png(picture: bytes) -> bytes:
    with Image.open(io.BytesIO(picture), formats=("PNG", "JPEG", "WEBP")) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise BadLogo
        opened.thumbnail(LOGO_SIZE)
        out = io.BytesIO()
        opened.convert("RGBA").save(out, "PNG")
    return out.getvalue()


def _display_set(conn: sqlite3.Connection, _: Order, body: DisplaySet) -> Json:
    before = settings.load(conn)
    changed = replace(
        before,
        theme=_theme(before.theme, body),
        hold_s=before.hold_s if body.hold_s is None else body.hold_s,
        notices=before.notices if body.notices is None else tuple(Names(one.zh, one.en) for one in body.notices),
    )
    theme.require_readable(changed.theme)
    if body.logo is not None:
        changed = replace(changed, theme=replace(changed.theme, logo=_keep_logo(conn, body.logo)))
    if changed == before:
        return {"changed": False}
    settings.save(conn, changed)
    return {"changed": True}


def _theme(before: Theme, body: DisplaySet) -> Theme:
    return replace(
        before,
        accent=before.accent if body.accent is None else theme.colour(body.accent),
        ground=before.ground if body.ground is None else theme.colour(body.ground),
    )


def _keep_logo(conn: sqlite3.Connection, logo: str) -> str | None:
    if logo:
        return pictures.put(conn, pictures.LOGO, base64.b64decode(logo))
    pictures.remove(conn, pictures.LOGO)
    return None


def _device_display(conn: sqlite3.Connection, _: Order, body: DisplayScope) -> Json:
    device = _display(conn, body.name)
    shown = _scope(conn, scope.of(device), body)
    changed = staff.set_options(conn, device.id, scope.options(shown))
    return {"changed": changed, **_said(conn, shown)}


def _display(conn: sqlite3.Connection, name: str) -> Device:
    for device in staff.devices(conn, DeviceKind.DISPLAY):
        if device.name == name:
            return device
    raise UnknownDisplay(name=name)


def _scope(conn: sqlite3.Connection, before: Scope, body: DisplayScope) -> Scope:
    numbers = [counter.number for counter in counters.everyone(conn)]
    services = settings.services(conn)
    after = Scope(
        before.layout if body.layout is None else body.layout,
        before.queues if body.queues is None else scope.queues_named(body.queues, services),
        before.counters if body.counters is None else scope.counters_named(body.counters, numbers),
    )
    scope.require_sound(after)
    return after


COMMANDS: dict[str, Command[Any]] = {
    "display-set": Command(DisplaySet, _display_set, _redraw),
    "device-display": Command(DisplayScope, _device_display),
}
