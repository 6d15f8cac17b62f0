"""Owns when alerts begin and end: rules, open alerts and present facts → what is raised, kept and ended. Pure.

An alert begins where a fact reaches its rule's threshold. It ends where its cause is gone (the customer was called, the
counter called somebody), or where the value has stayed below `clear_at` for `CALM_S`: so a value that sways about the
threshold makes one alert. A cause that has an open alert never raises another, whoever asks and however often.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from db.alarm_records import Alert, AlertKind, AlertRule, Fact

CALM_S = 180.0


@dataclass(frozen=True, slots=True)
class Kept:
    """An open alert that goes on: its present fact, and since when it has been calm."""

    alert: Alert
    fact: Fact
    calm_since: float | None

    @property
    def said(self) -> Mapping[str, object]:
        """What it says now; a cause that has nobody to name any more is still called what it was."""
        return self.fact.said or self.alert.said

    @property
    def changes_anything(self) -> bool:
        """Whether there is something to write down."""
        return self.calm_since != self.alert.calm_since or dict(self.said) != dict(self.alert.said)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from one look."""

    raised: list[Fact] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    ended: list[Alert] = field(default_factory=list)

    @property
    def changes_anything(self) -> bool:
        """Whether there is something to write down."""
        return bool(self.raised or self.ended) or any(one.changes_anything for one in self.kept)


def judge(
    rules: Mapping[AlertKind, AlertRule], open_alerts: Iterable[Alert], facts: Iterable[Fact], now: float
) -> Verdict:
    """One look: every fact against its rule and against the alerts that are open."""
    present = {(fact.kind, fact.cause): fact for fact in facts if rules[fact.kind].is_on}
    verdict = Verdict()
    open_causes = set()
    for alert in open_alerts:
        open_causes.add((alert.kind, alert.cause))
        fact = present.get((alert.kind, alert.cause))
        calm_since = None if fact is None else _calm_since(alert, fact, rules[alert.kind], now)
        if fact is None or (calm_since is not None and now - calm_since >= CALM_S):
            verdict.ended.append(alert)
        else:
            verdict.kept.append(Kept(alert, fact, calm_since))
    verdict.raised.extend(
        fact for cause, fact in present.items() if cause not in open_causes and fact.value >= rules[fact.kind].threshold
    )
    return verdict


def _calm_since(alert: Alert, fact: Fact, rule: AlertRule, now: float) -> float | None:
    if fact.value >= rule.clear_at:
        return None
    return now if alert.calm_since is None else alert.calm_since
