"""Owns whether the calling rule's settings can work: the one check for settings, what-ifs and stored rules. Pure.

Sound settings let the rule decide every time and let everybody be served: each number is in its limits, no counter
idles for ever, and each kind of customer finds a counter for each service.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from counter import faults
from counter.faults import SettingFault
from db.counter_records import Counter, Permission
from db.setting_records import RuleKind, Rules, Service, Tier
from db.ticket_records import TicketClass

MINUTE_S = 60
HALF_A_DAY_MIN = 12 * 60
SHOWN_LENGTH = 40

R = TypeVar("R", Rules, Service, Tier)


class Unit(StrEnum):
    """How people say a number. Records keep minutes as seconds and shares as fractions."""

    MINUTES = "min"
    SHARE = "share"
    COUNT = "count"
    FACTOR = "factor"


_BAD: dict[Unit, type[SettingFault]] = {
    Unit.MINUTES: faults.BadMinutes,
    Unit.SHARE: faults.BadShare,
    Unit.COUNT: faults.BadCount,
    Unit.FACTOR: faults.BadFactor,
}


@dataclass(frozen=True, slots=True)
class Number:
    """A setting that is a number: `key` for people, `attribute` of the record; limits and `usual` in people's unit.

    The limits belong to the number, but for a share, which is more than 0 and less than 1.
    """

    key: str
    attribute: str
    unit: Unit
    low: float
    high: float
    usual: float

    @property
    def scale(self) -> int:
        """What a record's value is divided by for people."""
        return MINUTE_S if self.unit == Unit.MINUTES else 1

    def is_sound(self, value: object) -> bool:
        """Whether a record's value is a number in the limits; neither nan nor infinity is."""
        whole = self.unit == Unit.COUNT
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            return False
        low, high = self.low * self.scale, self.high * self.scale
        return low < value < high if self.unit == Unit.SHARE else low <= value <= high

    def fault(self, path: str, value: object) -> SettingFault:
        """What is wrong with a record's value at `path`."""
        said = {"low": self._said(self.low), "high": self._said(self.high), "usual": self._said(self.usual)}
        return _BAD[self.unit](f"{path}.{self.key}", given=self._given(value), **said)

    def _given(self, value: object) -> str:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < float("1e15")
        return self._said(value / self.scale) if is_number else str(value)[:SHOWN_LENGTH]  # type: ignore[operator]

    def _said(self, value: float) -> str:
        return f"{value * 100:.10g}%" if self.unit == Unit.SHARE else f"{value:.10g}"


def _of_rules(key: str, attribute: str, unit: Unit, low: float, high: float) -> Number:
    usual = getattr(Rules(), attribute)
    return Number(key, attribute, unit, low, high, usual / MINUTE_S if unit == Unit.MINUTES else usual)


RULE = (
    _of_rules("epsilon", "epsilon", Unit.SHARE, 0, 1),
    _of_rules("known_services", "known_services", Unit.COUNT, 0, 10_000),
    _of_rules("promote_slack", "promote_slack_s", Unit.MINUTES, 1, HALF_A_DAY_MIN),
    _of_rules("caution", "caution", Unit.FACTOR, 1, 10),
    _of_rules("fair_after", "fair_after_s", Unit.MINUTES, 1, HALF_A_DAY_MIN),
    _of_rules("fair_run", "fair_run", Unit.COUNT, 1, 100),
    _of_rules("lend_chance", "lend_chance", Unit.SHARE, 0, 1),
    _of_rules("lend_within", "lend_within_s", Unit.MINUTES, 1, HALF_A_DAY_MIN),
    _of_rules("appointment_head_start", "appointment_head_start_s", Unit.MINUTES, 0, HALF_A_DAY_MIN),
    _of_rules("appointment_early", "appointment_early_s", Unit.MINUTES, 0, HALF_A_DAY_MIN),
    _of_rules("appointment_grace", "appointment_grace_s", Unit.MINUTES, 1, HALF_A_DAY_MIN),
    _of_rules("ratio", "ratio", Unit.COUNT, 1, 100),
)
"""The numbers of `Rules`, in the order people read them."""

SERVICE = (
    Number("mean", "mean_s", Unit.MINUTES, 0.1, 480, usual=7),
    Number("cv", "cv", Unit.FACTOR, 0.05, 5, usual=0.8),
)
TIER = (
    Number("target", "target_s", Unit.MINUTES, 1, HALF_A_DAY_MIN, usual=10),
    Number("head_start", "head_start_s", Unit.MINUTES, 0, HALF_A_DAY_MIN, usual=5),
)

_UNSERVED: dict[TicketClass, tuple[type[SettingFault], type[SettingFault]]] = {
    TicketClass.VIP: (faults.NobodyForVips, faults.ServiceForNoVip),
    TicketClass.APPOINTMENT: (faults.NobodyForAppointments, faults.ServiceForNoAppointment),
    TicketClass.ORDINARY: (faults.NobodyForOrdinary, faults.ServiceForNoOrdinary),
}


