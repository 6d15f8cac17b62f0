"""Owns the day simulator: customers known beforehand meet counters under the real calling rule. Pure.

What chance decides is in the customers before the day begins, so the same customers meet every rule (common random
numbers) and a difference between two rules is due to the rules alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isnan

import numpy as np

from counter import line
from counter.course import PAUSE, PERSON, POST, Rows
from counter.policy import Stand
from db.counter_records import Counter
from db.setting_records import Rules, ServiceTime
from db.ticket_records import Ticket, TicketState


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who will come: the ticket they will hold, and what chance has in store for them, in seconds.

    `walk_s`: from call to start; `patience_s`: from arrival until one who still waits leaves silently, None: never.
    """

    ticket: Ticket
    service_s: float
    walk_s: float = 0.0
    patience_s: float | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A planned pause. Somebody being served is served to the end first; the pause keeps its length."""

    counter: int
    starts_at: float
    length_s: float


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is over: every customer's ticket as it ended, in order of arrival.

    `present_s` is how long counters were there for customers, all together, from the first arrival to the last end.
    """

    tickets: tuple[Ticket, ...]
    present_s: float


def simulate(
    customers: Sequence[Customer],
    counters: Iterable[Counter],
    rules: Rules,
    service_times: Mapping[str, ServiceTime],
    pauses: Iterable[Pause] = (),
) -> Day:
    """Let the customers come to these counters, all of them ready from the start, until everybody has gone.

    Somebody whom no counter can serve, and who never leaves, ends as `expired`.
    """
    from counter import compiled  # noqa: PLC0415 — a second's import that who only describes a day never needs

    if not customers:
        return Day((), 0.0)
    there = sorted(counters, key=lambda counter: counter.number)
    services = {code: n for n, code in enumerate(service_times)}
    starts_at = min(customer.ticket.issued_at for customer in customers)
    breaks = _pauses(pauses, [counter.number for counter in there])
    called_at, ended_at, at_post, paused_at = compiled.run(
        _people(customers, services),
        np.array([_post(counter, services, starts_at) for counter in there], POST),
        breaks,
        np.array([(time.log_mean, time.log_sd) for time in service_times.values()]),
        sum(time.known for time in service_times.values()),
        np.zeros(0, np.int64),
        line.terms(rules),
        starts_at,
        inf,
        (0, len(customers) + 1),
    )
    last_end = float(np.nanmax(ended_at, initial=starts_at))
    tickets = [
        _ended(customer, called, ended, there[post].number, last_end)
        for customer, called, ended, post in zip(
            customers, called_at.tolist(), ended_at.tolist(), at_post.tolist(), strict=True
        )
    ]
    paused_s = np.nansum(np.minimum(paused_at + breaks["length_s"], last_end) - np.minimum(paused_at, last_end))
    return Day(tuple(tickets), len(there) * (last_end - starts_at) - float(paused_s))


def _people(customers: Sequence[Customer], services: Mapping[str, int]) -> Rows:
    return np.array(
        [
            (
                *line.waiting(customer.ticket, services)._replace(id=row),
                customer.service_s,
                customer.walk_s,
                inf if customer.patience_s is None else customer.ticket.issued_at + customer.patience_s,
            )
            for row, customer in enumerate(customers)
        ],
        PERSON,
    )


def _post(counter: Counter, services: Mapping[str, int], now: float) -> tuple[object, ...]:
    post = line.post(counter, None, services)
    return (*post.may, post.skills, int(Stand.FREE), now, inf, 0, inf, inf)


def _pauses(pauses: Iterable[Pause], numbers: Sequence[int]) -> Rows:
    return np.array([(numbers.index(pause.counter), pause.starts_at, pause.length_s) for pause in pauses], PAUSE)


def _ended(customer: Customer, called_at: float, ended_at: float, counter: int, last_end: float) -> Ticket:
    ticket = customer.ticket
    if isnan(ended_at):
        return replace(ticket, state=TicketState.EXPIRED, ended_at=last_end)
    if isnan(called_at):
        return replace(ticket, state=TicketState.ABANDONED, ended_at=ended_at)
    return replace(
        ticket,
        state=TicketState.COMPLETED,
        counter=counter,
        first_called_at=called_at,
        called_at=called_at,
        started_at=called_at + customer.walk_s,
        ended_at=ended_at,
        calls=1,
    )
