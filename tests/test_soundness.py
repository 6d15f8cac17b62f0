"""What the calling rule's settings must not be, each with its fault at its field; and that all others work."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from counter import amendment, soundness
from counter.amendment import RuleBook, amended
from counter.faults import UnsoundSettings
from counter.line import Choice, Lobby, can_serve, choose, lineup, own_queue, people_ahead
from counter.service_times import cautious, prior
from db.counter_records import Counter, CounterState, Permission
from db.setting_records import RuleKind, Rules, Tier
from db.ticket_records import Ticket, TicketClass, TicketState
from db.words import Names
from lobby import sample

NOW = 100_000.0
BOOK = RuleBook(
    rules=Rules(),
    counters={counter.number: counter for counter in sample.COUNTERS},
    services={service.code: service for service in sample.SERVICES},
    tiers={tier.code: tier for tier in sample.TIERS},
)
CLASSES = [str(kind) for kind in TicketClass]


def refused(values: Mapping[str, Any], book: RuleBook = BOOK) -> dict[str, str]:
    """The faults' codes by field."""
    with pytest.raises(UnsoundSettings) as refusal:
        amended(book, values, BOOK)
    return {str(fault.field): fault.code for fault in refusal.value.faults}


def test_the_sample_store_is_sound() -> None:
    assert BOOK.faults() == []


def test_every_setting_of_the_rule_has_its_limits() -> None:
    assert {"kind", *(number.attribute for number in soundness.RULE)} == {field.name for field in fields(Rules)}


MINUTES = ["fair_after", "promote_slack", "lend_within", "appointment_grace"]
SHARES = ["epsilon", "lend_chance"]
COUNTS = ["fair_run", "ratio"]
BAD_ANYWHERE = ["nan", "inf", "-inf", float("nan"), float("inf"), "soon", "", True, {"a": 1}, [3], 10**400, "1e3"]


@pytest.mark.parametrize("key", MINUTES)
@pytest.mark.parametrize("given", [0, -1, "-5", "0", 721, 1e300, *BAD_ANYWHERE])
def test_a_time_is_minutes_above_zero_and_within_half_a_day(key: str, given: object) -> None:
    assert refused({f"rule.{key}": given}) == {f"rule.{key}": "bad_minutes"}


@pytest.mark.parametrize("key", ["appointment_head_start", "appointment_early"])
def test_a_head_start_may_be_nothing_but_not_less(key: str) -> None:
    assert amended(BOOK, {f"rule.{key}": 0}, BOOK).faults() == []
    assert refused({f"rule.{key}": -0.5}) == {f"rule.{key}": "bad_minutes"}


@pytest.mark.parametrize("key", SHARES)
@pytest.mark.parametrize("given", [0, 1, -0.1, 1.5, "0%", "100%", "150%", *BAD_ANYWHERE])
def test_a_share_lies_between_nothing_and_everything(key: str, given: object) -> None:
    assert refused({f"rule.{key}": given}) == {f"rule.{key}": "bad_share"}


@pytest.mark.parametrize("key", COUNTS)
@pytest.mark.parametrize("given", [0, -1, 2.5, "1.5", 101, *BAD_ANYWHERE])
def test_a_count_is_a_whole_number_from_one_on(key: str, given: object) -> None:
    assert refused({f"rule.{key}": given}) == {f"rule.{key}": "bad_count"}


@pytest.mark.parametrize("given", [0.99, 0, -2, 10.5, *BAD_ANYWHERE])
def test_caution_never_shortens_a_service(given: object) -> None:
    assert refused({"rule.caution": given}) == {"rule.caution": "bad_factor"}


def test_known_services_may_be_none_but_not_fewer() -> None:
    assert amended(BOOK, {"rule.known_services": 0}, BOOK).rules.known_services == 0
    assert refused({"rule.known_services": -1}) == {"rule.known_services": "bad_count"}


@pytest.mark.parametrize(("part", "code"), [("mean", "bad_minutes"), ("cv", "bad_factor")])
@pytest.mark.parametrize("given", [0, -4, 1e-300, 1e9, *BAD_ANYWHERE])
def test_a_guessed_service_time_is_a_number_people_would_believe(part: str, code: str, given: object) -> None:
    assert refused({f"services.plan.{part}": given}) == {f"services.plan.{part}": code}


@pytest.mark.parametrize(("target", "head_start", "field"), [
    (0.0, 300.0, "target"), (-60.0, 300.0, "target"), (float("inf"), 300.0, "target"), (float("nan"), 300.0, "target"),
    (600.0, -1.0, "head_start"), (600.0, 1e12, "head_start"),
])  # fmt: skip
def test_a_tier_needs_a_time_to_promise(target: float, head_start: float, field: str) -> None:
    tiers = {"gold": Tier("gold", 1, Names("金卡", "Gold"), target, head_start)}
    (fault,) = soundness.find_faults(Rules(), list(BOOK.counters.values()), BOOK.services, tiers)
    assert (fault.field, fault.code) == (f"tiers.gold.{field}", "bad_minutes")


