"""Owns playing a past day again, under another rule or with other counters: what would have happened.

Three columns: the day as it was recorded, as the simulator plays it unchanged (how far it can be trusted), and changed.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from counter.errors import UnknownCounter
from counter.outcome import figures
from counter.simulation import Customer, Day, Pause, simulate
from db import calendar, counters, day_facts, settings, tickets
from db.counter_records import Counter
from db.setting_records import RuleKind, Rules, ServiceTime
from db.ticket_records import Ticket, TicketState
from display import past
from display.attendance import Shift, Span, within
from lobby import past_days
from lobby.comparing import Row, row
from lobby.errors import NoPastDay

THIN = 60
"""Fewer customers than this let chance decide more than the rule."""
FAR_S = 120.0
"""If the unchanged day is played so much off the recorded one, the changed one is off too."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which day; under which rule (None: the store's own); with which counters all day (None: as they were there)."""

    day: str
    rule: RuleKind | None = None
    counters: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything the process needs to play the day both ways."""

    crowd: Sequence[Customer]
    recorded: Sequence[Ticket]
    counters: Sequence[Counter]
    as_they_were: Sequence[Pause]
    changed: Sequence[Counter]
    changed_pauses: Sequence[Pause]
    times: Mapping[str, ServiceTime]
    rules: Rules
    changed_rules: Rules
    present_s: float


def prepare(conn: sqlite3.Connection, question: Question, now: float) -> Stage:
    """Read a day that is over. Raises `NoPastDay`, `UnknownCounter`."""
    today = calendar.business_day(now, settings.load(conn))
    if question.day >= today or not tickets.of_day(conn, question.day):
        raise NoPastDay(day=question.day, latest=day_facts.latest_before(conn, today) or "–")
    day = past_days.of_store(conn, question.day)
    [crowd] = day.crowds
    everyone = {counter.number: counter for counter in counters.ever(conn)}
    [facts] = past.read(conn, question.day, question.day, now)
    were = [everyone[number] for number in sorted({shift.counter for shift in facts.shifts} & set(everyone))]
    wanted = None if question.counters is None else [_known(everyone, number) for number in question.counters]
    span = crowd[0].ticket.issued_at, max(shift.closes for shift in facts.shifts) if facts.shifts else 0.0
    recorded = [_as_played(ticket) for ticket in tickets.of_day(conn, question.day)]
    absent = list(_absences(facts.shifts, span))
    return Stage(
        crowd=crowd,
        recorded=recorded,
        counters=were or day.counters,
        as_they_were=absent,
        changed=wanted or were or day.counters,
        changed_pauses=[] if wanted else absent,
        times=day.times,
        rules=day.rules,
        changed_rules=replace(day.rules, kind=question.rule or day.rules.kind),
        present_s=_present_s(facts.shifts, crowd[0].ticket.issued_at, recorded),
    )


def play(stage: Stage) -> dict[str, Any]:
    """The three columns and what to be careful with; runs in the process that computes."""
    same = simulate(stage.crowd, stage.counters, stage.rules, stage.times, stage.as_they_were)
    other = simulate(stage.crowd, stage.changed, stage.changed_rules, stage.times, stage.changed_pauses)
    columns = {
        "recorded": row(stage.rules.kind, figures([Day(tuple(stage.recorded), stage.present_s)])),
        "same": row(stage.rules.kind, figures([same])),
        "changed": row(stage.changed_rules.kind, figures([other])),
    }
    return {
        "columns": columns,
        "counters": {
            "same": [counter.number for counter in stage.counters],
            "changed": [counter.number for counter in stage.changed],
        },
        "cautions": list(_cautions(stage, columns, other)),
    }


def _cautions(stage: Stage, columns: Mapping[str, Row], other: Day) -> Iterator[str]:
    if len(stage.crowd) < THIN:
        yield "thin"
    real, played = columns["recorded"]["ordinary_mean_min"], columns["same"]["ordinary_mean_min"]
    if isinstance(real, float) and isinstance(played, float) and abs(real - played) * 60 > FAR_S:
        yield "far"
    left = sum(one.state in {TicketState.ABANDONED, TicketState.NO_SHOW} for one in stage.recorded)
    if left > len(stage.recorded) / 10:
        yield "left"
    if any(ticket.state == TicketState.EXPIRED for ticket in other.tickets):
        yield "unserved"


def _as_played(ticket: Ticket) -> Ticket:
    """Who cancelled before the call has left, as one who leaves silently has."""
    gave_up = ticket.state == TicketState.CANCELLED and ticket.first_called_at is None
    return replace(ticket, state=TicketState.ABANDONED) if gave_up else ticket


def _known(everyone: Mapping[int, Counter], number: int) -> Counter:
    if number not in everyone:
        raise UnknownCounter(counter=number)
    return everyone[number]


def _there(shift: Shift) -> list[Span]:
    edges = [shift.opens, *(edge for pause in shift.pauses for edge in pause), shift.closes]
    return [(begins, ends) for begins, ends in zip(edges[::2], edges[1::2], strict=True) if ends > begins]


def _absences(shifts: Sequence[Shift], span: Span) -> Iterator[Pause]:
    """When each counter was closed or paused, from the first arrival until all had gone home."""
    for number in sorted({shift.counter for shift in shifts}):
        at = span[0]
        for begins, ends in sorted(part for shift in shifts if shift.counter == number for part in _there(shift)):
            if begins > at:
                yield Pause(number, at, begins - at)
            at = max(at, ends)
        if at < span[1]:
            yield Pause(number, at, span[1] - at)


def _present_s(shifts: Sequence[Shift], begins: float, recorded: Sequence[Ticket]) -> float:
    """How long counters were there between the first arrival and the last end, as the simulator counts it."""
    ends = max((ticket.ended_at or begins for ticket in recorded if ticket.started_at is not None), default=begins)
    return sum(within(_there(shift), begins, ends) for shift in shifts)
