"""Owns the figures of a span of days in groups: by time, service, counter, staff, class or tier. Pure.

docs/reports.md says what each figure means. Shares are in percent, durations in seconds; None where there was nobody.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

import numpy as np

from counter.erlang import counters_needed
from counter.outcome import PROMISE_S
from db.ticket_records import TicketClass, TicketState
from display.arrivals import Expected
from display.span import Span, group_of_day
from display.ticket_facts import CLASSES, HOUR_S, NOBODY, STATES, UNKNOWN, Rows

Json = dict[str, Any]
Group = str | int | None


class By(StrEnum):
    """What a report is grouped by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    HOUR = "hour"
    SERVICE = "service"
    COUNTER = "counter"
    STAFF = "staff"
    CLASS = "class"
    TIER = "tier"


BY_TIME = frozenset({By.DAY, By.WEEK, By.MONTH, By.HOUR})
BY_POST = BY_TIME | {By.COUNTER, By.STAFF}
"""Only in these groups do counters' times mean anything."""


@dataclass(frozen=True, slots=True)
class Keys:
    """For each row of the span's tickets, posts and days the place of its group among `groups`; −1: of none."""

    groups: Sequence[Group]
    tickets: Rows
    posts: Rows | None
    days: Rows | None


@dataclass(frozen=True, slots=True)
class _Part:
    """One group of a span: the places of its tickets and posts (None: counters' times mean nothing here), its days."""

    span: Span
    by: By
    tickets: Rows
    posts: Rows | None
    days: Sequence[int]


def report(span: Span, by: By, expected: Expected) -> Json:
    """The figures of all together and of each group, in the order of time or of the number of tickets."""
    keys = _keys(span, by)
    tickets, posts = _members(keys.tickets, len(keys.groups)), None
    if keys.posts is not None:
        posts = _members(keys.posts, len(keys.groups))
    rows = []
    for place, group in enumerate(keys.groups):
        part = _Part(span, by, tickets[place], None if posts is None else posts[place], _days(span, keys, place))
        rows.append({"group": group, **_figures(part, expected, group)})
    if by not in BY_TIME:
        rows.sort(key=lambda row: -row["issued"])
    return {"by": by, "total": _figures(_whole(span), expected, None), "rows": rows}


def _keys(span: Span, by: By) -> Keys:
    if by in {By.DAY, By.WEEK, By.MONTH}:
        names = [group_of_day(day, by) for day in span.days]
        groups = list(dict.fromkeys(names))
        of_day = np.array([groups.index(name) for name in names], np.int64)
        return Keys(groups, of_day[span.ticket_day], of_day[span.post_day], of_day)
    if by == By.HOUR:
        hours = sorted({*span.tickets["hour"].tolist(), *span.posts["hour"].tolist()})
        table = np.full(24, UNKNOWN)
        table[hours] = np.arange(len(hours))
        return Keys(hours, table[span.tickets["hour"]], table[span.posts["hour"]], None)
    if by == By.COUNTER:
        return _of_places(span.tickets["counter"], span.posts["counter"], lambda place: place)
    if by == By.CLASS:
        return _of_places(span.tickets["class"], None, lambda place: CLASSES[place].value)
    words = span.words[by]
    posts = span.posts["staff"] if by == By.STAFF else None
    return _of_places(span.tickets[by], posts, lambda place: words[place])


def _of_places(tickets: Rows, posts: Rows | None, name: Callable[[int], Group]) -> Keys:
    found = np.unique(tickets if posts is None else np.concatenate([tickets, posts]))
    places = found[found != NOBODY]
    table = np.full(NOBODY + 1, UNKNOWN, np.int64)
    table[places] = np.arange(len(places))
    return Keys([name(int(place)) for place in places], table[tickets], None if posts is None else table[posts], None)


def _members(keys: Rows, groups: int) -> list[Rows]:
    """For each group its rows' places, in order."""
    order = np.argsort(keys, kind="stable")
    bounds = np.searchsorted(keys[order], np.arange(groups + 1))
    return [order[begins:ends] for begins, ends in pairwise(bounds.tolist())]


def _days(span: Span, keys: Keys, place: int) -> Sequence[int]:
    return range(len(span.days)) if keys.days is None else np.flatnonzero(keys.days == place).tolist()


def _whole(span: Span) -> _Part:
    everything = np.arange(len(span.tickets)), np.arange(len(span.posts))
    return _Part(span, By.DAY, *everything, range(len(span.days)))


def _figures(part: _Part, expected: Expected, group: Group) -> Json:
    span, tickets = part.span, part.span.tickets[part.tickets]
    figures = {**_counts(tickets), **_times(tickets), **_promises(tickets), **_words(tickets)}
    if part.by in BY_TIME:
        hours = [int(group or 0)] if part.by == By.HOUR else None
        figures |= {"expected": expected.arrivals([span.days[n] for n in part.days], hours)}
    if part.by in BY_TIME - {By.HOUR}:
        figures |= {"longest_run": int(max((span.longest_runs[n] for n in part.days), default=0))}
    if part.posts is not None:
        figures |= _posts(span.posts[part.posts])
        if part.by in BY_TIME:
            figures |= _demand(part, part.posts)
    return figures


