"""Owns limited perks at a counter: what the present VIP has left, using one, undoing it.

The quota is that of the tier the member has now, less what was used in the present month or year of the store's local
calendar, whatever the tier was then. Who was a VIP on arrival is one for this visit.
"""

import sqlite3
from datetime import date

from counter import auth, views
from counter.acting import get_counter
from counter.errors import (
    KeyReused,
    NotYoursToUndo,
    NoVipHere,
    PerkBeforeService,
    PerkNotForTier,
    PerkUsedUp,
    PerkUsedUpThisYear,
    UnknownPerk,
    UnknownUse,
)
from counter.moment import Present
from db import calendar, events, members, perks, proxies, settings, tickets
from db.errors import LobbyError
from db.event_records import EventKind
from db.people_records import Member, Role, Staff
from db.perks import Period, Perk, Quota, Use
from db.ticket_records import Ticket, TicketState


def use(conn: sqlite3.Connection, number: int, code: str, request_key: str, person: Staff, now: float) -> None:
    """Give the VIP at a counter a perk once; a repeated key changes nothing.

    Raises `UnknownPerk`, `KeyReused`, `NoVipHere`, `PerkBeforeService`, `PerkNotForTier`, `PerkUsedUp`.
    """
    perk = _perk(conn, code)
    ticket = tickets.at_counter(conn, number)
    member = _vip(conn, ticket) if ticket else None
    repeated = perks.use_by_key(conn, request_key)
    if repeated is not None:
        _require_same(repeated, perk, member)
        return
    if ticket is None or member is None:
        raise NoVipHere(counter=number)
    if ticket.state != TicketState.SERVING:
        raise PerkBeforeService(number=ticket.number)
    quota = perk.quotas.get(member.tier)
    if quota is None:
        raise PerkNotForTier
    today = calendar.local(now, settings.load(conn)).date()
    if not perks.use(conn, request_key, member.member_no, perk, quota, today, person, ticket, now):
        raise _used_up(quota, today)
    span = quota.period.span(today)
    counted = _counted(perks.uses_of(conn, member.member_no, span), perk, span)
    events.append(
        conn, now, EventKind.PERK_USED, person.actor, ticket=ticket.number, counter=number,
        perk=perk.code, use=counted[-1].id, left=quota.times - len(counted),
    )  # fmt: skip


def undo(conn: sqlite3.Connection, number: int, code: str, use_id: int, person: Staff, now: float) -> None:
    """Take a use back; one that was taken back already stays so. Raises `UnknownUse`, `NotYoursToUndo`."""
    given = perks.use_by_id(conn, use_id)
    if given is None or given.perk != code:
        raise UnknownUse
    get_counter(conn, number)
    store = settings.load(conn)
    is_today = calendar.business_day(given.used_at, store) == calendar.business_day(now, store)
    if not auth.has(person, Role.MANAGER) and not (given.staff_id == person.id and is_today):
        raise NotYoursToUndo(name=given.staff_name)
    if perks.undo(conn, use_id, person, now):
        ticket = tickets.by_id(conn, given.ticket_id)
        events.append(
            conn, now, EventKind.PERK_UNDONE, person.actor, ticket=ticket.number if ticket else None, counter=number,
            perk=code, use=use_id, used_by=given.staff_name, used_at=calendar.stamp(given.used_at, store),
        )  # fmt: skip


def of_current(conn: sqlite3.Connection, ticket: Ticket, present: Present) -> list[views.Json]:
    """What the VIP at a counter may have, as docs/live.md describes it; nothing for anybody else."""
    member = _vip(conn, ticket)
    if member is None:
        return []
    today = calendar.local(present.now, present.settings).date()
    ever = perks.uses_of(conn, member.member_no, f"{today:%Y}")
    granted = [(perk, perk.quotas[member.tier]) for perk in perks.everyone(conn).values() if member.tier in perk.quotas]
    return [
        _row(perk, quota, ticket, [one for one in ever if one.perk == perk.code], today, present)
        for perk, quota in granted
    ]


def _row(perk: Perk, quota: Quota, ticket: Ticket, uses: list[Use], today: date, present: Present) -> views.Json:
    counted = _counted(uses, perk, quota.period.span(today))
    why: LobbyError | None = _used_up(quota, today) if len(counted) >= quota.times else None
    if ticket.state != TicketState.SERVING:
        why = PerkBeforeService(number=ticket.number)
    return {
        "code": perk.code,
        "name": views.names(perk.name),
        "quota": quota.times,
        "period": quota.period,
        "left": max(0, quota.times - len(counted)),
        "renews_on": quota.period.ends(today).isoformat(),
        "request_key": f"{ticket.id}-{perk.code}-{today.year}-{len(uses)}",
        "last": _last(counted[-1], present) if counted else None,
        "why": views.message(why),
    }


def _last(use: Use, present: Present) -> views.Json:
    """The newest use that can still be undone; `today`: also by who made it."""
    store = present.settings
    is_today = calendar.business_day(use.used_at, store) == calendar.business_day(present.now, store)
    return {"use": use.id, "at": calendar.stamp(use.used_at, store), "staff": use.staff_name, "today": is_today}


def _vip(conn: sqlite3.Connection, ticket: Ticket) -> Member | None:
    """The member a ticket is for, if their card counted when it was issued."""
    member_no = proxies.member_no_of(conn, ticket)
    member = members.by_number(conn, member_no) if member_no and ticket.tier is not None else None
    return member if member and member.listed else None


def _counted(uses: list[Use], perk: Perk, span: str) -> list[Use]:
    """What counts against a quota, oldest first."""
    return [
        one
        for one in uses
        if one.perk == perk.code and one.undone_at is None and one.used_on.isoformat().startswith(f"{span}-")
    ]


def _used_up(quota: Quota, today: date) -> PerkUsedUp:
    kind = PerkUsedUpThisYear if quota.period == Period.YEAR else PerkUsedUp
    return kind(times=quota.times, day=quota.period.ends(today).isoformat())


def _perk(conn: sqlite3.Connection, code: str) -> Perk:
    perk = perks.everyone(conn).get(code)
    if perk is None:
        raise UnknownPerk(perk=code)
    return perk


def _require_same(repeated: Use, perk: Perk, member: Member | None) -> None:
    """A repeat is for the same perk, and for the customer who may have left meanwhile."""
    if repeated.perk != perk.code or (member is not None and member.member_no != repeated.member_no):
        raise KeyReused
