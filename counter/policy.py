"""Owns the only queue order: who is next at a counter, why, and who stands before whom. Pure: no clock, rows or web.

The rule, when counter c asks at time t (E = waiting tickets that c may and can serve):

1. Fair turn: an ordinary ticket that waited very long goes first after a run of deadline calls.
2. Deadline: if a promise to a VIP or a due appointment is in danger, the earliest due goes first.
3. Order: otherwise the largest (t − reference) + head start.
4. Lending: a VIP-first counter takes others only while a VIP arriving now would be safe.
5. Ties: earlier due, earlier issue, ticket number.

Since t grows alike for all, the largest (t − reference) + head start is the smallest reference − head start.

It speaks in numbers and tuples alone, so that this one text is both what a counter asks (`counter.line` puts records
into its words) and what `counter.compiled` turns into machine code for a hundred thousand simulated calls a second.
Hence loops and lists where Python would also know generators and keys.
"""

from enum import IntEnum
from math import inf
from typing import NamedTuple

from counter.chances import at_least, ends_within

NOBODY = -1


class Kind(IntEnum):
    """A ticket's class; its value is also the place of its permission in `Post.may`."""

    VIP = 0
    APPOINTMENT = 1
    ORDINARY = 2


class May(IntEnum):
    """How a counter stands to a class."""

    NEVER = 0
    BACKUP = 1
    PRIMARY = 2
    VIP_FIRST = 3


class Stand(IntEnum):
    """What a counter is doing, as far as the rule cares."""

    CLOSED = 0
    FREE = 1
    BUSY = 2
    PAUSED = 3


class Way(IntEnum):
    """Which rule: ours, or one of those to compare it with."""

    PROMISE = 0
    FIFO = 1
    STRICT = 2
    RATIO = 3


class Step(IntEnum):
    """By which step somebody was called; PRIORITY and TURN belong to the other rules. Negative: why nobody is."""

    RESERVED_FOR_VIP = -3
    NO_SKILL = -2
    NOBODY_WAITING = -1
    PASSED = 0
    FAIR_TURN = 1
    DEADLINE = 2
    ORDER = 3
    PRIORITY = 4
    TURN = 5


class Waiting(NamedTuple):
    """Somebody who waits; times in seconds. Compared field by field, so that it sorts by step 5: due, issue, number.

    `due_at` is endless for who has no promise; ids are given in the order of issue; `slot_at` is 0 without a booking.
    """

    due_at: float
    issued_at: float
    id: int
    kind: int
    service: int
    slot_at: float
    head_start_s: float


NOT_WAITING = Waiting(inf, inf, NOBODY, Kind.ORDINARY.value, 0, 0.0, 0.0)
"""After everybody."""


class Post(NamedTuple):
    """A counter. `may`: a `May` for each `Kind`; `skills`: bit n stands for service n.

    `pauses_at`: the next planned pause, `returns_at`: the end of the present one, both endless where none is planned.
    `service` and `started_at` are of whom it serves while BUSY; one who is still walking up has not started.
    """

    number: int
    may: tuple[int, int, int]
    skills: int
    stand: int
    since: float
    pauses_at: float
    returns_at: float
    service: int
    started_at: float


class Pace(NamedTuple):
    """How long a service takes: the lognormal's log-mean and log-sd (of seconds)."""

    log_mean: float
    log_sd: float


class Lobby(NamedTuple):
    """The lobby at one moment. `paces`: per service; `known`: how many real services they rest on; `steps`: of the last
    calls, newest last.
    """

    waiting: list[Waiting]
    posts: list[Post]
    paces: list[Pace]
    known: int
    steps: list[int]


class Terms(NamedTuple):
    """The rule's settings in seconds and counts, as `db.setting_records.Rules` explains them."""

    way: int
    fair_after_s: float
    fair_run: int
    epsilon: float
    known_services: int
    promote_slack_s: float
    appointment_early_s: float
    lend_within_s: float
    lend_chance: float
    ratio: int


class Choice(NamedTuple):
    """The id of whom to call, or NOBODY, and the step that decided it."""

    ticket: int
    step: Step


def choose(post: Post, lobby: Lobby, now: float, terms: Terms) -> Choice:
    """Whom this counter calls next at `now`, or why it calls nobody."""
    eligible = [ticket for ticket in lobby.waiting if can_serve(post, ticket)]
    if not eligible:
        return Choice(NOBODY, Step.NO_SKILL if lobby.waiting else Step.NOBODY_WAITING)
    if terms.way != Way.PROMISE:
        return _plain(eligible, lobby, now, terms)
    choice = _fair_turn(eligible, lobby, now, terms)
    if choice.ticket == NOBODY:
        choice = _deadline(post, eligible, lobby, now, terms)
    if choice.ticket == NOBODY:
        choice = _in_order(post, eligible, lobby, now, terms)
    return choice


