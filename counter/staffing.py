"""Owns how many counters a day to come needs: customers as past weeks brought them meet the rule. Pure.

Times are seconds since the business day began. A half hour is judged by those who come in it.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from counter.habits import HALF_HOUR_S, HALF_HOURS, Habits, Stream
from counter.outcome import PROMISE_S, wait_s
from counter.scenario import ticket_of
from counter.simulation import Customer, Pause, simulate
from db.counter_records import Counter
from db.setting_records import Rules, ServiceTime, Tier
from db.ticket_records import Ticket, TicketClass

CROWDS = 12
KEPT_SHARE = 0.95
"""Of the VIPs within ten minutes, and of the appointments by their due time."""
ORDINARY_S, ORDINARY_SHARE = 20 * 60.0, 0.80
"""Ordinary customers have no promise; four of five are to be called within twenty minutes."""
LEAST_EXPECTED = 0.05
SLOT_S = 900.0
LONGEST_S = 86_400.0

Plan = tuple[int, ...]
"""How many counters are there in each half hour of the business day."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of a day to come. `times`: services as measured; `cautious`: as the rule reckons with them;
    `open_halves`: half hours in which numbers are given out; counters in the order in which they open.
    """

    habits: Habits
    times: Mapping[str, ServiceTime]
    cautious: Mapping[str, ServiceTime]
    tiers: Sequence[Tier]
    rules: Rules
    counters: Sequence[Counter]
    open_halves: Collection[int] = range(HALF_HOURS)
    seed: int = 1


@dataclass(frozen=True, slots=True)
class HalfHour:
    """`expected` customers; `counters` to be there; shares of 1 who are then called in time, NaN where nobody comes."""

    number: int
    expected: float
    counters: int
    kept: float
    ordinary: float


@dataclass(frozen=True, slots=True)
class Staffing:
    """A day's plan; `is_enough` is false where not even all counters keep the promises."""

    half_hours: tuple[HalfHour, ...]
    is_enough: bool


def plan(outlook: Outlook) -> Staffing:
    """The fewest counters that keep the promises, found by letting the same crowds come to one plan after another."""
    expected = [0.0] * HALF_HOURS
    for n in outlook.open_halves:
        expected[n] = sum(rates[n] for rates in outlook.habits.arrivals.values()) * HALF_HOUR_S
    busy = [n for n, customers in enumerate(expected) if customers >= LEAST_EXPECTED]
    if not busy or not outlook.counters:
        return Staffing((), is_enough=not busy)
    open_ones = range(busy[0], busy[-1] + 1)
    judge = _judge([list(_crowd(outlook, n)) for n in range(CROWDS)], outlook)
    enough = _raised(_start(outlook, expected, open_ones), judge, len(outlook.counters), open_ones)
    best = _trimmed(enough, judge, open_ones)
    shares = judge(best)
    return Staffing(
        tuple(HalfHour(n, expected[n], best[n], *shares[n]) for n in open_ones),
        is_enough=not _failing(shares, open_ones),
    )


def opening_order(counters: Sequence[Counter]) -> list[Counter]:
    """Which counter opens first: the one that can do most which no earlier one can, then who does most."""
    left, order, known = list(counters), [], set[tuple[TicketClass, str]]()
    while left:
        best = max(left, key=lambda one: (len(_work(one) - known), len(_work(one)), -one.number))
        known |= _work(best)
        order.append(best)
        left.remove(best)
    return order


Shares = list[tuple[float, float]]
"""For each half hour: promises kept, and ordinary customers called soon enough; NaN where there is nobody."""


