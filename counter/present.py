"""Owns reading the lobby's present state from the rows, as the calling rule and the screens want it."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from counter.policy import Lobby, people_ahead, serves
from counter.service_times import cautious, fit, prior
from db import calendar, counters, events, settings, tickets
from db.errors import LobbyError, StoreClosed, StoreClosedToday
from db.records import CounterState, Event, Rules, Service, ServiceTime, Settings, Ticket, TicketClass, Tier

CALLS_SHOWN = 10
SERVICES_LEARNT_FROM = 400


@dataclass(frozen=True)
class Present:
    """One moment of the lobby. `version`: the newest journal number in it; `calls`: today's last, newest first."""

    now: float
    version: int
    settings: Settings
    services: Mapping[str, Service]
    tiers: Mapping[str, Tier]
    lobby: Lobby
    calls: Sequence[Event] = ()

    @cached_property
    def people_ahead(self) -> dict[int, int]:
        """How many stand before each waiting ticket, by its id."""
        return people_ahead(self.lobby, self.now, self.settings.rules)

    def closed(self) -> LobbyError | None:
        """Why no numbers are given now, with today's hours; None while the store is open."""
        if calendar.is_open(self.now, self.settings):
            return None
        hours = calendar.hours_of_day(self.now, self.settings)
        return StoreClosed(hours=f"{hours.opens}–{hours.closes}") if hours else StoreClosedToday()

    def with_arrival(self, ticket: Ticket) -> "Present":
        """The same moment with one more ticket waiting."""
        return replace(self, lobby=replace(self.lobby, waiting=[*self.lobby.waiting, ticket]))

    def quote_refusal(self, kind: TicketClass, service: str | None) -> str:
        """Why no wait is quoted to a class and a service (None: any): no open counter, or too little data."""
        at_work = [counter for counter in self.lobby.counters if counter.state != CounterState.CLOSED]
        is_served = any(serves(counter, kind, service) for counter in at_work)
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


def load_with_calls(conn: sqlite3.Connection, now: float) -> Present:
    """The moment as screens want it: with today's last calls and recalls."""
    present = load(conn, now)
    return replace(present, calls=events.recent_calls(conn, calendar.day_start(now, present.settings), CALLS_SHOWN))
