"""Owns reading one person's own notices from the rows: whom they are told of, their duty, proxy handling.

It is made for one person only, so that a customer's name reaches no other screen than the addressed manager's.
"""

import sqlite3
from typing import Any

from counter import alert_words, auth, proxies, views
from counter.customer import greeting
from counter.errors import SignInNeeded
from counter.moment import Present
from db import acts, alerts, calendar, duty, members, pages, staff, tickets
from db.alarm_records import SeenBy
from db.pages import Page, Stage
from db.people_records import Role, Staff

CALLED_FOR_S = 15 * 60.0


def read(conn: sqlite3.Connection, staff_id: int, present: Present) -> dict[str, Any]:
    """The snapshot of one of the staff, as docs/live.md describes it. Raises `SignInNeeded`."""
    person = staff.staff_by_id(conn, staff_id)
    if person is None:
        raise SignInNeeded
    is_manager = auth.has(person, Role.MANAGER)
    told = pages.unacknowledged(conn)
    return {
        **views.head(present),
        "me": {
            "manager": person.manager_code,
            "on_duty": person.on_duty_since is not None,
            "figures": _figures(conn, person, present),
        },
        "pages": [
            _page(conn, page, present, person) for page in told if _concerns(page, person, is_manager=is_manager)
        ],
        "managers": [_manager(one, told, present) for one in duty.managers(conn)] if is_manager else [],
        "proxies": proxies.running(conn, present, person, of_all=is_manager),
        "called": _called(conn, present, person),
        "alerts": _alerts(conn, present),
    }


def _figures(conn: sqlite3.Connection, person: Staff, present: Present) -> views.Json:
    """One's own day, and nobody else's."""
    today = calendar.business_day(present.now, present.settings)
    served, mean_s = tickets.handled_by(conn, today, person.id)
    return {"served": served, "mean_handling_s": None if mean_s is None else round(mean_s)}


def _called(conn: sqlite3.Connection, present: Present, person: Staff) -> list[views.Json]:
    """Where a floor manager asks them to come, for a quarter of an hour."""
    return [
        {"id": page.id, "at": calendar.stamp(page.at, present.settings), "by": page.by, "counter": page.counter}
        for page in acts.pages_since(conn, present.now - CALLED_FOR_S)
        if page.staff_id == person.id and page.acknowledged_at is None
    ]


def _alerts(conn: sqlite3.Connection, present: Present) -> list[views.Json]:
    """Alerts that concern all of the staff, until somebody has taken notice."""
    rules = alerts.rules(conn)
    return [
        alert_words.view(one, rules[one.kind], present.settings)
        for one in alerts.open_ones(conn)
        if rules[one.kind].seen_by == SeenBy.STAFF and one.seen_at is None and (one.snoozed_until or 0) <= present.now
    ]


def _concerns(page: Page, person: Staff, *, is_manager: bool) -> bool:
    return page.staff_id == person.id or (is_manager and page.stage == Stage.FLOOR)


def _page(conn: sqlite3.Connection, page: Page, present: Present, person: Staff) -> views.Json:
    ticket, member = tickets.by_id(conn, page.ticket_id), members.by_number(conn, page.member_no)
    is_mine = page.staff_id == person.id
    tier = present.tiers.get((ticket and ticket.tier) or "")
    return {
        "id": page.id,
        "number": ticket and ticket.number,
        "class": ticket and ticket.ticket_class,
        "tier_name": views.names(tier.name) if tier else None,
        "service_name": views.names(present.services[ticket.service].name) if ticket else None,
        "waiting_since": ticket and calendar.stamp(ticket.waiting_since, present.settings),
        "counter": ticket and ticket.counter,
        "stage": page.stage,
        "customer": views.names(greeting(member.name)) if member and is_mine else None,
    }


def _manager(one: duty.Manager, told: list[Page], present: Present) -> views.Json:
    return {
        "code": one.code,
        "name": one.name,
        "on_duty": one.since is not None,
        "since": calendar.stamp(one.since, present.settings),
        "pages": sum(page.staff_id == one.staff_id for page in told),
    }
