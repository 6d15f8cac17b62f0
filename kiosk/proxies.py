"""Owns issuing for an absent customer: a VIP number that one of the staff takes, without paper and without a page."""

import sqlite3
from dataclasses import replace

from counter.moment import Present
from counter.present import load
from db import calendar, proxies, tickets
from db.people_records import Staff
from kiosk import identify, issuing
from kiosk.errors import MalformedPhone, ProxyCardInvalid, ProxyNoRight, ProxyOpen, UnknownMember, UnknownProxyMember


def issue(conn: sqlite3.Connection, wish: issuing.Wish, proxy_for: str, person: Staff, now: float) -> issuing.Issued:
    """Give one of the staff a number for the business of a member who stays away; `proxy_for`: member number or phone.

    Raises `UnknownProxyMember`, `ProxyCardInvalid`, `ProxyNoRight`, `ProxyOpen`, and what issuing refuses.
    """
    lobby = load(conn, now)
    repeated = tickets.by_request_key(conn, wish.request_key)
    if repeated is not None:
        return issuing.held(conn, repeated, lobby)
    service = issuing.require_service(lobby, wish.service)
    member = _member(conn, proxy_for, lobby)
    _require_right(conn, member, lobby)
    issuing.require_open(lobby)
    issuing.require_room(conn, lobby, service)
    draft = issuing.as_member(issuing.draft_ticket(wish.service, wish.language, lobby), member, lobby)
    issued = issuing.write(
        conn, replace(draft, member_no=None), wish.request_key, lobby, None, person.actor, on_paper=False
    )
    proxies.add(conn, issued.ticket.id, member.member.member_no, person.id)
    return issued


def _member(conn: sqlite3.Connection, given: str, lobby: Present) -> identify.Recognised:
    today = calendar.local(lobby.now, lobby.settings).date()
    try:
        return identify.recognise(conn, today, phone=given, member_no=given)
    except (MalformedPhone, UnknownMember):
        raise UnknownProxyMember from None


def _require_right(conn: sqlite3.Connection, member: identify.Recognised, lobby: Present) -> None:
    if not member.is_vip:
        raise ProxyCardInvalid
    if not lobby.tiers[member.member.tier].may_proxy:
        raise ProxyNoRight
    running = proxies.open_of_member(conn, member.member.member_no)
    ticket = tickets.by_id(conn, running.ticket_id) if running else None
    if ticket is not None:
        raise ProxyOpen(number=ticket.number)
