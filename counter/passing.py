"""Owns where a customer who lets one person pass stands from then on, and why it may not be possible. Pure.

Whoever steps back keeps the true times of issue, due and slot; only `moved_to` changes (or the place that staff gave),
the time that the order counts as the issue. It is chosen so that the next one of the same queue comes to stand before
them, as few others as possible do, and the order that every screen asks says so: otherwise nothing is moved. Nobody
else's place gets worse, because nobody else's order changes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from counter.desk_errors import NobodyBehind, PromiseRuns
from counter.line import Lobby, is_guarded, lineup, queue_name, reference
from db.setting_records import Rules
from db.ticket_records import Ticket, TicketClass

_STEPS_S = tuple(0.001 / 4**n for n in range(7))
"""How far behind the other: a millisecond, or less where somebody else stands closer. Today's floats tell 0.24 µs."""


def behind_next(ticket: Ticket, lobby: Lobby, now: float, rules: Rules) -> tuple[float, Ticket]:
    """The `moved_to` that lets one person pass, and that person's ticket. `ticket` is one of those waiting.

    Raises `NobodyBehind`; `PromiseRuns` where the order would call this ticket first all the same.
    """
    line = lineup(lobby, now, rules)
    other = _next_one(ticket, line, now, rules)
    ways = list(_ways(ticket, other, line, lobby, now, rules))
    if not ways:
        raise PromiseRuns
    return min(ways)[1], other


def _ways(
    ticket: Ticket, other: Ticket, line: Sequence[Ticket], lobby: Lobby, now: float, rules: Rules
) -> Iterator[tuple[int, float]]:
    """How many would come to stand before the ticket, and the `moved_to` that does it."""
    for moved_to in _places(ticket, other, rules):
        passed = _passed(ticket, line, lineup(_moved(ticket, moved_to, lobby), now, rules))
        if passed is not None and other.id in passed:
            yield len(passed), moved_to


def _next_one(ticket: Ticket, line: Sequence[Ticket], now: float, rules: Rules) -> Ticket:
    """Who comes after the ticket in its own queue; an appointment too early to be called is nobody to let pass."""
    behind = line[line.index(ticket) + 1 :]
    for other in behind:
        too_early = other.ticket_class == TicketClass.APPOINTMENT and not is_guarded(other, now, rules)
        if queue_name(other) == queue_name(ticket) and not too_early:
            return other
    raise NobodyBehind


def _places(ticket: Ticket, other: Ticket, rules: Rules) -> Iterator[float]:
    """Times just after the other's place, as the order's ties see it and as its head starts do, widest step first."""
    equal = sorted({other.order_at, reference(other, rules) - other.head_start_s + ticket.head_start_s})
    for time in equal:
        if time >= ticket.order_at:
            yield from (time + step for step in _STEPS_S)


def _moved(ticket: Ticket, moved_to: float, lobby: Lobby) -> Lobby:
    at_staff_place = ticket.placed_at is not None
    moved = replace(ticket, placed_at=moved_to) if at_staff_place else replace(ticket, moved_to=moved_to)
    return replace(lobby, waiting=[moved if waiting.id == ticket.id else waiting for waiting in lobby.waiting])


def _passed(ticket: Ticket, before: Sequence[Ticket], after: Sequence[Ticket]) -> set[int] | None:
    """Who stood behind the ticket and now stands before it; None if the others' own order changed."""
    others = [waiting.id for waiting in before if waiting.id != ticket.id]
    if others != [waiting.id for waiting in after if waiting.id != ticket.id]:
        return None
    place = [waiting.id for waiting in after].index(ticket.id)
    return set(others[:place]) - set(others[: before.index(ticket)])
