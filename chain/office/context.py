"""Owns what the head office's rooms share: its database, and who is asking."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import g, session
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter

from chain.office import people
from chain.office.database import Database
from chain.office.errors import OfficeForbidden
from chain.office.people import OfficeRole, Person
from counter.errors import SignInNeeded

COOKIE_KEY = "office"
TRIES = parse("5/minute")


@dataclass(frozen=True, slots=True)
class Office:
    """What every route and event is given. `off_loop` runs heavy computing where it holds nobody up.

    `tell` hints to the stores of these ids, whichever process holds their lines, and to the walls that there is news.
    """

    database: Database
    off_loop: Callable[[Callable[[], Any]], Any] = lambda work: work()
    tell: Callable[[list[int]], None] = lambda _: None
    limiter: RateLimiter = field(default_factory=lambda: FixedWindowRateLimiter(MemoryStorage()))

    def person(self) -> Person | None:
        """Who sent this request, looked up once."""
        if "person" not in g:
            kept = session.get(COOKIE_KEY)
            g.person = None
            if kept is not None:
                with self.database.transaction() as conn:
                    g.person = people.by_id(conn, *kept)
        found: Person | None = g.person
        return found

    def require(self, role: OfficeRole) -> Person:
        """Raises `SignInNeeded`, `OfficeForbidden`."""
        person = self.person()
        if person is None:
            raise SignInNeeded
        if not person.has(role):
            raise OfficeForbidden
        return person
