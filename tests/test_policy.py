"""The calling rule: its properties on any lobby, and the exact values behind lending."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lobby_stage import MINUTE

from counter import chances, line, policy
from counter.line import (
    Choice,
    Lobby,
    Reason,
    Refusal,
    assign,
    can_serve,
    choose,
    lineup,
    own_queue,
    people_ahead,
    queue_name,
)
from db.counter_records import Counter, CounterState, Permission
from db.setting_records import RuleKind, Rules, Service, ServiceTime
from db.ticket_records import Ticket, TicketClass, TicketState
from db.words import Names

RULES = Rules()
NOW = 100_000.0
SERVICES = {
    code: Service(code, letter, Names(code, code), code, n, mean_s=mean_s, cv=0.8)
    for n, (code, letter, mean_s) in enumerate([("plan", "A", 420.0), ("device", "B", 720.0), ("billing", "C", 240.0)])
}
ALL_SKILLS = frozenset(SERVICES)
GUESSED = {code: ServiceTime(*chances.lognormal(s.mean_s, s.cv), known=0) for code, s in SERVICES.items()}
MEASURED = {code: replace(time, known=200) for code, time in GUESSED.items()}


def ticket(
    number: int, kind: TicketClass = TicketClass.ORDINARY, *, waited: float = 0, service: str = "plan"
) -> Ticket:
    issued_at = NOW - waited * MINUTE
    is_vip = kind == TicketClass.VIP
    return Ticket(
        id=number,
        number=f"{'V' if is_vip else SERVICES[service].letter}{number:03d}",
        token=str(number),
        business_day="2026-11-21",
        service=service,
        ticket_class=kind,
        state=TicketState.WAITING,
        language="zh",
        issued_at=issued_at,
        due_at=issued_at + 600 if is_vip else None,
        head_start_s=300.0 if is_vip else 0.0,
    )


def appointment(number: int, *, slot_in: float, checked_in: float) -> Ticket:
    """Somebody with a slot in so many minutes who checked in so many minutes ago."""
    came = replace(ticket(number, waited=checked_in), ticket_class=TicketClass.APPOINTMENT, head_start_s=300.0)
    slot_at = NOW + slot_in * MINUTE
    return replace(came, slot_at=slot_at, due_at=max(came.issued_at, slot_at) + 600)


def counter(number: int = 1, vip: Permission = Permission.PRIMARY, **more: object) -> Counter:
    permissions = {
        TicketClass.VIP: vip,
        TicketClass.APPOINTMENT: Permission.PRIMARY,
        TicketClass.ORDINARY: Permission.PRIMARY,
    }
    return replace(Counter(number, permissions, ALL_SKILLS, CounterState.READY), **more)  # type: ignore[arg-type]


def lobby(*waiting: Ticket, counters: tuple[Counter, ...] = (), last: tuple[str, ...] = ()) -> Lobby:
    return Lobby(waiting, counters or (counter(),), {}, GUESSED, last)


def chosen(at: Counter, among: Lobby, rules: Rules = RULES) -> tuple[str, Reason]:
    choice = choose(at, among, NOW, rules)
    assert isinstance(choice, Choice)
    return choice.ticket.number, choice.reason


@st.composite
def lobbies(draw: st.DrawFn) -> Lobby:
    kinds = st.sampled_from([TicketClass.VIP, TicketClass.ORDINARY])
    services = st.sampled_from(sorted(ALL_SKILLS))
    waits = st.floats(0, 90, allow_nan=False)
    size = draw(st.integers(1, 12))
    waiting = [ticket(n, draw(kinds), waited=draw(waits), service=draw(services)) for n in range(1, size + 1)]
    permissions = st.sampled_from([Permission.PRIMARY, Permission.BACKUP, Permission.VIP_FIRST])
    skills = st.frozensets(services, min_size=1)
    counters = [counter(n, draw(permissions), skills=draw(skills)) for n in range(1, draw(st.integers(1, 4)) + 1)]
    return lobby(*waiting, counters=tuple(counters))


@given(lobbies())
def test_a_late_promise_always_wins_at_a_counter_that_can_serve_it(among: Lobby) -> None:
    at = among.counters[0]
    late = [t for t in among.waiting if t.due_at is not None and t.due_at <= NOW and can_serve(at, t)]
    if late:
        first = min(late, key=lambda t: (t.due_at or 0, t.issued_at, t.number))
        assert chosen(at, among) == (first.number, Reason.DEADLINE)


@given(lobbies())
def test_no_counter_idles_while_it_may_serve_somebody_but_for_lending(among: Lobby) -> None:
    for at in among.counters:
        choice = choose(at, among, NOW, RULES)
        if any(can_serve(at, t) for t in among.waiting) and not isinstance(choice, Choice):
            assert choice == Refusal.RESERVED_FOR_VIP
            assert at.permissions[TicketClass.VIP] == Permission.VIP_FIRST


@given(lobbies())
def test_ordinary_customers_of_one_service_are_served_in_the_order_they_came(among: Lobby) -> None:
    line = [t for t in lineup(among, NOW, RULES) if t.ticket_class == TicketClass.ORDINARY and t.service == "plan"]
    assert line == sorted(line, key=lambda t: (t.issued_at, t.number))


@given(lobbies())
def test_an_endless_head_start_gives_vips_priority(among: Lobby) -> None:
    favoured = [replace(t, head_start_s=math.inf if t.ticket_class == TicketClass.VIP else 0.0) for t in among.waiting]
    classes = [t.ticket_class == TicketClass.VIP for t in lineup(replace(among, waiting=favoured), NOW, RULES)]
    assert classes == sorted(classes, reverse=True)


@given(lobbies())
def test_everybody_sees_the_same_order(among: Lobby) -> None:
    """A counter's queue is the common line without those it cannot serve; only whom it calls next may come forward."""
    for at in among.counters:
        choice = choose(at, among, NOW, RULES)
        queue = list(own_queue(at, among, lineup(among, NOW, RULES), choice))
        line = [t for t in lineup(among, NOW, RULES) if can_serve(at, t)]
        assert sorted(t.id for t in queue) == sorted(t.id for t in line)
        head = [choice.ticket] if isinstance(choice, Choice) else []
        assert queue == head + [t for t in line if t not in head]


