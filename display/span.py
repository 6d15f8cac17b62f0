"""Owns a span of days' facts as one table, with one list of words for all days. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from display.ticket_facts import NOBODY, POST, TICKET, WORDS, Facts, Rows


@dataclass(frozen=True, slots=True)
class Span:
    """Facts of several days: `ticket_day` and `post_day` tell for each row which of `days` (`YYYY-MM-DD`) it is of."""

    days: Sequence[str]
    tickets: Rows
    ticket_day: Rows
    posts: Rows
    post_day: Rows
    words: Mapping[str, Sequence[str]]
    longest_runs: Rows


def join(facts: Sequence[Facts]) -> Span:
    """Several days as one; words get places of their own for the whole span."""
    words: dict[str, dict[str, int]] = {kind: {} for kind in WORDS}
    tickets = _joined([day.tickets for day in facts], TICKET)
    posts = _joined([day.posts for day in facts], POST)
    ticket_day = np.repeat(np.arange(len(facts)), [len(day.tickets) for day in facts])
    post_day = np.repeat(np.arange(len(facts)), [len(day.posts) for day in facts])
    for kind in WORDS:
        tables = [_table(day.words[kind], words[kind]) for day in facts]
        tickets[kind] = _translated([(day.tickets[kind], table) for day, table in zip(facts, tables, strict=True)])
        if kind == "staff":
            posts[kind] = _translated([(day.posts[kind], table) for day, table in zip(facts, tables, strict=True)])
    return Span(
        [day.day for day in facts],
        tickets,
        ticket_day,
        posts,
        post_day,
        {kind: list(known) for kind, known in words.items()},
        np.array([day.longest_run for day in facts], np.int64),
    )


def group_of_day(day: str, by: str) -> str:
    """The day, the Monday of its week, or its month (`YYYY-MM`)."""
    if by == "month":
        return day[:7]
    if by == "week":
        on = date.fromisoformat(day)
        return str(on - timedelta(days=on.weekday()))
    return day


def _joined(parts: Sequence[Rows], kind: "np.dtype[np.void]") -> Rows:
    return np.concatenate([np.zeros(0, kind), *parts])


def _table(of_day: Sequence[str], known: dict[str, int]) -> Rows:
    """From a day's places to those of the span; the last one is nobody's."""
    return np.array([*(known.setdefault(word, len(known)) for word in of_day), NOBODY], np.uint16)


def _translated(parts: Sequence[tuple[Rows, Rows]]) -> Rows:
    return np.concatenate(
        [np.zeros(0, np.uint16), *(table[np.minimum(places, len(table) - 1)] for places, table in parts)]
    )
