"""Owns one moment of the lobby as the calling rule and the screens want it, and what follows from it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from counter.line import Lobby, people_ahead, serves
from db import calendar
from db.errors import LobbyError, StoreClosed, StoreClosedToday
from db.records import CounterState, Event, Service, Settings, Ticket, TicketClass, Tier


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
