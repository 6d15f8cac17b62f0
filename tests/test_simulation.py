"""The day simulator: the exact results of queueing theory, an independent simulator, and what holds on every day.

Exact results are compared with the mean of independent replications, each begun empty and its first customers left out;
the tolerance is four standard errors of that mean, and the standard error itself has to be small. Times are in minutes.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from statistics import NormalDist, fmean, linear_regression, stdev

import ciw
import pytest
from lobby_stage import MINUTE

from counter.chances import lognormal
from counter.course import ASK_AGAIN_S
from counter.outcome import figures, overtakes, wait_s
from counter.scenario import Scenario, draw, known_times
from counter.simulation import Customer, Day, Pause, simulate
from db.counter_records import Counter, Permission
from db.setting_records import RuleKind, Rules, ServiceTime
from db.ticket_records import Ticket, TicketClass, TicketState
from lobby import sample

VIP, APPOINTMENT, ORDINARY = TicketClass
SERVICES = {service.code: service for service in sample.SERVICES}
TIERS = [(tier, 1.0) for tier in sample.TIERS]
RULES = Rules()
TIMES = known_times(SERVICES, RULES, known=100)
MEAN = 7.0
FIFO, STRICT = (Rules(kind=kind) for kind in (RuleKind.FIFO, RuleKind.STRICT))
ENDLESS_HEAD_STARTS = Rules(epsilon=1.0, fair_after_s=math.inf)
"""The promise rule as a plain priority rule: nothing is in danger before it is late, and nothing is ever due here."""

STANDARD_ERRORS = 4
REPLICATIONS, LENGTH, WARM_UP = 26, 7_000, 1_000

HEAD_STARTS = {VIP: 2e9, APPOINTMENT: 1e9, ORDINARY: 0.0}
"""As good as endless: decades, in seconds."""

Drawn = Callable[[Random], float]


def counters(number: int, **permissions: Permission) -> list[Counter]:
    may = {kind: permissions.get(kind, Permission.PRIMARY) for kind in TicketClass}
    return [Counter(n, may, frozenset(SERVICES)) for n in range(1, number + 1)]


def exponential(random: Random) -> float:
    return random.expovariate(1 / MEAN)


def lognormal_08(random: Random) -> float:
    return random.lognormvariate(*lognormal(MEAN, 0.8))


def customer(
    number: int, arrived: float, service: float, kind: TicketClass = ORDINARY, patience: float | None = None
) -> Customer:
    """By minutes. Nobody is due: VIPs and appointments differ from the others by class and head start only."""
    waiting, arrived_s, head_start_s = TicketState.WAITING, arrived * MINUTE, HEAD_STARTS[kind]
    held = Ticket(number, f"{number:07}", "", "", "plan", kind, waiting, "zh", arrived_s, None, head_start_s)
    return Customer(held, service * MINUTE, patience_s=None if patience is None else patience * MINUTE)


def stream(
    seed: int, servers: int, load: float, service: Drawn, shares: Sequence[float] = (0, 0, 1), patience: float = 0
) -> list[Customer]:
    """Poisson arrivals; `shares` of VIPs, appointments and ordinary customers; `patience` is the mean, 0 is endless."""
    random = Random(seed)
    arrived, people = 0.0, []
    for number in range(1, LENGTH + 1):
        arrived += random.expovariate(load * servers / MEAN)
        kind = random.choices([VIP, APPOINTMENT, ORDINARY], shares)[0]
        leaves = random.expovariate(1 / patience) if patience else None
        people.append(customer(number, arrived, service(random), kind, leaves))
    return people


@dataclass(frozen=True)
class Run:
    """One replication without its warm-up: its tickets, and how far its demand fell from its expectation by chance."""

    tickets: Sequence[Ticket]
    surplus: float


def replicate(
    servers: int, load: float, service: Drawn, rules: Rules, shares: Sequence[float] = (0, 0, 1), patience: float = 0
) -> list[Run]:
    crowds = (stream(seed, servers, load, service, shares, patience) for seed in range(REPLICATIONS))
    return [_run(crowd, servers, MEAN * (1 - 1 / load) / servers, rules) for crowd in crowds]


def _run(crowd: list[Customer], servers: int, expected: float, rules: Rules) -> Run:
    """Demand: the mean over customers of service / servers − time to the next arrival, which is `expected` exactly."""
    served = [person.service_s / MINUTE / servers for person in crowd[WARM_UP:-1]]
    span = (crowd[-1].ticket.issued_at - crowd[WARM_UP].ticket.issued_at) / MINUTE
    tickets = simulate(crowd, counters(servers), rules, TIMES).tickets
    return Run(tickets[WARM_UP:], fmean(served) - span / len(served) - expected)


def mean_wait(tickets: Sequence[Ticket], kind: TicketClass = ORDINARY) -> float:
    return fmean(wait_s(ticket) / MINUTE for ticket in tickets if ticket.ticket_class == kind)


def assert_agrees(
    runs: Sequence[Run], measure: Callable[[Sequence[Ticket]], float], exact: float, *, error_at_most: float
) -> None:
    """Within four standard errors, the standard error being at most this share of the exact value.

    The demand's surplus, whose expectation of 0 is known, is a control variate: the regression on it is taken out (Law
    and Kelton, Simulation Modeling and Analysis, 11.4), which leaves the expectation alone and narrows the error.
    """
    surplus, samples = [run.surplus for run in runs], [measure(run.tickets) for run in runs]
    slope = linear_regression(surplus, samples).slope
    controlled = [sample - slope * by for sample, by in zip(samples, surplus, strict=True)]
    error = stdev(controlled) / math.sqrt(len(runs) - 1)
    assert error <= error_at_most * exact
    assert fmean(controlled) == pytest.approx(exact, abs=STANDARD_ERRORS * error)


def test_erlang_c() -> None:
    """M/M/5, load 0.9, mean 7 (Erlang 1917): E[W] = C·7/(5·(1 − 0.9)), P(W > 10) = C·exp(−10·5·(1 − 0.9)/7)."""
    runs = replicate(5, 0.9, exponential, FIFO)
    assert_agrees(runs, mean_wait, 10.675, error_at_most=0.05)
    assert_agrees(runs, lambda run: fmean(wait_s(t) > 600 for t in run), 0.3733, error_at_most=0.03)


def test_priority_classes() -> None:
    """M/M/5, load 0.9, non-preemptive priority, shares 15/10/75 (Kella and Yechiali 1985): by endless head starts."""
    runs = replicate(5, 0.9, exponential, ENDLESS_HEAD_STARTS, (15, 10, 75))
    assert_agrees(runs, lambda run: mean_wait(run, VIP), 1.234, error_at_most=0.02)
    assert_agrees(runs, lambda run: mean_wait(run, APPOINTMENT), 1.592, error_at_most=0.02)
    assert_agrees(runs, mean_wait, 13.77, error_at_most=0.05)


def test_cobham() -> None:
    """M/G/1, lognormal CV 0.8, load 0.85, shares 20/80 (Cobham 1954), by the rule `strict`."""
    runs = replicate(1, 0.85, lognormal_08, STRICT, (20, 0, 80))
    assert_agrees(runs, lambda run: mean_wait(run, VIP), 5.878, error_at_most=0.02)
    assert_agrees(runs, mean_wait, 39.19, error_at_most=0.05)


def test_erlang_a() -> None:
    """M/M/5+M, load 1.1, patience 30 (Palm 1957): P(abandon) and, over all who came, the time spent waiting."""
    runs = replicate(5, 1.1, exponential, FIFO, patience=30)
    assert_agrees(runs, _abandoned, 0.15583, error_at_most=0.01)
    assert_agrees(runs, lambda run: fmean(map(_time_in_queue, run)), 4.675, error_at_most=0.01)


def _abandoned(tickets: Sequence[Ticket]) -> float:
    return fmean(ticket.state == TicketState.ABANDONED for ticket in tickets)


def _time_in_queue(ticket: Ticket) -> float:
    """Minutes spent waiting, until the call or until giving up."""
    assert ticket.ended_at is not None
    until = ticket.ended_at if ticket.first_called_at is None else ticket.first_called_at
    return (until - ticket.issued_at) / MINUTE


@pytest.mark.parametrize("shares", [(0, 0, 1), (20, 0, 80)])
def test_an_independent_simulator_finds_the_same_waits(shares: Sequence[float]) -> None:
    """Ciw on the same arrivals and services, with one class and with two: every single wait is the same."""
    people = stream(7, 5, 0.95, lognormal_08, shares)[:1500]
    ours = simulate(people, counters(5), STRICT, TIMES).tickets
    theirs = _by_ciw(people)
    for kind in (VIP, ORDINARY):
        waits = [wait_s(t) for t in ours if t.ticket_class == kind]
        assert waits == pytest.approx([wait for klass, wait in theirs if klass == kind], abs=1e-5)
    assert max(wait_s(t) for t in ours) > 600


def _by_ciw(people: Sequence[Customer]) -> list[tuple[str, float]]:
    """Class and wait of each customer in order of arrival."""
    by_class = {kind.value: [p for p in people if p.ticket.ticket_class == kind] for kind in (VIP, ORDINARY)}
    present = {kind: some for kind, some in by_class.items() if some}
    network = ciw.create_network(
        arrival_distributions={kind: [ciw.dists.Sequential(_gaps(some))] for kind, some in present.items()},
        service_distributions={
            kind: [ciw.dists.Sequential([p.service_s for p in some])] for kind, some in present.items()
        },
        priority_classes={kind: place for place, kind in enumerate(present)},
        number_of_servers=[5],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(people))
    records = sorted(simulation.get_all_records(), key=lambda record: record.arrival_date)
    return [(record.customer_class, record.waiting_time) for record in records]


def _gaps(people: Sequence[Customer]) -> list[float]:
    came = [0.0, *(person.ticket.issued_at for person in people)]
    return [later - earlier for earlier, later in pairwise(came)] + [math.inf]


def a_day(seed: int = 1, *, load: float = 1.05, patience_s: float | None = None) -> list[Customer]:
    services = {code: (service, 1.0) for code, service in SERVICES.items()}
    return draw(Scenario(services, TIERS, len(sample.COUNTERS), load, patience_s=patience_s), RULES, seed)


def played(people: Sequence[Customer], kind: RuleKind = RuleKind.PROMISE, pauses: Sequence[Pause] = ()) -> Day:
    return simulate(people, sample.COUNTERS, replace(RULES, kind=kind), TIMES, pauses)


def test_the_same_seed_brings_the_same_day() -> None:
    assert played(a_day(3)) == played(a_day(3))
    assert a_day(3) != a_day(4)


@pytest.mark.parametrize("kind", RuleKind)
def test_nobody_is_lost_and_every_rule_meets_the_same_customers(kind: RuleKind) -> None:
    people = a_day(patience_s=20 * MINUTE)
    tickets = played(people, kind).tickets
    assert [(t.id, t.issued_at, t.ticket_class) for t in tickets] == [
        (p.ticket.id, p.ticket.issued_at, p.ticket.ticket_class) for p in people
    ]
    for ticket, person in zip(tickets, people, strict=True):
        assert ticket.ended_at is not None
        if ticket.state == TicketState.COMPLETED:
            assert ticket.started_at is not None
            assert ticket.ended_at - ticket.started_at == pytest.approx(person.service_s)
        else:
            assert ticket.state == TicketState.ABANDONED
            assert ticket.ended_at - ticket.issued_at == pytest.approx(person.patience_s)
    assert {t.state for t in tickets} == {TicketState.COMPLETED, TicketState.ABANDONED}


@pytest.mark.parametrize("kind", RuleKind)
def test_a_counter_serves_one_at_a_time_and_only_whom_it_may_and_can(kind: RuleKind) -> None:
    day = played(a_day(), kind)
    assert 0.5 < figures([day]).utilisation <= 1
    for counter in sample.COUNTERS:
        own = sorted((t for t in day.tickets if t.counter == counter.number), key=lambda t: t.first_called_at or 0)
        assert all((a.ended_at or 0) <= (b.first_called_at or 0) for a, b in pairwise(own))
        assert {t.service for t in own} <= counter.skills


@pytest.mark.parametrize("kind", RuleKind)
def test_ordinary_customers_of_one_service_are_called_in_the_order_they_came(kind: RuleKind) -> None:
    for service in SERVICES:
        line = [t for t in played(a_day(), kind).tickets if t.service == service and t.ticket_class == ORDINARY]
        called = [t.first_called_at or 0 for t in sorted(line, key=lambda t: t.issued_at)]
        assert called == sorted(called)


def test_a_lobby_far_over_its_capacity_still_serves_everybody_after_the_last_arrival() -> None:
    slow = [replace(person, service_s=person.service_s * 200) for person in a_day()[:60]]
    assert {t.state for t in played(slow).tickets} == {TicketState.COMPLETED}


def test_somebody_whom_no_counter_can_serve_is_still_accounted_for() -> None:
    person = customer(1, 0, 5)
    nobody = [replace(counter, skills=frozenset({"billing"})) for counter in counters(2)]
    day = simulate(
        [person, replace(customer(2, 1, 5), ticket=replace(person.ticket, id=2, service="billing"))],
        nobody,
        FIFO,
        TIMES,
    )
    assert [t.state for t in day.tickets] == [TicketState.EXPIRED, TicketState.COMPLETED]


def test_a_planned_pause_begins_after_the_customer_and_keeps_its_length() -> None:
    people = [customer(1, 0, 10), customer(2, 1, 10), customer(3, 40, 5)]
    day = simulate(people, counters(1), FIFO, TIMES, [Pause(1, 5 * MINUTE, 15 * MINUTE)])
    assert [(t.first_called_at or 0) / MINUTE for t in day.tickets] == [0, 25, 40]
    assert day.present_s == (45 - 15) * MINUTE
    assert figures([day]).utilisation == pytest.approx(25 / 30)


def test_a_vip_first_counter_that_kept_itself_free_lends_itself_once_that_is_safe() -> None:
    """Lending is safe once the other counter's service, just begun, ends within ten minutes nine times in ten."""
    first, second = counters(2)
    first = replace(first, permissions={**first.permissions, VIP: Permission.VIP_FIRST})
    steady = {"plan": ServiceTime(math.log(13 * MINUTE), 0.1, known=100)}
    safe_from = 13 * math.exp(0.1 * NormalDist().inv_cdf(0.9)) - 10
    day = simulate([customer(1, 0, 30), customer(2, 1, 5)], [first, second], RULES, steady)
    assert [t.counter for t in day.tickets] == [2, 1]
    called_at = (day.tickets[1].first_called_at or 0) / MINUTE
    assert safe_from <= called_at <= safe_from + ASK_AGAIN_S / MINUTE


