"""Owns the alerts bench: how many broken promises are forewarned, how long before, and how often for nothing.

Simulated days of the sample store under its rule. Every other day is as usual; on the others trouble comes: more
customers, a third of them VIPs, and at the busiest time two counters pause for an hour to an hour and a half, without
notice. Nobody acts on the alerts, so whoever is forewarned of is really late if the forecast is right.

Every half minute the lobby is what a store would know then; the very code that runs on the floor makes prospects, facts
and alerts of it, with the usual rules. First days teach habits and service times. The threshold of promises was weighed
against others on days of other seeds (500 to 559) than those that are measured here; so was that of waits.

- promise: a VIP or an appointment called after the due time; forewarned if `promise_at_risk` was open at least three
  minutes before the due time, and until it. A false alarm is such an alert while no promise came to be broken.
- ceiling: an ordinary customer called after `fair_after`; forewarned if `wait_longer` was open for their queue three
  minutes before. A false alarm is such an alert while nobody of the queue came to pass the ceiling.
"""

import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from random import Random

from bench.forecast import RULES, SERVICES, Taught, simulated_days, situation_at, teach
from bench.forecast import Day as PlayedDay
from bench.harness import Aim, Json, finish, number, options, percentile, table
from counter.line import Lobby, queue_name
from counter.moment import Present
from counter.outlook import prospects
from counter.prospects import Prospects, limit_at
from counter.scenario import Scenario, draw, known_times
from counter.simulation import Pause, simulate
from counter.situation import Situation
from db.alarm_records import USUAL_RULES, Alert, AlertKind, Fact
from db.counter_records import CounterState
from db.setting_records import Settings
from db.ticket_records import Ticket, TicketClass
from db.words import Names
from display.alarms import judge
from display.moment_facts import Devices, Foreseen, facts
from lobby import crowd, sample

COUNTERS = sample.COUNTERS
TEACH_DAYS, QUICK_DAYS, FULL_DAYS = 6, 4, 100
LOOK_S = 30.0
"""The floor looks every five seconds; this costs a sixth and only ever warns later."""
PROCESSES = os.cpu_count() or 1
LEAD_S = 180.0
LEAST_BREACHES = 30
"""A share of fewer says nothing; `--quick` mostly has fewer broken promises."""
TROUBLE_LOAD, TROUBLE_VIPS = 1.1, 0.33
PEAK_S = (10 * 3600.0, 13 * 3600.0)
KINDS = (AlertKind.PROMISE_AT_RISK, AlertKind.WAIT_LONGER)
ALERT_RULES = {rule.kind: rule for rule in USUAL_RULES}
STORE = Settings(Names("", ""), "UTC", rules=RULES)
TIERS = {tier.code: tier for tier in sample.TIERS}


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is over, with the pauses that came into it: (counter, from, to)."""

    played: PlayedDay
    pauses: Sequence[tuple[int, float, float]] = ()
    is_trouble: bool = False


@dataclass(slots=True)
class Score:
    """What became of a kind of breach, in seconds: `leads_s` before the due time, of breaches that were forewarned at
    all; `late_s` after it, of every breach, and `missed_late_s` of those not forewarned in time.
    """

    breaches: int = 0
    forewarned: int = 0
    alerts: int = 0
    false: int = 0
    leads_s: list[float] = field(default_factory=list)
    late_s: list[float] = field(default_factory=list)
    missed_late_s: list[float] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Count another day's."""
        self.breaches += other.breaches
        self.forewarned += other.forewarned
        self.alerts += other.alerts
        self.false += other.false
        self.leads_s += other.leads_s
        self.late_s += other.late_s
        self.missed_late_s += other.missed_late_s

    @property
    def share(self) -> float:
        """Percent of the breaches that were forewarned in time; NaN without a breach."""
        return 100 * self.forewarned / self.breaches if self.breaches else math.nan


def trouble_day(seed: int) -> Day:
    """A crowded day on which two counters go away at the busiest time."""
    random = Random(f"trouble {seed}")
    scenario = Scenario(
        services={code: (SERVICES[code], share) for code, share in crowd.SHARES.items()},
        tiers=[(tier, crowd.TIERS.count(tier.code)) for tier in sample.TIERS],
        counters=len(COUNTERS),
        load=TROUBLE_LOAD,
        vip_share=TROUBLE_VIPS,
    )
    numbers = random.sample([counter.number for counter in COUNTERS], 2)
    pauses = [Pause(n, random.uniform(*PEAK_S), random.uniform(3600, 5400)) for n in numbers]
    people = draw(scenario, RULES, f"alerts {seed}")
    tickets = simulate(people, COUNTERS, RULES, known_times(SERVICES, RULES, 200), pauses).tickets
    bookings = [(t.issued_at, t.slot_at, t.service) for t in tickets if t.slot_at is not None]
    played = PlayedDay(f"{seed:04}", tickets, lambda _: COUNTERS, scenario.closes_s, bookings)
    return Day(played, [_span(pause, tickets) for pause in pauses], is_trouble=True)


