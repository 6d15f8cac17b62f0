"""Owns putting the store's records into the calling rule's words, and its answers back into records. Pure.

Every question about the order that a counter, a screen or a ticket has goes through here to `counter.policy`.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from math import inf

from counter import policy
from counter.made import Made
from counter.policy import Kind, May, Stand, Step, Way
from db.counter_records import Counter, CounterState, Permission
from db.setting_records import RuleKind, Rules, ServiceTime
from db.ticket_records import Ticket, TicketClass

VIP_QUEUE = "vip"
VIP_LETTER = "V"

KINDS = {kind: Kind[kind.name] for kind in TicketClass}
_MAY = {permission: May[permission.name] for permission in Permission}
_WAYS = {kind: Way[kind.name] for kind in RuleKind}
_STANDS = {
    CounterState.CLOSED: Stand.CLOSED,
    CounterState.READY: Stand.FREE,
    CounterState.PAUSED: Stand.PAUSED,
}


class Reason(StrEnum):
    """By which step a ticket was called; the last two belong to the rules `fifo`, `strict` and `ratio`."""

    FAIR_TURN = "fair_turn"
    DEADLINE = "deadline"
    ORDER = "order"
    PRIORITY = "priority"
    TURN = "turn"


class Refusal(StrEnum):
    """Why there is nobody to call."""

    NOBODY_WAITING = "nobody_waiting"
    NO_SKILL = "no_skill"
    RESERVED_FOR_VIP = "reserved_for_vip"


@dataclass(frozen=True)
class Lobby:
    """The lobby at one moment.

    `serving`: the ticket at each busy counter. `last_reasons`: by which steps the last were called, newest first.
    """

    waiting: Sequence[Ticket]
    counters: Sequence[Counter]
    serving: Mapping[int, Ticket]
    service_times: Mapping[str, ServiceTime]
    last_reasons: Sequence[str] = ()
    services: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "services", {code: n for n, code in enumerate(self.service_times)})

    @cached_property
    def by_id(self) -> dict[int, Ticket]:
        """The waiting tickets."""
        return {ticket.id: ticket for ticket in self.waiting}

    @cached_property
    def standing(self) -> Mapping[str, int]:
        """How many wait in each queue."""
        return Tally(queue_name(ticket) for ticket in self.waiting)

    @cached_property
    def addressed(self) -> Sequence[Ticket]:
        """Who waits for one counter or one person alone, as long as those are there."""
        return [ticket for ticket in self.waiting if _addressee(ticket, self) is not None]

    @cached_property
    def in_numbers(self) -> policy.Lobby:
        """The same lobby as the rule reads it."""
        return policy.Lobby(
            waiting=_waiting.of(self.waiting, self.services),
            posts=[post(counter, self.serving.get(counter.number), self.services) for counter in self.counters],
            paces=[policy.Pace(time.log_mean, time.log_sd) for time in self.service_times.values()],
            known=sum(time.known for time in self.service_times.values()),
            steps=[Step[reason.upper()] for reason in reversed(self.last_reasons)],
        )

    @cached_property
    def pledged(self) -> policy.Lobby:
        """The same with those alone to whom a promise may run."""
        pledged = [one for one in self.in_numbers.waiting if one.kind != policy.Kind.ORDINARY]
        return self.in_numbers._replace(waiting=pledged)

    @cached_property
    def orders(self) -> dict[Rules, Sequence[Ticket]]:
        """Everybody in the rule's order, by the settings it was asked for with; see `lineup`."""
        return {}

    def seen_from(self, counter: Counter) -> policy.Lobby:
        """The same for one counter: who waits for another one alone is that one's to call."""
        own = [waiting(ticket, self.services) for ticket in self.addressed if is_for(counter, ticket, self)]
        return self._seen_from_any._replace(waiting=self._seen_from_any.waiting + own)

    @cached_property
    def _seen_from_any(self) -> policy.Lobby:
        """Whom any counter may call, as far as it takes to choose."""
        addressed = {ticket.id for ticket in self.addressed}
        everyones = [ticket for ticket in self.in_numbers.waiting if ticket.id not in addressed]
        return self.in_numbers._replace(waiting=policy.contenders(everyones))


