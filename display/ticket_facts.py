"""Owns the facts reports count: one row for each ticket of a day, one for each counter, person and hour. Pure.

They are derived from a day's tickets and journal, and packed as plain arrays, so that a year of them is read in
milliseconds and every figure of it, percentiles too, is exact. `FORM` grows with every change of what is derived.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from counter.outcome import PROMISE_S, longest_run, overtakes_of
from db.counter_records import Counter
from db.event_records import StoredFacts
from db.ticket_records import Ticket, TicketClass, TicketState
from display.attendance import Attendance, Shift, Stay, within
from display.causes import Cause, came_at, cause, passed_over, posts

FORM = 1
HOUR_S = 3600.0
UNKNOWN = -1
NOBODY = 0xFFFF
CLASSES, STATES, CAUSES = list(TicketClass), list(TicketState), list(Cause)
WORDS = ("service", "tier", "staff")

Rows = np.ndarray[Any, np.dtype[Any]]

TICKET = np.dtype(
    [
        ("number", "S12"), ("class", "u1"), ("service", "u2"), ("tier", "u2"), ("counter", "u2"), ("staff", "u2"),
        ("state", "u1"), ("hour", "u1"), ("since", "f8"), ("wait_s", "f4"), ("left_s", "f4"), ("walk_s", "f4"),
        ("handling_s", "f4"), ("limit_s", "f4"), ("kept", "i1"), ("on_target", "i1"), ("cause", "i1"),
        ("overtakes", "i4"), ("error_s", "f4"), ("covered", "i1"), ("score", "i1"),
    ]
)  # fmt: skip
"""Enums as places in CLASSES, STATES and CAUSES, words as places in the day's own lists; NaN and UNKNOWN: not so."""

POST = np.dtype(
    [("counter", "u2"), ("staff", "u2"), ("hour", "u1"), ("open_s", "f4"), ("paused_s", "f4"), ("busy_s", "f4")]
)
"""A counter and its person in one hour of the local day."""


@dataclass(frozen=True, slots=True)
class Source:
    """Everything a day's facts are derived from. `quotes`: low, middle, high and the real wait by ticket id, in
    seconds; `scores`: ratings by ticket id; `hour_of`: the local hour of a time.
    """

    day: str
    day_ends: float
    tickets: Sequence[Ticket]
    attendance: Attendance
    counters: Sequence[Counter]
    quotes: Mapping[int, tuple[float, float, float, float]]
    scores: Mapping[int, int]
    bookings: Mapping[str, int]
    hour_of: Callable[[float], int]
    now: float


@dataclass(frozen=True, slots=True)
class Facts:
    """One day. `words`: what the places of services, tiers and staff stand for; `bookings`: visits booked by state;
    `shifts`: who was at which counter from when to when, with pauses; `longest_run` of calls that each overtook.
    """

    day: str
    tickets: Rows
    posts: Rows
    words: Mapping[str, Sequence[str]]
    longest_run: int = 0
    bookings: Mapping[str, int] = field(default_factory=dict)
    shifts: Sequence[Shift] = ()


def derive(source: Source) -> Facts:
    """A day's facts. Of a day that is not over yet, those known at `now`."""
    words: dict[str, list[str]] = {kind: [] for kind in WORDS}
    stays: dict[str, list[Stay]] = {}
    for stay in source.attendance.stays:
        stays.setdefault(stay.ticket, []).append(stay)
    passes = overtakes_of(source.tickets)
    why = _causes(source)
    rows = [_row(ticket, stays.get(ticket.number, []), source, words, passes, why) for ticket in source.tickets]
    return Facts(
        day=source.day,
        tickets=np.array(rows, TICKET),
        posts=np.array(list(_post_rows(source, words)), POST),
        words=words,
        longest_run=longest_run(source.tickets),
        bookings=dict(source.bookings),
        shifts=source.attendance.shifts,
    )


def limit_s(ticket: Ticket) -> float | None:
    """How long this customer may wait by the promise: ten minutes a VIP, the ticket's own an appointment."""
    if ticket.ticket_class == TicketClass.VIP:
        return PROMISE_S
    if ticket.ticket_class == TicketClass.APPOINTMENT and ticket.due_at is not None:
        return ticket.due_at - came_at(ticket)
    return None


