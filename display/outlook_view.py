"""Owns the floor's outlook as screens receive it: who is at risk and why, the remedies, the day's course. Pure.

What the futures said is kept as plain values (`db.outlooks`); here they meet the present moment.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from counter import views
from counter.line import is_guarded, serves
from counter.moment import NO_COUNTER_OPEN, NOT_ENOUGH_DATA, STALE_S, Present
from db import calendar
from db.alarm_records import ActKind
from db.counter_records import Counter, CounterState
from db.ticket_records import Ticket, TicketClass
from db.words import Message

Json = dict[str, Any]
Answers = Mapping[str, tuple[float, Json]]
"""Of every question when it was answered, and what."""

LISTED_PERCENT = 15.0
ORDINARY_PERCENT = 50.0
"""From which chance of being late on somebody is listed; without a promise, of passing the calling rule's ceiling."""
REMEDIES_FOR_S = 60.0


def risks(present: Present, answers: Answers) -> list[Json] | None:
    """Whoever is forecast to be called too late and is not yet: promises before others, the first due first.

    None where that nobody is cannot be told: the forecast is not running, or too few services have been measured.
    """
    at, seen = answers.get("promises", (0.0, {"prospects": []}))
    if present.now - at > STALE_S:
        return None
    waiting = present.lobby.by_id
    listed = [
        _risk(waiting[one["ticket"]], one, at, present)
        for one in seen["prospects"]
        if one["ticket"] in waiting and is_at_risk(waiting[one["ticket"]], one, present.now)
    ]
    if not listed and not present.is_known:
        return None
    return sorted(listed, key=lambda row: (row["class"] == TicketClass.ORDINARY, str(row["limit_at"])))


def is_at_risk(ticket: Ticket, prospect: Mapping[str, Any], now: float) -> bool:
    """Whether a customer is to be listed: the chance is high, and the time has not come."""
    least = ORDINARY_PERCENT if ticket.ticket_class == TicketClass.ORDINARY else LISTED_PERCENT
    return bool(prospect["limit_at"] > now and 100 * prospect["chance"] >= least)


def remedies(present: Present, answers: Answers) -> list[Json] | None:
    """What would help and is not done yet, best first; None while it is being weighed."""
    at, seen = answers.get("remedies", (0.0, {"remedies": []}))
    if present.now - at > REMEDIES_FOR_S:
        return None
    counters = {counter.number: counter for counter in present.lobby.counters}
    return [one for one in seen["remedies"] if one["counter"] in counters and _is_to_do(one, counters[one["counter"]])]


def _is_to_do(remedy: Json, counter: Counter) -> bool:
    """Whether nobody has done it meanwhile."""
    if remedy["kind"] == ActKind.OPEN_COUNTER:
        return counter.state == CounterState.CLOSED
    if remedy["kind"] == ActKind.END_PAUSE:
        return counter.state == CounterState.PAUSED
    return bool(counter.permissions[TicketClass(remedy["class"])] == remedy["before"])


def day(present: Present, answers: Answers) -> Json | None:
    """The day's course so far, as usual, and as foreseen; None until it was computed."""
    at, seen = answers.get("day", (0.0, None))
    if seen is None or at < calendar.day_start(present.now, present.settings):
        return None
    return {"at": calendar.stamp(at, present.settings), **seen}


def _risk(ticket: Ticket, prospect: Mapping[str, Any], at: float, present: Present) -> Json:
    tier = present.tiers.get(ticket.tier or "")
    able = [c for c in present.lobby.counters if serves(c, ticket.ticket_class, ticket.service)]
    is_anyone_open = any(counter.state != CounterState.CLOSED for counter in able)
    return {
        "number": ticket.number,
        "class": ticket.ticket_class,
        "tier_name": views.names(tier.name) if tier else None,
        "service_name": views.names(present.services[ticket.service].name),
        "waiting_since": calendar.stamp(ticket.waiting_since, present.settings),
        "limit_at": calendar.stamp(prospect["limit_at"], present.settings),
        "chance_percent": round(100 * prospect["chance"]) if present.is_known or not is_anyone_open else None,
        "call_in": _call_in(prospect, present.now - at, present) if is_anyone_open else {"unknown": NO_COUNTER_OPEN},
        "why": views.message(_why(ticket, able, present)),
    }


def _call_in(prospect: Mapping[str, Any], gone_s: float, present: Present) -> Json:
    """The wait from now on, foretold `gone_s` ago; screens say that it is not known under the same conditions."""
    if not present.is_known or prospect["mid_s"] is None:
        return {"unknown": NOT_ENOUGH_DATA}
    return {key: max(0, round(prospect[key] - gone_s)) for key in ("low_s", "mid_s", "high_s")}


def _why(ticket: Ticket, able: Sequence[Counter], present: Present) -> Message:
    """Who stands before, and how many of the counters that are `able` to serve are at work."""
    there = [c for c in able if c.state != CounterState.CLOSED]
    at_work = [c for c in there if c.state != CounterState.PAUSED]
    if not there:
        return Message("no_counter", "no counter that serves this customer is open")
    if not at_work:
        return Message("all_paused", "every counter that serves this customer is paused")
    rules = present.settings.rules
    before = _before(ticket, present.lobby.waiting, present) if is_guarded(ticket, present.now, rules) else None
    ahead = present.people_ahead.get(ticket.id, 0) if before is None else before
    values = {"ahead": ahead, "counters": len(at_work), "all": len(able)}
    return Message("too_few_counters", "{ahead} ahead, {counters} of {all} counters for this are at work", values)


def _before(ticket: Ticket, waiting: Sequence[Ticket], present: Present) -> int:
    """How many promises run out before this one."""
    rules = present.settings.rules
    own = (ticket.promised_at or 0.0, ticket.id)
    return sum(is_guarded(one, present.now, rules) and (one.promised_at or 0.0, one.id) < own for one in waiting)
