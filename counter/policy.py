"""Owns the only queue order: who is next at a counter, why, and who stands before whom. Pure: no clock, rows or web.

The rule, when counter c asks at time t (E = waiting tickets that c may and can serve):

1. Fair turn: an ordinary ticket that waited very long goes first after a run of deadline calls.
2. Deadline: a VIP or due appointment whose slack (due − t) has shrunk to the promotion limit goes first.
3. Order: otherwise the largest (t − reference) + head start.
4. Lending: a VIP-first counter takes others only while a VIP arriving now would be safe.
5. Ties: earlier due, earlier issue, ticket number.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from counter import chances
from db.records import Counter, CounterState, Permission, Rules, Service, Ticket, TicketClass

VIP_QUEUE = "vip"


class Reason(StrEnum):
    """By which step a ticket was called."""

    FAIR_TURN = "fair_turn"
    DEADLINE = "deadline"
    ORDER = "order"


class Refusal(StrEnum):
    """Why there is nobody to call."""

    NOBODY_WAITING = "nobody_waiting"
    NO_SKILL = "no_skill"
    RESERVED_FOR_VIP = "reserved_for_vip"


@dataclass(frozen=True, slots=True)
class Lobby:
    """The lobby at one moment. `last_reasons`: by which steps the last tickets were called, newest first.

    `serving`: the ticket at each busy counter.
    """

    waiting: Sequence[Ticket]
    counters: Sequence[Counter]
    serving: Mapping[int, Ticket]
    services: Mapping[str, Service]
    last_reasons: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The ticket to call and the step that chose it."""

    ticket: Ticket
    reason: Reason


def choose(counter: Counter, lobby: Lobby, now: float, rules: Rules) -> Choice | Refusal:
    """The ticket `counter` calls next at `now`, or why it calls nobody."""
    eligible = [ticket for ticket in lobby.waiting if can_serve(counter, ticket)]
    if not eligible:
        return Refusal.NO_SKILL if lobby.waiting else Refusal.NOBODY_WAITING
    return (
        _fair_turn(eligible, lobby, now, rules)
        or _deadline(eligible, now, rules)
        or _in_order(counter, eligible, lobby, now, rules)
        or Refusal.RESERVED_FOR_VIP
    )


def can_serve(counter: Counter, ticket: Ticket) -> bool:
    """Whether the counter may serve the ticket's class and can do its service."""
    return counter.permissions[ticket.ticket_class] != Permission.NEVER and ticket.service in counter.skills


def lineup(waiting: Iterable[Ticket], now: float, rules: Rules) -> list[Ticket]:
    """Everybody who waits, whichever counter asks: endangered promises first, then the order of step 3."""
    endangered = sorted((t for t in waiting if _is_endangered(t, now, rules)), key=_by_due)
    others = sorted((t for t in waiting if not _is_endangered(t, now, rules)), key=_by_order(now, rules))
    return endangered + others


def people_ahead(ticket: Ticket, lobby: Lobby, now: float, rules: Rules) -> int:
    """How many of this waiting ticket's own queue stand before it."""
    line = [other.id for other in lineup(lobby.waiting, now, rules) if queue_name(other) == queue_name(ticket)]
    return line.index(ticket.id)


def queue_name(ticket: Ticket) -> str:
    """The queue a ticket stands in, as the lobby sees it: the VIPs' or its service's."""
    return VIP_QUEUE if ticket.ticket_class == TicketClass.VIP else ticket.service


def queue_of(counter: Counter, lobby: Lobby, now: float, rules: Rules) -> list[Ticket]:
    """Those this counter may and can serve, whom it would call first at the head, the rest in the order of the rule."""
    line = [t for t in lineup(lobby.waiting, now, rules) if can_serve(counter, t)]
    choice = choose(counter, lobby, now, rules)
    if isinstance(choice, Choice):
        line.sort(key=lambda ticket: ticket.id != choice.ticket.id)
    return line


def _fair_turn(eligible: Sequence[Ticket], lobby: Lobby, now: float, rules: Rules) -> Choice | None:
    """Step 1."""
    run = list(lobby.last_reasons[: rules.fair_run])
    if run != [Reason.DEADLINE] * rules.fair_run:
        return None
    patient = [
        t for t in eligible if t.ticket_class == TicketClass.ORDINARY and now - t.waiting_since >= rules.fair_after_s
    ]
    return Choice(min(patient, key=_by_issue), Reason.FAIR_TURN) if patient else None


