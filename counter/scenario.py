"""Owns the description of a simulated day: who comes when, in which class and for what, drawn from a seed. Pure.

Arrivals are a Poisson process whose rate changes by the half hour, drawn at the highest rate and thinned (Lewis and
Shedler 1979). Everything chance decides is drawn here, before the day begins.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

from counter.chances import lognormal
from counter.simulation import Customer
from db.setting_records import Rules, Service, ServiceTime, Tier
from db.ticket_records import Ticket, TicketClass, TicketState

T = TypeVar("T")

HALF_HOUR_S = 1_800.0
SLOT_S = 900.0

ONE_PEAK = (0.5, 0.7, 0.85, 0.95, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5)
"""A nine-hour day that peaks from its third to its fifth hour: each half hour's rate as a share of the peak's."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A day's crowd in expectation; shares are of 1.

    `load` is the offered load at the peak: arrivals × mean service time / `counters`. `services`: what people come for,
    and the share of them. `punctuality_s`: mean and standard deviation of an appointment's check-in after its slot,
    normal; a `no_shows` share of appointments never comes. `patience_s`: the mean of an exponential, None for endless.
    """

    services: Mapping[str, tuple[Service, float]]
    tiers: Sequence[tuple[Tier, float]]
    counters: int
    load: float
    vip_share: float = 0.15
    appointment_share: float = 0.10
    profile: Sequence[float] = ONE_PEAK
    opens_s: float = 9 * 3600.0
    punctuality_s: tuple[float, float] = (-4 * 60.0, 4 * 60.0)
    no_shows: float = 0.08
    patience_s: float | None = None

    @property
    def closes_s(self) -> float:
        """When the last customers come, in seconds after midnight."""
        return self.opens_s + len(self.profile) * HALF_HOUR_S

    @property
    def peak_rate(self) -> float:
        """Customers per second at the peak who are expected to come."""
        weight = sum(share for _, share in self.services.values())
        mean_s = sum(service.mean_s * share for service, share in self.services.values()) / weight
        return self.load * self.counters / mean_s


def draw(scenario: Scenario, rules: Rules, seed: object) -> list[Customer]:
    """The customers of a day in order of arrival. The same seed brings the same people, whatever rule they meet."""
    random = Random(f"{seed}")  # noqa: S311 — a crowd, not a secret
    people = [one for at in _visits(random, scenario) if (one := _customer(random, scenario, rules, at)) is not None]
    people.sort(key=lambda one: one.ticket.issued_at)
    return [replace(one, ticket=_numbered(one.ticket, n)) for n, one in enumerate(people, start=1)]


def known_times(services: Mapping[str, Service], rules: Rules, known: int) -> dict[str, ServiceTime]:
    """What the rule knows of service times: their lognormal, its mean stretched by `caution`, from `known` services."""
    return {
        code: ServiceTime(*lognormal(service.mean_s * rules.caution, service.cv), known=known)
        for code, service in services.items()
    }


def ticket_of(
    kind: TicketClass, service: str, issued_at: float, rules: Rules, *, tier: Tier | None = None, slot_at: float = 0.0
) -> Ticket:
    """A ticket as the kiosk would issue it, not numbered yet: the class gives due time and head start."""
    ticket = Ticket(0, "", "", "", service, TicketClass.ORDINARY, TicketState.WAITING, "zh", issued_at)
    if kind == TicketClass.VIP and tier is not None:
        due_at = issued_at + tier.target_s
        return replace(ticket, ticket_class=kind, tier=tier.code, due_at=due_at, head_start_s=tier.head_start_s)
    if kind == TicketClass.APPOINTMENT and issued_at <= slot_at + rules.appointment_grace_s:
        due_at = max(issued_at, slot_at) + rules.appointment_grace_s
        head_start_s = rules.appointment_head_start_s
        return replace(ticket, ticket_class=kind, slot_at=slot_at, due_at=due_at, head_start_s=head_start_s)
    return ticket


def _visits(random: Random, scenario: Scenario) -> Iterator[float]:
    """When visits are due, in seconds after midnight: at the highest rate, then thinned to the half hour's."""
    highest = max(scenario.profile)
    at = scenario.opens_s
    while True:
        at += random.expovariate(scenario.peak_rate * highest)
        if at >= scenario.closes_s:
            return
        if random.random() * highest < scenario.profile[int((at - scenario.opens_s) // HALF_HOUR_S)]:
            yield at


def _customer(random: Random, scenario: Scenario, rules: Rules, at: float) -> Customer | None:
    """One visitor, None if they booked and do not come."""
    service, service_s = _service(random, scenario)
    patience_s = random.expovariate(1 / scenario.patience_s) if scenario.patience_s is not None else None
    draw = random.random()
    if draw < scenario.vip_share:
        tier = _picked(random, scenario.tiers)
        return Customer(ticket_of(TicketClass.VIP, service, at, rules, tier=tier), service_s, patience_s=patience_s)
    if draw < scenario.vip_share + scenario.appointment_share:
        slot_at = round(at / SLOT_S) * SLOT_S
        came_at = max(scenario.opens_s, slot_at + random.gauss(*scenario.punctuality_s))
        if random.random() < scenario.no_shows:
            return None
        booked = ticket_of(TicketClass.APPOINTMENT, service, came_at, rules, slot_at=slot_at)
        return Customer(booked, service_s, patience_s=patience_s)
    return Customer(ticket_of(TicketClass.ORDINARY, service, at, rules), service_s, patience_s=patience_s)


def _service(random: Random, scenario: Scenario) -> tuple[str, float]:
    service = _picked(random, list(scenario.services.values()))
    return service.code, random.lognormvariate(*lognormal(service.mean_s, service.cv))


def _picked(random: Random, weighted: Sequence[tuple[T, float]]) -> T:
    return random.choices([one for one, _ in weighted], [weight for _, weight in weighted])[0]


def _numbered(ticket: Ticket, n: int) -> Ticket:
    return replace(ticket, id=n, number=f"{n:04}")
