"""Owns reading the lobby's present state from the rows, as the calling rule and the screens want it."""

import sqlite3
from dataclasses import replace
from functools import lru_cache

from counter.line import Lobby
from counter.moment import Present
from counter.service_times import cautious, prior
from db import calendar, counters, events, forecasts, settings, tickets
from db.records import Rules, Service, ServiceTime

CALLS_SHOWN = 10


def load(conn: sqlite3.Connection, now: float) -> Present:
    """Read the moment; call it inside a transaction or snapshot, so that its parts agree."""
    store = settings.set_up(conn)
    return Present(
        now=now,
        version=events.version(conn),
        settings=store.settings,
        services=store.services,
        tiers=store.tiers,
        lobby=Lobby(
            waiting=tickets.waiting(conn),
            counters=counters.everyone(conn),
            serving=tickets.active(conn),
            service_times={code: _time(service, store.settings.rules) for code, service in store.services.items()},
            last_reasons=events.last_call_rules(conn, store.settings.rules.fair_run),
        ),
        forecast=forecasts.load(conn),
    )


@lru_cache(256)
def _time(service: Service, rules: Rules) -> ServiceTime:
    """What the rule reckons with: learnt from the store's own services, else the settings' guess; with caution."""
    return cautious(service.learnt or prior(service), rules)


def load_with_calls(conn: sqlite3.Connection, now: float) -> Present:
    """The moment as screens want it: with today's last calls and recalls."""
    present = load(conn, now)
    return replace(present, calls=events.recent_calls(conn, calendar.day_start(now, present.settings), CALLS_SHOWN))
