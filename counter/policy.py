"""Owns the only queue order: who is next at a counter, why, and who stands before whom. Pure: no clock, rows or web.

The rule, when counter c asks at time t (E = waiting tickets that c may and can serve):

1. Fair turn: an ordinary ticket that waited very long goes first after a run of deadline calls.
2. Deadline: if a promise to a VIP or a due appointment is in danger, the earliest due goes first.
3. Order: otherwise the largest (t − reference) + head start.
4. Lending: a VIP-first counter takes others only while a VIP arriving now would be safe.
5. Ties: earlier due, earlier issue, ticket number.

Since t grows alike for all, the largest (t − reference) + head start is the smallest reference − head start.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from counter import chances
from db.records import Counter, CounterState, Permission, RuleKind, Rules, ServiceTime, Ticket, TicketClass

VIP_QUEUE = "vip"
VIP_LETTER = "V"


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


@dataclass(frozen=True, slots=True)
class Lobby:
    """The lobby at one moment.

    `serving`: the ticket at each busy counter. `last_reasons`: by which steps the last were called, newest first.
    """

    waiting: Sequence[Ticket]
    counters: Sequence[Counter]
    serving: Mapping[int, Ticket]
    service_times: Mapping[str, ServiceTime]
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
    if rules.kind != RuleKind.PROMISE:
        return _plain(eligible, lobby, now, rules)
    return (
        _fair_turn(eligible, lobby, now, rules)
        or _deadline(counter, eligible, lobby, now, rules)
        or _in_order(counter, eligible, lobby, now, rules)
        or Refusal.RESERVED_FOR_VIP
    )


def can_serve(counter: Counter, ticket: Ticket) -> bool:
    """Whether the counter may serve the ticket's class and can do its service."""
    return serves(counter, ticket.ticket_class, ticket.service)


def serves(counter: Counter, kind: TicketClass, service: str | None) -> bool:
    """Whether a counter may serve a class and can do a service (with None: any)."""
    return counter.permissions[kind] != Permission.NEVER and (service is None or service in counter.skills)


def assign(ticket: Ticket, idle: Iterable[Counter]) -> Counter | None:
    """Which of several idle counters somebody who just arrived goes to; None if none can serve them.

    A VIP goes to a VIP-first counter; others to the least flexible counter; the one idle longest first.
    """

    def key(counter: Counter) -> tuple[bool, int, float, int]:
        vip_first = counter.permissions[TicketClass.VIP] == Permission.VIP_FIRST
        flexibility = len(counter.skills) * sum(p != Permission.NEVER for p in counter.permissions.values())
        return (vip_first != (ticket.ticket_class == TicketClass.VIP), flexibility, counter.since, counter.number)

    return min((counter for counter in idle if can_serve(counter, ticket)), key=key, default=None)


def lineup(lobby: Lobby, now: float, rules: Rules) -> list[Ticket]:
    """Everybody who waits, whichever counter asks: the guarded while a promise is in danger, then the order."""
    if rules.kind != RuleKind.PROMISE:
        return _plain_lineup(lobby, now, rules)
    guarded = _guarded(lobby, now, rules)
    promoted = guarded if _is_in_danger(guarded, lobby.counters, lobby, now, rules) else []
    numbers = {ticket.id for ticket in promoted}
    others = [ticket for ticket in lobby.waiting if ticket.id not in numbers]
    return promoted + sorted(others, key=lambda ticket: _by_order(ticket, rules))


def queue_of(counter: Counter, lobby: Lobby, now: float, rules: Rules) -> list[Ticket]:
    """Those this counter may and can serve, whom it would call first at the head, the rest as they stand in line."""
    line = [ticket for ticket in lineup(lobby, now, rules) if can_serve(counter, ticket)]
    choice = choose(counter, lobby, now, rules)
    if isinstance(choice, Choice):
        line.sort(key=lambda ticket: ticket.id != choice.ticket.id)
    return line