def _deadline(eligible: Sequence[Ticket], now: float, rules: Rules) -> Choice | None:
    """Step 2, as it is before a store's service times are known: promote when the slack is short."""
    endangered = [t for t in eligible if _is_endangered(t, now, rules)]
    return Choice(min(endangered, key=_by_due), Reason.DEADLINE) if endangered else None


def _is_endangered(ticket: Ticket, now: float, rules: Rules) -> bool:
    return is_guarded(ticket, now, rules) and ticket.due_at is not None and ticket.due_at - now <= rules.promote_slack_s


def is_guarded(ticket: Ticket, now: float, rules: Rules) -> bool:
    """Whether a promise runs: every VIP, and an appointment from shortly before its slot."""
    if ticket.ticket_class == TicketClass.APPOINTMENT:
        return not _is_early(ticket, now, rules)
    return ticket.ticket_class == TicketClass.VIP


def _is_early(ticket: Ticket, now: float, rules: Rules) -> bool:
    return ticket.slot_at is not None and now < ticket.slot_at - rules.appointment_early_s


def _in_order(counter: Counter, eligible: Sequence[Ticket], lobby: Lobby, now: float, rules: Rules) -> Choice | None:
    """Steps 3 and 4: the first of the order whom this counter may take, None if it has to stay free for VIPs."""
    ready = [t for t in eligible if not _is_early(t, now, rules)]
    first_hand = [t for t in ready if counter.permissions[t.ticket_class] != Permission.BACKUP]
    for group in (first_hand, ready, eligible):
        lendable = [t for t in group if _may_lend(counter, t, lobby, now, rules)]
        if lendable:
            return Choice(min(lendable, key=_by_order(now, rules)), Reason.ORDER)
    return None


def _may_lend(counter: Counter, ticket: Ticket, lobby: Lobby, now: float, rules: Rules) -> bool:
    """Step 4. A customer whom no other open counter can serve is taken all the same: reserving would help nobody."""
    if counter.permissions[TicketClass.VIP] != Permission.VIP_FIRST or ticket.ticket_class == TicketClass.VIP:
        return True
    others = [c for c in lobby.counters if c.number != counter.number and c.state != CounterState.CLOSED]
    if not any(can_serve(c, ticket) for c in others):
        return True
    vips = sum(t.ticket_class == TicketClass.VIP for t in lobby.waiting)
    for_vips = [c for c in others if c.permissions[TicketClass.VIP] != Permission.NEVER]
    free = [_frees_within(rules.lend_within_s, c, lobby, now, rules) for c in for_vips]
    return chances.at_least(1 + vips, free) >= rules.lend_chance


def _frees_within(seconds: float, counter: Counter, lobby: Lobby, now: float, rules: Rules) -> float:
    """The chance that a counter can take somebody within `seconds`; a paused one has announced no return."""
    if counter.state == CounterState.PAUSED:
        return 0.0
    ticket = lobby.serving.get(counter.number)
    if ticket is None:
        return 1.0
    service = lobby.services[ticket.service]
    elapsed = now - (ticket.started_at or now)
    return chances.ends_within(seconds, elapsed, *chances.lognormal(service.mean_s * rules.caution, service.cv))


def _by_order(now: float, rules: Rules) -> Callable[[Ticket], tuple[float, float, float, str]]:
    """Largest (now − reference) + head start first."""

    def key(ticket: Ticket) -> tuple[float, float, float, str]:
        reference = ticket.issued_at
        if ticket.ticket_class == TicketClass.APPOINTMENT and ticket.slot_at is not None:
            reference = max(ticket.issued_at, ticket.slot_at - rules.appointment_early_s)
        return (-((now - reference) + ticket.head_start_s), *_by_due(ticket))

    return key


def _by_due(ticket: Ticket) -> tuple[float, float, str]:
    return (ticket.due_at if ticket.due_at is not None else float("inf"), ticket.issued_at, ticket.number)


def _by_issue(ticket: Ticket) -> tuple[float, str]:
    return (ticket.issued_at, ticket.number)
