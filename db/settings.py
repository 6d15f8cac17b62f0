"""Owns the rows of store set-up: settings, services, tiers.

Set-up changes a few times a year and is read with every ticket. So all of it is read by one statement, and text that has
not changed since it was last read is the same records.
"""

import dataclasses
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from db.booking_records import Booking, BookingRight
from db.setting_records import (
    Desk,
    Hours,
    Loudness,
    RuleKind,
    Rules,
    Service,
    ServiceTime,
    Settings,
    SignIns,
    SpecialDay,
    Theme,
    Tier,
    Voice,
    VoiceEngine,
    VoiceLanguages,
)
from db.words import Names

# Damaged rows have to be readable, so that a store starts and can be set anew: no JSON reads as null, and infinity, which
# JSON does not have, as a number that nobody takes for a time.
_SET_UP = """
SELECT (SELECT json_group_object(key, json(iif(json_valid(value), value, 'null'))) FROM settings) AS settings,
    (SELECT json_group_array(json_array(code, letter, name_zh, name_en, icon, position, min(mean_s, 1e99), min(cv, 1e99), daily_cap,
            log_mean, log_sd, known, group_zh, group_en, hint_zh, hint_en, shown, retired_at IS NOT NULL))
        FROM (SELECT * FROM services ORDER BY position)) AS services,
    (SELECT json_group_array(json_array(code, rank, name_zh, name_en, min(target_s, 1e99), min(head_start_s, 1e99), may_proxy,
            target_reason))
        FROM (SELECT * FROM tiers ORDER BY rank)) AS tiers
"""


@dataclass(frozen=True, slots=True, eq=False)
class SetUp:
    """What a store has decided: services and tiers by code, services in the kiosk's order, lowest tier first.

    The same stored text is the same record, so it is compared by identity.
    """

    settings: Settings
    services: Mapping[str, Service]
    tiers: Mapping[str, Tier]


def set_up(conn: sqlite3.Connection) -> SetUp:
    """Read the whole set-up."""
    return _set_up(*conn.execute(_SET_UP).fetchone())


def load(conn: sqlite3.Connection) -> Settings:
    """The store's settings."""
    return set_up(conn).settings


def services(conn: sqlite3.Connection) -> Mapping[str, Service]:
    """Every service by code, in the order the kiosk shows them."""
    return set_up(conn).services


def tiers(conn: sqlite3.Connection) -> Mapping[str, Tier]:
    """Every tier by code, lowest rank first."""
    return set_up(conn).tiers


@lru_cache(16)
def _set_up(settings: str, services: str, tiers: str) -> SetUp:
    return SetUp(
        settings=_settings(json.loads(settings)),
        services={row[0]: _service(*row) for row in json.loads(services)},
        tiers={row[0]: _tier(*row) for row in json.loads(tiers)},
    )


def _service(code: str, letter: str, zh: str, en: str, *rest: Any) -> Service:
    *facts, log_mean, log_sd, known, group_zh, group_en, hint_zh, hint_en, shown, retired = rest
    service = replace(
        Service(code, letter, Names(zh, en), *facts),
        group=Names(group_zh, group_en) if group_zh else None,
        hint=Names(hint_zh, hint_en) if hint_zh else None,
        shown=bool(shown),
        retired=bool(retired),
    )
    return replace(service, learnt=ServiceTime(log_mean, log_sd, known)) if known else service


def _tier(code: str, rank: int, zh: str, en: str, *rest: Any) -> Tier:
    target_s, head_start_s, may_proxy, reason = rest
    return Tier(code, rank, Names(zh, en), target_s, head_start_s, bool(may_proxy), reason)


def _settings(stored: dict[str, Any]) -> Settings:
    return Settings(
        name=Names(**stored["name"]),
        timezone=stored["timezone"],
        hours=tuple(_spans(day) for day in stored["hours"]),
        special_days={
            day: SpecialDay(Names(**one["name"]), _spans(one["spans"]))
            for day, one in sorted((stored.get("special_days") or {}).items())
        },
        texts={name: Names(**text) for name, text in (stored.get("texts") or {}).items()},
        hold_s=stored["hold_s"],
        idle_s=stored["idle_s"],
        notices=tuple(Names(**notice) for notice in stored["notices"]),
        public_url=stored["public_url"],
        page_after_s=stored["page_after_s"],
        rules=_rules(stored.get("rules")),
        booking=_booking(stored["booking"]) if "booking" in stored else Booking(),
        voice=_voice(stored["voice"]) if "voice" in stored else Voice(),
        theme=Theme(**(stored.get("theme") or {})),
        desk=_desk(stored.get("desk")),
        sign_ins=SignIns(**_usable(stored.get("sign_ins"), SignIns())),
    )


