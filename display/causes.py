"""Owns why a promise was missed, derived from what the counters did while the customer waited. Pure.

docs/reports.md says the order and the limits; the first cause that holds is the one named.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from counter.line import serves
from db.counter_records import Counter, Permission
from db.ticket_records import Ticket, TicketClass
from display.attendance import Attendance, Span, within

FREE_S = 30.0
"""A counter that stood free this long in one go could have called."""
PAUSED_SHARE = 0.5
"""Of the time a customer had, as one counter's pause."""


class Cause(StrEnum):
    """Why somebody was not called in time."""

    STEPPED_BACK = "stepped_back"
    NO_COUNTER = "no_counter"
    CALLED_LATE = "called_late"
    RESERVED = "reserved"
    OTHERS_FIRST = "others_first"
    PAUSED = "paused"
    DEMAND = "demand"


@dataclass(frozen=True, slots=True)
class Post:
    """One counter's day: spans in which it was there for customers, paused, and taken up."""

    counter: Counter
    open: Sequence[Span]
    paused: Sequence[Span]
    busy: Sequence[Span]

    def longest_free_s(self, begins: float, ends: float) -> float:
        """The longest time in one go in which it was open and had nobody."""
        return max((end - start for start, end in self._free(begins, ends)), default=0.0)

    def is_reserved_from(self, ticket: Ticket) -> bool:
        """Whether it may keep itself free for VIPs while this customer waits."""
        permissions = self.counter.permissions
        return ticket.ticket_class != TicketClass.VIP and permissions[TicketClass.VIP] == Permission.VIP_FIRST

    def _free(self, begins: float, ends: float) -> list[Span]:
        free = [(max(start, begins), min(end, ends)) for start, end in self.open if start < ends and end > begins]
        for start, end in sorted([*self.busy, *self.paused]):
            free = [part for span in free for part in _without(span, start, end)]
        return free


def came_at(ticket: Ticket) -> float:
    """When the wait for the first call began: the later of arrival and slot."""
    return max(ticket.issued_at, ticket.slot_at or 0.0)


def posts(counters: Iterable[Counter], day: Attendance) -> list[Post]:
    """Each counter's day."""
    return [
        Post(
            counter,
            [(shift.opens, shift.closes) for shift in day.shifts if shift.counter == counter.number],
            [pause for shift in day.shifts if shift.counter == counter.number for pause in shift.pauses],
            [stay.span for stay in day.stays if stay.counter == counter.number],
        )
        for counter in counters
    ]


def cause(ticket: Ticket, limit_at: float, at_work: Sequence[Post], was_passed_over: Callable[[Ticket], bool]) -> Cause:
    """Why this ticket was not called by `limit_at`. `was_passed_over`: whether a customer without a promise, who came
    later, was called before it at a counter that may serve it.
    """
    begins = came_at(ticket)
    could = [post for post in at_work if serves(post.counter, ticket.ticket_class, ticket.service)]
    free = [post for post in could if post.longest_free_s(begins, limit_at) >= FREE_S]
    longest_pause_s = max((within(post.paused, begins, limit_at) for post in could), default=0.0)
    if ticket.passes:
        return Cause.STEPPED_BACK
    if not any(within(post.open, begins, limit_at) for post in could):
        return Cause.NO_COUNTER
    if any(not post.is_reserved_from(ticket) for post in free):
        return Cause.CALLED_LATE
    if free:
        return Cause.RESERVED
    if was_passed_over(ticket):
        return Cause.OTHERS_FIRST
    return Cause.PAUSED if longest_pause_s >= PAUSED_SHARE * (limit_at - begins) else Cause.DEMAND


def passed_over(came: Iterable[Ticket], at_work: Sequence[Post]) -> Callable[[Ticket], bool]:
    """Tells whether an ordinary customer who came later was called before a ticket, where it could have been served."""
    ordinary = [t for t in came if t.ticket_class == TicketClass.ORDINARY and t.first_called_at is not None]
    counters = {post.counter.number: post.counter for post in at_work}

    def was(ticket: Ticket) -> bool:
        until = ticket.first_called_at or ticket.ended_at or 0.0
        return any(
            came_at(ticket) < other.issued_at
            and (other.first_called_at or 0.0) < until
            and other.counter in counters
            and serves(counters[other.counter], ticket.ticket_class, ticket.service)
            for other in ordinary
        )

    return was


def _without(span: Span, start: float, end: float) -> list[Span]:
    """What is left of a span once another one is taken out."""
    begins, ends = span
    if end <= begins or start >= ends:
        return [span]
    return [part for part in ((begins, start), (end, ends)) if part[1] > part[0]]
