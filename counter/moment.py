"""Owns one moment of the lobby as the calling rule and the screens want it, and what follows from it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from counter.errors import StoreClosed, StoreClosedToday
from counter.line import Lobby, lineup, people_ahead, serves
from db import calendar
from db.counter_records import CounterState
from db.errors import LobbyError
from db.event_records import Event
from db.setting_records import Service, Settings, Tier
from db.ticket_records import NOTHING_FORESEEN, Forecast, Quote, Ticket, TicketClass

NO_COUNTER_OPEN, NOT_ENOUGH_DATA = "no_counter_open", "not_enough_data"
STALE_S = 120.0
"""A forecast older than this is no longer told."""


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
    forecast: Forecast = NOTHING_FORESEEN

    @cached_property
    def shown(self) -> dict[int | str, Any]:
        """What screens show of this moment and was put together for one of them: a waiting ticket by its id, or a
        part by its name.
        """
        return {}

    @cached_property
    def line(self) -> Sequence[Ticket]:
        """Everybody who waits, as they stand in line."""
        return lineup(self.lobby, self.now, self.settings.rules)

    @cached_property
    def people_ahead(self) -> dict[int, int]:
        """How many stand before each waiting ticket, by its id."""
        return people_ahead(self.line)

    def closed(self) -> LobbyError | None:
        """Why no numbers are given now, with today's hours; None while the store is open."""
        if calendar.is_open(self.now, self.settings):
            return None
        spans = calendar.spans_today(self.now, self.settings)
        return StoreClosed(hours=calendar.said(spans)) if spans else StoreClosedToday()

    def with_arrival(self, ticket: Ticket) -> "Present":
        """The same moment with one more ticket waiting."""
        return replace(self, lobby=replace(self.lobby, waiting=[*self.lobby.waiting, ticket]))

    def quote(self, ticket: Ticket) -> Quote | str:
        """How long this ticket waits from now on, or why that cannot be told."""
        foreseen = self.forecast.tickets.get(ticket.id)
        if foreseen is not None:
            return self._refusal(ticket.ticket_class, ticket.service) or _later(foreseen, self.forecast.at - self.now)
        quote = self.quote_newcomer(ticket.ticket_class, ticket.tier, ticket.service)
        if ticket.slot_at is None or isinstance(quote, str):
            return quote
        called_from = ticket.slot_at - self.settings.rules.appointment_early_s
        return _later(quote, max(0.0, called_from - self.now))

    def plain_quote(self, ticket: Ticket) -> Quote | None:
        """The forecast behind a new ticket's quote, before it was corrected by what became of earlier ones."""
        return self.forecast.plain_newcomers.get(_stream(ticket.ticket_class, ticket.tier, ticket.service))

    def quote_newcomer(self, kind: TicketClass, tier: str | None, service: str) -> Quote | str:
        """How long somebody of this class, tier and service who came now would wait, or why that cannot be told."""
        foreseen = self.forecast.newcomers.get(_stream(kind, tier, service))
        return self._refusal(kind, service) or foreseen or NOT_ENOUGH_DATA

    def quote_queue(self, kind: TicketClass, service: str | None) -> Quote | str:
        """What a queue shows: the wait of who joins it now; of several tiers and services (None) the longest."""
        told = [
            self.quote_newcomer(of_kind, tier, code)
            for of_kind, tier, code in self.forecast.newcomers
            if of_kind == kind and service in {None, code}
        ]
        waits = [quote for quote in told if isinstance(quote, Quote)]
        return max(waits, key=lambda quote: quote.mid_s) if waits else self._refusal(kind, service) or NOT_ENOUGH_DATA

    @property
    def is_known(self) -> bool:
        """Whether enough services were measured to tell a wait."""
        return self.lobby.in_numbers.known >= self.settings.rules.known_services

    def _refusal(self, kind: TicketClass, service: str | None) -> str | None:
        at_work = [counter for counter in self.lobby.counters if counter.state != CounterState.CLOSED]
        if not any(serves(counter, kind, service) for counter in at_work):
            return NO_COUNTER_OPEN
        is_fresh = self.now - self.forecast.at <= STALE_S
        return None if self.is_known and is_fresh else NOT_ENOUGH_DATA


def _stream(kind: TicketClass, tier: str | None, service: str) -> tuple[TicketClass, str | None, str]:
    """As whom the forecast knows a newcomer: only a VIP's tier makes a difference."""
    return kind, tier if kind == TicketClass.VIP else None, service


def _later(quote: Quote, by_s: float) -> Quote:
    """The same wait begun later, or with a negative number of seconds earlier; nothing lies in the past."""
    return Quote(*(max(0.0, end_s + by_s) for end_s in (quote.low_s, quote.mid_s, quote.high_s)))
