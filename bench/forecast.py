"""Owns the forecast bench: how well waits are foretold, against three usual ways of telling them, and at what cost.

Simulated days: six counters of the sample store (lending and backup), its five services, 15 % VIPs, 10 % appointments,
and the peak load at which who waits at all waits about 9 min, as on the page whose goals these are. Recorded days: the
bank log, if it is there, all of whose servers may serve everybody. On both, the first days teach habits, service times
and the correction of the quotes, and the last days are foretold: at the moment each customer comes, from what a store
would know then. Scored are those who then really waited.

- people ahead: people waiting before one × mean service time / counters at work
- last to enter: the wait of the last customer of one's class who was called
- head of line: how long the first in line of one's class has waited by now

MAE, bias (positive: told too long) and coverage are of the middle and the range told; percent are of the mean wait.
"""

import csv
import math
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

import numpy as np

from bench.harness import Aim, Json, finish, options, table
from counter import calibration
from counter.forecast import World, foresee, horizon_s
from counter.habits import Habits, Visit, learn
from counter.line import Lobby
from counter.outcome import wait_s
from counter.scenario import Scenario, draw, known_times
from counter.service_times import cautious, fit, prior
from counter.simulation import simulate
from counter.situation import Situation
from db.counter_records import Counter, CounterState, Permission
from db.setting_records import Rules, Service, ServiceTime, Tier
from db.ticket_records import Quote, Ticket, TicketClass, TicketState
from db.words import Names
from lobby import crowd, sample

LOG = Path(__file__).parents[2] / "shared/data/bank-log.csv"
SERVICES = {service.code: service for service in sample.SERVICES}
RULES = Rules()
COUNTERS = sample.COUNTERS
LOAD, CROWDED = 0.98, 60
TEACH, CORRECT, TEST = 8, 8, 12
QUICK_TEACH, QUICK_CORRECT, QUICK_TEST = 3, 3, 3
EVERY, QUICK_EVERY = 2, 5
"""One of so many customers is foretold."""
AT_WORK_S = 30.0
"""A server of the log who has not served for so long is taken to have gone."""
HEAD_START_S = 90.0
"""By so much were the bank's priority customers put forward (Mandelbaum, Sakov and Zeltyn 2001, 2.1)."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is over, as the store's own tickets tell of it. Times are seconds of the day."""

    name: str
    tickets: Sequence[Ticket]
    counters: Callable[[float], Sequence[Counter]]
    closes_at: float
    bookings: Sequence[tuple[float, float, str]] = ()
    """Check-in, slot and service."""


@dataclass(frozen=True, slots=True)
class Taught:
    """What the first days taught."""

    services: Mapping[str, Service]
    times: Mapping[str, ServiceTime]
    habits: Habits
    rules: Rules
    tiers: Sequence[Tier]


@dataclass(frozen=True, slots=True)
class Told:
    """What one customer was told in the four ways, and how long the wait then was; in seconds."""

    kind: TicketClass
    wait_s: float
    plain: Quote
    simple: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Score:
    """How good one way is: percent of the mean wait, and of the customers."""

    error: float
    bias: float
    covered: float | None


def simulated_days(count: int, first: int) -> list[Day]:
    """Days of the sample store under its rule; a store knows today's bookings."""
    scenario = Scenario(
        services={code: (SERVICES[code], share) for code, share in crowd.SHARES.items()},
        tiers=[(tier, crowd.TIERS.count(tier.code)) for tier in sample.TIERS],
        counters=len(COUNTERS),
        load=LOAD,
    )
    days = []
    for seed in range(first, first + count):
        people = draw(scenario, RULES, f"forecast {seed}")
        tickets = simulate(people, COUNTERS, RULES, known_times(SERVICES, RULES, 200)).tickets
        bookings = [(t.issued_at, t.slot_at, t.service) for t in tickets if t.slot_at is not None]
        days.append(Day(f"{seed:04}", tickets, lambda _: COUNTERS, scenario.closes_s, bookings))
    return days


