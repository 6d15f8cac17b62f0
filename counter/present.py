"""Owns reading the lobby's present state from the rows, as the calling rule and the screens want it."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from counter.policy import Lobby, can_serve, people_ahead
from counter.service_times import cautious, fit, prior
from db import calendar, counters, events, settings, tickets
from db.errors import LobbyError, StoreClosed, StoreClosedToday
from db.records import CounterState, Event, Rules, Service, ServiceTime, Settings, Ticket, Tier

CALLS_SHOWN = 10
SERVICES_LEARNT_FROM = 400


@dataclass(frozen=True, slots=True)
class Present:
    """One moment of the lobby: `version` is the newest journal number it contains."""

    now: float
    version: int
    settings: Settings
    services: Mapping[str, Service]
    tiers: Mapping[str, Tier]
    lobby: Lobby

    def people_ahead(self, ticket: Ticket) -> int:
        """How many stand before a waiting ticket."""
        return people_ahead(ticket, self.lobby, self.now, self.settings.rules)

    def closed(self) -> LobbyError | None:
        """Why no numbers are given now, with today's hours; None while the store is open."""
        if calendar.is_open(self.now, self.settings):
            return None
        hours = calendar.hours_of_day(self.now, self.settings)
        return StoreClosed(hours=f"{hours.opens}–{hours.closes}") if hours else StoreClosedToday()

    def with_arrival(self, ticket: Ticket) -> "Present":
        """The same moment with one more ticket waiting."""
        return replace(self, lobby=replace(self.lobby, waiting=[*self.lobby.waiting, ticket]))

    def quote_refusal(self, ticket: Ticket) -> str:
        """Why no wait is quoted: no open counter can serve the ticket, or nothing is known yet to forecast from."""
        is_served = any(c.state != CounterState.CLOSED and can_serve(c, ticket) for c in self.lobby.counters)
        return "not_enough_data" if is_served else "no_counter_open"


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
    )


@lru_cache(256)
def _time(service: Service, rules: Rules) -> ServiceTime:
    """What the rule reckons with: learnt from the store's own services, else the settings' guess; with caution."""
    return cautious(service.learnt or prior(service), rules)


def learn(conn: sqlite3.Connection) -> None:
    """Fit every service's time to the last services of this store."""
    for code, service in settings.services(conn).items():
        time = fit(tickets.recent_services(conn, code, SERVICES_LEARNT_FROM), prior(service))
        if time.known:
            settings.learn(conn, code, time)


def recent_calls(conn: sqlite3.Connection, present: Present) -> list[Event]:
    """Today's last calls and recalls, newest first."""
    return events.recent_calls(conn, calendar.day_start(present.now, present.settings), CALLS_SHOWN)