@pytest.mark.parametrize("given", ["fastest", "", {"a": 1}, 3, ["fifo"]])
def test_a_rule_is_one_of_those_there_are(given: object) -> None:
    assert refused({"rule.kind": given}) == {"rule.kind": "bad_choice"}


@pytest.mark.parametrize("field", [
    "foo", "", "rule", "rule.foo", "rule.x.kind", "counters.1", "counters.1.manager", "services.plan.icon",
    "tiers.gold.target",
])  # fmt: skip
def test_a_setting_that_is_none_is_named(field: str) -> None:
    assert refused({field: 1}) == {field: "no_such_setting"}


@pytest.mark.parametrize("number", ["9", "0", "-1", "x", "01", "1.5"])
def test_a_permission_for_no_counter(number: str) -> None:
    assert refused({f"counters.{number}.vip": "never"}) == {f"counters.{number}.vip": "permission_for_no_counter"}


def test_a_time_for_no_service() -> None:
    assert refused({"services.haircut.mean": 9}) == {"services.haircut.mean": "guess_for_no_service"}


@pytest.mark.parametrize("kind", ["appointment", "ordinary"])
def test_only_vips_can_be_put_first(kind: str) -> None:
    assert refused({f"counters.2.{kind}": "vip_first"}) == {f"counters.2.{kind}": "vip_first_for_others"}


def test_a_permission_is_one_of_those_there_are() -> None:
    assert refused({"counters.2.vip": "sometimes"}) == {"counters.2.vip": "bad_choice"}


def test_a_counter_without_a_word_on_a_class_is_found_before_the_rule_trips_over_it() -> None:
    half = replace(BOOK.counters[2], permissions={TicketClass.VIP: Permission.PRIMARY})
    found = replace(BOOK, counters={**BOOK.counters, 2: half}).faults()
    assert {fault.field for fault in found} == {"counters.2.appointment", "counters.2.ordinary"}


@pytest.mark.parametrize("given", ["plan,haircut", ["plan", "haircut"]])
def test_a_skill_that_is_no_service(given: object) -> None:
    assert refused({"counters.2.skills": given}) == {"counters.2.skills": "skill_for_no_service"}


@pytest.mark.parametrize("given", ["", [], " , "])
def test_a_counter_that_can_do_nothing(given: object) -> None:
    assert refused({"counters.2.skills": given}) == {"counters.2.skills": "counter_without_service"}


def test_a_counter_that_may_serve_nobody() -> None:
    values = {f"counters.2.{kind}": "never" for kind in CLASSES}
    assert refused(values) == {"counters.2.ordinary": "counter_for_nobody"}


@pytest.mark.parametrize("kind", CLASSES)
def test_a_class_that_no_counter_may_serve(kind: str) -> None:
    values = {f"counters.{number}.{kind}": "never" for number in BOOK.counters}
    assert refused(values) == {f"classes.{kind}": "class_for_nobody"}


def test_a_service_that_no_counter_can_do() -> None:
    values = {f"counters.{number}.skills": "plan,billing,other,support" for number in BOOK.counters}
    assert refused(values) == {"services.device": "service_for_nobody"}


@pytest.mark.parametrize("kind", CLASSES)
def test_a_service_that_no_counter_can_do_for_one_class(kind: str) -> None:
    """Counter 3 alone does it, and does not serve that class."""
    values = {f"counters.{number}.skills": "plan,billing,other,support" for number in (1, 4, 5, 6)}
    assert amended(BOOK, values, BOOK).faults() == []
    assert refused({**values, f"counters.3.{kind}": "never"}) == {"services.device": "service_for_nobody"}


def test_every_fault_is_found_at_once_and_nothing_is_changed() -> None:
    values = {"rule.epsilon": 2, "rule.fair_after": 0, "counters.9.vip": "never", "rule.ratio": 5}
    assert refused(values).keys() == {"rule.epsilon", "rule.fair_after", "counters.9.vip"}
    assert BOOK.rules == Rules()


@pytest.mark.parametrize(("field", "given", "value"), [
    ("rule.epsilon", "5%", 0.05), ("rule.epsilon", "５％", 0.05), ("rule.epsilon", " 0.05 ", 0.05),
    ("rule.fair_after", "３０", 30), ("rule.fair_after", 7.5, 7.5), ("rule.fair_run", "4", 4),
    ("rule.fair_run", 4.0, 4),
    ("rule.kind", "ratio", "ratio"), ("counters.2.skills", "other，plan", ["plan", "other"]),
    ("counters.2.vip", "never", "never"), ("services.plan.mean", "6.5", 6.5),
])  # fmt: skip
def test_what_people_type_is_understood(field: str, given: object, value: object) -> None:
    assert amendment.value_of(amended(BOOK, {field: given}, BOOK), field) == value