def find_faults(
    rules: Rules, counters: Collection[Counter], services: Mapping[str, Service], tiers: Mapping[str, Tier]
) -> list[SettingFault]:
    """Everything that keeps these settings from working; empty if they are sound."""
    return [
        *_in_rules(rules),
        *_in_tiers(tiers),
        *(fault for counter in counters for fault in _in_counter(counter, services)),
        *_in_services(services),
        *_in_reach(counters, services),
    ]


def require_sound(
    rules: Rules, counters: Collection[Counter], services: Mapping[str, Service], tiers: Mapping[str, Tier]
) -> None:
    """Raise `UnsoundSettings` with every fault, if there is one."""
    found = find_faults(rules, counters, services, tiers)
    if found:
        raise faults.UnsoundSettings(found)


def repaired_rules(rules: Rules) -> Rules:
    """The same rules with the usual value in place of each that cannot work."""
    kind = rules.kind if isinstance(rules.kind, RuleKind) else Rules().kind
    return _repaired(replace(rules, kind=kind), RULE)


def repaired_service(service: Service) -> Service:
    """The same service with the usual guess in place of one that cannot work."""
    return _repaired(service, SERVICE)


def repaired_tier(tier: Tier) -> Tier:
    """The same tier with the usual times in place of those that cannot work."""
    return _repaired(tier, TIER)


def _repaired(record: R, numbers: Collection[Number]) -> R:
    bad: dict[str, Any] = {}
    for number in numbers:
        if not number.is_sound(getattr(record, number.attribute)):
            bad[number.attribute] = number.usual * number.scale
    return replace(record, **bad) if bad else record


def _in_rules(rules: Rules) -> Iterator[SettingFault]:
    kind: object = rules.kind
    if not isinstance(kind, RuleKind):
        yield faults.BadChoice("rule.kind", given=str(kind)[:SHOWN_LENGTH], known=", ".join(RuleKind))
    yield from _in_numbers("rule", rules, RULE)


def _in_tiers(tiers: Mapping[str, Tier]) -> Iterator[SettingFault]:
    for code, tier in tiers.items():
        yield from _in_numbers(f"tiers.{code}", tier, TIER)


def _in_services(services: Mapping[str, Service]) -> Iterator[SettingFault]:
    for code, service in services.items():
        yield from _in_numbers(f"services.{code}", service, SERVICE)


def _in_numbers(path: str, record: Rules | Service | Tier, numbers: Collection[Number]) -> Iterator[SettingFault]:
    for number in numbers:
        value = getattr(record, number.attribute)
        if not number.is_sound(value):
            yield number.fault(path, value)


def _in_counter(counter: Counter, services: Mapping[str, Service]) -> Iterator[SettingFault]:
    path = f"counters.{counter.number}"
    for kind in TicketClass:
        yield from _in_permission(f"{path}.{kind}", kind, counter.permissions.get(kind))
    if all(counter.permissions.get(kind) == Permission.NEVER for kind in TicketClass):
        yield faults.CounterForNobody(f"{path}.{TicketClass.ORDINARY}", counter=counter.number)
    for skill in sorted(counter.skills - services.keys()):
        yield faults.SkillForNoService(f"{path}.skills", skill=skill[:SHOWN_LENGTH], known=", ".join(services))
    if not counter.skills:
        yield faults.CounterWithoutService(f"{path}.skills", counter=counter.number)


def _in_permission(path: str, kind: TicketClass, given: object) -> Iterator[SettingFault]:
    if not isinstance(given, Permission):
        known = [choice for choice in Permission if kind == TicketClass.VIP or choice != Permission.VIP_FIRST]
        yield faults.BadChoice(path, given=str(given)[:SHOWN_LENGTH], known=", ".join(known))
    elif given == Permission.VIP_FIRST and kind != TicketClass.VIP:
        yield faults.VipFirstForOthers(path)


def _in_reach(counters: Collection[Counter], services: Mapping[str, Service]) -> Iterator[SettingFault]:
    """Classes that no counter may serve, and services that no counter can do, for everybody or for one class."""
    offered = {code: service for code, service in services.items() if not service.retired}
    undone = [code for code in offered if not any(code in counter.skills for counter in counters)]
    for code in undone:
        yield faults.ServiceForNobody(f"services.{code}", service=offered[code].name)
    for kind, (nobody, no_service) in _UNSERVED.items():
        serving = [c for c in counters if c.permissions.get(kind) not in {None, Permission.NEVER}]
        if not serving:
            yield nobody(f"classes.{kind}")
            continue
        for code, service in offered.items():
            if code not in undone and not any(code in counter.skills for counter in serving):
                yield no_service(f"services.{code}", service=service.name)