def logged_days(file: Path) -> list[Day]:
    """The bank's days. Who neither waited nor was served never stood in the queue and is left out."""
    lines = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    services = sorted({line["service"] for line in lines})
    skills = frozenset(services)
    days = []
    for date in sorted({line["date"] for line in lines}):
        own = [line for line in lines if line["date"] == date]
        servers = {name: n for n, name in enumerate(sorted({line["server"] for line in own} - {""}), start=1)}
        tickets = sorted(_logged(own, servers), key=lambda ticket: ticket.issued_at)
        tickets = [replace(ticket, id=n) for n, ticket in enumerate(tickets, start=1)]
        days.append(Day(date, tickets, _at_work(tickets, skills), math.inf))
    return days


def _logged(lines: Iterable[Mapping[str, str]], servers: Mapping[str, int]) -> Iterator[Ticket]:
    for line in lines:
        waited_s, served_s = float(line["waited_s"] or 0), float(line["served_s"] or 0)
        if not (waited_s or served_s):
            continue
        is_vip = line["priority"] == "vip"
        came_at = crowd.seconds(line["arrived"])
        kind = TicketClass.VIP if is_vip else TicketClass.ORDINARY
        ticket = Ticket(0, "", "", line["date"], line["service"], kind, TicketState.ABANDONED, "", came_at)
        ticket = replace(ticket, due_at=math.inf if is_vip else None, head_start_s=HEAD_START_S * is_vip)
        called_at = came_at + waited_s
        if not served_s:
            yield replace(ticket, ended_at=called_at)
            continue
        yield replace(
            ticket,
            state=TicketState.COMPLETED,
            counter=servers.get(line["server"]),
            first_called_at=called_at,
            called_at=called_at,
            started_at=called_at,
            ended_at=called_at + served_s,
        )


def _at_work(tickets: Sequence[Ticket], skills: frozenset[str]) -> Callable[[float], Sequence[Counter]]:
    """Pauses are not in the log: at work is who serves, or has served a short while ago."""
    permissions = dict.fromkeys(TicketClass, Permission.PRIMARY)
    spans: dict[int, list[tuple[float, float]]] = {}
    for ticket in tickets:
        if ticket.counter and ticket.first_called_at is not None and ticket.ended_at is not None:
            spans.setdefault(ticket.counter, []).append((ticket.first_called_at, ticket.ended_at))

    def at_work(now: float) -> Sequence[Counter]:
        return [
            Counter(number, permissions, skills)
            for number, served in sorted(spans.items())
            if any(began <= now < ended + AT_WORK_S for began, ended in served)
        ]

    return at_work


def teach(days: Sequence[Day], services: Mapping[str, Service], rules: Rules, tiers: Sequence[Tier]) -> Taught:
    """What a store knows after these days."""
    tickets = [ticket for day in days for ticket in day.tickets]
    durations = {
        code: [
            ticket.ended_at - ticket.started_at
            for ticket in tickets
            if ticket.service == code and ticket.started_at is not None and ticket.ended_at is not None
        ]
        for code in services
    }
    visits = [_visit(ticket, day.name) for day in days for ticket in day.tickets]
    habits = replace(learn(visits, {day.name: 86_400.0 for day in days}), walk_s=0.0)
    times = {code: fit(durations[code], prior(service)) for code, service in services.items()}
    return Taught(services, times, habits, rules, tiers)


def _visit(ticket: Ticket, day: str) -> Visit:
    until = ticket.first_called_at if ticket.first_called_at is not None else ticket.ended_at or ticket.issued_at
    stream = (ticket.ticket_class, ticket.tier, ticket.service)
    return Visit(day, ticket.issued_at, stream, until - ticket.issued_at, None, ticket.first_called_at is None)


def situation_at(day: Day, now: float, taught: Taught) -> Situation:
    """What the store knew at a moment of a day."""
    until = {t.id: t.ended_at if t.first_called_at is None else t.first_called_at for t in day.tickets}
    waiting = [
        replace(t, state=TicketState.WAITING) for t in day.tickets if t.issued_at < now < (until[t.id] or math.inf)
    ]
    serving = {
        t.counter: t
        for t in day.tickets
        if t.counter and t.first_called_at is not None and t.first_called_at <= now < (t.ended_at or math.inf)
    }
    counters = [
        replace(counter, state=CounterState.SERVING if counter.number in serving else CounterState.READY)
        for counter in day.counters(now)
    ]
    cautious_times = {code: cautious(measured, taught.rules) for code, measured in taught.times.items()}
    return Situation(
        now=now,
        day_start=0.0,
        closes_at=day.closes_at,
        lobby=Lobby(waiting, counters, serving, cautious_times),
        rules=taught.rules,
        times=taught.times,
        habits=taught.habits,
        tiers=taught.tiers,
        bookings=[(slot_at, service) for came_at, slot_at, service in day.bookings if came_at > now],
    )