def assign(ticket: Waiting, idle: list[Post]) -> int:
    """The number of the idle counter that somebody who just arrived goes to; NOBODY if none can serve them.

    A VIP goes to a VIP-first counter; others to the least flexible counter; the one idle longest first.
    """
    best, best_key = NOBODY, (True, 0, 0.0, 0)
    for post in idle:
        if can_serve(post, ticket):
            vip_first = post.may[Kind.VIP.value] == May.VIP_FIRST
            key = (vip_first != (ticket.kind == Kind.VIP), _flexibility(post), post.since, post.number)
            if best == NOBODY or key < best_key:
                best, best_key = post.number, key
    return best


def contenders(waiting: list[Waiting]) -> list[Waiting]:
    """Among whom any counter chooses as among all: of ordinary tickets that are alike only the first come is chosen."""
    ordinary = Kind.ORDINARY.value
    first: dict[tuple[float, int, float, float], Waiting] = {}
    for ticket in waiting:
        if ticket.kind == ordinary:
            alike = (ticket.due_at, ticket.service, ticket.slot_at, ticket.head_start_s)
            if ticket < first.get(alike, NOT_WAITING):
                first[alike] = ticket
    return [ticket for ticket in waiting if ticket.kind != ordinary] + list(first.values())


def promoted(lobby: Lobby, now: float, terms: Terms) -> list[Waiting]:
    """Who stands before the order, whichever counter asks: the guarded while a promise is in danger."""
    guarded = _guarded(lobby.waiting, now, terms)
    if terms.way == Way.PROMISE and guarded:
        is_before = _is_in_danger(guarded[0], NOBODY, lobby, now, terms)
    else:
        is_before = terms.way == Way.STRICT
    return guarded if is_before else []


def place(ticket: Waiting, terms: Terms) -> tuple[float, float, float, int]:
    """Where somebody stands in the order, smallest first: by steps 3 and 5, under the other rules by issue.

    It stays as it is while time goes on.
    """
    if terms.way != Way.PROMISE:
        return (ticket.issued_at, 0.0, 0.0, ticket.id)
    return by_order(ticket, terms)


def can_serve(post: Post, ticket: Waiting) -> bool:
    """Whether the counter may serve the ticket's class and can do its service."""
    return post.may[ticket.kind] != May.NEVER and (post.skills >> ticket.service) & 1 == 1


def is_guarded(ticket: Waiting, now: float, terms: Terms) -> bool:
    """Whether a promise runs: every VIP, and an appointment from shortly before its slot."""
    if ticket.kind == Kind.APPOINTMENT:
        return not _is_early(ticket, now, terms)
    return ticket.kind == Kind.VIP


def by_order(ticket: Waiting, terms: Terms) -> tuple[float, float, float, int]:
    """Steps 3 and 5, smallest first: reference − head start; a booking's reference is not before its slot − 5 min."""
    reference = ticket.issued_at
    if ticket.kind == Kind.APPOINTMENT:
        reference = max(reference, ticket.slot_at - terms.appointment_early_s)
    return (reference - ticket.head_start_s, ticket.due_at, ticket.issued_at, ticket.id)


def _fair_turn(eligible: list[Waiting], lobby: Lobby, now: float, terms: Terms) -> Choice:
    """Step 1."""
    if not _ends_in_run(lobby.steps, Step.DEADLINE, terms.fair_run):
        return Choice(NOBODY, Step.PASSED)
    patient = [
        ticket for ticket in eligible if ticket.kind == Kind.ORDINARY and now - ticket.issued_at >= terms.fair_after_s
    ]
    return Choice(_first_come(patient), Step.FAIR_TURN)


def _deadline(post: Post, eligible: list[Waiting], lobby: Lobby, now: float, terms: Terms) -> Choice:
    """Step 2: helps the first of those whom this counter can serve, if that helps somebody who is in danger."""
    first = NOT_WAITING
    for ticket in eligible:
        if ticket < first and is_guarded(ticket, now, terms):
            first = ticket
    if first.id != NOBODY and _is_in_danger(first, post.number, lobby, now, terms):
        return Choice(first.id, Step.DEADLINE)
    return Choice(NOBODY, Step.PASSED)


def _is_in_danger(helped: Waiting, without: int, lobby: Lobby, now: float, terms: Terms) -> bool:
    """Whether a promise is unlikely to be kept by the counters but one: the j-th needs j of them free in time.

    Only from `helped` on: calling that ticket takes nobody out of the way of those before it.
    """
    guarded = _guarded(lobby.waiting, now, terms)
    for place in range(len(guarded)):
        ticket = guarded[place]
        slack = ticket.due_at - now
        if ticket < helped:
            continue
        if slack <= 0:
            return True
        if lobby.known < terms.known_services:
            if slack <= terms.promote_slack_s:
                return True
            continue
        free = [
            _frees_within(slack, post, lobby.paces[post.service], now)
            for post in lobby.posts
            if post.number != without and can_serve(post, ticket)
        ]
        if at_least(place + 1, free) < 1 - terms.epsilon:
            return True
    return False


