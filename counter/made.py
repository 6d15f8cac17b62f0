"""Owns keeping what was made of a ticket's record, which is asked about again with every call and every screen. Pure.

A record never changes: whose row has changed is another one, and everybody else's stays the same (`db/waiting.py`).
"""

from collections.abc import Callable, Sequence
from typing import Concatenate, Generic, ParamSpec, TypeVar

from db.ticket_records import Ticket

Given = ParamSpec("Given")
T = TypeVar("T")

_SPARE = 1000
"""So much that was made of tickets nobody asks about now is kept before it is let go."""


class Made(Generic[Given, T]):
    """What `make` made of tickets, for as long as what else it is given stays equal. Any thread may ask."""

    def __init__(self, make: Callable[Concatenate[Ticket, Given], T]) -> None:
        self._make = make
        self._kept: tuple[object, dict[int, tuple[Ticket, T]]] = (None, {})  # by id, which none other has meanwhile

    def of(self, tickets: Sequence[Ticket], *given: Given.args, **named: Given.kwargs) -> list[T]:
        """What was made of each of these tickets."""
        before, kept = self._kept
        if before != (given, named) or len(kept) > 2 * len(tickets) + _SPARE:
            kept = {}
        try:
            return [kept[id(ticket)][1] for ticket in tickets]  # one walk is enough where nobody is new
        except KeyError:
            for ticket in tickets:
                if id(ticket) not in kept:
                    kept[id(ticket)] = ticket, self._make(ticket, *given, **named)
        self._kept = (given, named), kept
        return [kept[id(ticket)][1] for ticket in tickets]
