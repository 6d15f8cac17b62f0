"""Owns the rules bench: the table of the calling rule's page, measured again with our own code of the rule.

Six counters that can do everything; lognormal services of mean 4, 7 and 12 min (45, 30 and 25 of a hundred customers),
CV 0.8; 15 % VIPs (unless stated) of whom half are silver, a third gold, a sixth diamond, all with a target of 10 min;
10 % appointments in slots of a quarter, checked in 4 ± 4 min before them, 8 % of them never. Nobody gives up. The rule
knows the service times from more than 30 services, their means × 1.1. Every rule meets the same customers.

A day has nine hours of arrivals by a half-hour profile with one peak, the third to the fifth hour
(`counter.scenario.ONE_PEAK`); the loads are those of the peak. The page does not give its profile: the length of this
one's peak was chosen once, so that strict priority on pooled counters has the page's ordinary wait of about 6 min.

Fenced: counter 1 serves VIPs only, the others everybody. Fenced off: besides, no other counter serves VIPs. Lending:
counter 1 is VIP first, two counters back it up, three serve all alike. The page's rows of earliest due date and
accumulating priority are not our rules and left out. ± is 1.96 standard errors over days.
"""

import math
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import fmean, stdev

from bench.harness import Aim, Json, finish, median, number, options, table
from counter.outcome import PROMISE_S, overtakes, wait_s
from counter.scenario import Scenario, draw, known_times
from counter.simulation import Customer, Day, simulate
from db.counter_records import Counter, Permission
from db.setting_records import RuleKind, Rules
from db.ticket_records import TicketClass
from lobby import crowd, sample

SERVICES = {service.code: service for service in sample.SERVICES}
RULES = Rules()
TIMES = known_times(SERVICES, RULES, known=200)
NUMBERS = range(1, 7)
QUICK_DAYS, FULL_DAYS = 20, 400
PRIMARY, BACKUP, VIP_FIRST, NEVER = Permission.PRIMARY, Permission.BACKUP, Permission.VIP_FIRST, Permission.NEVER

STRICT_FENCED, STRICT_POOLED = "strict VIP, fenced counters", "strict VIP, counters pooled"
OURS, OURS_FENCED = "this rule, lending and backup", "this rule, fenced counters"


def _counter(number: int, vip: Permission, others: Permission) -> Counter:
    may = {TicketClass.VIP: vip, TicketClass.APPOINTMENT: others, TicketClass.ORDINARY: others}
    return Counter(number, may, frozenset(SERVICES))


FENCED = [_counter(n, PRIMARY, NEVER if n == 1 else PRIMARY) for n in NUMBERS]
FENCED_OFF = [_counter(n, PRIMARY if n == 1 else NEVER, NEVER if n == 1 else PRIMARY) for n in NUMBERS]
POOLED = [_counter(n, PRIMARY, PRIMARY) for n in NUMBERS]
LENDING = [_counter(n, {1: VIP_FIRST, 2: BACKUP, 3: BACKUP}.get(n, PRIMARY), PRIMARY) for n in NUMBERS]