def test_every_field_goes_back_to_its_default() -> None:
    others = {"rule.kind": "fifo", "rule.fair_after": 20, "counters.1.vip": "never", "services.plan.cv": 0.5}
    changed = amended(BOOK, others, BOOK)
    assert len(amendment.changes(BOOK, changed)) == len(others)
    assert amended(changed, dict.fromkeys(amendment.fields(changed)), BOOK) == BOOK


def test_what_is_damaged_is_replaced_and_the_rest_is_kept() -> None:
    damaged: Any = {"kind": "zz", "epsilon": 7, "fair_run": "x", "lend_within_s": None, "ratio": 4}
    rules = soundness.repaired_rules(Rules(**damaged))
    assert rules == Rules(ratio=4)


@st.composite
def sound_books(draw: st.DrawFn) -> RuleBook:
    """Any settings that pass: every number to its very limits, one to three counters, two services."""
    rules: dict[str, Any] = {"kind": draw(st.sampled_from(list(RuleKind)))}
    for number in soundness.RULE:
        low, high = number.low * number.scale, number.high * number.scale
        if number.unit == soundness.Unit.COUNT:
            rules[number.attribute] = draw(st.integers(int(low), int(high)))
        else:
            is_share = number.unit == soundness.Unit.SHARE
            rules[number.attribute] = draw(st.floats(low, high, exclude_min=is_share, exclude_max=is_share))
    services = {
        code: replace(
            BOOK.services[code],
            mean_s=draw(st.floats(6, 28_800)),
            cv=draw(st.floats(0.05, 5)),
        )
        for code in ("plan", "device")
    }
    counters = {}
    for number_ in range(1, draw(st.integers(1, 3)) + 1):
        permissions = {
            kind: draw(st.sampled_from([p for p in Permission if kind == TicketClass.VIP or p != Permission.VIP_FIRST]))
            for kind in TicketClass
        }
        skills = draw(st.frozensets(st.sampled_from(sorted(services)), min_size=1))
        counters[number_] = Counter(number_, permissions, skills, CounterState.READY)
    book = RuleBook(Rules(**rules), counters, services, {})
    assume(not book.faults())
    return book


@st.composite
def crowds(draw: st.DrawFn) -> list[Ticket]:
    return [
        _ticket(
            n, draw(st.sampled_from(TicketClass)), draw(st.sampled_from(["plan", "device"])), draw(st.floats(0, 90))
        )
        for n in range(1, draw(st.integers(1, 8)) + 1)
    ]


def _ticket(n: int, kind: TicketClass, service: str, waited_min: float) -> Ticket:
    issued_at = NOW - waited_min * 60
    return Ticket(
        id=n, number=f"A{n:03d}", token=str(n), business_day="2026-11-21", service=service, ticket_class=kind,
        state=TicketState.WAITING, language="zh", issued_at=issued_at,
        due_at=None if kind == TicketClass.ORDINARY else issued_at + 600,
        slot_at=NOW + 1800 if kind == TicketClass.APPOINTMENT else None,
        head_start_s=0.0 if kind == TicketClass.ORDINARY else 300.0,
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(sound_books(), crowds())
def test_with_any_sound_settings_the_rule_decides_and_everybody_is_served(book: RuleBook, crowd: list[Ticket]) -> None:
    """All counters are open; they call in turn, and one customer a minute goes home, first called first."""
    times = {code: cautious(prior(service), book.rules) for code, service in book.services.items()}
    waiting, serving, now, reasons = list(crowd), dict[int, Ticket](), NOW, list[str]()
    rounds = 2 * len(crowd) + 2
    for _ in range(rounds):
        for counter in book.counters.values():
            lobby = Lobby(waiting, list(book.counters.values()), serving, times, reasons)
            if counter.number in serving:
                continue
            choice = choose(counter, lobby, now, book.rules)
            line = lineup(lobby, now, book.rules)
            assert people_ahead(line).keys() == lobby.by_id.keys()
            assert set(own_queue(counter, lobby, line, choice)) <= set(line)
            if isinstance(choice, Choice):
                assert can_serve(counter, choice.ticket)
                waiting = [ticket for ticket in waiting if ticket.id != choice.ticket.id]
                serving[counter.number] = replace(choice.ticket, state=TicketState.SERVING, started_at=now)
                reasons.insert(0, choice.reason)
        now += 60
        if serving:
            del serving[next(iter(serving))]
    assert waiting == []
