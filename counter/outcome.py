"""Owns the figures of a day that is over: waits, promises kept, overtakes, use of the counters. Pure."""

import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from counter.simulation import Day
from db.ticket_records import Ticket, TicketClass, TicketState

PROMISE_S = 600.0
"""What a VIP is promised, whatever target inside it their tier aims at."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits of one class from arrival (an appointment's: from its slot, if that is later) to first call, in seconds."""

    count: int
    mean_s: float
    p50_s: float
    p95_s: float
    p99_s: float
    max_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one or more days; shares are of 1, NaN where there was nobody.

    `vip_within`: of the VIPs, those called within the promise; `on_time`: of the appointments, those called by their
    due time; a promise to one who left before it was due was neither kept nor broken. `overtakes`: per ordinary
    customer, how many of all classes came later and were called before them; `most_overtakes` of one customer;
    `longest_run`: the most calls in a row that each overtook some ordinary customer.
    """

    customers: int
    waits: Mapping[TicketClass, Waits]
    vip_within: float
    on_time: float
    overtakes: float
    most_overtakes: int
    longest_run: int
    abandoned: float
    utilisation: float


def figures(days: Sequence[Day]) -> Figures:
    """Measure days together: each customer weighs alike, and nobody is overtaken across days."""
    tickets = [ticket for day in days for ticket in day.tickets]
    by_class = {kind: [t for t in tickets if t.ticket_class == kind] for kind in TicketClass}
    passed = [count for day in days for count in overtakes(day.tickets)]
    return Figures(
        customers=len(tickets),
        waits={kind: _waits(some) for kind, some in by_class.items()},
        vip_within=_kept((t, t.issued_at + PROMISE_S) for t in by_class[TicketClass.VIP]),
        on_time=_kept((t, t.due_at or math.inf) for t in by_class[TicketClass.APPOINTMENT]),
        overtakes=sum(passed) / len(passed) if passed else math.nan,
        most_overtakes=max(passed, default=0),
        longest_run=max((longest_run(day.tickets) for day in days), default=0),
        abandoned=_share(t.state == TicketState.ABANDONED for t in tickets),
        utilisation=sum(map(_busy_s, tickets)) / (sum(day.present_s for day in days) or math.nan),
    )


def wait_s(ticket: Ticket) -> float:
    """How long somebody waited for the call, in seconds; endless for one who was never called."""
    return math.inf if ticket.first_called_at is None else max(0.0, ticket.first_called_at - ticket.waiting_since)


def overtakes(tickets: Iterable[Ticket]) -> list[int]:
    """For each ordinary customer how many came later and were called while they waited."""
    return list(overtakes_of(tickets).values())


def overtakes_of(tickets: Iterable[Ticket]) -> dict[int, int]:
    """The same by the ordinary customer's ticket id, the last to come first. O(n log n)."""
    called: list[float] = []
    found: dict[int, int] = {}
    for ticket in sorted(tickets, key=lambda ticket: -ticket.issued_at):
        if ticket.ticket_class == TicketClass.ORDINARY:
            found[ticket.id] = bisect_left(called, _waited_until(ticket))
        if ticket.first_called_at is not None:
            insort(called, ticket.first_called_at)
    return found


def longest_run(tickets: Iterable[Ticket]) -> int:
    """The most calls in a row that each overtook some ordinary customer.

    Backwards through the day, so that the earliest arrival among the ordinary who still wait is at hand."""
    oldest, run, longest = math.inf, 0, 0
    for ticket in sorted(tickets, key=_waited_until, reverse=True):
        if ticket.first_called_at is not None:
            run = run + 1 if oldest < ticket.issued_at else 0
            longest = max(longest, run)
        if ticket.ticket_class == TicketClass.ORDINARY:
            oldest = min(oldest, ticket.issued_at)
    return longest


def _waits(tickets: Iterable[Ticket]) -> Waits:
    """Of those who were called."""
    waits = sorted(wait_s(ticket) for ticket in tickets if ticket.first_called_at is not None)
    if not waits:
        return Waits(0, *(math.nan,) * 5)
    middle, high, higher = (waits[math.ceil(share * len(waits)) - 1] for share in (0.50, 0.95, 0.99))
    return Waits(len(waits), sum(waits) / len(waits), middle, high, higher, waits[-1])


def _kept(promises: Iterable[tuple[Ticket, float]]) -> float:
    """Of the tickets and the times they are due, the share that was called by then."""
    return _share(
        ticket.first_called_at is not None and ticket.first_called_at <= due_at
        for ticket, due_at in promises
        if ticket.first_called_at is not None or _waited_until(ticket) > due_at
    )


def _waited_until(ticket: Ticket) -> float:
    """When the wait ended: by the call or by leaving."""
    if ticket.first_called_at is not None:
        return ticket.first_called_at
    return ticket.ended_at if ticket.ended_at is not None else math.inf


def _busy_s(ticket: Ticket) -> float:
    """How long a counter was taken up, from the call on."""
    if ticket.first_called_at is None or ticket.ended_at is None:
        return 0.0
    return ticket.ended_at - ticket.first_called_at


def _share(facts: Iterable[bool]) -> float:
    known = list(facts)
    return sum(known) / len(known) if known else math.nan