@dataclass(frozen=True, slots=True)
class Choice:
    """The ticket to call and the step that chose it."""

    ticket: Ticket
    reason: Reason


def choose(counter: Counter, lobby: Lobby, now: float, rules: Rules) -> Choice | Refusal:
    """The ticket `counter` calls next at `now`, or why it calls nobody."""
    at = post(counter, lobby.serving.get(counter.number), lobby.services)
    choice = policy.choose(at, lobby.seen_from(counter), now, terms(rules))
    step = Step(choice.step).name.lower()
    return Refusal(step) if choice.ticket == policy.NOBODY else Choice(lobby.by_id[choice.ticket], Reason(step))


def lineup(lobby: Lobby, now: float, rules: Rules) -> list[Ticket]:
    """Everybody who waits, whichever counter asks: the guarded while a promise is in danger, then the order."""
    first = [lobby.by_id[one.id] for one in policy.promoted(lobby.pledged, now, terms(rules))]
    before = {ticket.id for ticket in first}
    return first + [ticket for ticket in _in_order(lobby, rules) if ticket.id not in before]


def _in_order(lobby: Lobby, rules: Rules) -> Sequence[Ticket]:
    if rules not in lobby.orders:
        order = sorted(_places.of(lobby.waiting, terms(rules)))
        lobby.orders[rules] = [lobby.by_id[ticket_id] for *_, ticket_id in order]
    return lobby.orders[rules]


def own_queue(counter: Counter, lobby: Lobby, line: Iterable[Ticket], choice: Choice | Refusal) -> Iterator[Ticket]:
    """Of the `line` those this counter may and can serve, whom it would call first at the head."""
    passed_over = {ticket.id for ticket in lobby.addressed if not is_for(counter, ticket, lobby)}
    if isinstance(choice, Choice):
        yield choice.ticket
        passed_over.add(choice.ticket.id)
    served = {(kind, service) for kind in TicketClass for service in counter.skills if serves(counter, kind, service)}
    for ticket in line:
        if (ticket.ticket_class, ticket.service) in served and ticket.id not in passed_over:
            yield ticket


def people_ahead(line: Iterable[Ticket]) -> dict[int, int]:
    """For every ticket of the `line` by id: how many of its own queue stand before it."""
    before: Tally[str] = Tally()
    ahead = {}
    for ticket in line:
        queue = queue_name(ticket)
        ahead[ticket.id] = before[queue]
        before[queue] += 1
    return ahead


def assign(ticket: Ticket, idle: Iterable[Counter]) -> Counter | None:
    """Which of several idle counters somebody who just arrived goes to; None if none can serve them."""
    there = {counter.number: counter for counter in idle}
    services = {code: n for n, code in enumerate({ticket.service}.union(*(c.skills for c in there.values())))}
    posts = [post(counter, None, services) for counter in there.values()]
    return there.get(policy.assign(waiting(ticket, services), posts))


def is_for(counter: Counter, ticket: Ticket, lobby: Lobby) -> bool:
    """Whether a ticket waits for this counter, or for nobody in particular."""
    addressee = _addressee(ticket, lobby)
    return addressee is None or addressee.number == counter.number


def can_serve(counter: Counter, ticket: Ticket) -> bool:
    """Whether the counter may serve the ticket's class and can do its service."""
    return serves(counter, ticket.ticket_class, ticket.service)


def serves(counter: Counter, kind: TicketClass, service: str | None) -> bool:
    """Whether a counter may serve a class and can do a service (with None: any)."""
    return counter.permissions[kind] != Permission.NEVER and (service is None or service in counter.skills)