def people_ahead(lobby: Lobby, now: float, rules: Rules) -> dict[int, int]:
    """For every waiting ticket by id: how many of its own queue stand before it."""
    before: Tally[str] = Tally()
    ahead = {}
    for ticket in lineup(lobby, now, rules):
        queue = queue_name(ticket)
        ahead[ticket.id] = before[queue]
        before[queue] += 1
    return ahead


def queue_name(ticket: Ticket) -> str:
    """The queue a ticket stands in, as the lobby sees it: the VIPs' or its service's."""
    return VIP_QUEUE if ticket.ticket_class == TicketClass.VIP else ticket.service


def is_guarded(ticket: Ticket, now: float, rules: Rules) -> bool:
    """Whether a promise runs: every VIP, and an appointment from shortly before its slot."""
    if ticket.ticket_class == TicketClass.APPOINTMENT:
        return not _is_early(ticket, now, rules)
    return ticket.ticket_class == TicketClass.VIP


def _fair_turn(eligible: Sequence[Ticket], lobby: Lobby, now: float, rules: Rules) -> Choice | None:
    """Step 1."""
    if list(lobby.last_reasons[: rules.fair_run]) != [Reason.DEADLINE] * rules.fair_run:
        return None
    patient = [
        ticket
        for ticket in eligible
        if ticket.ticket_class == TicketClass.ORDINARY and now - ticket.waiting_since >= rules.fair_after_s
    ]
    return Choice(min(patient, key=_by_issue), Reason.FAIR_TURN) if patient else None


def _deadline(counter: Counter, eligible: Sequence[Ticket], lobby: Lobby, now: float, rules: Rules) -> Choice | None:
    """Step 2."""
    first = min((ticket for ticket in eligible if is_guarded(ticket, now, rules)), key=_by_due, default=None)
    if first is None:
        return None
    guarded = _guarded(lobby, now, rules)
    others = [other for other in lobby.counters if other.number != counter.number]
    helped = guarded.index(first)
    return Choice(first, Reason.DEADLINE) if _is_in_danger(guarded, others, lobby, now, rules, helped) else None


def _guarded(lobby: Lobby, now: float, rules: Rules) -> list[Ticket]:
    """Everybody in the lobby to whom a promise runs, by due time."""
    return sorted((ticket for ticket in lobby.waiting if is_guarded(ticket, now, rules)), key=_by_due)


def _is_in_danger(
    guarded: Sequence[Ticket], counters: Sequence[Counter], lobby: Lobby, now: float, rules: Rules, helped: int = 0
) -> bool:
    """Whether a promise is unlikely to be kept by these counters alone: the j-th needs j of them free in time.

    Only from position `helped` on: calling that ticket takes nobody out of the way of those before it.
    """
    for j, ticket in enumerate(guarded[helped:], start=helped + 1):
        slack = _due(ticket) - now
        if slack <= 0:
            return True
        if not _is_known(lobby, rules):
            if slack <= rules.promote_slack_s:
                return True
            continue
        able = [counter for counter in counters if can_serve(counter, ticket)]
        free = [_frees_within(slack, counter, lobby, now) for counter in able]
        if chances.at_least(j, free) < 1 - rules.epsilon:
            return True
    return False


def _is_known(lobby: Lobby, rules: Rules) -> bool:
    return sum(time.known for time in lobby.service_times.values()) >= rules.known_services


def _in_order(counter: Counter, eligible: Sequence[Ticket], lobby: Lobby, now: float, rules: Rules) -> Choice | None:
    """Steps 3 and 4: the first of the order whom this counter may take, None if it has to stay free for VIPs.

    Unless it would idle, a backup counter passes over its backup classes and calls nobody before their appointment.
    """
    ready = [ticket for ticket in eligible if not _is_early(ticket, now, rules)]
    first_hand = [ticket for ticket in ready if counter.permissions[ticket.ticket_class] != Permission.BACKUP]
    for group in (first_hand, ready, eligible):
        for ticket in sorted(group, key=lambda ticket: _by_order(ticket, rules)):
            if _may_lend(counter, ticket, lobby, now, rules):
                return Choice(ticket, Reason.ORDER)
    return None


