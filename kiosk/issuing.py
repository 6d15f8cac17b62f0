"""Owns issuing: one transaction writes ticket, quote, `issued` event and print job; a repeat gets the same ticket."""

import sqlite3
from dataclasses import dataclass, replace
from typing import Any

from counter import paging
from counter.errors import ServiceFull
from counter.line import VIP_LETTER
from counter.moment import Present
from counter.offering import offered
from counter.present import load
from db import calendar, events, print_jobs, quotes, staff, tickets
from db.event_records import EventKind
from db.paper_records import PrintState
from db.people_records import Device, DeviceKind
from db.setting_records import Service
from db.ticket_records import Ticket, TicketClass, TicketState
from db.words import Message
from kiosk import identify
from kiosk.notes import HAD_TICKET, notes_of


@dataclass(frozen=True, slots=True)
class Wish:
    """What a walk-in asks for. `request_key` makes a repeat harmless; a phone or card number may make them a VIP."""

    request_key: str
    service: str
    language: str = "zh"
    phone: str | None = None
    member_no: str | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """The ticket a customer has now, in the lobby as it is with it; `created` is false where they already had it.

    `notes` are said beside it.
    """

    ticket: Ticket
    created: bool
    lobby: Present
    paper: PrintState
    notes: tuple[Message, ...] = ()


def issue(conn: sqlite3.Connection, wish: Wish, device: Device | None, actor: str, now: float) -> Issued:
    """Give a walk-in their ticket.

    Raises `UnknownService`, `ServiceRetired`, `StoreClosed`, `ServiceFull`, `UnknownMember`, `MalformedPhone`.
    """
    lobby = load(conn, now)
    repeated = tickets.by_request_key(conn, wish.request_key)
    if repeated is not None:
        return held(conn, repeated, lobby)
    service = require_service(lobby, wish.service)
    draft = _welcome(conn, draft_ticket(wish.service, wish.language, lobby), wish, lobby)
    had = tickets.open_of_member(conn, draft.member_no) if draft.member_no else None
    if had is not None:
        return held(conn, had, lobby, HAD_TICKET)
    require_open(lobby)
    require_room(conn, lobby, service)
    return write(conn, draft, wish.request_key, lobby, device, actor)


def draft_ticket(service: str, language: str, lobby: Present) -> Ticket:
    """An ordinary ticket, not yet numbered, of somebody who arrives now."""
    return Ticket(
        id=0,
        number="",
        token=staff.new_token(),
        business_day=calendar.business_day(lobby.now, lobby.settings),
        service=service,
        ticket_class=TicketClass.ORDINARY,
        state=TicketState.WAITING,
        language=language,
        issued_at=lobby.now,
    )


def as_member(draft: Ticket, member: identify.Recognised, lobby: Present) -> Ticket:
    """The draft of a recognised member: in the VIP queue with the tier's wait target if the card is valid."""
    if not member.is_vip:
        return replace(draft, member_no=member.member.member_no)
    tier = lobby.tiers[member.member.tier]
    return replace(
        draft,
        member_no=member.member.member_no,
        ticket_class=TicketClass.VIP,
        tier=tier.code,
        head_start_s=tier.head_start_s,
        due_at=draft.issued_at + tier.target_s,
    )


def write(
    conn: sqlite3.Connection,
    draft: Ticket,
    request_key: str,
    lobby: Present,
    device: Device | None,
    actor: str,
    *,
    on_paper: bool = True,
) -> Issued:
    """Number a draft and write everything that belongs to a new ticket; a VIP's account manager is told."""
    letter = VIP_LETTER if draft.ticket_class == TicketClass.VIP else lobby.services[draft.service].letter
    number = tickets.next_number(conn, draft.business_day, letter)
    ticket = tickets.insert(conn, replace(draft, number=number), request_key)
    lobby = lobby.with_arrival(ticket)
    ahead = lobby.people_ahead[ticket.id]
    quotes.add(conn, ticket.id, lobby.now, ahead, lobby.quote(ticket), lobby.plain_quote(ticket))
    printer_id = _printer_id(conn, device) if on_paper else None
    if printer_id is not None:
        print_jobs.add(conn, ticket.id, printer_id, lobby.now)
    data: dict[str, Any] = {
        "class": ticket.ticket_class,
        "service": ticket.service,
        "id": ticket.id,
        "people_ahead": ahead,
    }
    events.append(conn, lobby.now, EventKind.ISSUED, actor, ticket=ticket.number, **data)
    paging.arrived(conn, ticket, lobby.now)
    paper = PrintState.NONE if printer_id is None else PrintState.PENDING
    return Issued(ticket, True, lobby, paper, notes_of(conn, ticket, lobby))


def held(conn: sqlite3.Connection, ticket: Ticket, lobby: Present, *notes: Message) -> Issued:
    """One customer, one place: the ticket they have is given back."""
    return Issued(ticket, False, lobby, print_jobs.state_of(conn, ticket.id), (*notes, *notes_of(conn, ticket, lobby)))


def require_open(lobby: Present) -> None:
    """Raise `StoreClosed` or `StoreClosedToday` outside opening hours."""
    closed = lobby.closed()
    if closed is not None:
        raise closed


def _welcome(conn: sqlite3.Connection, draft: Ticket, wish: Wish, lobby: Present) -> Ticket:
    if not (wish.phone or wish.member_no):
        return draft
    today = calendar.local(lobby.now, lobby.settings).date()
    return as_member(draft, identify.recognise(conn, today, phone=wish.phone, member_no=wish.member_no), lobby)


def require_service(lobby: Present, code: str) -> Service:
    """The service. Raises `UnknownService`, `ServiceRetired`."""
    return offered(lobby.services, code)


def require_room(conn: sqlite3.Connection, lobby: Present, service: Service) -> None:
    """Raise `ServiceFull` once the day's cap is reached."""
    if service.daily_cap is None:
        return
    day = calendar.business_day(lobby.now, lobby.settings)
    if tickets.issued_count(conn, day).get(service.code, 0) >= service.daily_cap:
        raise ServiceFull(service=service.code)


def _printer_id(conn: sqlite3.Connection, device: Device | None) -> int | None:
    """The kiosk's own printer, else the store's first one."""
    if device is not None and device.printer_id is not None:
        return device.printer_id
    printers = staff.devices(conn, DeviceKind.PRINTER)
    return printers[0].id if printers else None
