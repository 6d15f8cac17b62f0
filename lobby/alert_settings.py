"""Owns setting up alerts: each kind's rule, and the webhook they are sent to.

The webhook's secret is made here, shown once to whoever sets it, and written to no journal.
"""

import secrets
import sqlite3
from dataclasses import asdict, replace
from typing import Any

from pydantic import Field

from counter.web import Body
from db import alerts, webhooks
from db.alarm_records import UNITS, AlertKind, AlertUnit, SeenBy
from db.people_records import Role
from db.webhooks import Webhook
from db.words import Names
from lobby import webhook
from lobby.errors import BadAlertRule
from lobby.orders import Command, Json, Order

LIMITS = {
    AlertUnit.PERCENT: (1, 100),
    AlertUnit.MINUTES: (0, 240),
    AlertUnit.PEOPLE: (1, 500),
    AlertUnit.SLIPS: (1, 100),
}
_UNIT_NAMES = {
    AlertUnit.PERCENT: Names("%", "%"),
    AlertUnit.MINUTES: Names("分钟", "min"),
    AlertUnit.PEOPLE: Names("人", "people"),
    AlertUnit.SLIPS: Names("张", "slips"),
}
_NAMES = {
    AlertKind.PROMISE_AT_RISK: Names("承诺客户有超时风险，可能性达到", "A promise is at risk: the chance is at least"),
    AlertKind.PROMISE_BROKEN: Names("承诺客户已超时", "A promise is broken: past its time by"),
    AlertKind.QUEUE_LONGER: Names("排队人数达到", "A queue has at least"),
    AlertKind.WAIT_LONGER: Names("普通客户等候达到", "An ordinary customer has waited for"),
    AlertKind.COUNTER_IDLE: Names("有人等候而柜台空闲达到", "A counter is idle while people wait, for"),
    AlertKind.SERVICE_LONG: Names("单笔办理时长达到", "One customer is being served for"),
    AlertKind.PAUSED_LONG: Names("柜台暂停达到", "A counter is paused for"),
    AlertKind.DEMAND_BEYOND: Names(
        "预计客流超出办理能力，将持续", "More demand than the counters can serve, lasting for"
    ),
    AlertKind.PRINTER_FAILED: Names("打印机故障，积压小票达到", "A printer fails, with slips waiting"),
    AlertKind.SCREEN_SILENT: Names("取号机或显示屏失联达到", "A kiosk or a display is off the line for"),
    AlertKind.HELP_CALLED: Names(
        "客户在取号机呼叫店员，无人应答达到", "Somebody asks for help at a kiosk, unanswered for"
    ),
}


class AlertRuleSet(Body):
    """One kind's rule: where it begins, below which value it ends, who sees it, whether it rings and is sent on."""

    kind: AlertKind
    threshold: float | None = None
    clear_at: float | None = None
    is_on: bool | None = None
    seen_by: SeenBy | None = None
    sound: bool | None = None
    webhook: bool | None = None


class WebhookSet(Body):
    """Where alerts are sent; empty: nowhere. The answer has the new secret."""

    url: str = Field(default="", max_length=500)


def page(conn: sqlite3.Connection) -> Json:
    """What the settings page is drawn from."""
    hook = webhooks.target(conn)
    return {
        "rules": [
            {**asdict(rule), "name": _NAMES[rule.kind], "unit": _UNIT_NAMES[unit], "limits": LIMITS[unit]}
            for rule, unit in ((rule, UNITS[rule.kind]) for rule in alerts.rules(conn).values())
        ],
        "webhook_url": hook.url if hook else "",
        "deliveries": webhooks.counts(conn),
        "seen_by": [
            (SeenBy.FLOOR, Names("值班经理", "Floor manager")),
            (SeenBy.STAFF, Names("全体营业员", "All staff")),
        ],
    }


def name(kind: str) -> Names:
    """When a kind of alert begins, such as “A queue has at least”."""
    return _NAMES[AlertKind(kind)]


def _rule_set(conn: sqlite3.Connection, _: Order, body: AlertRuleSet) -> Json:
    before = alerts.rules(conn)[body.kind]
    given: dict[str, Any] = {
        key: value for key, value in body.model_dump(exclude={"kind"}).items() if value is not None
    }
    if "threshold" in given and "clear_at" not in given:
        given["clear_at"] = min(before.clear_at, given["threshold"])
    after = replace(before, **given)
    low, high = LIMITS[UNITS[body.kind]]
    if not (low <= after.threshold <= high and 0 <= after.clear_at <= after.threshold):
        raise BadAlertRule(low=low, high=high)
    if after != before:
        alerts.set_rule(conn, after)
    return {"changed": after != before}


def _webhook_set(conn: sqlite3.Connection, order: Order, body: WebhookSet) -> Json:
    order.require_at_least(Role.ADMIN)
    before = webhooks.target(conn)
    if not body.url:
        webhooks.set_target(conn, None)
        return {"changed": before is not None}
    webhook.require_safe(body.url)
    secret = secrets.token_urlsafe(32)
    webhooks.set_target(conn, Webhook(body.url, secret))
    return {"changed": True, "token": secret}


COMMANDS: dict[str, Command[Any]] = {
    "alert-rule-set": Command(AlertRuleSet, _rule_set),
    "webhook-set": Command(WebhookSet, _webhook_set),
}