def _judge(crowds: Sequence[Sequence[Customer]], outlook: Outlook) -> Callable[[Plan], Shares]:
    def judged(plan: Plan) -> Shares:
        tickets = [
            ticket
            for crowd in crowds
            for ticket in simulate(
                crowd, outlook.counters, outlook.rules, outlook.cautious, _closings(plan, outlook.counters, crowd)
            ).tickets
        ]
        kept: list[list[bool]] = [[] for _ in range(HALF_HOURS)]
        soon: list[list[bool]] = [[] for _ in range(HALF_HOURS)]
        for ticket in tickets:
            n = min(HALF_HOURS - 1, int(ticket.issued_at // HALF_HOUR_S))
            is_ordinary = ticket.ticket_class == TicketClass.ORDINARY
            within_s = ORDINARY_S if is_ordinary else _promised_s(ticket)
            if not _has_left_before(ticket, within_s):
                (soon if is_ordinary else kept)[n].append(wait_s(ticket) <= within_s)
        return [(_share(kept[n]), _share(soon[n])) for n in range(HALF_HOURS)]

    return judged


def _promised_s(ticket: Ticket) -> float:
    if ticket.ticket_class == TicketClass.VIP or ticket.promised_at is None:
        return PROMISE_S
    return ticket.promised_at - ticket.waiting_since


def _has_left_before(ticket: Ticket, within_s: float) -> bool:
    """Whoever gave up before the time was out was neither called in time nor late."""
    gave_up = ticket.first_called_at is None and ticket.ended_at is not None
    return gave_up and (ticket.ended_at or 0.0) <= ticket.waiting_since + within_s


def _start(outlook: Outlook, expected: Sequence[float], open_ones: range) -> Plan:
    """As many counters as there is work for."""
    mean_s = sum(
        sum(rates) * (outlook.times[service].mean_s + outlook.habits.walk_s)
        for (_, _, service), rates in outlook.habits.arrivals.items()
        if service in outlook.times
    ) / max(1e-9, sum(sum(rates) for rates in outlook.habits.arrivals.values()))
    most = len(outlook.counters)
    return tuple(
        min(most, max(1, math.ceil(expected[n] * mean_s / HALF_HOUR_S))) if n in open_ones else 0
        for n in range(HALF_HOURS)
    )


def _raised(plan: Plan, judge: Callable[[Plan], Shares], most: int, open_ones: range) -> Plan:
    """One more wherever the promises fail; where all are there already, in the half hour before."""
    while True:
        wanting = {_place_to_raise(plan, n, most, open_ones) for n in _failing(judge(plan), open_ones)} - {None}
        if not wanting:
            return plan
        plan = tuple(count + (n in wanting) for n, count in enumerate(plan))


def _place_to_raise(plan: Plan, failing: int, most: int, open_ones: range) -> int | None:
    return next((n for n in range(failing, open_ones.start - 1, -1) if plan[n] < most), None)


def _trimmed(plan: Plan, judge: Callable[[Plan], Shares], open_ones: range) -> Plan:
    """One less wherever the promises are kept all the same, the fullest half hours first."""
    if _failing(judge(plan), open_ones):
        return plan
    for n in sorted(open_ones, key=lambda n: -plan[n]):
        fewer = (*plan[:n], plan[n] - 1, *plan[n + 1 :])
        if plan[n] > 1 and not _failing(judge(fewer), open_ones):
            plan = fewer
    return plan


def _failing(shares: Shares, open_ones: range) -> list[int]:
    return [n for n in open_ones if shares[n][0] < KEPT_SHARE or shares[n][1] < ORDINARY_SHARE]


def _closings(plan: Plan, counters: Sequence[Counter], crowd: Sequence[Customer]) -> Iterator[Pause]:
    """When each counter is not there while a crowd is, as pauses; in the end all stay until the last is served."""
    if not crowd:
        return
    begins_at = crowd[0].ticket.issued_at
    first, last = int(begins_at // HALF_HOUR_S), max(n for n, count in enumerate(plan) if count)
    for place, counter in enumerate(counters):
        there = [place < count for count in plan]
        edges = [first, *(n for n in range(first + 1, last + 1) if there[n] != there[n - 1]), last + 1]
        for begins, ends in pairwise(edges):
            if not there[begins]:
                starts_at = max(begins_at, begins * HALF_HOUR_S)
                ends_at = ends * HALF_HOUR_S if ends <= last else starts_at + LONGEST_S
                yield Pause(counter.number, starts_at, ends_at - starts_at)


def _crowd(outlook: Outlook, n: int) -> Iterator[Customer]:
    """Customers of one such day, in order of arrival."""
    random = np.random.default_rng([outlook.seed, n])
    people = [
        _customer(outlook, stream, (half_hour + share) * HALF_HOUR_S, random)
        for stream, rates in sorted(outlook.habits.arrivals.items(), key=str)
        if stream[2] in outlook.times
        for half_hour in outlook.open_halves
        for share in random.random(random.poisson(rates[half_hour] * HALF_HOUR_S))
    ]
    people.sort(key=lambda one: one.ticket.issued_at)
    for place, one in enumerate(people, start=1):
        yield replace(one, ticket=replace(one.ticket, id=place, number=f"{place:04}"))


def _customer(outlook: Outlook, stream: Stream, at: float, random: np.random.Generator) -> Customer:
    kind, tier_code, service = stream
    tier = next((tier for tier in outlook.tiers if tier.code == tier_code), None)
    slot_at = math.ceil(at / SLOT_S) * SLOT_S
    time = outlook.times[service]
    return Customer(
        ticket_of(kind, service, at, outlook.rules, tier=tier, slot_at=slot_at),
        float(random.lognormal(time.log_mean, time.log_sd)),
        outlook.habits.walk_s + outlook.habits.gap_s,
        float(random.exponential(1 / outlook.habits.leaving)) if outlook.habits.leaving else None,
    )


def _work(counter: Counter) -> set[tuple[TicketClass, str]]:
    return {(kind, skill) for kind, may in counter.permissions.items() if may != "never" for skill in counter.skills}


def _share(facts: Sequence[bool]) -> float:
    return sum(facts) / len(facts) if facts else math.nan