def _may_lend(counter: Counter, ticket: Ticket, lobby: Lobby, now: float, rules: Rules) -> bool:
    """Step 4. A customer whom no other open counter can serve is taken all the same: reserving would help nobody."""
    if counter.permissions[TicketClass.VIP] != Permission.VIP_FIRST or ticket.ticket_class == TicketClass.VIP:
        return True
    others = [c for c in lobby.counters if c.number != counter.number and c.state != CounterState.CLOSED]
    if not any(can_serve(other, ticket) for other in others):
        return True
    vips = sum(waiting.ticket_class == TicketClass.VIP for waiting in lobby.waiting)
    for_vips = [other for other in others if other.permissions[TicketClass.VIP] != Permission.NEVER]
    free = [_frees_within(rules.lend_within_s, other, lobby, now) for other in for_vips]
    return chances.at_least(1 + vips, free) >= rules.lend_chance


def _frees_within(seconds: float, counter: Counter, lobby: Lobby, now: float) -> float:
    """The chance that a counter can take somebody within `seconds`, and before its own next planned pause."""
    if counter.state == CounterState.CLOSED:
        return 0.0
    if counter.state == CounterState.PAUSED:
        return float(counter.returns_at is not None and counter.returns_at <= now + seconds)
    if counter.pauses_at is not None:
        seconds = max(0.0, min(seconds, counter.pauses_at - now))
    ticket = lobby.serving.get(counter.number)
    if ticket is None:
        return 1.0
    time = lobby.service_times[ticket.service]
    elapsed = now - ticket.started_at if ticket.started_at is not None else 0.0
    return chances.ends_within(seconds, elapsed, time.log_mean, time.log_sd)


def _plain(eligible: Sequence[Ticket], lobby: Lobby, now: float, rules: Rules) -> Choice:
    """The rules `fifo`, `strict` (the guarded always first) and `ratio` (k guarded, then one other)."""
    if rules.kind == RuleKind.FIFO:
        return Choice(min(eligible, key=_by_issue), Reason.ORDER)
    guarded = [ticket for ticket in eligible if is_guarded(ticket, now, rules)]
    others = [ticket for ticket in eligible if not is_guarded(ticket, now, rules)]
    run = list(lobby.last_reasons[: rules.ratio])
    is_others_turn = rules.kind == RuleKind.RATIO and run == [Reason.PRIORITY] * rules.ratio
    if guarded and not (others and is_others_turn):
        return Choice(min(guarded, key=_by_due), Reason.PRIORITY)
    return Choice(min(others, key=_by_issue), Reason.TURN)


def _plain_lineup(lobby: Lobby, now: float, rules: Rules) -> list[Ticket]:
    """By issue; under `strict` the guarded come first, by due time."""
    line = sorted(lobby.waiting, key=_by_issue)
    if rules.kind == RuleKind.STRICT:
        guarded = _guarded(lobby, now, rules)
        line = guarded + [ticket for ticket in line if not is_guarded(ticket, now, rules)]
    return line


def _is_early(ticket: Ticket, now: float, rules: Rules) -> bool:
    return ticket.slot_at is not None and now < ticket.slot_at - rules.appointment_early_s


def _due(ticket: Ticket) -> float:
    return ticket.due_at if ticket.due_at is not None else float("inf")


# Below, `order_at` is the time of issue, or a later one of a customer who let somebody pass: the order knows no other.
def _by_order(ticket: Ticket, rules: Rules) -> tuple[float, float, float, str]:
    """Smallest reference − head start first; an appointment's reference is not before its slot − 5 min."""
    reference = ticket.order_at
    if ticket.ticket_class == TicketClass.APPOINTMENT and ticket.slot_at is not None:
        reference = max(ticket.order_at, ticket.slot_at - rules.appointment_early_s)
    return (reference - ticket.head_start_s, *_by_due(ticket))


def _by_due(ticket: Ticket) -> tuple[float, float, str]:
    return (_due(ticket), ticket.order_at, ticket.number)


def _by_issue(ticket: Ticket) -> tuple[float, str]:
    return (ticket.order_at, ticket.number)