def _in_order(post: Post, eligible: list[Waiting], lobby: Lobby, now: float, terms: Terms) -> Choice:
    """Steps 3 and 4: the first of the order whom this counter may take, nobody if it has to stay free for VIPs."""
    lends = _is_lendable(post, lobby, now, terms)
    best, best_key = NOBODY, (0, 0.0, 0.0, 0.0, 0)
    for ticket in eligible:
        if lends or ticket.kind == Kind.VIP or _only_here(post, ticket, lobby):
            key = (_second_hand(post, ticket, now, terms), *by_order(ticket, terms))
            if best == NOBODY or key < best_key:
                best, best_key = ticket.id, key
    return Choice(best, Step.RESERVED_FOR_VIP if best == NOBODY else Step.ORDER)


def _second_hand(post: Post, ticket: Waiting, now: float, terms: Terms) -> int:
    """Unless it would idle, a backup counter passes over its backup classes (1) and calls nobody too early (2)."""
    if _is_early(ticket, now, terms):
        return 2
    return 1 if post.may[ticket.kind] == May.BACKUP else 0


def _is_lendable(post: Post, lobby: Lobby, now: float, terms: Terms) -> bool:
    """Step 4: any counter but a VIP-first one; that one if a VIP arriving now would be safe with the others."""
    if post.may[Kind.VIP.value] != May.VIP_FIRST:
        return True
    vips = len([ticket for ticket in lobby.waiting if ticket.kind == Kind.VIP])
    free = [
        _frees_within(terms.lend_within_s, other, lobby.paces[other.service], now)
        for other in lobby.posts
        if other.number != post.number and other.may[Kind.VIP.value] != May.NEVER
    ]
    return at_least(1 + vips, free) >= terms.lend_chance


def _only_here(post: Post, ticket: Waiting, lobby: Lobby) -> bool:
    """Whether no other open counter can serve them: to reserve this one would help nobody."""
    for other in lobby.posts:
        if other.number != post.number and other.stand != Stand.CLOSED and can_serve(other, ticket):
            return False
    return True


def _frees_within(seconds: float, post: Post, pace: Pace, now: float) -> float:
    """The chance that a counter can take somebody within `seconds`, and before its own next planned pause."""
    if post.stand == Stand.CLOSED:
        return 0.0
    if post.stand == Stand.PAUSED:
        return 1.0 if post.returns_at <= now + seconds else 0.0
    if post.stand == Stand.FREE:
        return 1.0
    before_pause = max(0.0, min(seconds, post.pauses_at - now))
    return ends_within(before_pause, max(0.0, now - post.started_at), pace.log_mean, pace.log_sd)


def _plain(eligible: list[Waiting], lobby: Lobby, now: float, terms: Terms) -> Choice:
    """The rules `fifo`, `strict` (the guarded always first) and `ratio` (k guarded, then one other)."""
    if terms.way == Way.FIFO:
        return Choice(_first_come(eligible), Step.ORDER)
    guarded = _guarded(eligible, now, terms)
    others = [ticket for ticket in eligible if not is_guarded(ticket, now, terms)]
    is_others_turn = terms.way == Way.RATIO and _ends_in_run(lobby.steps, Step.PRIORITY, terms.ratio)
    if guarded and not (others and is_others_turn):
        return Choice(guarded[0].id, Step.PRIORITY)
    return Choice(_first_come(others), Step.TURN)


def _guarded(tickets: list[Waiting], now: float, terms: Terms) -> list[Waiting]:
    """Those among them to whom a promise runs, by due time."""
    return sorted([ticket for ticket in tickets if is_guarded(ticket, now, terms)])


def _is_early(ticket: Waiting, now: float, terms: Terms) -> bool:
    return now < ticket.slot_at - terms.appointment_early_s


def _first_come(tickets: list[Waiting]) -> int:
    best, best_key = NOBODY, (0.0, 0)
    for ticket in tickets:
        key = (ticket.issued_at, ticket.id)
        if best == NOBODY or key < best_key:
            best, best_key = ticket.id, key
    return best


def _ends_in_run(steps: list[int], step: int, length: int) -> bool:
    """Whether the last `length` calls were all by this step."""
    return len(steps) >= length and len([last for last in steps[len(steps) - length :] if last == step]) == length


def _flexibility(post: Post) -> int:
    """Of how many pairs of a class and a service the counter can serve one."""
    services, skills = 0, post.skills
    while skills:
        services, skills = services + (skills & 1), skills >> 1
    return services * len([may for may in post.may if may != May.NEVER])
