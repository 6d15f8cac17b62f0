"""Owns recorded days as the simulator wants them: a day of a log, or one of the store's own.

Arrivals, classes and service times are as recorded. One who left is as patient as they were and, if called in time,
takes their service's mean.
"""

import csv
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from counter import present
from counter.chances import lognormal
from counter.scenario import ticket_of
from counter.service_times import cautious, fit, prior
from counter.simulation import Customer, Pause
from db import counters, settings, tickets
from db.connection import open_reader
from db.counter_records import Counter
from db.setting_records import Rules, ServiceTime
from db.ticket_records import Ticket, TicketClass, TicketState
from kiosk.errors import BadFile
from lobby import crowd, sample
from lobby.errors import BadSetting

GUESS = ServiceTime(*lognormal(300.0, 0.8), known=0)
FIRST_TIER, *_ = sample.TIERS


@dataclass(frozen=True, slots=True)
class Store:
    """Who comes, day by day, to which counters, and what is known of the service times."""

    crowds: Sequence[Sequence[Customer]]
    counters: Sequence[Counter]
    times: Mapping[str, ServiceTime]
    rules: Rules = field(default_factory=Rules)
    pauses: Sequence[Pause] = ()


def logged(log: Path, date: str | None, number: int | None) -> Store:
    """A log's day; each of its counters (or of so many) can do all of its services. Raises `BadFile`, `BadSetting`.

    Who neither waited nor was served never stood in the queue and is left out.
    """
    if date is None:
        raise BadSetting(setting="--date", reason="say which day of the log to take, such as 1999-02-07")
    content = log.read_text("utf-8-sig")
    lines = [line for line in crowd.read_log(content, date) if float(line["waited_s"] or 0) or _served_s(line)]
    if not lines:
        raise BadFile(reason=f"nobody came on {date}")
    earlier = [line for line in csv.DictReader(content.splitlines()) if line["date"] < date]
    times = _measured(earlier, {line["service"] for line in lines})
    work = [replace(one, skills=frozenset(times)) for one in like_the_samples(number or crowd.servers(lines))]
    in_order = enumerate(sorted(lines, key=lambda line: crowd.seconds(line["arrived"])), start=1)
    return Store([[_logged(line, n, times) for n, line in in_order]], work, _cautious(times, Rules()))


def own(data: Path | None, day: str) -> Store:
    """A business day of the store itself, with the counters that called somebody on it as they are set up now.

    Raises `BadSetting` where there is no such store, or nobody came on that day.
    """
    file = (data or Path()) / "lobbyline.db"
    if not file.exists():
        raise BadSetting(setting="--data", reason=f"there is no store in {file.parent}")
    with closing(open_reader(file)) as conn:
        return of_store(conn, day)


def of_store(conn: sqlite3.Connection, day: str) -> Store:
    """The same from the open store. Raises `BadSetting` where nobody came on that day."""
    store = present.usable(settings.set_up(conn))
    came = tickets.of_day(conn, day)
    if not came:
        latest = tickets.latest_day(conn)
        raise BadSetting(
            setting="--own", reason=f"nobody came on {day}; the last day with customers is {latest or '–'}"
        )
    times = {code: service.learnt or prior(service) for code, service in store.services.items()}
    called = {ticket.counter for ticket in came}
    work = [counter for counter in counters.ever(conn) if counter.number in called]
    rules = store.settings.rules
    return Store([[_recorded(ticket, times) for ticket in came]], work, _cautious(times, rules), rules)


def like_the_samples(number: int) -> list[Counter]:
    """The sample store's counters, those who can do the most first; further ones are like its last."""
    skilled = sorted(sample.COUNTERS, key=lambda counter: -len(counter.skills))
    more = (replace(sample.COUNTERS[-1], number=n) for n in range(len(skilled) + 1, number + 1))
    return [*skilled[:number], *more]


def _recorded(ticket: Ticket, times: Mapping[str, ServiceTime]) -> Customer:
    """One of the store's own customers before they were called."""
    newly = replace(
        ticket, state=TicketState.WAITING, counter=None, first_called_at=None, called_at=None, started_at=None,
        ended_at=None, calls=0, placed_at=None, queued_at=None, leg_due_at=None, to_counter=None, to_staff=None,
        outcome=None,
    )  # fmt: skip
    if ticket.state == TicketState.COMPLETED and ticket.started_at is not None and ticket.ended_at is not None:
        walk_s = max(0.0, ticket.started_at - (ticket.called_at or ticket.started_at))
        return Customer(newly, ticket.served_s + ticket.ended_at - ticket.started_at, walk_s)
    left_at = ticket.first_called_at if ticket.first_called_at is not None else ticket.ended_at
    patience_s = None if left_at is None else max(0.0, left_at - ticket.issued_at)
    return Customer(newly, times[ticket.service].mean_s, patience_s=patience_s)


def _logged(line: Mapping[str, str], n: int, times: Mapping[str, ServiceTime]) -> Customer:
    kind = TicketClass.VIP if line["priority"] == "vip" else TicketClass.ORDINARY
    ticket = ticket_of(kind, line["service"], crowd.seconds(line["arrived"]), Rules(), tier=FIRST_TIER)
    patience_s = float(line["waited_s"]) if line["outcome"] == "abandoned" else None
    service_s = _served_s(line) or times[line["service"]].mean_s
    return Customer(replace(ticket, id=n, number=f"{n:04}"), service_s, patience_s=patience_s)


def _measured(earlier: Sequence[Mapping[str, str]], services: Iterable[str]) -> dict[str, ServiceTime]:
    """Service times from the days before, as the store would have known them then."""
    served = {code: [_served_s(line) for line in earlier if line["service"] == code] for code in services}
    return {code: fit(durations_s, GUESS) for code, durations_s in served.items()}


def _cautious(times: Mapping[str, ServiceTime], rules: Rules) -> dict[str, ServiceTime]:
    return {code: cautious(time, rules) for code, time in times.items()}


def _served_s(line: Mapping[str, str]) -> float:
    return float(line["served_s"] or 0)
