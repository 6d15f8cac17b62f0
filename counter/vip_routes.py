"""Owns the web of what VIPs are entitled to: perks at a counter, account managers' duty and pages, proxy answers."""

import sqlite3
from collections.abc import Callable
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from counter import auth, duty_screen, paging, perks, proxies, screen
from counter.acting import get_counter
from counter.present import load_with_calls
from counter.web import LARGEST, Body, Context
from db.people_records import Staff


class PerkPath(BaseModel):
    """Which perk at which counter."""

    number: int = Field(ge=1, le=LARGEST)
    code: str = Field(max_length=32)


class PerkUse(Body):
    """`request_key` makes a repeat harmless; a counter's view offers one with every perk."""

    request_key: str = Field(min_length=1, max_length=128)


class PerkUndo(Body):
    """`use`: which use to take back, as the counter's view names it."""

    use: int = Field(ge=1, le=LARGEST)


class ManagerPath(BaseModel):
    """An account manager's code in the carrier's list."""

    code: str = Field(max_length=32)


class Duty(Body):
    """On duty or off."""

    on: bool


class IdPath(BaseModel):
    """The id that a snapshot gives."""

    id: int = Field(ge=1, le=LARGEST)


Step = Callable[[sqlite3.Connection], None]


def api(context: Context) -> APIBlueprint:
    """Perks, duty, pages, proxy answers: staff only."""
    room = APIBlueprint("vip_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="VIPs")])

    @room.post("/counters/<int:number>/perks/<code>/use", summary="Give the present VIP a perk once")
    def use_perk(path: PerkPath, body: PerkUse) -> dict[str, Any]:
        person = context.caller().staff
        return _at_counter(
            path.number,
            person,
            lambda c: perks.use(c, path.number, path.code, body.request_key, person, context.clock()),
        )

    @room.post("/counters/<int:number>/perks/<code>/undo", summary="Take one use of a perk back")
    def undo_perk(path: PerkPath, body: PerkUndo) -> dict[str, Any]:
        person = context.caller().staff
        return _at_counter(
            path.number, person, lambda c: perks.undo(c, path.number, path.code, body.use, person, context.clock())
        )

    @room.get("/duty", summary="My own notices: arrivals, duty, proxy handling")
    def read_duty() -> dict[str, Any]:
        return _mine(context.caller().staff)

    @room.post("/account-managers/<code>/duty", summary="Come on duty or go off, for oneself or as a floor manager")
    def set_duty(path: ManagerPath, body: Duty) -> dict[str, Any]:
        person = context.caller().staff
        return _own(person, lambda c: paging.set_duty(c, path.code, person, context.clock(), on=body.on))

    @room.post("/pages/<int:id>/acknowledge", summary="I take care of this arrival")
    def acknowledge(path: IdPath) -> dict[str, Any]:
        person = context.caller().staff
        return _own(person, lambda c: paging.acknowledge(c, path.id, person, context.clock()))

    @room.post("/proxies/<int:id>/answered", summary="The absent customer has been told")
    def answered(path: IdPath) -> dict[str, Any]:
        person = context.caller().staff
        return _own(person, lambda c: proxies.answered(c, path.id, person, context.clock()))

    def _at_counter(number: int, person: Staff, step: Step) -> dict[str, Any]:
        context.store.write(lambda conn: _as_occupant(conn, number, person, step))
        with context.store.read() as conn:
            return {**context.frame, **screen.read(conn, number, load_with_calls(conn, context.clock()))}

    def _own(person: Staff, step: Step) -> dict[str, Any]:
        context.store.write(step)
        return _mine(person)

    def _mine(person: Staff) -> dict[str, Any]:
        with context.store.read() as conn:
            return {**context.frame, **duty_screen.read(conn, person.id, load_with_calls(conn, context.clock()))}

    return room


def _as_occupant(conn: sqlite3.Connection, number: int, person: Staff, step: Step) -> None:
    auth.require_counter(person, get_counter(conn, number))
    step(conn)
