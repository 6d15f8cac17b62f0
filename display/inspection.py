"""Owns the inspection report: whether VIPs were called within ten minutes and appointments kept, and why not. Pure.

Shares are in percent, durations in seconds. Tickets are named by day and number, customers not at all.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from db.ticket_records import TicketClass
from display.causes import Cause
from display.span import Span, join
from display.ticket_facts import CAUSES, CLASSES, NOBODY, STATES, Facts, Rows

Json = dict[str, Any]
GUARDED = (TicketClass.VIP, TicketClass.APPOINTMENT)


def inspection(facts: Sequence[Facts], tiers: Sequence[str]) -> Json:
    """Attainment per month and tier (in the order of `tiers`), bookings per month, causes, and every single miss.

    `months`: a row per month and kind of customer (a tier, or appointments); `totals`: the same over all months.
    """
    span = join(facts)
    months = np.array([day[:7] for day in span.days])
    of_ticket = months[span.ticket_day] if len(span.days) else np.zeros(0, "U7")
    kinds = _kinds(span, tiers)
    rows = [
        {"month": month, **_attainment(span.tickets[of_ticket == month], kind, span)}
        for month in sorted(set(months.tolist()))
        for kind in kinds
    ]
    misses = span.tickets["kept"] == 0
    return {
        "totals": [_attainment(span.tickets, kind, span) for kind in kinds],
        "months": [row for row in rows if row["promised"]],
        "bookings": _bookings(facts),
        "causes": _causes(span.tickets[misses]),
        "misses": [
            _miss(span.tickets[place], span.days[int(span.ticket_day[place])], span) for place in np.flatnonzero(misses)
        ],
    }


def _kinds(span: Span, order: Sequence[str]) -> list[tuple[TicketClass, int]]:
    """Each tier that came as a VIP, then appointments; −1: of any tier."""
    is_vip = span.tickets["class"] == CLASSES.index(TicketClass.VIP)
    came = [int(tier) for tier in np.unique(span.tickets["tier"][is_vip])]
    places = {code: place for place, code in enumerate(order)}
    return [
        *((TicketClass.VIP, tier) for tier in sorted(came, key=lambda tier: places.get(span.words["tier"][tier], -1))),
        (TicketClass.APPOINTMENT, -1),
    ]


def _attainment(tickets: Rows, kind: tuple[TicketClass, int], span: Span) -> Json:
    of_class, tier = kind
    chosen = tickets["class"] == CLASSES.index(of_class)
    if tier >= 0:
        chosen &= tickets["tier"] == tier
    some = tickets[chosen]
    kept, missed = int((some["kept"] == 1).sum()), int((some["kept"] == 0).sum())
    waits = some["wait_s"][~np.isnan(some["wait_s"])]
    on_target = some["on_target"]
    return {
        "class": of_class,
        "tier": span.words["tier"][tier] if tier >= 0 else None,
        "came": len(some),
        "promised": kept + missed,
        "kept": kept,
        "missed": missed,
        "kept_percent": kept_percent(kept, kept + missed),
        "on_target_percent": kept_percent(int((on_target == 1).sum()), int((on_target >= 0).sum())),
        "left_before": len(some) - kept - missed,
        "wait_mean_s": round(float(waits.mean(dtype=float))) if len(waits) else None,
        "wait_max_s": round(float(waits.max())) if len(waits) else None,
    }


def _bookings(facts: Sequence[Facts]) -> list[Json]:
    """Visits booked for each month, by what became of them."""
    found: dict[str, dict[str, int]] = {}
    for day in facts:
        month = found.setdefault(day.day[:7], dict.fromkeys(("booked", "completed", "no_show", "cancelled"), 0))
        month["booked"] += sum(day.bookings.values())
        for state, count in day.bookings.items():
            if state in month and state != "booked":
                month[state] += count
    return [{"month": month, **counts} for month, counts in found.items() if counts["booked"]]


def _causes(missed: Rows) -> list[Json]:
    counts = {cause: int((missed["cause"] == CAUSES.index(cause)).sum()) for cause in Cause}
    found = [{"cause": cause, "misses": count} for cause, count in counts.items() if count]
    return sorted(found, key=lambda row: -counts[Cause(str(row["cause"]))])


def _miss(row: Any, day: str, span: Span) -> Json:
    waited_s, tier, counter = float(row["wait_s"]), int(row["tier"]), int(row["counter"])
    return {
        "day": day,
        "number": row["number"].decode(),
        "class": CLASSES[row["class"]],
        "tier": None if tier == NOBODY else span.words["tier"][tier],
        "service": span.words["service"][int(row["service"])],
        "since": float(row["since"]),
        "limit_s": round(float(row["limit_s"])),
        "waited_s": None if np.isnan(waited_s) else round(waited_s),
        "counter": None if counter == NOBODY else counter,
        "state": STATES[row["state"]],
        "cause": CAUSES[row["cause"]],
    }


def kept_percent(part: int, whole: int) -> float | None:
    """Rounded down, so that 100 means all."""
    return 1000 * part // whole / 10 if whole else None
