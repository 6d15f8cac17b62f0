"""Owns a lobby's traffic over HTTP that outlives its server: who got an answer remembers it, who got none asks again.

Each person of the cast does one thing after another, with a request key of its own. A request without an answer (the
server was killed) is sent again, with the same key, before anything new.
"""

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.clients import Http, RefusedError

Json = dict[str, Any]
PAUSE_S = 0.01


@dataclass(slots=True)
class Answered:
    """What the server has said and must never forget; each with the place where it stands in the database."""

    tickets: dict[str, str] = field(default_factory=dict)
    """Number by request key."""
    cancelled: set[str] = field(default_factory=set)
    """Tokens."""
    bookings: set[str] = field(default_factory=set)
    """Codes."""
    calls: set[tuple[str, int]] = field(default_factory=set)
    """Number and counter."""
    version: int = 0
    """The newest journal number in any answer."""
    repeats: int = 0
    changed_numbers: int = 0
    """Keys whose repeat gave another ticket."""
    refused: int = 0
    slots: list[str] = field(default_factory=list)
    """What the office may book, once it is known."""
    has_slots: bool = False


Wish = tuple[str, Json, Callable[[Json], None]]
"""Path and body of a request, and who takes its answer."""


class Person(threading.Thread):
    """Does `acts` for as long as the server answers and `is_over` is not set; then ends, what is unanswered kept."""

    def __init__(self, port: int, token: str, script: "Script", is_over: threading.Event) -> None:
        super().__init__(daemon=True)
        self._port, self._token, self._script, self._is_over = port, token, script, is_over

    def run(self) -> None:
        """Until the line breaks."""
        try:
            with Http(self._port, self._token) as line:
                while not self._is_over.wait(PAUSE_S):
                    self._script.step(line)
        except (OSError, BrokenLineError):
            return


class BrokenLineError(Exception):
    """The server is gone."""


@dataclass
class Script:
    """What one person does, over many lives of the server: `wishes` gives path, body and who takes the answer."""

    wishes: Iterator[Wish]
    answered: Answered
    _open: Wish | None = None

    def step(self, line: Http) -> None:
        """Send the next wish, or the one that got no answer. Raises `BrokenLineError`."""
        if self._open is None:
            self._open = next(self.wishes, None)
            if self._open is None:
                return
        else:
            self.answered.repeats += 1
        path, body, take = self._open
        try:
            answer = line.post(path, body).body
        except RefusedError as refused:
            if "closed the connection" in str(refused):
                raise BrokenLineError from refused
            self.answered.refused += 1
        else:
            take(answer)
        self._open = None


def kiosk(answered: Answered, name: str) -> Iterator[Wish]:
    """Numbers are taken; most who took one leave again, so that the line stays short; some keys come a second time."""
    for n in itertools.count():
        key = f"{name}-{n}"
        got: list[Json] = []

        def take(ticket: Json, key: str = key, got: list[Json] = got) -> None:
            got.append(ticket)
            before = answered.tickets.setdefault(key, ticket["number"])
            answered.changed_numbers += before != ticket["number"]

        wish = ("/api/v1/tickets", {"request_key": key, "service": ("plan", "billing")[n % 2]}, take)
        yield wish
        if n % 5 == 0:
            yield wish
        if n % 4 and got:
            yield (f"/api/v1/tickets/{got[0]['token']}/cancel", {}, lambda left: answered.cancelled.add(left["token"]))


def counter(answered: Answered, number: int) -> Iterator[Wish]:
    """Customers are called, served and finished."""

    def take(view: Json) -> None:
        answered.version = max(answered.version, view["version"])
        if view["current"] and view["counter"]["state"] == "called":
            answered.calls.add((view["current"]["number"], number))

    for n in itertools.count():
        for action in ("call-next", "start", "finish"):
            yield (f"/api/v1/counters/{number}/{action}", {"request_key": f"c{number}-{n}-{action}"}, take)


def office(answered: Answered, slots: Iterator[str], name: str) -> Iterator[Wish]:
    """Visits are booked, one after another."""
    for n, slot in enumerate(slots):
        body = {
            "request_key": f"{name}-{n}",
            "service": "plan",
            "slot_at": slot,
            "name": "赵敏",
            "phone": f"135{n:08d}",
        }
        yield ("/api/v1/appointments", body, lambda booked: answered.bookings.add(booked["code"]))


def door(answered: Answered, codes: Iterator[str]) -> Iterator[Wish]:
    """Customers with a booking check in; a booking gives one number, however often it is asked for."""
    for code in codes:

        def take(ticket: Json, key: str = f"door-{code}") -> None:
            before = answered.tickets.setdefault(key, ticket["number"])
            answered.changed_numbers += before != ticket["number"]

        yield ("/api/v1/check-ins", {"request_key": f"door-{code}", "code": code}, take)
