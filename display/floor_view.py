"""Owns what the floor page shows beside the lobby itself: levels, staff, acts, notices, the line and who left it."""

from collections.abc import Mapping, Sequence
from typing import Any

from counter import desk_view, views
from counter.moment import Present
from db import calendar
from db.alarm_records import Act, ActKind, StaffPage
from db.day_figures import Level
from db.people_records import Staff
from db.setting_records import Service, Settings
from db.ticket_records import Ticket

Json = dict[str, Any]
UNDO_S = 60.0
"""For so long what was done for good can be taken back."""


def levels(found: Sequence[Level], present: Present) -> list[Json]:
    """How many were called in time today, by class and for VIPs by tier."""
    return [
        {
            "class": level.ticket_class,
            "tier_name": views.names(tier.name) if (tier := present.tiers.get(level.tier or "")) else None,
            "kept": level.kept,
            "missed": level.missed,
        }
        for level in found
    ]


def gave_up(found: Sequence[Level]) -> int:
    """Everybody who left, or was not there when called."""
    return sum(level.gave_up for level in found)


def team(people: Sequence[Staff], free: Sequence[Staff], pages: Sequence[StaffPage], present: Present) -> list[Json]:
    """Who is here: at which counter, or free; and whether they were asked to come."""
    counters = {counter.staff_id: counter for counter in present.lobby.counters if counter.staff_id is not None}
    idle = {person.id for person in free}
    newest = {page.staff_id: page for page in reversed(pages)}
    rows = []
    for person in people:
        counter, page = counters.get(person.id), newest.get(person.id)
        if counter is None and person.id not in idle:
            continue
        rows.append({
            "id": person.id,
            "name": person.name,
            "counter": counter and counter.number,
            "state": counter and counter.state,
            "since": calendar.stamp(counter.since, present.settings) if counter else None,
            "page": page and _page(page, present),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (row["counter"] is not None, row["counter"] or 0, row["name"]))


def _page(page: StaffPage, present: Present) -> Json:
    return {"at": calendar.stamp(page.at, present.settings), "coming": page.acknowledged_at is not None}


def act(done: Act, store: Settings, services: Mapping[str, Service]) -> Json:
    """Something that was done at once, and until when it can be taken back."""
    data: Mapping[str, Any] = done.data
    service = services.get(str(data.get("service")))
    undo_until = done.expires_at if done.expires_at is not None else done.at + UNDO_S
    return {
        "id": done.id,
        "kind": done.kind,
        "at": calendar.stamp(done.at, store),
        "by": done.by.partition(":")[2],
        "counter": data.get("counter"),
        "number": data.get("number"),
        "place": data.get("place"),
        "staff": data.get("name"),
        "class": data.get("class"),
        "permission": data.get("permission"),
        "service_name": views.names(service.name) if service else None,
        "text": {"zh": data["zh"], "en": data["en"]} if done.kind == ActKind.NOTICE else None,
        "expires_at": calendar.stamp(done.expires_at, store),
        "undo_until": calendar.stamp(undo_until, store),
        "ended_at": calendar.stamp(done.ended_at, store),
    }


def line(present: Present) -> list[Json]:
    """Everybody who waits, as they stand in line. `placed`: staff have put them where they stand."""
    rows = views.waiting(present.line, present)
    return [
        {**row, "service": one.service, "placed": one.placed_at is not None}
        for one, row in zip(present.line, rows, strict=True)
    ]


def held(tickets: Sequence[Ticket], present: Present) -> list[Json]:
    """Who is on hold, the longest first."""
    return [
        {
            **desk_view.who(one, present),
            "kind": one.hold_kind,
            "since": calendar.stamp(one.held_at, present.settings),
            "counter": one.counter,
            "step_done": one.step_done_at is not None,
        }
        for one in tickets
    ]


def gone(tickets: Sequence[Ticket], others: Mapping[int, str], present: Present) -> list[Json]:
    """Who was missed, gave up or was cancelled today, newest first; by `others` the number taken since."""
    return [
        {
            **desk_view.who(one, present),
            "state": one.state,
            "at": calendar.stamp(one.ended_at, present.settings),
            "other": others.get(one.id),
        }
        for one in tickets
    ]


def notices(running: Sequence[Act]) -> list[Json]:
    """What the floor manager lets the displays say now, newest first."""
    return [{"zh": one.data["zh"], "en": one.data["en"]} for one in running if one.kind == ActKind.NOTICE]