ROWS = {
    "FIFO, fenced counters": (RuleKind.FIFO, FENCED),
    "FIFO, VIP counter fenced off": (RuleKind.FIFO, FENCED_OFF),
    STRICT_FENCED: (RuleKind.STRICT, FENCED),
    "ratio 2:1, fenced counters": (RuleKind.RATIO, FENCED),
    OURS_FENCED: (RuleKind.PROMISE, FENCED),
    STRICT_POOLED: (RuleKind.STRICT, POOLED),
    OURS: (RuleKind.PROMISE, LENDING),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A day's demand: the load at its peak and the share of VIPs, of 1."""

    load: float
    vip_share: float

    def __str__(self) -> str:
        return f"peak load {self.load}, {self.vip_share:.0%} VIPs"


CASES = (Case(0.95, 0.15), Case(1.05, 0.15), Case(1.05, 0.25))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over customers and half the width of its 95 % confidence interval."""

    mean: float
    error: float

    def __str__(self) -> str:
        return f"{self.mean:.2f} ± {self.error:.2f}"


@dataclass(frozen=True, slots=True)
class Result:
    """One rule's figures: percent and minutes; overtakes are per ordinary customer."""

    vip_within: Estimate
    vip_worst: float
    ordinary: Estimate
    overtakes: Estimate
    on_time: Estimate


def measure(case: Case, days: int) -> dict[str, Result]:
    """Every rule on the same days."""
    crowds = _crowds(case, days)
    return {name: result(_days(crowds, kind, counters)) for name, (kind, counters) in ROWS.items()}


def _crowds(case: Case, days: int) -> list[list[Customer]]:
    scenario = Scenario(
        services={code: (SERVICES[code], share) for code, share in crowd.SHARES.items()},
        tiers=[(tier, crowd.TIERS.count(tier.code)) for tier in sample.TIERS],
        counters=len(NUMBERS),
        load=case.load,
        vip_share=case.vip_share,
    )
    return [draw(scenario, RULES, seed) for seed in range(days)]


def _days(crowds: Iterable[Sequence[Customer]], kind: RuleKind, counters: Sequence[Counter]) -> list[Day]:
    rules = replace(RULES, kind=kind)
    return [simulate(people, counters, rules, TIMES) for people in crowds]


def result(days: Sequence[Day]) -> Result:
    """Measure days; a day is one observation, for customers of a day share their luck."""
    vips = [[wait_s(t) for t in day.tickets if t.ticket_class == TicketClass.VIP] for day in days]
    ordinary = [[wait_s(t) / 60 for t in day.tickets if t.ticket_class == TicketClass.ORDINARY] for day in days]
    on_time = [list(_on_time(day)) for day in days]
    return Result(
        vip_within=_estimate([[100.0 * (wait <= PROMISE_S) for wait in waits] for waits in vips]),
        vip_worst=max(max(waits, default=0.0) for waits in vips) / 60,
        ordinary=_estimate(ordinary),
        overtakes=_estimate([overtakes(day.tickets) for day in days]),
        on_time=_estimate(on_time),
    )


def _on_time(day: Day) -> Iterator[float]:
    for ticket in day.tickets:
        if ticket.ticket_class == TicketClass.APPOINTMENT and ticket.due_at is not None:
            yield 100.0 * ((ticket.first_called_at or math.inf) <= ticket.due_at)


def _estimate(days: Sequence[Sequence[float]]) -> Estimate:
    """The mean over all customers as a ratio of day totals, its error by the delta method (Cochran 1977, 6.4)."""
    counts, sums = [len(day) for day in days], [math.fsum(day) for day in days]
    mean = sum(sums) / sum(counts)
    residuals = [total - mean * count for total, count in zip(sums, counts, strict=True)]
    return Estimate(mean, 1.96 * stdev(residuals) / math.sqrt(len(days)) / fmean(counts))


def speed_ms(case: Case) -> float:
    """CPU time of our rule on a day of 500 customers, in ms: the median over days, scaled by their customers."""
    taken = []
    for people in _crowds(case, 21):
        began = time.process_time()
        _days([people], *ROWS[OURS])
        taken.append((time.process_time() - began) * 1000 * 500 / len(people))
    return median(taken)


def show(case: Case, results: dict[str, Result]) -> None:
    """Print a case's table."""
    headings = ["rule", "VIP ≤ 10 min %", "worst VIP min", "ordinary mean min", "overtakes", "appointments on time %"]
    rows = [
        [name, str(r.vip_within), number(r.vip_worst), str(r.ordinary), str(r.overtakes), str(r.on_time)]
        for name, r in results.items()
    ]
    table(str(case)[0].upper() + str(case)[1:], headings, rows)


def aims(measured: dict[Case, dict[str, Result]], ms: float) -> list[Aim]:
    """The goals of the page. What is to be at least so much is told by what is missing, at most so much."""
    found = []
    for case, missed in zip(CASES, (0.4, 0.6, 0.8), strict=True):
        results = measured[case]
        found.append(Aim(f"{case}: VIPs over 10 min", 100 - results[OURS].vip_within.mean, missed, "%"))
        ours, strict = results[OURS].overtakes.mean, results[STRICT_POOLED].overtakes.mean
        found.append(Aim(f"{case}: overtakes, of strict's where all may serve all", 100 * ours / strict, 85, "%"))
    calm = measured[CASES[0]]
    wait = 100 * calm[OURS].ordinary.mean / calm[STRICT_FENCED].ordinary.mean
    found.append(Aim(f"{CASES[0]}: ordinary wait, of strict's on fenced counters", wait, 70, "%"))
    found.append(Aim(f"{CASES[0]}: appointments called late", 100 - calm[OURS].on_time.mean, 1, "%"))
    return [*found, Aim("CPU time of a day of 500 customers", ms, 50, "ms")]


def main() -> int:
    """Run the bench; returns the exit code."""
    given = options("The calling rule beside others on the same simulated days.")
    days = QUICK_DAYS if given.quick else FULL_DAYS
    measured = {}
    for case in CASES:
        measured[case] = measure(case, days)
        show(case, measured[case])
    ms = speed_ms(CASES[0])
    print(f"\n{days} days each; a day of 500 customers takes our rule {number(ms)} ms of CPU time.")
    cases = [
        {**asdict(case), "rules": {name: asdict(one) for name, one in results.items()}}
        for case, results in measured.items()
    ]
    figures: Json = {"days": days, "ms_per_500_customers": ms, "cases": cases}
    return finish(given, "rules", figures, aims(measured, ms))


if __name__ == "__main__":
    sys.exit(main())
