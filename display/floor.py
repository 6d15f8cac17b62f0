"""Owns what the floor manager sees: who waits, whose promise runs out, who serves, which printer needs help. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from counter import views
from counter.line import is_guarded, queue_name
from counter.moment import Present
from counter.situation import FIGURES, Comparison, Span
from db import calendar
from db.counter_records import Counter
from db.ticket_records import Accuracy, Ticket, TicketClass

Json = dict[str, Any]


def floor(
    present: Present,
    today: Mapping[str, Any],
    printers: Sequence[Json],
    accuracy: Sequence[Accuracy],
) -> Json:
    """The floor manager's snapshot.

    `today`: a row of `db.tickets.day_so_far`; `printers`: what `counter.paper` says; `accuracy`: of today's quotes.
    """
    return {
        **views.head(present),
        "waiting": _waiting(present),
        "queues": [_queue(row, present) for row in views.queues(present)],
        "guarded": [_guarded(ticket, present) for ticket in _by_due(present)],
        "counters": [_counter(counter, present) for counter in present.lobby.counters],
        "printers": list(printers),
        "today": _today(today, present),
        "forecast": [forecast_accuracy(one) for one in accuracy],
    }


def comparison(found: Comparison) -> Json:
    """The next hour as it is foreseen now, with the change, and the difference; ranges as low, mid and high."""
    worlds = {"now": found.now, "then": found.then, "difference": found.difference}
    return {world: {name: _range(name, figures[name]) for name in FIGURES} for world, figures in worlds.items()}


def _range(name: str, span: Span | None) -> Json | None:
    """Seconds and counts are whole, a share is given in percent."""
    scale = 100 if name == "vip_service_level" else 1
    return None if span is None else {key: round(scale * value) for key, value in span._asdict().items()}


def forecast_accuracy(one: Accuracy) -> Json:
    """How well one day's quotes to one class came true: whole seconds, and percent of the waits inside the range."""
    return {
        "day": one.day,
        "class": one.ticket_class,
        "quotes": one.quotes,
        "mae_s": round(one.error_s),
        "bias_s": round(one.bias_s),
        "coverage_percent": round(100 * one.covered, 1),
        "mean_wait_s": round(one.wait_s),
    }


def _waiting(present: Present) -> Json:
    people = present.lobby.waiting
    first = min(people, key=lambda ticket: ticket.waiting_since, default=None)
    longest = first and {
        "number": first.number,
        "waiting_since": calendar.stamp(first.waiting_since, present.settings),
        "service_name": views.names(present.services[first.service].name),
    }
    return {"people": len(people), "longest": longest}


def _queue(row: Json, present: Present) -> Json:
    since = [ticket.waiting_since for ticket in present.lobby.waiting if queue_name(ticket) == row["code"]]
    return {**row, "longest_since": calendar.stamp(min(since, default=None), present.settings)}


def _by_due(present: Present) -> list[Ticket]:
    rules = present.settings.rules
    promised = [t for t in present.lobby.waiting if t.promised_at is not None and is_guarded(t, present.now, rules)]
    return sorted(promised, key=lambda ticket: (ticket.promised_at or 0, ticket.number))


def _guarded(ticket: Ticket, present: Present) -> Json:
    tier = present.tiers.get(ticket.tier or "")
    return {
        "number": ticket.number,
        "class": ticket.ticket_class,
        "tier_name": views.names(tier.name) if tier else None,
        "service_name": views.names(present.services[ticket.service].name),
        "waiting_since": calendar.stamp(ticket.waiting_since, present.settings),
        "due_at": calendar.stamp(ticket.promised_at, present.settings),
        "target_s": round((ticket.promised_at or 0) - ticket.waiting_since),
        "quote": views.quote(present.quote(ticket)),
    }


def _counter(counter: Counter, present: Present) -> Json:
    ticket = present.lobby.serving.get(counter.number)
    return {
        "number": counter.number,
        "state": counter.state,
        "since": calendar.stamp(counter.since, present.settings),
        "staff": counter.staff_name,
        "permissions": dict(counter.permissions),
        "skills": sorted(counter.skills),
        "ticket": ticket
        and {
            "number": ticket.number,
            "class": ticket.ticket_class,
            "service_name": views.names(present.services[ticket.service].name),
            "called_at": calendar.stamp(ticket.called_at, present.settings),
            "started_at": calendar.stamp(ticket.started_at, present.settings),
        },
    }


def _today(today: Mapping[str, Any], present: Present) -> Json:
    unkept = [t for t in present.lobby.waiting if t.due_at is not None and t.first_called_at is None]
    late = [t.ticket_class for t in unkept if t.due_at is not None and t.due_at < present.now]
    promises = {
        kind: {
            "kept": today[f"{kind}_kept"] or 0,
            "missed": (today[f"{kind}_missed"] or 0) + late.count(TicketClass(kind)),
        }
        for kind in ("vip", "appointment")
    }
    mean_s = today["mean_wait_s"]
    counts = {key: today[key] or 0 for key in ("issued", "served", "no_show", "cancelled")}
    return {**counts, "mean_wait_s": None if mean_s is None else round(mean_s), **promises}
