"""Owns looking after alerts in the caller's transaction: what a look finds is written down, seen, snoozed, and told on.

Every step is one event of the journal, and one message to the webhook for the rules that say so.
"""

import json
import sqlite3
from collections.abc import Mapping

from counter import alert_words
from counter.moment import Present
from db import alerts, calendar, events, help_calls, outlooks, print_jobs, settings, staff, webhooks
from db.alarm_records import Alert, AlertKind, AlertRule, AlertStep
from db.errors import NotFound
from db.event_records import EventKind
from db.people_records import Device, DeviceKind
from display.alarms import Verdict, judge
from display.moment_facts import Devices, Foreseen, facts

RENEW_S = 60.0
"""So old a prospect is written anew even if it says the same: an older one is not believed for long."""


def look(conn: sqlite3.Connection, present: Present, silent: list[tuple[Device, float]]) -> Verdict:
    """What the present moment means for the alerts; nothing is written."""
    rules = alerts.rules(conn)
    devices = Devices(
        silent=silent,
        printers=staff.devices(conn, DeviceKind.PRINTER),
        unprinted=print_jobs.unprinted(conn),
        help_calls=[one for one in help_calls.recent(conn, present.now) if one.answered_at is None],
    )
    found = facts(present, foreseen(conn), devices, rules)
    return judge(rules, alerts.open_ones(conn), found, present.now)


def write(conn: sqlite3.Connection, present: Present, silent: list[tuple[Device, float]]) -> Verdict:
    """Look once more, in the writer's transaction, and write down what is found."""
    verdict, rules = look(conn, present, silent), alerts.rules(conn)
    for alert in verdict.ended:
        if alerts.end(conn, alert.id, present.now):
            _tell(conn, alert.id, AlertStep.ENDED, EventKind.ALERT_ENDED, "system", present.now, rules)
    for one in verdict.kept:
        if one.changes_anything:
            alerts.keep(conn, one.alert.id, one.said, one.calm_since)
    for fact in verdict.raised:
        alert_id = alerts.begin(conn, fact.kind, fact.cause, fact.said, present.now)
        _tell(conn, alert_id, AlertStep.RAISED, EventKind.ALERT_RAISED, "system", present.now, rules)
    return verdict


def see(conn: sqlite3.Connection, alert_id: int, actor: str, now: float) -> Alert:
    """Somebody has taken notice; again changes nothing. Raises `NotFound`."""
    _get(conn, alert_id)
    if alerts.see(conn, alert_id, actor, now):
        _tell(conn, alert_id, AlertStep.SEEN, EventKind.ALERT_SEEN, actor, now, alerts.rules(conn))
    return _get(conn, alert_id)


def snooze(conn: sqlite3.Connection, alert_id: int, length_s: float, actor: str, now: float) -> Alert:
    """Out of sight for a while; an alert that has ended stays as it is. Raises `NotFound`."""
    _get(conn, alert_id)
    if alerts.snooze(conn, alert_id, now + length_s):
        events.append(conn, now, EventKind.ALERT_SNOOZED, actor, alert=alert_id, length_s=round(length_s))
    return _get(conn, alert_id)


def foreseen(conn: sqlite3.Connection) -> Foreseen:
    """The last prospects, if there ever were any."""
    answer = outlooks.load(conn).get("promises")
    if answer is None:
        return Foreseen()
    at, seen = answer
    chances = {int(one["ticket"]): one["chance"] for one in seen["prospects"]}
    return Foreseen(at, chances, seen["any_late"], seen["beyond_until"])


def _tell(
    conn: sqlite3.Connection,
    alert_id: int,
    step: AlertStep,
    kind: EventKind,
    actor: str,
    now: float,
    rules: Mapping[AlertKind, AlertRule],
) -> None:
    alert = _get(conn, alert_id)
    events.append(conn, now, kind, actor, alert=alert.id, about=alert.kind, cause=alert.cause)
    rule = rules[alert.kind]
    if not rule.webhook or webhooks.target(conn) is None:
        return
    store = settings.load(conn)
    shown = alert_words.view(alert, rule, store)
    body = {"event": f"alert.{step}", "at": calendar.stamp(now, store), "store": store.name.en, "alert": shown}
    webhooks.add(conn, alert.id, step, json.dumps(body, ensure_ascii=False), now)


def _get(conn: sqlite3.Connection, alert_id: int) -> Alert:
    alert = alerts.by_id(conn, alert_id)
    if alert is None:
        raise NotFound
    return alert