def _spans(stored: list[dict[str, str]]) -> tuple[Hours, ...]:
    return tuple(Hours(**span) for span in stored)


def _rules(stored: Any) -> Rules:
    """The rules as they are stored, be they damaged: a store must start. What cannot work is `counter.soundness`'s to say.

    A setting that is missing is older than the code and has its default.
    """
    if not isinstance(stored, dict):
        return Rules(kind=stored)
    known = {field.name: stored[field.name] for field in dataclasses.fields(Rules) if field.name in stored}
    plain: dict[str, Any] = {
        name: str(value) if isinstance(value, list | dict) else value for name, value in known.items()
    }
    kind = plain.pop("kind", RuleKind.PROMISE)
    return Rules(**plain, kind=RuleKind(kind) if kind in set(RuleKind) else kind)


def _desk(stored: Any) -> Desk:
    """As stored; what is missing or damaged has its default, so that counters can always work."""
    return Desk(**_usable(stored, Desk()))


def _usable(stored: Any, usual: Desk | SignIns) -> dict[str, Any]:
    known = stored if isinstance(stored, dict) else {}
    return {
        name: known[name] if _fits(known.get(name), value) else value
        for name, value in dataclasses.asdict(usual).items()
    }


def _fits(value: Any, usual: Any) -> bool:
    if isinstance(usual, bool):
        return isinstance(value, bool)
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6  # noqa: PLR2004


def _booking(stored: dict[str, Any]) -> Booking:
    rights = {tier: BookingRight(right) for tier, right in stored["rights"].items()}
    return Booking(**{**stored, "rights": rights})


def _voice(stored: dict[str, Any]) -> Voice:
    return Voice(
        engine=VoiceEngine(stored["engine"]),
        languages=VoiceLanguages(stored["languages"]),
        times=stored["times"],
        hours=tuple(Loudness(**span) for span in stored["hours"]),
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


def add_service(conn: sqlite3.Connection, service: Service) -> None:
    """Add a service."""
    conn.execute(
        "INSERT INTO services (code, letter, name_zh, name_en, icon, position, mean_s, cv, daily_cap) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (service.code, service.letter, service.name.zh, service.name.en, service.icon, service.position, service.mean_s, service.cv,
         service.daily_cap),
    )  # fmt: skip
    set_group(conn, service.code, service.group)


def set_group(conn: sqlite3.Connection, code: str, group: Names | None) -> None:
    """Put a service behind a group's card of the kiosk; None takes it out."""
    names = (group.zh, group.en) if group else (None, None)
    conn.execute("UPDATE services SET group_zh = ?, group_en = ? WHERE code = ?", (*names, code))


def set_daily_cap(conn: sqlite3.Connection, code: str, daily_cap: int | None) -> None:
    """Limit how many tickets a service gives in a day; None for no limit."""
    conn.execute("UPDATE services SET daily_cap = ? WHERE code = ?", (daily_cap, code))


def set_guess(conn: sqlite3.Connection, code: str, mean_s: float, cv: float) -> None:
    """What a service takes as long as the store's own services have not shown it: mean (seconds) and its variation."""
    conn.execute("UPDATE services SET mean_s = ?, cv = ? WHERE code = ?", (mean_s, cv, code))


def learn(conn: sqlite3.Connection, code: str, time: ServiceTime) -> None:
    """Keep what was learnt of a service's time."""
    conn.execute(
        "UPDATE services SET log_mean = ?, log_sd = ?, known = ? WHERE code = ?",
        (time.log_mean, time.log_sd, time.known, code),
    )


def add_tier(conn: sqlite3.Connection, tier: Tier) -> None:
    """Add a tier."""
    conn.execute(
        "INSERT INTO tiers (code, rank, name_zh, name_en, target_s, head_start_s, may_proxy, target_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (tier.code, tier.rank, tier.name.zh, tier.name.en, tier.target_s, tier.head_start_s, tier.may_proxy,
         tier.target_reason),
    )  # fmt: skip


def change_tier(conn: sqlite3.Connection, tier: Tier) -> None:
    """Change what a tier is called and entitled to; its rank stays."""
    conn.execute(
        "UPDATE tiers SET name_zh = ?, name_en = ?, target_s = ?, head_start_s = ?, may_proxy = ?, target_reason = ? WHERE code = ?",
        (tier.name.zh, tier.name.en, tier.target_s, tier.head_start_s, tier.may_proxy, tier.target_reason, tier.code),
    )
