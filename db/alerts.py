"""Owns the rows of alerts and their rules. Every alert keeps when it began, was seen and ended.

A state change is one UPDATE that names the state it expects; it returns whether it happened. The database itself keeps
a cause to one open alert of a kind.
"""

import json
import sqlite3
from collections.abc import Mapping

from db.alarm_records import USUAL_RULES, Alert, AlertKind, AlertRule, SeenBy

_COLUMNS = "id, kind, cause, said, began_at, calm_since, seen_at, seen_by, snoozed_until, ended_at"


def rules(conn: sqlite3.Connection) -> dict[AlertKind, AlertRule]:
    """Every kind's rule: the store's own, else the usual one."""
    own = {
        row["kind"]: AlertRule(
            AlertKind(row["kind"]), row["threshold"], row["clear_at"], bool(row["is_on"]), SeenBy(row["seen_by"]),
            bool(row["sound"]), bool(row["webhook"]),
        )
        for row in conn.execute("SELECT * FROM alert_rules")
    }  # fmt: skip
    return {rule.kind: own.get(rule.kind, rule) for rule in USUAL_RULES}


def set_rule(conn: sqlite3.Connection, rule: AlertRule) -> None:
    """Keep a store's own rule."""
    conn.execute(
        "INSERT OR REPLACE INTO alert_rules (kind, threshold, clear_at, is_on, seen_by, sound, webhook) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (rule.kind, rule.threshold, rule.clear_at, rule.is_on, rule.seen_by, rule.sound, rule.webhook),
    )


def begin(conn: sqlite3.Connection, kind: AlertKind, cause: str, said: Mapping[str, object], now: float) -> int:
    """A new alert; its id. The database refuses a second open one of the same cause."""
    cursor = conn.execute(
        "INSERT INTO alerts (kind, cause, said, began_at) VALUES (?, ?, ?, ?)", (kind, cause, _text(said), now)
    )
    return int(cursor.lastrowid or 0)


def keep(conn: sqlite3.Connection, alert_id: int, said: Mapping[str, object], calm_since: float | None) -> None:
    """What an open alert says now, and since when it has been calm."""
    conn.execute(
        "UPDATE alerts SET said = ?, calm_since = ? WHERE id = ? AND ended_at IS NULL",
        (_text(said), calm_since, alert_id),
    )


def see(conn: sqlite3.Connection, alert_id: int, actor: str, now: float) -> bool:
    """Somebody has taken notice; false if somebody had before."""
    return _changed(
        conn,
        "UPDATE alerts SET seen_at = ?, seen_by = ? WHERE id = ? AND seen_at IS NULL AND ended_at IS NULL",
        (now, actor, alert_id),
    )


def snooze(conn: sqlite3.Connection, alert_id: int, until: float) -> bool:
    """Not to be shown until then."""
    return _changed(conn, "UPDATE alerts SET snoozed_until = ? WHERE id = ? AND ended_at IS NULL", (until, alert_id))


def end(conn: sqlite3.Connection, alert_id: int, now: float) -> bool:
    """open → ended."""
    return _changed(conn, "UPDATE alerts SET ended_at = ? WHERE id = ? AND ended_at IS NULL", (now, alert_id))


def by_id(conn: sqlite3.Connection, alert_id: int) -> Alert | None:
    """One alert."""
    row = conn.execute(f"SELECT {_COLUMNS} FROM alerts WHERE id = ?", (alert_id,)).fetchone()
    return _alert(row) if row else None


def open_ones(conn: sqlite3.Connection) -> list[Alert]:
    """Every alert that has not ended, oldest first."""
    return [_alert(row) for row in conn.execute(f"SELECT {_COLUMNS} FROM alerts WHERE ended_at IS NULL ORDER BY id")]


def since(conn: sqlite3.Connection, began_at: float, limit: int) -> list[Alert]:
    """Alerts that began at a moment or later, newest first."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM alerts WHERE began_at >= ? ORDER BY began_at DESC, id DESC LIMIT ?", (began_at, limit)
    )
    return [_alert(row) for row in rows]


def _text(said: Mapping[str, object]) -> str:
    return json.dumps(dict(said), ensure_ascii=False)


def _alert(row: sqlite3.Row) -> Alert:
    alert_id, kind, cause, said, *rest = row
    return Alert(alert_id, AlertKind(kind), cause, json.loads(said), *rest)


def _changed(conn: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> bool:
    return conn.execute(statement, values).rowcount == 1
