"""Owns reading the lobby's present state from the rows, as the calling rule and the screens want it.

Stored settings that cannot work (a damaged file, a hand in the database) are read with the usual value in their place.
"""

import sqlite3
from dataclasses import replace
from functools import lru_cache

from counter.line import Lobby
from counter.moment import Present
from counter.service_times import cautious, prior
from counter.soundness import repaired_rules, repaired_service, repaired_tier
from db import calendar, counters, events, forecasts, settings, tickets
from db.setting_records import Rules, Service, ServiceTime
from db.settings import SetUp
from db.waiting import waiting

CALLS_SHOWN = 10


def load(conn: sqlite3.Connection, now: float) -> Present:
    """Read the moment; call it inside a transaction or snapshot, so that its parts agree."""
    store = usable(settings.set_up(conn))
    return Present(
        now=now,
        version=events.version(conn),
        settings=store.settings,
        services=store.services,
        tiers=store.tiers,
        lobby=_known(
            Lobby(
                waiting=waiting(conn),
                counters=counters.everyone(conn),
                serving=tickets.active(conn),
                service_times={code: _time(service, store.settings.rules) for code, service in store.services.items()},
                last_reasons=events.last_call_rules(conn, store.settings.rules.fair_run),
            )
        ),
        forecast=forecasts.load(conn),
    )


_newest: dict[str, Lobby] = {}


def _known(lobby: Lobby) -> Lobby:
    """The very same record as last time if nothing has changed since: what was derived of it need not be again."""
    newest = _newest.get("lobby")
    if lobby == newest:
        return newest
    _newest["lobby"] = lobby
    return lobby


@lru_cache(16)
def usable(store: SetUp) -> SetUp:
    """The set-up with what cannot work repaired; asked for with every ticket, so it is kept."""
    return SetUp(
        settings=replace(store.settings, rules=repaired_rules(store.settings.rules)),
        services={code: repaired_service(service) for code, service in store.services.items()},
        tiers={code: repaired_tier(tier) for code, tier in store.tiers.items()},
    )


@lru_cache(256)
def _time(service: Service, rules: Rules) -> ServiceTime:
    """What the rule reckons with: learnt from the store's own services, else the settings' guess; with caution."""
    return cautious(service.learnt or prior(service), rules)


def load_with_calls(conn: sqlite3.Connection, now: float) -> Present:
    """The moment as screens want it: with today's last calls and recalls."""
    present = load(conn, now)
    return replace(present, calls=events.recent_calls(conn, calendar.day_start(now, present.settings), CALLS_SHOWN))