@given(
    lobbies(),
    st.sampled_from(RuleKind),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 2), st.integers(-30, 30)), max_size=6),
    st.sampled_from([(), ("deadline",) * 3, ("priority",) * 3]),
    st.sampled_from([GUESSED, MEASURED]),
)
def test_a_counter_chooses_among_few_as_among_all(
    among: Lobby, kind: RuleKind, odd: list[tuple[int, int, int]], last: tuple[str, ...], times: dict[str, ServiceTime]
) -> None:
    """Also where ordinary tickets differ: with a head start, or with a slot they came too late or too early for."""
    waiting = list(among.waiting)
    for place, head_start, slot_in in odd:
        one = waiting[place % len(waiting)]
        waiting[place % len(waiting)] = replace(one, head_start_s=head_start * 60.0, slot_at=NOW + slot_in * MINUTE)
    among = replace(among, waiting=waiting, last_reasons=last, service_times=times)
    terms = line.terms(replace(RULES, kind=kind))
    for at in among.counters:
        post = line.post(at, None, among.services)
        assert policy.choose(post, among.seen_from(at), NOW, terms) == policy.choose(post, among.in_numbers, NOW, terms)


def test_of_a_crowd_a_counter_looks_at_few() -> None:
    crowd = lobby(*(ticket(n, waited=200 - n, service=("plan", "device")[n % 2]) for n in range(1, 200)))
    assert [one.id for one in crowd.seen_from(crowd.counters[0]).waiting] == [1, 2]


def test_who_waits_for_one_counter_alone_is_seen_by_that_one() -> None:
    seats = (counter(1), counter(2))
    among = lobby(ticket(1, waited=9), replace(ticket(2, waited=20), to_counter=2), counters=seats)
    assert [chosen(at, among)[0] for at in seats] == ["A001", "A002"]


@given(lobbies())
def test_each_queue_counts_its_people_ahead_from_nobody_up(among: Lobby) -> None:
    for queue in {queue_name(t) for t in among.waiting}:
        line = [t for t in lineup(among, NOW, RULES) if queue_name(t) == queue]
        assert [people_ahead(lineup(among, NOW, RULES))[t.id] for t in line] == list(range(len(line)))


@given(lobbies())
def test_an_epsilon_of_one_leaves_only_broken_promises_before_the_order(among: Lobby) -> None:
    fearless = replace(RULES, epsilon=1.0)
    measured = replace(among, service_times=MEASURED)
    late = [t for t in among.waiting if t.due_at is not None and t.due_at <= NOW]
    if not late:
        reasons = {c.reason for at in among.counters if isinstance(c := choose(at, measured, NOW, fearless), Choice)}
        assert reasons <= {Reason.ORDER}