def test_overtakes_are_counted_by_hand() -> None:
    """One counter, busy until 10. A (ordinary) comes at 1, B (VIP) at 2, C (ordinary) at 3, D (VIP) at 4.

    B is called at 10, D at 15, C leaves at 16, A is called at 20.
    """
    people = [
        customer(1, 0, 10),
        customer(2, 1, 5),
        customer(3, 2, 5, VIP),
        customer(4, 3, 5, patience=13),
        customer(5, 4, 5, VIP),
    ]
    day = simulate(people, counters(1), STRICT, TIMES)
    assert sorted(overtakes(day.tickets)) == [0, 1, 2]  # the first, C, A
    found = figures([day])
    assert (found.overtakes, found.most_overtakes, found.longest_run) == (1.0, 2, 2)
    assert (found.abandoned, found.vip_within) == (1 / 5, 0.5)


def test_the_scenario_draws_what_it_describes() -> None:
    """Counts of 60 days against their expectation, within four standard deviations of a Poisson count."""
    people = [person.ticket for seed in range(60) for person in a_day(seed, load=0.9)]
    scenario = Scenario({code: (s, 1.0) for code, s in SERVICES.items()}, TIERS, 6, 0.9)
    expected = 60 * scenario.peak_rate * sum(scenario.profile) * 1800
    shares = {VIP: 0.15, ORDINARY: 0.75}
    for kind, share in shares.items():
        count = sum(t.ticket_class == kind and t.slot_at is None for t in people)
        assert count == pytest.approx(expected * share, abs=4 * math.sqrt(expected * share) + 60)
    assert all(t.due_at is not None and t.issued_at <= t.due_at for t in people if t.ticket_class != ORDINARY)
