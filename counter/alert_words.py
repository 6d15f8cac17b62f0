"""Owns what an alert says, and the shape in which screens and programs receive it. Pure."""

from typing import Any

from counter import views
from db import calendar
from db.alarm_records import Alert, AlertKind, AlertRule
from db.setting_records import Settings
from db.words import Message

Json = dict[str, Any]

_REASONS = {
    AlertKind.PROMISE_AT_RISK: "A promise is at risk: {number} ({tier}), to be called by {by}",
    AlertKind.PROMISE_BROKEN: "{number} ({tier}) still waits; the call was promised by {by}",
    AlertKind.QUEUE_LONGER: "{queue}: {people} people are waiting",
    AlertKind.WAIT_LONGER: "{queue}: {number} has waited for more than {limit} minutes",
    AlertKind.COUNTER_IDLE: "Counter {counter} calls nobody since {since}, though it could",
    AlertKind.SERVICE_LONG: "Counter {counter} has been serving {number} since {since}",
    AlertKind.PAUSED_LONG: "Counter {counter} has been paused since {since}",
    AlertKind.DEMAND_BEYOND: "More customers are expected than the open counters can serve, until {until}",
    AlertKind.PRINTER_FAILED: "{printer} does not print; slips waiting: {slips}",
    AlertKind.SCREEN_SILENT: "{screen} has been off the line since {since}",
    AlertKind.HELP_CALLED: "Somebody at {kiosk} asks for help",
}


def said(alert: Alert) -> Message:
    """The alert in words."""
    return Message(alert.kind, _REASONS[alert.kind], alert.said)


def view(alert: Alert, rule: AlertRule, store: Settings) -> Json:
    """An alert as screens and programs receive it."""
    times = {
        key: calendar.stamp(getattr(alert, key), store) for key in ("began_at", "seen_at", "snoozed_until", "ended_at")
    }
    return {
        "id": alert.id,
        "kind": alert.kind,
        "cause": alert.cause,
        "said": views.message(said(alert)),
        **times,
        "seen_by": alert.seen_by,
        "sound": rule.sound,
    }