def _row(
    ticket: Ticket,
    stays: Sequence[Stay],
    source: Source,
    words: dict[str, list[str]],
    passes: Mapping[int, int],
    why: Callable[[Ticket, float], Cause],
) -> tuple[Any, ...]:
    limit = limit_s(ticket)
    kept = _is_kept(ticket, limit, source.now)
    on_target = _is_kept(ticket, None if ticket.due_at is None else ticket.due_at - came_at(ticket), source.now)
    handling = [stay.handling_s for stay in stays if stay.handling_s is not None]
    walks = [stay.walk_s for stay in stays if stay.walk_s is not None]
    low, middle, high, waited = source.quotes.get(ticket.id, (math.nan,) * 4)
    is_missed = kept is False and limit is not None
    return (
        ticket.number.encode(),
        CLASSES.index(ticket.ticket_class),
        _place(words["service"], ticket.service),
        _place(words["tier"], ticket.tier),
        NOBODY if ticket.counter is None else ticket.counter,
        _place(words["staff"], stays[-1].staff if stays else None),
        STATES.index(ticket.state),
        source.hour_of(ticket.issued_at),
        came_at(ticket),
        _wait_s(ticket),
        _left_s(ticket),
        sum(walks) if walks else math.nan,
        sum(handling) if handling and ticket.state == TicketState.COMPLETED else math.nan,
        math.nan if limit is None else limit,
        _told(kept),
        _told(on_target),
        CAUSES.index(why(ticket, came_at(ticket) + (limit or 0.0))) if is_missed else UNKNOWN,
        passes.get(ticket.id, UNKNOWN),
        middle - waited,
        _told(None if math.isnan(waited) else low <= waited <= high),
        source.scores.get(ticket.id, UNKNOWN),
    )


def _is_kept(ticket: Ticket, within_s: float | None, now: float) -> bool | None:
    """Whether the promise was kept; None where none was made, it still runs, or they left before it was due."""
    if within_s is None:
        return None
    if ticket.first_called_at is not None:
        return _wait_s(ticket) <= within_s
    until = now if ticket.ended_at is None else ticket.ended_at
    return False if until > came_at(ticket) + within_s else None


def _wait_s(ticket: Ticket) -> float:
    """From arrival or slot to the first call; NaN for one who was never called."""
    return math.nan if ticket.first_called_at is None else max(0.0, ticket.first_called_at - came_at(ticket))


def _left_s(ticket: Ticket) -> float:
    """How long somebody waited who gave up before the first call; NaN for everybody else."""
    gave_up = ticket.state in {TicketState.ABANDONED, TicketState.CANCELLED} and ticket.first_called_at is None
    return max(0.0, ticket.ended_at - came_at(ticket)) if gave_up and ticket.ended_at is not None else math.nan


def _causes(source: Source) -> Callable[[Ticket, float], Cause]:
    at_work = posts(source.counters, source.attendance)
    was_passed_over = passed_over(source.tickets, at_work)
    return lambda ticket, limit_at: cause(ticket, limit_at, at_work, was_passed_over)


def _post_rows(source: Source, words: dict[str, list[str]]) -> Iterable[tuple[Any, ...]]:
    """Each shift cut at the full hours of the clock."""
    for shift in source.attendance.shifts:
        until = min(shift.closes, max(source.now, shift.opens))
        spans = [stay.span for stay in source.attendance.stays if stay.counter == shift.counter]
        begins = shift.opens
        while begins < until:
            ends = min(until, (begins // HOUR_S + 1) * HOUR_S)
            yield (
                shift.counter, _place(words["staff"], shift.staff), source.hour_of(begins), ends - begins,
                within(shift.pauses, begins, ends), within(spans, begins, ends),
            )  # fmt: skip
            begins = ends


def _place(known: list[str], word: str | None) -> int:
    if not word:
        return NOBODY
    if word not in known:
        known.append(word)
    return known.index(word)


def _told(fact: bool | None) -> int:
    return UNKNOWN if fact is None else int(fact)


def pack(facts: Facts) -> StoredFacts:
    """As the store keeps it: FORM names the layout of its arrays."""
    about = {
        "words": facts.words,
        "longest_run": facts.longest_run,
        "bookings": facts.bookings,
        "shifts": [[s.counter, s.staff, s.opens, s.closes, s.pauses] for s in facts.shifts],
    }
    return StoredFacts(
        facts.day, FORM, facts.tickets.tobytes(), facts.posts.tobytes(), json.dumps(about, ensure_ascii=False)
    )


def unpack(stored: StoredFacts) -> Facts:
    """What `pack` made."""
    about = json.loads(stored.about)
    return Facts(
        stored.day,
        np.frombuffer(stored.tickets, TICKET),
        np.frombuffer(stored.posts, POST),
        about["words"],
        about["longest_run"],
        about["bookings"],
        [
            Shift(c, staff, opens, closes, [(a, b) for a, b in pauses])
            for c, staff, opens, closes, pauses in about["shifts"]
        ],
    )