def _counts(tickets: Rows) -> Json:
    states = {state: int((tickets["state"] == STATES.index(state)).sum()) for state in TicketState}
    left = ~np.isnan(tickets["left_s"])
    called = ~np.isnan(tickets["wait_s"])
    return {
        "issued": len(tickets),
        "served": states[TicketState.COMPLETED],
        "no_show": states[TicketState.NO_SHOW],
        "abandoned": int(left.sum()),
        "expired": int(((tickets["state"] == STATES.index(TicketState.EXPIRED)) & ~called).sum()),
        "abandoned_percent": share_percent(int(left.sum()), len(tickets)),
        "abandoned_wait_s": _mean(tickets["left_s"][left]),
        "no_show_percent": share_percent(states[TicketState.NO_SHOW], int(called.sum())),
    }


def _times(tickets: Rows) -> Json:
    waits = np.sort(tickets["wait_s"][~np.isnan(tickets["wait_s"])]).astype(float)
    return {
        "wait_mean_s": _mean(waits),
        **{f"wait_p{percent}_s": percentile(waits, percent) for percent in (50, 90, 95)},
        "wait_max_s": percentile(waits, 100),
        "walk_mean_s": _mean(_known(tickets["walk_s"])),
        "handling_mean_s": _mean(_known(tickets["handling_s"])),
    }


def _promises(tickets: Rows) -> Json:
    of_class = {kind: tickets[tickets["class"] == CLASSES.index(kind)] for kind in TicketClass}
    figures: Json = {}
    for kind in (TicketClass.VIP, TicketClass.APPOINTMENT):
        kept = of_class[kind]["kept"]
        figures |= {
            f"{kind}_kept": int((kept == 1).sum()),
            f"{kind}_missed": int((kept == 0).sum()),
            f"{kind}_percent": share_percent(int((kept == 1).sum()), int((kept >= 0).sum())),
        }
    return figures


def _words(tickets: Rows) -> Json:
    """Overtakes, what was foretold, what customers said."""
    passes = tickets["overtakes"][tickets["overtakes"] >= 0]
    errors = _known(tickets["error_s"])
    scores = tickets["score"][tickets["score"] > 0]
    return {
        "overtakes_mean": None if not len(passes) else round(float(passes.mean()), 2),
        "overtakes_max": int(passes.max()) if len(passes) else None,
        "quotes": len(errors),
        "quote_error_s": _mean(np.abs(errors)),
        "quote_bias_s": _mean(errors),
        "quote_covered_percent": share_percent(int((tickets["covered"] == 1).sum()), len(errors)),
        "ratings": len(scores),
        "rating_mean": None if not len(scores) else round(float(scores.mean()), 2),
    }


def _posts(posts: Rows) -> Json:
    open_s, paused_s, busy_s = (float(posts[name].sum(dtype=float)) for name in ("open_s", "paused_s", "busy_s"))
    return {
        "open_s": round(open_s),
        "paused_s": round(paused_s),
        "utilisation_percent": share_percent(busy_s, open_s - paused_s),
    }


def _demand(part: _Part, posts: Rows) -> Json:
    """Counters that were there against counters needed, as means over the hours in which somebody came or was there."""
    span, tickets = part.span, part.tickets
    there: dict[tuple[int, int], float] = {}
    chosen = span.posts[posts]
    days = span.post_day[posts].tolist()
    present_s = (chosen["open_s"] - chosen["paused_s"]).tolist()
    for key, seconds in zip(zip(days, chosen["hour"].tolist(), strict=True), present_s, strict=True):
        there[key] = there.get(key, 0.0) + seconds / HOUR_S
    came = span.tickets[tickets]
    cells, counts = np.unique(span.ticket_day[tickets] * 24 + came["hour"], return_counts=True)
    work_s = _mean_work_s(came)
    if work_s is None or not len(cells):
        return {"counters_open": None, "counters_needed": None}
    needed = {divmod(int(cell), 24): needed_for(int(count), work_s) for cell, count in zip(cells, counts, strict=True)}
    hours = {*there, *needed}
    return {
        "counters_open": round(sum(there.values()) / len(hours), 1),
        "counters_needed": round(sum(needed.values()) / len(hours), 1),
    }


def needed_for(arrivals: int, work_s: float) -> int:
    """Counters with which nine of ten of an hour's customers are called within ten minutes, by Erlang C."""
    return counters_needed(arrivals / HOUR_S, work_s, within_s=PROMISE_S, share=0.9)


def _mean_work_s(tickets: Rows) -> float | None:
    """How long a customer takes a counter up: walk and handling."""
    worked = ~np.isnan(tickets["handling_s"])
    total = tickets["handling_s"][worked] + np.nan_to_num(tickets["walk_s"][worked])
    return float(total.mean(dtype=float)) if len(total) and total.mean() > 0 else None


def percentile(ascending: Rows, percent: int) -> int | None:
    """By nearest rank: the smallest value that so many percent do not exceed."""
    if not len(ascending):
        return None
    return round(float(ascending[max(0, math.ceil(percent * len(ascending) / 100) - 1)]))


def _known(values: Rows) -> Rows:
    return values[~np.isnan(values)]


def _mean(values: Rows) -> int | None:
    return round(float(values.mean(dtype=float))) if len(values) else None


def share_percent(part: float, whole: float) -> float | None:
    """A share in percent, to a tenth; None of nothing."""
    return round(100 * part / whole, 1) if whole > 0 else None
