"""Owns what a demo plays: from its plan the day, its moment, its counters and crowds, and the sum at the end."""

from collections import Counter as Tally
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from db.errors import LobbyError
from db.event_records import EventKind
from lobby import crowd, sample
from lobby.crowd import Crowd, Span
from lobby.errors import BadSetting

OPENS_S = 10 * 3600.0
"""Without a log a demo begins at ten o'clock."""
SET_UP_S, SET_UP_CLERK_S = 3.0, 0.2
"""Real seconds that the devices, and each clerk, need before the first customer of a log may come."""
_SERVICES = {service.code: service for service in sample.SERVICES}


class PromiseBroken(LobbyError):
    """A demo lost or doubled a customer."""

    code, status = "promise_broken", 500
    text = "{arrived} customers came, but {issued} tickets were journalled and {held} are held. Refused: {refused}."


@dataclass(frozen=True, slots=True)
class Plan:
    """What the command line asks for. `hours`: for how many of the store's hours customers come; None for all day."""

    data: Path | None
    host: str
    port: int
    speed: float
    log: Path | None
    date: str | None
    seed: int
    hours: float | None
    stop_when_done: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class Script:
    """What is played: from when on, with how many counters, and the rows of the log's day if there is one."""

    first: Span
    zone: ZoneInfo
    counters: int
    rows: Sequence[Mapping[str, str]]
    is_endless: bool

    def starts_at(self, speed: float) -> float:
        """Where the clock starts, in seconds since the epoch: a log's first customer must find the counters open."""
        lead_s = (SET_UP_S + SET_UP_CLERK_S * self.counters) * speed if self.rows else 0.0
        return self._midnight(self.first.day) + self.first.starts_s - lead_s

    def crowds(self, seed: int) -> Iterator[tuple[float, Crowd]]:
        """Each day's midnight, in seconds since the epoch, and its crowd."""
        span = self.first
        while True:
            yield self._midnight(span.day), self._crowd(seed, span)
            if not self.is_endless:
                return
            span = Span(span.day + timedelta(days=1))

    def _midnight(self, day: date) -> float:
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp()

    def _crowd(self, seed: int, span: Span) -> Crowd:
        if self.rows:
            return crowd.from_log(self.rows, span, _SERVICES, seed)
        return crowd.from_profile(seed, span, _SERVICES, self.counters)


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished day: who came, and what the journal says became of them. `took_s` is in real seconds.

    `held` counts the different tickets in customers' hands.
    """

    arrived: int
    held: int
    issued: int
    served: int
    cancelled: int
    no_show: int
    expired: int
    took_s: float

    @classmethod
    def read(cls, arrived: int, held: int, journal: Sequence[Mapping[str, Any]], took_s: float) -> "Summary":
        """Count the journal's events; what was undone did not happen, and a reinstated number has not ended."""
        undone = {
            line["seq"] for event in journal if event["kind"] == EventKind.UNDONE for line in event["data"]["undid"]
        }
        happened = [event for event in journal if event["seq"] not in undone]
        kinds = Tally(event["kind"] for event in happened)
        kinds.subtract(event["data"]["was"] for event in happened if event["kind"] == EventKind.REINSTATED)
        return cls(
            arrived=arrived,
            held=held,
            issued=kinds[EventKind.ISSUED],
            served=kinds[EventKind.COMPLETED],
            cancelled=kinds[EventKind.CANCELLED] + kinds[EventKind.ABANDONED],
            no_show=kinds[EventKind.NO_SHOW],
            expired=kinds[EventKind.EXPIRED],
            took_s=round(took_s, 1),
        )

    @property
    def is_kept(self) -> bool:
        """Whether every customer got exactly one ticket, and every ticket came to exactly one end."""
        ended = self.served + self.cancelled + self.no_show + self.expired
        return self.arrived == self.held == self.issued == ended

    def __str__(self) -> str:
        ends = f"{self.served} served, {self.cancelled} cancelled, {self.no_show} no-show, {self.expired} expired"
        return f"{self.arrived} arrived, {self.issued} issued: {ends}; {self.took_s} s"


def write(plan: Plan) -> Script:
    """Turn a plan into what is played today, in the store's zone. Raises `BadFile`, `BadSetting`, `OSError`."""
    zone = ZoneInfo(sample.local_timezone())
    rows = _rows(plan)
    starts_s = crowd.first_arrival_s(rows) if rows else OPENS_S
    ends_s = crowd.DAY_S if plan.hours is None else min(crowd.DAY_S, starts_s + plan.hours * 3600)
    return Script(
        first=Span(datetime.now(zone).date(), starts_s, ends_s),
        zone=zone,
        counters=crowd.servers(rows) if rows else len(sample.COUNTERS),
        rows=rows,
        is_endless=not rows and plan.hours is None and not plan.stop_when_done,
    )


def _rows(plan: Plan) -> list[dict[str, str]]:
    if plan.log is None:
        return []
    if plan.date is None:
        raise BadSetting(setting="--date", reason="say which day of the log to play, such as 1999-02-07")
    return crowd.read_log(plan.log.read_text("utf-8-sig"), plan.date)
