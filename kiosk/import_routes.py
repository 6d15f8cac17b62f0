"""Owns the web of imports: the members' page, and the calls by which it and the command line take a list over."""

import sqlite3
from collections.abc import Callable
from typing import Any, Literal

from flask import Response, render_template, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from counter import views
from counter.web import LARGEST, Answer, Body, Context
from db import calendar, events, members, plans, settings
from db.event_records import Event, EventKind
from db.plans import Change, Fault
from db.setting_records import Settings
from db.words import Message
from kiosk.fault_sheet import sheet
from kiosk.import_jobs import Job, Jobs

Json = dict[str, Any]

Say = Callable[[Message], str]
"""Puts a message into the language of the request."""

PAGE = 200


class ListQuery(BaseModel):
    """Which kind of list is sent."""

    kind: Literal["members", "appointments"] = "members"


class ImportPath(BaseModel):
    """An import's name."""

    id: str = Field(min_length=1, max_length=64)


class ChangesQuery(BaseModel):
    """One page of one kind of change."""

    kind: Literal["added", "changed", "ended"]
    offset: int = Field(default=0, ge=0, le=LARGEST)


class FaultsQuery(BaseModel):
    """One page of the faults."""

    offset: int = Field(default=0, ge=0, le=LARGEST)


class TakeOver(Body):
    """`strict` changes nothing if there is any fault."""

    strict: bool = False


def pages() -> APIBlueprint:
    """The page where a manager looks at the carrier's list and takes it over."""
    room = APIBlueprint("members", __name__, template_folder="templates", doc_ui=False)

    @room.get("/members")
    def members_page() -> Answer:
        return render_template("kiosk/members.html", csrf_needed=True)

    return room


def api(context: Context, say: Say) -> APIBlueprint:
    """Reading a list, looking at what it would change, taking it over."""
    room = APIBlueprint("imports", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Set-up")])
    jobs = Jobs(context)

    @room.get("/members", summary="How many members there are, and the last list")
    def summary() -> Json:
        with context.store.read() as conn:
            return _summary(conn, context.clock(), jobs)

    @room.post("/imports", summary="Send a list: the body is the file itself (application/octet-stream)")
    def begin(query: ListQuery) -> Answer:
        return _view(jobs.begin(query.kind, request.stream)), 201

    @room.get("/imports/<id>", summary="How far an import is")
    def look(path: ImportPath) -> Json:
        return _view(jobs.find(path.id))

    @room.get("/imports/<id>/changes", summary="What a list would change, page by page")
    def list_changes(path: ImportPath, query: ChangesQuery) -> Json:
        found = plans.changes(jobs.find(path.id).plan, query.kind, query.offset, PAGE)
        return {"changes": [_change(change) for change in found]}

    @room.get("/imports/<id>/faults", summary="What cannot be taken, page by page")
    def list_faults(path: ImportPath, query: FaultsQuery) -> Json:
        return {"faults": [_fault(fault) for fault in plans.faults(jobs.find(path.id).plan, query.offset, PAGE)]}

    @room.get("/imports/<id>/faults.csv", summary="Every fault, for an office program")
    def save_faults(path: ImportPath) -> Response:
        body = sheet(plans.faults(jobs.find(path.id).plan), say)
        saved = {"Content-Disposition": 'attachment; filename="faults.csv"', "Cache-Control": "no-store"}
        return Response(body, mimetype="text/csv", headers=saved)

    @room.post("/imports/<id>/apply", summary="Take a list over")
    def take_over(path: ImportPath, body: TakeOver) -> Answer:
        by = context.caller().commander
        job = jobs.apply(path.id, by if isinstance(by, str) else by.actor, strict=body.strict)
        return _view(job), 202

    @room.delete("/imports/<id>", summary="Put a list away")
    def discard(path: ImportPath) -> Json:
        jobs.discard(path.id)
        return {}

    return room


def _summary(conn: sqlite3.Connection, now: float, jobs: Jobs) -> Json:
    store = settings.load(conn)
    counted = members.valid_by_tier(conn, calendar.local(now, store).date())
    tiers = sorted(settings.tiers(conn).values(), key=lambda tier: -tier.rank)
    last, current = events.last_import(conn, EventKind.MEMBERS_IMPORTED), jobs.current("members")
    return {
        "store": {"name": views.names(store.name)},
        "tiers": [{"code": t.code, "name": views.names(t.name), "members": counted.get(t.code, 0)} for t in tiers],
        "known": members.count(conn),
        "last": _last(last, store) if last else None,
        "current": _view(current) if current else None,
    }


def _last(event: Event, store: Settings) -> Json:
    kept = ("added", "changed", "unchanged", "ended", "faults")
    by = event.actor.removeprefix("staff:")
    return {"at": calendar.stamp(event.at, store), "by": by, **{key: event.data.get(key, 0) for key in kept}}


def _view(job: Job) -> Json:
    facts = job.facts
    counts = {**facts.counts, "faults": facts.faults, "right": facts.right} if facts else {}
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "error": views.message(job.error),
        **counts,
    }


def _change(change: Change) -> Json:
    return {"kind": change.kind, "key": change.key, "name": change.name, **change.shown}


def _fault(fault: Fault) -> Json:
    why = views.message(fault.why)
    return {"line": fault.line, "column": fault.column, "heading": fault.heading, "value": fault.value, "reason": why}
