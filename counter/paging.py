"""Owns account managers at work: on and off duty, and telling them that one of their VIPs has come.

A page goes to manager A if on duty, else to the partner B, else to the floor; unnoticed it goes on in that order.
"""

import sqlite3
from collections.abc import Sequence

from counter import auth
from counter.errors import Forbidden, NotYourPage, UnknownManager, UnknownPage
from db import calendar, duty, events, members, pages, settings, tickets
from db.event_records import EventKind
from db.pages import Page, Stage
from db.people_records import Member, Role, Staff
from db.ticket_records import Ticket

_AFTER = {Stage.A: (Stage.B,), Stage.B: ()}


def arrived(conn: sqlite3.Connection, ticket: Ticket, now: float) -> None:
    """Tell a VIP's manager; a ticket of nobody, or of one whom the list gives no manager, is told to nobody."""
    member = members.by_number(conn, ticket.member_no) if ticket.member_no and ticket.tier is not None else None
    if member is None or not (member.manager_a or member.manager_b):
        return
    stage, person = _next(conn, member, (Stage.A, Stage.B))
    pages.add(conn, ticket.id, member.member_no, stage, person.id if person else None, now)
    _journal(conn, ticket, stage, person, now)


def pass_on_overdue(conn: sqlite3.Connection, now: float) -> int:
    """Pass on every page that nobody noticed in the time the store has set; how many."""
    late = pages.overdue(conn, now - settings.load(conn).page_after_s)
    for page in late:
        _pass_on(conn, page, now)
    return len(late)


def is_any_overdue(conn: sqlite3.Connection, now: float) -> bool:
    """Whether there is anything to pass on."""
    return bool(pages.overdue(conn, now - settings.load(conn).page_after_s))


def acknowledge(conn: sqlite3.Connection, page_id: int, person: Staff, now: float) -> None:
    """Somebody takes care: one of the customer's managers, or a floor manager. Once is enough.

    Raises `UnknownPage`, `NotYourPage`.
    """
    page = pages.by_id(conn, page_id)
    if page is None:
        raise UnknownPage
    member = members.by_number(conn, page.member_no)
    is_own = member is not None and person.manager_code in {member.manager_a, member.manager_b} - {None}
    if not (is_own or auth.has(person, Role.MANAGER)):
        raise NotYourPage
    if pages.acknowledge(conn, page_id, person.id, now):
        ticket = tickets.by_id(conn, page.ticket_id)
        events.append(conn, now, EventKind.PAGE_ACKNOWLEDGED, person.actor, ticket=ticket.number if ticket else None)


def set_duty(conn: sqlite3.Connection, code: str, person: Staff, now: float, *, on: bool) -> None:
    """An account manager comes on duty or goes off, by themselves or by a floor manager.

    What was told to somebody who goes off goes on at once. Raises `UnknownManager`, `Forbidden`.
    """
    manager = duty.by_code(conn, code)
    if manager is None:
        raise UnknownManager(manager=code)
    if manager.id != person.id and not auth.has(person, Role.MANAGER):
        raise Forbidden
    if duty.set_on(conn, manager.id, now) if on else duty.set_off(conn, manager.id):
        _journal_duty(conn, manager.name, code, person.actor, now, on=on)
    if not on:
        _leave(conn, manager.id, now)


def end_duty(conn: sqlite3.Connection, now: float) -> None:
    """At the day's close whoever is still on duty from before has gone home."""
    begins = calendar.day_start(now, settings.load(conn))
    for manager in duty.managers(conn):
        if manager.since is not None and manager.since < begins:
            duty.set_off(conn, manager.staff_id)
            _journal_duty(conn, manager.name, manager.code, "system", now, on=False)


def _leave(conn: sqlite3.Connection, staff_id: int, now: float) -> None:
    for page in pages.unacknowledged(conn):
        if page.staff_id == staff_id:
            _pass_on(conn, page, now)


def _pass_on(conn: sqlite3.Connection, page: Page, now: float) -> None:
    member, ticket = members.by_number(conn, page.member_no), tickets.by_id(conn, page.ticket_id)
    if member is None or ticket is None:
        return
    stage, person = _next(conn, member, _AFTER.get(page.stage, ()))
    if pages.pass_on(conn, page, stage, person.id if person else None, now):
        _journal(conn, ticket, stage, person, now)


def _next(conn: sqlite3.Connection, member: Member, stages: Sequence[Stage]) -> tuple[Stage, Staff | None]:
    """The first of these stages with somebody on duty, else the floor."""
    codes = {Stage.A: member.manager_a, Stage.B: member.manager_b}
    for stage in stages:
        person = duty.by_code(conn, codes[stage])
        if person is not None and person.on_duty_since is not None:
            return stage, person
    return Stage.FLOOR, None


def _journal(conn: sqlite3.Connection, ticket: Ticket, stage: Stage, person: Staff | None, now: float) -> None:
    events.append(
        conn, now, EventKind.MANAGER_PAGED, "system", ticket=ticket.number, stage=stage, manager=person and person.name
    )


def _journal_duty(conn: sqlite3.Connection, name: str, code: str, actor: str, now: float, *, on: bool) -> None:
    events.append(conn, now, EventKind.DUTY_CHANGED, actor, name=name, manager=code, on=on)
