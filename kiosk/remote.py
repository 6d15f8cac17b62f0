"""Owns places in line that somebody keeps from elsewhere (a remote ticket): taking one, standing, checking in, the end.

A kept place is no ticket: nobody absent stands in line, is called or is counted. Who checks in gets a ticket that
stands where one taken at that time would stand; its wait counts from the check-in on.
"""

import sqlite3
from dataclasses import dataclass, replace

from counter.line import queue_name
from counter.moment import Present
from counter.present import load
from db import calendar, events, remote_tickets, tickets
from db.event_records import EventKind
from db.people_records import Device
from db.remote_tickets import RemoteState, RemoteTicket
from db.ticket_records import Quote, Ticket, TicketClass
from kiosk.errors import RemoteExpired, RemoteOver, RemoteUnknown, TooManyKept, WaitUnknown
from kiosk.issuing import Issued, draft_ticket, held, require_open, require_room, require_service, write
from kiosk.notes import HAD_TICKET

MARGIN_S = 15 * 60.0
"""A place is kept so long beyond the longest wait foretold, or beyond the way there."""
MOST_KEPT = 40
"""More people on their way than a lobby seats."""
_NOBODY = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Who stands before a kept place, and how long it takes from now on, or why that cannot be told."""

    ahead: int
    quote: Quote | str


def keep(conn: sqlite3.Connection, wished: RemoteTicket, walk_s: float, actor: str, now: float) -> RemoteTicket:
    """Keep a place as of now; until when depends on the forecast and the way.

    Raises `UnknownService`, `ServiceRetired`, `StoreClosed`, `ServiceFull`, `WaitUnknown`, `TooManyKept`.
    """
    lobby = load(conn, now)
    service = require_service(lobby, wished.service)
    require_open(lobby)
    require_room(conn, lobby, service)
    quote = lobby.quote_newcomer(TicketClass.ORDINARY, None, service.code)
    if isinstance(quote, str):
        raise WaitUnknown
    if remote_tickets.kept_count(conn) >= MOST_KEPT:
        raise TooManyKept
    day_ends = calendar.day_start(now, lobby.settings) + calendar.DAY_S
    expires_at = min(day_ends, now + max(quote.high_s, walk_s) + MARGIN_S)
    kept = replace(wished, taken_at=now, expires_at=expires_at)
    remote_tickets.add(conn, kept)
    events.append(conn, now, EventKind.REMOTE_KEPT, actor, service=kept.service)
    return kept


def give_back(conn: sqlite3.Connection, code: str, actor: str, now: float) -> None:
    """kept → given back; again changes nothing. Raises `RemoteUnknown`, `RemoteOver`."""
    kept = remote_tickets.by_code(conn, code)
    if kept is None:
        raise RemoteUnknown
    if kept.state in {RemoteState.GIVEN_BACK, RemoteState.EXPIRED}:
        return
    if not remote_tickets.end(conn, code, RemoteState.GIVEN_BACK):
        raise RemoteOver
    events.append(conn, now, EventKind.REMOTE_GIVEN_BACK, actor, service=kept.service)


def expire(conn: sqlite3.Connection, now: float) -> int:
    """Keep no place longer than said; how many ended."""
    overdue = remote_tickets.overdue(conn, now)
    for kept in overdue:
        remote_tickets.end(conn, kept.code, RemoteState.EXPIRED)
        events.append(conn, now, EventKind.REMOTE_EXPIRED, "system", service=kept.service)
    return len(overdue)


def check_in(
    conn: sqlite3.Connection,
    kept: RemoteTicket,
    request_key: str,
    language: str,
    device: Device | None,
    actor: str,
    lobby: Present,
) -> Issued:
    """Its holder has come: a ticket in the kept place; again gives the same one.

    Raises `RemoteExpired`, `RemoteOver`, `StoreClosed`.
    """
    if kept.ticket_id is not None:
        had = tickets.by_id(conn, kept.ticket_id)
        if had is not None and had.ended_at is None:
            return held(conn, had, lobby, HAD_TICKET)
    if kept.state == RemoteState.EXPIRED or kept.expires_at < lobby.now:
        raise RemoteExpired(time=f"{calendar.local(kept.expires_at, lobby.settings):%H:%M}")
    if kept.state != RemoteState.KEPT:
        raise RemoteOver
    require_open(lobby)
    draft = replace(draft_ticket(kept.service, language, lobby), placed_at=kept.taken_at)
    issued = write(conn, draft, request_key, lobby, device, actor)
    remote_tickets.end(conn, kept.code, RemoteState.CHECKED_IN, issued.ticket.id)
    return issued


def standing(kept: RemoteTicket, lobby: Present) -> Standing:
    """As if its holder came now: those before; and the wait of who stands behind, who is called right after."""
    ghost = replace(draft_ticket(kept.service, kept.language, lobby), id=_NOBODY, placed_at=kept.taken_at)
    with_ghost = lobby.with_arrival(ghost)
    line = [ticket for ticket in with_ghost.line if queue_name(ticket) == queue_name(ghost)]
    place = next(n for n, ticket in enumerate(line) if ticket.id == _NOBODY)
    behind: Ticket | None = line[place + 1] if place + 1 < len(line) else None
    quote = lobby.quote(behind) if behind else lobby.quote_newcomer(TicketClass.ORDINARY, None, kept.service)
    return Standing(place, quote)