def told(day: Day, taught: Taught, every: int) -> Iterator[tuple[Told, float]]:
    """What was told to those who really waited, and the CPU time of each forecast, in ms."""
    calls = sorted((t.first_called_at, wait_s(t), t.ticket_class) for t in day.tickets if t.first_called_at is not None)
    for ticket in day.tickets[::every]:
        wait = (ticket.first_called_at or 0.0) - ticket.issued_at
        if ticket.first_called_at is None or wait < 1:
            continue
        situation = situation_at(day, ticket.issued_at, taught)
        if not situation.lobby.counters:
            continue
        began = time.process_time()
        plain = _forecast(situation, ticket)
        taken_ms = (time.process_time() - began) * 1000
        if plain is not None:
            yield Told(ticket.ticket_class, wait, plain, _simple(situation, ticket, calls)), taken_ms


def _forecast(situation: Situation, ticket: Ticket) -> Quote | None:
    waiting = list(situation.lobby.waiting)
    newcomer = replace(ticket, id=-1, state=TicketState.WAITING)
    world = World(situation, [*waiting, newcomer], horizon_s(situation), seed=ticket.id)
    return world.quotes(len(waiting), len(waiting) + 1)[0]


def _simple(
    situation: Situation, ticket: Ticket, calls: Sequence[tuple[float, float, TicketClass]]
) -> dict[str, float]:
    waiting, now = situation.lobby.waiting, situation.now
    means = {code: t.mean_s for code, t in situation.times.items()}
    alike = [other for other in waiting if other.ticket_class == ticket.ticket_class]
    ahead = waiting if ticket.ticket_class == TicketClass.ORDINARY else alike
    earlier = calls[: bisect_right(calls, now, key=lambda call: call[0])]
    last = next((wait for _, wait, kind in reversed(earlier) if kind == ticket.ticket_class), 0.0)
    return {
        "people ahead": (len(ahead) + 1) * fmean(means.values()) / len(situation.lobby.counters),
        "last to enter": last,
        "head of line": max((now - other.issued_at for other in alike), default=0.0),
    }


def scores(test: Sequence[Told], teacher: Sequence[Told]) -> dict[str, Score]:
    """Each way's score; ours with the plain futures and as it is told."""
    corrections = {
        kind: calibration.learn([(one.plain, one.wait_s) for one in teacher if one.kind == kind])
        for kind in TicketClass
    }
    mean = fmean(one.wait_s for one in test)
    ours = [corrections[one.kind].apply(one.plain) for one in test]
    found = {
        "forecast, as told": _score([q.mid_s for q in ours], test, mean, ours),
        "forecast, uncorrected": _score([one.plain.mid_s for one in test], test, mean, [one.plain for one in test]),
    }
    for name in test[0].simple:
        found[name] = _score([one.simple[name] for one in test], test, mean, None)
    return found


def _score(middles: Sequence[float], test: Sequence[Told], mean: float, ranges: Sequence[Quote] | None) -> Score:
    off = [middle - one.wait_s for middle, one in zip(middles, test, strict=True)]
    inside = [q.low_s <= one.wait_s <= q.high_s for q, one in zip(ranges or [], test, strict=False)]
    return Score(100 * fmean(map(abs, off)) / mean, 100 * fmean(off) / mean, 100 * fmean(inside) if inside else None)


def crowded_ms(counters: int) -> float:
    """CPU time of refreshing everybody in a lobby of sixty before so many counters, in ms: the median of twenty."""
    scenario = Scenario(
        services={code: (SERVICES[code], share) for code, share in crowd.SHARES.items()},
        tiers=[(tier, 1.0) for tier in sample.TIERS],
        counters=counters,
        load=1.4,
    )
    there = [replace(COUNTERS[n % len(COUNTERS)], number=n + 1) for n in range(counters)]
    tickets = simulate(draw(scenario, RULES, "crowded"), there, RULES, known_times(SERVICES, RULES, 200)).tickets
    day = Day("crowded", tickets, lambda _: there, scenario.closes_s)
    taught = teach([day], SERVICES, RULES, sample.TIERS)
    moments = (situation_at(day, ticket.issued_at, taught) for ticket in tickets)
    situation = next(moment for moment in moments if len(moment.lobby.waiting) == CROWDED)
    return float(np.median([_timed_ms(situation) for _ in range(20)]))