def _span(pause: Pause, tickets: Sequence[Ticket]) -> tuple[int, float, float]:
    """When a pause really was: after whoever was being served."""
    ends = [
        t.ended_at for t in tickets
        if t.counter == pause.counter and t.ended_at and (t.first_called_at or 0) <= pause.starts_at < t.ended_at
    ]  # fmt: skip
    began = max([pause.starts_at, *ends])
    return pause.counter, began, began + pause.length_s


def day_of(number: int) -> Day:
    """As usual and in trouble, by turns."""
    return trouble_day(number) if number % 2 else Day(simulated_days(1, 1000 + number)[0])


@dataclass(frozen=True, slots=True)
class Measured:
    """What one day gave; a look's mean CPU time in ms."""

    is_trouble: bool
    scores: dict[AlertKind, Score]
    cost_ms: float


def measure(number: int, taught: Taught, look_s: float) -> Measured:
    """Play one day and look at it all along."""
    day = day_of(number)
    alerts, cost_ms = alerts_of(day, taught, look_s)
    return Measured(day.is_trouble, score(day, alerts), cost_ms)


def alerts_of(day: Day, taught: Taught, look_s: float) -> tuple[list[Alert], float]:
    """Every alert of the day's looks, and the mean CPU time of a look in ms."""
    done: list[Alert] = []
    running: list[Alert] = []
    ids, spent, looks = count(1), 0.0, 0
    for now in _moments(day, look_s):
        began = time.process_time()
        found = _facts(_situation(day, now, taught))
        verdict = judge(ALERT_RULES, running, found, now)
        done += [replace(alert, ended_at=now) for alert in verdict.ended]
        running = [replace(one.alert, calm_since=one.calm_since) for one in verdict.kept]
        running += [Alert(next(ids), fact.kind, fact.cause, fact.said, now) for fact in verdict.raised]
        spent, looks = spent + time.process_time() - began, looks + 1
    return done + running, 1000 * spent / max(1, looks)


def _moments(day: Day, look_s: float) -> Iterator[float]:
    first = min(t.issued_at for t in day.played.tickets)
    last = max(t.first_called_at or 0.0 for t in day.played.tickets)
    for n in count(0):
        at = first + n * look_s
        if at > last:
            return
        yield at


def _situation(day: Day, now: float, taught: Taught) -> Situation:
    """What a store knew, with the counters that had gone; nobody knows when they will be back."""
    known = situation_at(day.played, now, taught)
    gone = {number for number, began, ended in day.pauses if began <= now < ended}
    if not gone:
        return known
    lobby = known.lobby
    counters = [
        replace(one, state=CounterState.PAUSED, since=now) if one.number in gone else one for one in lobby.counters
    ]
    return replace(known, lobby=Lobby(lobby.waiting, counters, lobby.serving, lobby.service_times))


def _facts(situation: Situation) -> list[Fact]:
    """As on the floor; prospects are only asked for where a promise runs."""
    is_promised = any(ticket.due_at is not None for ticket in situation.lobby.waiting)
    found = prospects(situation) if is_promised else Prospects()
    present = Present(situation.now, 0, STORE, SERVICES, TIERS, situation.lobby)
    foreseen = Foreseen(situation.now, {one.ticket_id: one.chance for one in found.each}, found.any_late)
    return [fact for fact in facts(present, foreseen, Devices(), ALERT_RULES) if fact.kind in KINDS]


def score(day: Day, alerts: Sequence[Alert]) -> dict[AlertKind, Score]:
    """Breaches against alerts."""
    at_risk = [alert for alert in alerts if alert.kind == AlertKind.PROMISE_AT_RISK]
    longer = [alert for alert in alerts if alert.kind == AlertKind.WAIT_LONGER]
    late = [t for t in day.played.tickets if (t.first_called_at or math.inf) > limit_at(t, RULES.fair_after_s)]
    promised = [t for t in late if t.ticket_class != TicketClass.ORDINARY]
    others = [t for t in late if t.ticket_class == TicketClass.ORDINARY]
    promises, ceilings = Score(alerts=len(at_risk)), Score(alerts=len(longer))
    for ticket in promised:
        _count(promises, ticket, at_risk)
    for ticket in others:
        _count(ceilings, ticket, [alert for alert in longer if alert.cause == f"queue:{queue_name(ticket)}"])
    promises.false = sum(not _was_right(alert, promised) for alert in at_risk)
    ceilings.false = sum(not _was_right(alert, others) for alert in longer)
    return {AlertKind.PROMISE_AT_RISK: promises, AlertKind.WAIT_LONGER: ceilings}