def queue_name(ticket: Ticket) -> str:
    """The queue a ticket stands in, as the lobby sees it: the VIPs' or its service's."""
    return VIP_QUEUE if ticket.ticket_class == TicketClass.VIP else ticket.service


def is_guarded(ticket: Ticket, now: float, rules: Rules) -> bool:
    """Whether a promise runs: every VIP, and an appointment from shortly before its slot."""
    return policy.is_guarded(waiting(ticket, {ticket.service: 0}), now, terms(rules))


def waiting(ticket: Ticket, services: Mapping[str, int]) -> policy.Waiting:
    """A ticket in the rule's words; `services` numbers the services. A moved one counts as issued where it stands."""
    return policy.Waiting(
        due_at=inf if ticket.promised_at is None else ticket.promised_at,
        issued_at=ticket.order_at,
        id=ticket.id,
        kind=int(KINDS[ticket.ticket_class]),
        service=services[ticket.service],
        slot_at=_slot(ticket),
        head_start_s=ticket.head_start_s,
    )


_waiting = Made(waiting)
_places = Made(lambda ticket, terms: policy.place(waiting(ticket, {ticket.service: 0}), terms))


def post(counter: Counter, ticket: Ticket | None, services: Mapping[str, int]) -> policy.Post:
    """A counter and whom it serves in the rule's words; while somebody is there it is busy, whatever it is called."""
    stand = _STANDS.get(counter.state, Stand.FREE) if ticket is None else Stand.BUSY
    return policy.Post(
        number=counter.number,
        may=_may(counter),
        skills=sum(1 << n for code, n in services.items() if code in counter.skills),
        stand=int(stand),
        since=counter.since,
        pauses_at=inf if counter.pauses_at is None else counter.pauses_at,
        returns_at=inf if counter.returns_at is None else counter.returns_at,
        service=services[ticket.service] if ticket else 0,
        started_at=inf if ticket is None or ticket.started_at is None else ticket.started_at,
    )


@lru_cache(16)
def terms(rules: Rules) -> policy.Terms:
    """The settings in the rule's words."""
    return policy.Terms(
        way=int(_WAYS[rules.kind]),
        fair_after_s=rules.fair_after_s,
        fair_run=rules.fair_run,
        epsilon=rules.epsilon,
        known_services=rules.known_services,
        promote_slack_s=rules.promote_slack_s,
        appointment_early_s=rules.appointment_early_s,
        lend_within_s=rules.lend_within_s,
        lend_chance=rules.lend_chance,
        ratio=rules.ratio,
    )


def reference(ticket: Ticket, rules: Rules) -> float:
    """From when the order counts a ticket: an appointment not before its slot is near."""
    if ticket.ticket_class != TicketClass.APPOINTMENT:
        return ticket.order_at
    return max(ticket.order_at, _slot(ticket) - rules.appointment_early_s)


def _slot(ticket: Ticket) -> float:
    """The slot a ticket waits for; 0 for none, and for who was at a counter already or was moved by staff."""
    return 0.0 if ticket.queued_at is not None or ticket.placed_at is not None else ticket.slot_at or 0.0


def _addressee(ticket: Ticket, lobby: Lobby) -> Counter | None:
    """The counter a ticket waits for alone; None once that one could not call it, so that nobody waits in vain."""
    if ticket.to_counter is None and ticket.to_staff is None:
        return None
    for counter in lobby.counters:
        is_meant = counter.number == ticket.to_counter or counter.staff_id == ticket.to_staff is not None
        if is_meant and counter.state not in {CounterState.CLOSED, CounterState.PAUSED} and can_serve(counter, ticket):
            return counter
    return None


def _may(counter: Counter) -> tuple[int, int, int]:
    vip, appointment, ordinary = (int(_MAY[counter.permissions[kind]]) for kind in KINDS)
    return vip, appointment, ordinary
