"""Owns which customers' phones are told what and when, so that hundreds of them cost a lobby little.

A phone hears of its own ticket at once, and of its place in line within a second. It is told nothing it knows already,
but is never left without a sign of life for long. Phones are served in small groups, between which others have a turn.
"""

import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import Any

from counter import views
from counter.moment import Present
from counter.present import load_with_calls
from counter.web import Context
from db import events
from display import screens

GAP_S = 1.0
"""Between two rounds to all phones: a place in line is no news of milliseconds."""
SIGN_OF_LIFE_S = 10.0
"""A round tells even an unchanged phone, if it has heard nothing for so long."""
GROUP = 25
_FRESH_S = 0.25

Snapshot = dict[str, Any]


class Phones:
    """The phones that follow, by audience (`ticket:TOKEN`). `emit` sends a snapshot to an audience."""

    def __init__(self, context: Context, emit: Callable[[Snapshot, str], None]) -> None:
        self._context = context
        self._emit = emit
        self._told: dict[str, tuple[object, float]] = {}
        self._numbers: dict[str, str] = {}
        self._named: set[str] = set()
        self._next_round = 0.0
        self._is_behind = False
        self._moment: tuple[Present, Mapping[str, Any], float] | None = None

    def note(self, number: str | None) -> None:
        """A ticket of this number was named by the journal."""
        if number is not None:
            self._named.add(number)

    def patience(self) -> float | None:
        """In how many seconds phones that were passed over want their round; None if none were."""
        return max(0.0, self._next_round - time.monotonic()) if self._is_behind else None

    def snapshot(self, audience: str) -> Snapshot:
        """What one phone sees now. Raises `UnknownTicket`."""
        with self._context.store.read() as conn:
            return self._read(conn, audience)

    def tell(self, phones: Collection[str], between: Callable[[], object]) -> None:
        """Tell all phones once a second, and in between those whose own ticket has news; `between` the groups."""
        named, self._named = self._named, set()
        is_round = time.monotonic() >= self._next_round
        if is_round:
            self._next_round = time.monotonic() + GAP_S
            self._told = {phone: told for phone, told in self._told.items() if phone in phones}
            self._numbers = {phone: number for phone, number in self._numbers.items() if phone in phones}
        chosen = phones if is_round else [phone for phone in phones if self._numbers.get(phone) in named]
        self._is_behind = len(chosen) < len(phones)
        for at, group in enumerate(_groups(chosen)):
            if at:
                between()
            self._tell_group(group)

    def _tell_group(self, group: Collection[str]) -> None:
        """One moment's snapshots, sent without a pause: so no phone's version can go back."""
        with self._context.store.read() as conn:
            snapshots = {phone: self._read(conn, phone) for phone in group}
        now = time.monotonic()
        for phone, snapshot in snapshots.items():
            known = what_shows(snapshot)
            told, told_at = self._told.get(phone, (None, 0.0))
            if known != told or now - told_at >= SIGN_OF_LIFE_S:
                self._told[phone] = (known, now)
                self._emit(snapshot, phone)

    def _read(self, conn: sqlite3.Connection, audience: str) -> Snapshot:
        present, head = self._present(conn)
        ticket = screens.ticket_view(conn, audience.partition(":")[2], present)
        self._numbers[audience] = ticket["number"]
        return {**self._context.frame, **head, "ticket": ticket}

    def _present(self, conn: sqlite3.Connection) -> tuple[Present, Mapping[str, Any]]:
        """The lobby and the head of its snapshots, read anew if it has changed or time went on."""
        at = time.monotonic()
        if self._moment is not None:
            present, head, read_at = self._moment
            if present.version == events.version(conn) and at - read_at < _FRESH_S:
                return present, head
        present = load_with_calls(conn, self._context.clock())
        self._moment = present, views.head(present), at
        return present, self._moment[1]


def what_shows(snapshot: Snapshot) -> object:
    """What a phone shows of a snapshot, to compare: a wait counts in whole minutes, or it would change all the time."""
    ticket = snapshot["ticket"]
    quote = ticket["quote"]
    if quote and "unknown" not in quote:
        quote = (quote["low_s"] // 60, -(-quote["high_s"] // 60))
    return {**ticket, "quote": quote}, snapshot["store"]


def _groups(phones: Collection[str]) -> Iterator[list[str]]:
    each = iter(phones)
    while group := list(islice(each, GROUP)):
        yield group
