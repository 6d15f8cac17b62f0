"""Owns that a staff action is done once: a repeat after a cut line does nothing, a page behind the times is refused."""

import sqlite3
from dataclasses import dataclass

from counter.acting import get_counter
from counter.desk_errors import CounterMovedOn
from counter.errors import KeyReused
from db import action_requests, tickets
from db.counter_records import CounterState

KEPT_S = 3600.0
"""A page repeats for seconds; an hour also bears a program's patience."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the caller knew of the counter: its state and the number at it."""

    state: CounterState
    ticket: str | None


def is_repeat(conn: sqlite3.Connection, number: int, action: str, request_key: str, now: float) -> bool:
    """Whether this very request was done already; else it is remembered as being done.

    Raises `UnknownCounter`, and `KeyReused` where the key stood for another action. What fails afterwards rolls the
    memory back with it.
    """
    get_counter(conn, number)
    done = action_requests.action_of(conn, number, request_key)
    if done is not None and done != action:
        raise KeyReused
    if done is None:
        action_requests.forget_before(conn, now - KEPT_S)
        action_requests.remember(conn, number, request_key, action, now)
    return done is not None


def require_as_seen(conn: sqlite3.Connection, number: int, seen: Seen) -> None:
    """Raise `CounterMovedOn` where the counter is no longer as the caller saw it."""
    current = tickets.at_counter(conn, number)
    if Seen(get_counter(conn, number).state, current.number if current else None) != seen:
        raise CounterMovedOn(counter=number)