def _timed_ms(situation: Situation) -> float:
    began = time.process_time()
    World(situation, situation.lobby.waiting, horizon_s(situation), 1).quotes(0, len(situation.lobby.waiting))
    return (time.process_time() - began) * 1000


def measure(days: Sequence[Day], taught: Taught, split: int, every: int) -> tuple[dict[str, Score], list[Told], float]:
    """The days before `split` teach the correction, the others are the test. Also the median CPU time, in ms."""
    for day in days[:1]:
        foresee(situation_at(day, day.tickets[0].issued_at + 1, taught), {})  # compile before anything is timed
    teacher = [one for day in days[:split] for one, _ in told(day, taught, every)]
    test = [pair for day in days[split:] for pair in told(day, taught, every)]
    people = [one for one, _ in test]
    return scores(people, teacher), people, float(np.median([taken for _, taken in test]))


def show(title: str, found: Mapping[str, Score], test: Sequence[Told]) -> None:
    """Print one table."""
    mean = fmean(one.wait_s for one in test)
    rows = [
        [name, f"{s.error:.1f}", f"{s.bias:+.1f}", "–" if s.covered is None else f"{s.covered:.1f}"]
        for name, s in found.items()
    ]
    table(f"{title}: {len(test)} waits, mean {mean / 60:.1f} min", ["told by", "MAE %", "bias %", "inside %"], rows)


def main() -> int:
    """Run the bench; returns the exit code."""
    given = options("How well waits are foretold.")
    teach_days, correct, test = (QUICK_TEACH, QUICK_CORRECT, QUICK_TEST) if given.quick else (TEACH, CORRECT, TEST)
    every = QUICK_EVERY if given.quick else EVERY
    days = simulated_days(teach_days + correct + test, first=1)
    taught = teach(days[:teach_days], SERVICES, RULES, sample.TIERS)
    found, people, one_ms = measure(days[teach_days:], taught, correct, every)
    show("Simulated days", found, people)
    figures: Json = {"simulated": {name: vars_of(score) for name, score in found.items()}}
    if LOG.exists():
        found_in_log, logged = measure_log(every * 4 if given.quick else every * 2)
        show("The bank's last days", found_in_log, logged)
        figures["bank"] = {name: vars_of(score) for name, score in found_in_log.items()}
    else:
        print(f"the bank log is left out: {LOG.name} is not here")
    sixty_ms, twice_ms = crowded_ms(6), crowded_ms(12)
    print(
        f"\nCPU time: one forecast {one_ms:.1f} ms; {CROWDED} people {sixty_ms:.1f} ms, at 12 counters {twice_ms:.1f}."
    )
    ours = found["forecast, as told"]
    aims = [
        Aim("MAE, of the mean wait", ours.error, 28, "%"),
        Aim("coverage off 80.5 %", abs((ours.covered or 0) - 80.5), 2.5, "points"),
        Aim("one forecast", one_ms, 5, "ms"),
        Aim(f"a lobby of {CROWDED}, 6 counters", sixty_ms, 50, "ms"),
    ]
    return finish(
        given,
        "forecast",
        {**figures, "one_ms": one_ms, "sixty_ms": sixty_ms, "sixty_at_12_counters_ms": twice_ms},
        aims,
    )


def measure_log(every: int) -> tuple[dict[str, Score], list[Told]]:
    """The first eight days teach, two correct, the last four are foretold."""
    days = logged_days(LOG)
    codes = sorted({ticket.service for day in days for ticket in day.tickets})
    services = {code: Service(code, "A", Names(code, code), "", n, 180.0, 1.0) for n, code in enumerate(codes)}
    rules = replace(RULES, caution=1.0)
    taught = teach(days[:8], services, rules, [])
    found, test, _ = measure(days[8:], taught, 2, every)
    return found, test


def vars_of(score: Score) -> Json:
    """A score as JSON."""
    return {"error_percent": score.error, "bias_percent": score.bias, "covered_percent": score.covered}


if __name__ == "__main__":
    sys.exit(main())
