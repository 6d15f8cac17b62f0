"""Owns the rows of the webhook: where alerts are sent, the secret they are signed with, and what is still to be sent."""

import sqlite3
from dataclasses import dataclass

from db.alarm_records import AlertStep


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where alerts are sent. The secret leaves this table only as a signature."""

    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message; `attempts` counts the tries before this moment."""

    id: int
    body: str
    attempts: int


def target(conn: sqlite3.Connection) -> Webhook | None:
    """The store's webhook, if it has one."""
    row = conn.execute("SELECT url, secret FROM webhooks").fetchone()
    return Webhook(row["url"], row["secret"]) if row else None


def set_target(conn: sqlite3.Connection, hook: Webhook | None) -> None:
    """Put another in its place, or (None) none: then what is still to be sent is given up."""
    conn.execute("DELETE FROM webhooks")
    if hook is None:
        conn.execute("UPDATE webhook_deliveries SET state = 'given_up', error = NULL WHERE state = 'pending'")
    else:
        conn.execute("INSERT INTO webhooks (id, url, secret) VALUES (1, ?, ?)", (hook.url, hook.secret))


def add(conn: sqlite3.Connection, alert_id: int, step: AlertStep, body: str, now: float) -> None:
    """Queue a message; call it in the transaction of what it tells. Each step of an alert is told once."""
    conn.execute(
        "INSERT OR IGNORE INTO webhook_deliveries (alert_id, step, body, next_at) VALUES (?, ?, ?, ?)",
        (alert_id, step, body, now),
    )


def due(conn: sqlite3.Connection, now: float, limit: int) -> list[Delivery]:
    """What may be sent now, oldest first."""
    rows = conn.execute(
        "SELECT id, body, attempts FROM webhook_deliveries WHERE state = 'pending' AND next_at <= ? ORDER BY id LIMIT ?",
        (now, limit),
    )
    return [Delivery(*row) for row in rows]


def sent(conn: sqlite3.Connection, delivery_id: int) -> bool:
    """pending → sent."""
    return _changed(
        conn,
        "UPDATE webhook_deliveries SET state = 'sent', attempts = attempts + 1, error = NULL WHERE id = ? AND state = 'pending'",
        (delivery_id,),
    )


def failed(conn: sqlite3.Connection, delivery_id: int, error: str, next_at: float | None) -> bool:
    """pending → pending again later, or (None) given up."""
    return _changed(
        conn,
        "UPDATE webhook_deliveries SET attempts = attempts + 1, error = ?, next_at = coalesce(?, next_at),"
        " state = iif(? IS NULL, 'given_up', 'pending') WHERE id = ? AND state = 'pending'",
        (error, next_at, next_at, delivery_id),
    )


def counts(conn: sqlite3.Connection) -> dict[str, int]:
    """How many messages there are by state: pending, sent, given_up."""
    rows = conn.execute("SELECT state, count(*) AS n FROM webhook_deliveries GROUP BY state")
    return {"pending": 0, "sent": 0, "given_up": 0, **{row["state"]: row["n"] for row in rows}}


def _changed(conn: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> bool:
    return conn.execute(statement, values).rowcount == 1
