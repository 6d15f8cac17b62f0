"""Owns the clocks of proxy handling: done within three hours, the customer told within half an hour after."""

import sqlite3

from counter import views
from counter.customer import greeting
from counter.errors import ProxyNotDone, UnknownProxy
from counter.moment import Present
from db import calendar, events, members, proxies, tickets
from db.event_records import EventKind
from db.people_records import Staff
from db.proxies import Proxy
from db.ticket_records import Ticket, TicketState

DONE_WITHIN_S = 3 * 3600.0
TOLD_WITHIN_S = 30 * 60.0


def answered(conn: sqlite3.Connection, ticket_id: int, person: Staff, now: float) -> None:
    """The customer has been told; telling again changes nothing. Raises `UnknownProxy`, `ProxyNotDone`."""
    proxy, ticket = proxies.of_ticket(conn, ticket_id), tickets.by_id(conn, ticket_id)
    if proxy is None or ticket is None:
        raise UnknownProxy
    if ticket.state != TicketState.COMPLETED:
        raise ProxyNotDone(number=ticket.number)
    if proxies.answer(conn, ticket_id, person.id, now):
        events.append(conn, now, EventKind.PROXY_ANSWERED, person.actor, ticket=ticket.number)


def clock(ticket: Ticket, present: Present) -> views.Json:
    """Which of the two clocks runs (`done` or `told`), until when, and for how long it was set."""
    if ticket.state == TicketState.COMPLETED:
        since, limit_s, kind = ticket.ended_at or ticket.issued_at, TOLD_WITHIN_S, "told"
    else:
        since, limit_s, kind = ticket.issued_at, DONE_WITHIN_S, "done"
    return {"clock": kind, "due_at": calendar.stamp(since + limit_s, present.settings), "limit_s": round(limit_s)}


def running(conn: sqlite3.Connection, present: Present, person: Staff, *, of_all: bool) -> list[views.Json]:
    """What is still to be done or told: all of it, or what this person took on. Names only for who took it on."""
    return [
        _row(conn, proxy, ticket, present, person)
        for proxy, ticket in proxies.unanswered(conn)
        if of_all or proxy.staff_id == person.id
    ]


def _row(conn: sqlite3.Connection, proxy: Proxy, ticket: Ticket, present: Present, person: Staff) -> views.Json:
    is_mine = proxy.staff_id == person.id
    member = members.by_number(conn, proxy.member_no) if is_mine else None
    tier = present.tiers.get(ticket.tier or "")
    return {
        "id": ticket.id,
        "number": ticket.number,
        "state": ticket.state,
        "counter": ticket.counter,
        "tier_name": views.names(tier.name) if tier else None,
        "service_name": views.names(present.services[ticket.service].name),
        "staff": proxy.staff_name,
        "mine": is_mine,
        "customer": views.names(greeting(member.name)) if member else None,
        **clock(ticket, present),
    }
