"""Owns the settings page and the commands' web: set-up by a manager, or by the command line beside a running server."""

import secrets
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, RootModel

from counter import auth
from counter.web import Answer, Context
from db import perks, settings, staff
from db.errors import SignInNeeded
from db.records import DeviceKind, Role, Staff
from lobby import alert_settings, commands, rule_settings


class CommandPath(BaseModel):
    """A command's name."""

    name: str


class Arguments(RootModel[dict[str, Any]]):
    """A command's arguments; each command checks its own."""


def pages(context: Context) -> APIBlueprint:
    """The page where a manager sets the store up."""
    room = APIBlueprint("settings", __name__, doc_ui=False)

    @room.get("/settings")
    def settings_page() -> Answer:
        person = context.caller_of_cookies().person
        if person is None:
            return redirect(url_for("counter.sign_in_page", next="/settings"))
        context.caller_of_cookies().require_staff(Role.MANAGER)
        with context.store.read() as conn:
            return render_template(
                "lobby/settings.html",
                store=settings.load(conn),
                services=settings.services(conn).values(),
                is_admin=auth.has(person, Role.ADMIN),
                tiers=settings.tiers(conn).values(),
                people=staff.all_staff(conn),
                devices=staff.devices(conn),
                roles=list(Role),
                kinds=list(DeviceKind),
                rule=rule_settings.kind_in_words(conn),
                csrf_needed=True,
            )

    @room.get("/settings/rule")
    def rule_page() -> Answer:
        person = context.caller_of_cookies().person
        if person is None:
            return redirect(url_for("counter.sign_in_page", next="/settings/rule"))
        context.caller_of_cookies().require_staff(Role.MANAGER)
        with context.store.read() as conn:
            return render_template(
                "lobby/rule.html",
                **rule_settings.page(conn),
                may_change=auth.includes(person.role, Role.ADMIN),
                csrf_needed=True,
            )

    @room.get("/settings/alerts")
    def alerts_page() -> Answer:
        person = context.caller_of_cookies().person
        if person is None:
            return redirect(url_for("counter.sign_in_page", next="/settings/alerts"))
        context.caller_of_cookies().require_staff(Role.MANAGER)
        with context.store.read() as conn:
            return render_template(
                "lobby/alerts.html",
                store=settings.load(conn),
                **alert_settings.page(conn),
                may_send=auth.has(person, Role.ADMIN),
                csrf_needed=True,
            )

    @room.get("/settings/entitlements")
    def entitlements_page() -> Answer:
        person = context.caller_of_cookies().person
        if person is None:
            return redirect(url_for("counter.sign_in_page", next="/settings/entitlements"))
        context.caller_of_cookies().require_staff(Role.ADMIN)
        with context.store.read() as conn:
            return render_template(
                "lobby/entitlements.html",
                store=settings.load(conn),
                tiers=settings.tiers(conn).values(),
                perks=perks.everyone(conn).values(),
                people=staff.all_staff(conn),
                csrf_needed=True,
            )

    return room


def api(context: Context, control_token: str) -> APIBlueprint:
    """Commands, for managers and for whoever can read the data folder's control token."""
    room = APIBlueprint("commands", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Set-up")])

    @room.post("/commands/<name>", summary="Run a set-up command")
    def run(path: CommandPath, body: Arguments) -> Answer:
        return commands.run(context, path.name, body.root, manager(context, control_token))

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
