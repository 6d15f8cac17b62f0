"""Owns how guessing at PINs and codes is slowed down: by person and place, so that nobody can lock a colleague out.

A place is a browser in which the person has signed in before, else a network address. Wrong tries slow their own place
down; whoever guesses from elsewhere leaves the person's own devices open. Counting and windows are those of `limits`,
its rows are in the database, so a restart forgets none.
"""

import sqlite3
from dataclasses import dataclass
from math import ceil
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from counter.errors import LockedOut
from db import tries

AT_A_PLACE = (parse("10 per 5 minutes"), parse("20 per hour"), parse("40 per day"))
"""Of one person, right ones included until one is right: each wait is longer than the one before."""

FROM_ELSEWHERE = parse("100 per day")
"""Wrong ones of one person, from every place that is not theirs: too few to try all of even the shortest PINs."""

BY_ADDRESS = parse("200 per day")
"""Wrong ones of one address, whoever it tries, but for browsers their person has used."""

_NOBODY, _ELSEWHERE, _ANYBODY = "nobody", "elsewhere", "anybody"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody signs in: the id of a browser they are known in, or an address."""

    name: str
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Lock:
    """One of the staff has to wait at a place (None: wherever they never signed in), for so many seconds."""

    staff_id: int
    place: Place | None
    left_s: int


class _Rows(Storage):
    """`limits`' counters as rows of one transaction."""

    STORAGE_SCHEME = None

    def __init__(self, conn: sqlite3.Connection, now: float) -> None:
        super().__init__()
        self._conn, self._now = conn, now

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a failing storage raises."""
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count and return the count."""
        return tries.add(self._conn, key, self._now, expiry, amount)

    def get(self, key: str) -> int:
        """The count."""
        return tries.get(self._conn, key, self._now)[0]

    def get_expiry(self, key: str) -> float:
        """When the window ends."""
        return tries.get(self._conn, key, self._now)[1]

    def check(self) -> bool:
        """A transaction is there, or nothing would be asked."""
        return True

    def reset(self) -> int | None:
        """Nobody may forget all tries at once."""
        raise NotImplementedError

    def clear(self, key: str) -> None:
        """Forget one counter."""
        tries.forget(self._conn, key)


def count(conn: sqlite3.Connection, staff_id: int | None, place: Place, now: float) -> None:
    """Count a try before it is looked at. Raises `LockedOut`, and counts nothing, where it is one too many."""
    limiter, who = FixedWindowRateLimiter(_Rows(conn, now)), _who(staff_id)
    for limit, key in _keys(who, place):
        if not limiter.test(limit, *key):
            raise _locked(limiter.get_window_stats(limit, *key).reset_time - now)
    for limit in AT_A_PLACE:
        limiter.hit(limit, who, _word(place))


def wrong(conn: sqlite3.Connection, staff_id: int | None, place: Place, now: float) -> None:
    """The try was wrong: from elsewhere it counts against all of elsewhere."""
    if place.is_known:
        return
    limiter = FixedWindowRateLimiter(_Rows(conn, now))
    limiter.hit(FROM_ELSEWHERE, _who(staff_id), _ELSEWHERE)
    limiter.hit(BY_ADDRESS, _ANYBODY, _word(place))


def right(conn: sqlite3.Connection, staff_id: int, place: Place, now: float) -> None:
    """Somebody is in: their tries at this place are forgotten."""
    limiter = FixedWindowRateLimiter(_Rows(conn, now))
    for limit in AT_A_PLACE:
        limiter.clear(limit, _who(staff_id), _word(place))


def locks(conn: sqlite3.Connection, now: float) -> list[Lock]:
    """Who has to wait where, at this moment."""
    found: dict[tuple[str, str], float] = {}
    limiter = FixedWindowRateLimiter(_Rows(conn, now))
    for who, word in sorted({(key.split("/")[1], key.split("/")[2]) for key in tries.running(conn, now)}):
        for limit in (FROM_ELSEWHERE,) if word == _ELSEWHERE else AT_A_PLACE:
            if who.isdecimal() and not limiter.test(limit, who, word):
                left = limiter.get_window_stats(limit, who, word).reset_time - now
                found[who, word] = max(left, found.get((who, word), 0.0))
    return [Lock(int(who), _place(word), ceil(left)) for (who, word), left in found.items()]


def _keys(who: str, place: Place) -> list[tuple[RateLimitItem, tuple[str, str]]]:
    """Every limit of a try with what it counts, the longest first."""
    word = _word(place)
    wide: list[tuple[Any, tuple[str, str]]] = []
    if not place.is_known:
        wide = [(BY_ADDRESS, (_ANYBODY, word)), (FROM_ELSEWHERE, (who, _ELSEWHERE))]
    return [*wide, *((limit, (who, word)) for limit in reversed(AT_A_PLACE))]


def _locked(left_s: float) -> LockedOut:
    minutes, seconds = divmod(ceil(left_s), 60)
    locked = LockedOut(minutes=minutes, seconds=seconds)
    locked.retry_s = ceil(left_s)
    return locked


def _who(staff_id: int | None) -> str:
    return _NOBODY if staff_id is None else str(staff_id)


def _word(place: Place) -> str:
    return f"{'browser' if place.is_known else 'address'}={place.name}"


def _place(word: str) -> Place | None:
    kind, _, name = word.partition("=")
    return Place(name, is_known=kind == "browser") if name else None