def _count(into: Score, ticket: Ticket, alerts: Sequence[Alert]) -> None:
    due_at = limit_at(ticket, RULES.fair_after_s)
    open_then = [alert for alert in alerts if alert.began_at <= due_at <= (alert.ended_at or math.inf)]
    leads_s = [due_at - min(alert.began_at for alert in open_then)] if open_then else []
    late_s = (ticket.first_called_at or math.inf) - due_at
    is_forewarned = any(lead_s >= LEAD_S for lead_s in leads_s)
    into.breaches += 1
    into.forewarned += is_forewarned
    into.leads_s += leads_s
    into.late_s.append(late_s)
    if not is_forewarned:
        into.missed_late_s.append(late_s)


def _was_right(alert: Alert, late: Sequence[Ticket]) -> bool:
    """Whether somebody it is about came to be late while it was open."""
    return any(
        alert.cause in {"promises", f"queue:{queue_name(t)}"}
        and alert.began_at <= limit_at(t, RULES.fair_after_s) <= (alert.ended_at or math.inf)
        for t in late
    )


def main() -> int:
    """Run the bench; returns the exit code."""
    given = options("How many broken promises the floor is forewarned of, and how often for nothing.")
    numbers = range(QUICK_DAYS if given.quick else FULL_DAYS)
    taught = teach(simulated_days(TEACH_DAYS, 1), SERVICES, RULES, sample.TIERS)
    groups: dict[str, dict[AlertKind, Score]] = {
        name: {kind: Score() for kind in KINDS} for name in ("usual", "trouble")
    }
    with ProcessPoolExecutor(PROCESSES) as pool:
        days = list(pool.map(partial(measure, taught=taught, look_s=LOOK_S), numbers))
    for day in days:
        for kind, one in day.scores.items():
            groups["trouble" if day.is_trouble else "usual"][kind].add(one)
    costs = [day.cost_ms for day in days]
    counts = {"usual": sum(not day.is_trouble for day in days), "trouble": sum(day.is_trouble for day in days)}
    _show(groups, counts)
    whole = {kind: Score() for kind in KINDS}
    for scores in groups.values():
        for kind, one in scores.items():
            whole[kind].add(one)
    _tell_leads(whole)
    print(f"\n{len(days)} days; a look takes {number(sum(costs) / len(costs))} ms of CPU time.")
    figures: Json = {
        "days": len(days),
        "ms_per_look": sum(costs) / len(costs),
        **{
            name: {
                kind.value: {
                    "breaches": s.breaches,
                    "forewarned": s.forewarned,
                    "false": s.false,
                    "lead_p10_s": percentile(s.leads_s, 0.1),
                    "lead_p50_s": percentile(s.leads_s, 0.5),
                }
                for kind, s in scores.items()
            }
            for name, scores in groups.items()
        },
    }
    return finish(given, "alerts", figures, list(_aims(whole, len(days))))


def _show(groups: dict[str, dict[AlertKind, Score]], counts: dict[str, int]) -> None:
    headings = ["days", "alert", "breaches", "forewarned ≥ 3 min %", "lead p50 min", "lead p10 min", "false a day"]
    rows = [
        [
            f"{name} ({counts[name]})",
            kind,
            str(one.breaches),
            number(one.share),
            number(percentile(one.leads_s, 0.5) / 60),
            number(percentile(one.leads_s, 0.1) / 60),
            f"{one.false / max(1, counts[name]):.2f}",
        ]
        for name, scores in groups.items()
        for kind, one in scores.items()
    ]
    table("Alerts on simulated days", headings, rows)


def _tell_leads(whole: dict[AlertKind, Score]) -> None:
    """How long before, and how bad what was missed came to be: a promise broken by seconds is hard to foresee."""
    ends = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9)
    table(
        "Lead time of the breaches that were forewarned at all, min",
        ["alert", *(f"p{100 * end:.0f}" for end in ends)],
        [[kind, *(number(percentile(one.leads_s, end) / 60) for end in ends)] for kind, one in whole.items()],
    )
    for kind, one in whole.items():
        if one.missed_late_s:
            short = len(one.leads_s) - one.forewarned
            unsaid = len(one.missed_late_s) - short
            missed_s, every_s = (percentile(some, 0.5) for some in (one.missed_late_s, one.late_s))
            print(
                f"{kind}: {short} forewarned by less than 3 minutes, {unsaid} not at all; late by"
                f" {missed_s:.0f} s in the median (all breaches: {every_s:.0f} s)"
            )


def _aims(whole: dict[AlertKind, Score], days: int) -> Iterator[Aim]:
    """What is to be at least so much is told by what is missing."""
    for kind, one in whole.items():
        if one.breaches >= LEAST_BREACHES:
            yield Aim(f"{kind}: breaches not forewarned 3 minutes ahead", 100 - one.share, 10, "%")
        yield Aim(f"{kind}: false alarms a day", one.false / days, 3, "")


if __name__ == "__main__":
    sys.exit(main())
