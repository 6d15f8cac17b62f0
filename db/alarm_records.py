"""Owns the words of alerts: kinds, rules, facts, open alerts, and what the floor manager did; frozen records, no rows.

Times are seconds since the epoch, durations seconds. A threshold and a fact's value are in the unit of their kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class AlertKind(StrEnum):
    """What an alert is about."""

    PROMISE_AT_RISK = "promise_at_risk"
    PROMISE_BROKEN = "promise_broken"
    QUEUE_LONGER = "queue_longer"
    WAIT_LONGER = "wait_longer"
    COUNTER_IDLE = "counter_idle"
    SERVICE_LONG = "service_long"
    PAUSED_LONG = "paused_long"
    DEMAND_BEYOND = "demand_beyond"
    PRINTER_FAILED = "printer_failed"
    SCREEN_SILENT = "screen_silent"
    HELP_CALLED = "help_called"


class AlertUnit(StrEnum):
    """What a threshold counts."""

    PERCENT = "percent"
    MINUTES = "minutes"
    PEOPLE = "people"
    SLIPS = "slips"


class SeenBy(StrEnum):
    """Who is shown an alert: all staff on their own page too, or the floor alone."""

    STAFF = "staff"
    FLOOR = "floor"


UNITS = {
    AlertKind.PROMISE_AT_RISK: AlertUnit.PERCENT,
    AlertKind.PROMISE_BROKEN: AlertUnit.MINUTES,
    AlertKind.QUEUE_LONGER: AlertUnit.PEOPLE,
    AlertKind.WAIT_LONGER: AlertUnit.MINUTES,
    AlertKind.COUNTER_IDLE: AlertUnit.MINUTES,
    AlertKind.SERVICE_LONG: AlertUnit.MINUTES,
    AlertKind.PAUSED_LONG: AlertUnit.MINUTES,
    AlertKind.DEMAND_BEYOND: AlertUnit.MINUTES,
    AlertKind.PRINTER_FAILED: AlertUnit.SLIPS,
    AlertKind.SCREEN_SILENT: AlertUnit.MINUTES,
    AlertKind.HELP_CALLED: AlertUnit.MINUTES,
}


@dataclass(frozen=True, slots=True)
class AlertRule:
    """When a kind of alert begins and ends: at `threshold` or more it begins, below `clear_at` it may end.

    `sound`: the floor page rings; `webhook`: other programs are told.
    """

    kind: AlertKind
    threshold: float
    clear_at: float
    is_on: bool = True
    seen_by: SeenBy = SeenBy.FLOOR
    sound: bool = False
    webhook: bool = True


USUAL_RULES = (
    AlertRule(AlertKind.PROMISE_AT_RISK, 20, 5, sound=True),
    AlertRule(AlertKind.PROMISE_BROKEN, 0, 0, sound=True),
    AlertRule(AlertKind.QUEUE_LONGER, 15, 12),
    AlertRule(AlertKind.WAIT_LONGER, 35, 30),
    AlertRule(AlertKind.COUNTER_IDLE, 3, 3, seen_by=SeenBy.STAFF),
    AlertRule(AlertKind.SERVICE_LONG, 45, 45),
    AlertRule(AlertKind.PAUSED_LONG, 20, 20),
    AlertRule(AlertKind.DEMAND_BEYOND, 30, 15),
    AlertRule(AlertKind.PRINTER_FAILED, 1, 1, sound=True),
    AlertRule(AlertKind.SCREEN_SILENT, 3, 3, sound=True),
    AlertRule(AlertKind.HELP_CALLED, 0, 0, sound=True),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """What is measured now of one cause, such as `ticket:17`, `counter:3`, `queue:plan`, `device:5`.

    `said` fills the places of the alert's words: plain values, or names as {zh, en}.
    """

    kind: AlertKind
    cause: str
    value: float
    said: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert from its beginning to its end. `calm_since`: since when its value has been below the rule's end."""

    id: int
    kind: AlertKind
    cause: str
    said: Mapping[str, object]
    began_at: float
    calm_since: float | None = None
    seen_at: float | None = None
    seen_by: str | None = None
    snoozed_until: float | None = None
    ended_at: float | None = None


class AlertStep(StrEnum):
    """What happens to an alert, as other programs are told."""

    RAISED = "raised"
    SEEN = "seen"
    ENDED = "ended"


class ActKind(StrEnum):
    """What the floor manager can do at once."""

    OPEN_COUNTER = "open_counter"
    END_PAUSE = "end_pause"
    PERMIT = "permit"
    NOTICE = "notice"
    STOP_ISSUING = "stop_issuing"
    CLOSE_DAY = "close_day"
    PAGE = "page"
    PLACE_TICKET = "place_ticket"
    MOVE_TICKET = "move_ticket"
    CANCEL_TICKET = "cancel_ticket"
    REINSTATE_TICKET = "reinstate_ticket"


@dataclass(frozen=True, slots=True)
class Act:
    """Something the floor manager did. `data`: what it was, and what undoing it needs.

    `expires_at`: when it ends by itself, None for what does not.
    """

    id: int
    kind: ActKind
    at: float
    by: str
    data: Mapping[str, object]
    expires_at: float | None = None
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class StaffPage:
    """A member of staff is asked to come: to a counter, or (None) to the floor manager."""

    id: int
    staff_id: int
    name: str
    at: float
    by: str
    counter: int | None
    acknowledged_at: float | None = None