def test_with_measured_times_a_promise_is_in_danger_when_no_other_counter_is_likely_to_free_up() -> None:
    mine, other = counter(1), counter(2)
    old, vip = ticket(1, waited=30), ticket(9, TicketClass.VIP, waited=2)
    calm = replace(lobby(old, vip, counters=(mine, other)), service_times=MEASURED)
    assert chosen(mine, calm) == ("A001", Reason.ORDER)  # the other counter is idle
    started = replace(ticket(7), started_at=NOW)
    assert chosen(mine, replace(calm, serving={2: started})) == ("V009", Reason.DEADLINE)
    many = tuple(counter(n) for n in range(1, 7))
    serving = {n: replace(ticket(20 + n), started_at=NOW - 400) for n in range(2, 7)}
    assert chosen(mine, replace(calm, counters=many, serving=serving)) == ("A001", Reason.ORDER)


def test_a_planned_pause_counts_as_not_being_there() -> None:
    mine, leaving = counter(1), counter(2, pauses_at=NOW)
    back_soon = counter(2, state=CounterState.PAUSED, returns_at=NOW + 60)
    back_late = counter(2, state=CounterState.PAUSED, returns_at=NOW + 6000)
    waiting = (ticket(1, waited=30), ticket(9, TicketClass.VIP, waited=1))
    busy = {2: replace(ticket(7), started_at=NOW)}

    def call(other: Counter, serving: dict[int, Ticket]) -> str:
        at = replace(lobby(*waiting, counters=(mine, other)), service_times=MEASURED, serving=serving)
        return chosen(mine, at)[0]

    assert call(leaving, busy) == "V009"
    assert call(back_soon, {}) == "A001"
    assert call(back_late, {}) == "V009"


def test_the_rules_to_compare_with() -> None:
    vips = [ticket(n, TicketClass.VIP, waited=n - 8) for n in (9, 10)]
    others = [ticket(1, waited=20), ticket(2, waited=30, service="billing")]
    among = lobby(*vips, *others)

    def called(kind: RuleKind, *last: str) -> str:
        return chosen(counter(), replace(among, last_reasons=last), replace(RULES, kind=kind, ratio=2))[0]

    assert called(RuleKind.FIFO) == "C002"
    assert called(RuleKind.STRICT, "priority", "priority") == "V010"
    assert called(RuleKind.RATIO, "priority") == "V010"
    assert called(RuleKind.RATIO, "priority", "priority") == "C002"
    assert called(RuleKind.RATIO, "turn", "priority") == "V010"


def test_who_arrives_at_idle_counters_goes_where_it_costs_least() -> None:
    vip_first = counter(1, Permission.VIP_FIRST)
    flexible, narrow = counter(2, since=5.0), counter(3, skills=frozenset({"plan"}))
    longest = counter(4, skills=frozenset({"plan"}), since=-9.0)
    idle = [flexible, vip_first, narrow, longest]
    assert assign(ticket(1, TicketClass.VIP), idle) is vip_first
    assert assign(ticket(1), idle) is longest
    assert assign(ticket(1), [flexible, vip_first, narrow]) is narrow
    assert assign(ticket(1, service="device"), idle) is flexible
    assert assign(ticket(1), []) is None


def test_a_vip_is_promoted_seven_minutes_before_the_promise_breaks() -> None:
    old = ticket(1, waited=30)
    assert chosen(counter(), lobby(old, ticket(2, TicketClass.VIP, waited=2.9))) == ("A001", Reason.ORDER)
    assert chosen(counter(), lobby(old, ticket(2, TicketClass.VIP, waited=3.0))) == ("V002", Reason.DEADLINE)


def test_a_promise_in_danger_elsewhere_promotes_nobody_whose_call_would_not_help() -> None:
    """A device VIP is about to be late; a counter for plans cannot help by preferring a VIP who just came."""
    plans = counter(skills=frozenset({"plan"}))
    device_vip = ticket(8, TicketClass.VIP, waited=8, service="device")
    calm_vip, old = ticket(9, TicketClass.VIP, waited=0.5), ticket(1, waited=20)
    assert chosen(plans, lobby(device_vip, calm_vip, old)) == ("A001", Reason.ORDER)
    late_device_vip = ticket(8, TicketClass.VIP, waited=4, service="device")
    early_vip = ticket(9, TicketClass.VIP, waited=5)
    assert chosen(plans, lobby(late_device_vip, early_vip, old)) == ("V009", Reason.DEADLINE)


def test_the_head_start_places_a_vip_among_the_others() -> None:
    vip = ticket(9, TicketClass.VIP, waited=1)
    assert chosen(counter(), lobby(ticket(1, waited=5.9), vip))[0] == "V009"
    assert chosen(counter(), lobby(ticket(1, waited=6.1), vip))[0] == "A001"


