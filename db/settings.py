"""Owns the rows of store set-up: settings, services, tiers."""

import dataclasses
import json
import sqlite3
from functools import lru_cache
from typing import Any

from db.records import Hours, Names, RuleKind, Rules, Service, Settings, Tier


def load(conn: sqlite3.Connection) -> Settings:
    """Read the store's settings."""
    return _settings(tuple(map(tuple, conn.execute("SELECT key, value FROM settings"))))


@lru_cache(8)
def _settings(rows: tuple[tuple[str, str], ...]) -> Settings:
    """Rows that have not changed since they were last read are the same settings."""
    stored: dict[str, Any] = {key: json.loads(value) for key, value in rows}
    return Settings(
        name=Names(**stored["name"]),
        timezone=stored["timezone"],
        hours=tuple(Hours(**day) if day else None for day in stored["hours"]),
        hold_s=stored["hold_s"],
        idle_s=stored["idle_s"],
        notices=tuple(Names(**notice) for notice in stored["notices"]),
        public_url=stored["public_url"],
        rules=Rules(**{**stored["rules"], "kind": RuleKind(stored["rules"]["kind"])}),
    )


def save(conn: sqlite3.Connection, settings: Settings) -> None:
    """Write all settings."""
    conn.executemany(
        "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [(key, json.dumps(value, ensure_ascii=False)) for key, value in dataclasses.asdict(settings).items()],
    )


def exists(conn: sqlite3.Connection) -> bool:
    """Whether a store has been set up."""
    return conn.execute("SELECT 1 FROM settings LIMIT 1").fetchone() is not None


def services(conn: sqlite3.Connection) -> dict[str, Service]:
    """Every service by code, in the order the kiosk shows them."""
    return {row["code"]: _service(row) for row in conn.execute("SELECT * FROM services ORDER BY position")}


def add_service(conn: sqlite3.Connection, service: Service) -> None:
    """Add a service."""
    conn.execute(
        "INSERT INTO services (code, letter, name_zh, name_en, icon, position, mean_s, cv, daily_cap) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (service.code, service.letter, service.name.zh, service.name.en, service.icon, service.position, service.mean_s, service.cv,
         service.daily_cap),
    )  # fmt: skip


def set_daily_cap(conn: sqlite3.Connection, code: str, daily_cap: int | None) -> None:
    """Limit how many tickets a service gives in a day; None for no limit."""
    conn.execute("UPDATE services SET daily_cap = ? WHERE code = ?", (daily_cap, code))


def tiers(conn: sqlite3.Connection) -> dict[str, Tier]:
    """Every tier by code, lowest rank first."""
    return {
        row["code"]: Tier(
            row["code"], row["rank"], Names(row["name_zh"], row["name_en"]), row["target_s"], row["head_start_s"]
        )
        for row in conn.execute("SELECT * FROM tiers ORDER BY rank")
    }


def add_tier(conn: sqlite3.Connection, tier: Tier) -> None:
    """Add a tier."""
    conn.execute(
        "INSERT INTO tiers (code, rank, name_zh, name_en, target_s, head_start_s) VALUES (?, ?, ?, ?, ?, ?)",
        (tier.code, tier.rank, tier.name.zh, tier.name.en, tier.target_s, tier.head_start_s),
    )


def _service(row: sqlite3.Row) -> Service:
    return Service(
        code=row["code"],
        letter=row["letter"],
        name=Names(row["name_zh"], row["name_en"]),
        icon=row["icon"],
        position=row["position"],
        mean_s=row["mean_s"],
        cv=row["cv"],
        daily_cap=row["daily_cap"],
    )