def test_a_fair_turn_comes_after_three_deadline_calls_and_only_to_whoever_waited_long() -> None:
    vip = ticket(2, TicketClass.VIP, waited=9)
    run = ("deadline",) * 3
    assert chosen(counter(), lobby(ticket(1, waited=46), vip, last=run)) == ("A001", Reason.FAIR_TURN)
    assert chosen(counter(), lobby(ticket(1, waited=44), vip, last=run)) == ("V002", Reason.DEADLINE)
    assert chosen(counter(), lobby(ticket(1, waited=46), vip, last=("deadline", "order", "deadline")))[0] == "V002"


def test_a_backup_counter_passes_over_vips_until_a_promise_is_in_danger_or_nobody_else_waits() -> None:
    backup = counter(2, Permission.BACKUP)
    calm, pressed = ticket(9, TicketClass.VIP, waited=1), ticket(9, TicketClass.VIP, waited=4)
    assert chosen(backup, lobby(ticket(1), calm))[0] == "A001"
    assert chosen(backup, lobby(ticket(1), pressed)) == ("V009", Reason.DEADLINE)
    assert chosen(backup, lobby(calm))[0] == "V009"


def test_an_appointment_is_not_called_early_unless_the_counter_would_idle() -> None:
    early = appointment(2, slot_in=6, checked_in=20)  # its head start alone would put it first
    calm = ticket(9, TicketClass.VIP, waited=1)
    assert chosen(counter(), lobby(ticket(1), early))[0] == "A001"
    assert chosen(counter(2, Permission.BACKUP), lobby(calm, early))[0] == "V009"
    assert chosen(counter(), lobby(early))[0] == "A002"


def test_an_appointment_past_its_slot_is_kept_within_ten_minutes() -> None:
    due = appointment(2, slot_in=-3, checked_in=10)
    assert chosen(counter(), lobby(ticket(1, waited=40), due)) == ("A002", Reason.DEADLINE)


def test_a_vip_first_counter_lends_only_while_another_counter_keeps_the_promise() -> None:
    first, second = counter(1, Permission.VIP_FIRST), counter(2)
    assert chosen(first, lobby(ticket(1), counters=(first, second)))[0] == "A001"
    busy = replace(lobby(ticket(1), counters=(first, second)), serving={2: replace(ticket(7), started_at=NOW)})
    assert choose(first, busy, NOW, RULES) == Refusal.RESERVED_FOR_VIP
    waiting_vip = lobby(ticket(1, waited=9), ticket(8, TicketClass.VIP), counters=(first, second))
    assert chosen(first, waiting_vip)[0] == "V008"


def test_a_vip_first_counter_alone_serves_everybody() -> None:
    alone, closed = counter(1, Permission.VIP_FIRST), counter(2, state=CounterState.CLOSED)
    assert chosen(alone, lobby(ticket(1), counters=(alone, closed)))[0] == "A001"


def test_why_nobody_is_called() -> None:
    plans = counter(skills=frozenset({"plan"}))
    assert choose(plans, lobby(), NOW, RULES) == Refusal.NOBODY_WAITING
    assert choose(plans, lobby(ticket(1, service="device")), NOW, RULES) == Refusal.NO_SKILL


def test_ties_go_to_the_earlier_due_then_the_lower_number() -> None:
    assert chosen(counter(), lobby(ticket(2), ticket(1)))[0] == "A001"
    ordinary, vip = ticket(1, waited=5), ticket(2, TicketClass.VIP)
    assert chosen(counter(), lobby(ordinary, vip))[0] == "V002"


def test_how_many_counters_free_up_is_a_poisson_binomial() -> None:
    assert chances.at_least(0, [0.3]) == pytest.approx(1)
    assert chances.at_least(1, [0.5, 0.5]) == pytest.approx(0.75)
    assert chances.at_least(2, [0.9, 0.8, 0.5]) == pytest.approx(0.9 * 0.8 + 0.5 * (0.9 * 0.2 + 0.1 * 0.8))
    assert chances.at_least(1, []) == 0


def test_a_lognormal_service_ends_with_the_chance_of_its_distribution() -> None:
    log_mean, log_sd = chances.lognormal(420, 0.8)
    median = math.exp(log_mean)
    assert chances.ends_within(median, 0, log_mean, log_sd) == pytest.approx(0.5)
    after = (chances.ends_within(900, 0, log_mean, log_sd) - chances.ends_within(300, 0, log_mean, log_sd)) / (
        1 - chances.ends_within(300, 0, log_mean, log_sd)
    )
    assert chances.ends_within(600, 300, log_mean, log_sd) == pytest.approx(after)
    mean = math.exp(log_mean + log_sd**2 / 2)
    assert mean == pytest.approx(420)
