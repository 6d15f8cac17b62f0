"""Owns telling the head office what the store holds for it and taking over what it counts, as `kiosk.sharing` says."""

import time
from collections.abc import Callable

from chain.dial import Line
from chain.protocol import MOST_PLACES, Counted, HeldAfter, Places, Share
from db import chain_places
from db.booking_records import HeldPlaces
from db.store import Store
from kiosk import sharing
from kiosk.sharing import Told

EVERY_S = 60.0
GIVE_WAY_S = 0.01
"""Between days: each costs a few milliseconds, and the lobby goes first."""


class Sharing:
    """The share, as far as one open line knows it."""

    def __init__(self, store: Store, clock: Callable[[], float], line: Line) -> None:
        self._store, self._clock, self._line = store, clock, line
        self._granted: dict[tuple[float, str], int] = {}
        self._until: dict[tuple[float, str], float] = {}
        self._has_begun = False
        self._due_at = 0.0

    @property
    def due_in_s(self) -> float:
        """How long until the next round."""
        return max(0.0, self._due_at - time.monotonic())

    def go_on(self) -> None:
        """A round, if one is due: what they count first, then day by day what we hold. Raises as `Line.ask`.

        Written is only where something changes: every commit is news to all screens.
        """
        if self.due_in_s:
            return
        if not self._has_begun:
            self._begin()
        now = self._clock()
        over = now - sharing.KEPT_S
        with self._store.read() as conn:
            days, is_any_over = sharing.days(conn, now), chain_places.is_any_before(conn, over)
        if is_any_over:
            self._store.write(lambda conn: chain_places.forget(conn, over))
        for day in days:
            with self._store.read() as conn:
                is_short = bool(sharing.lacking(conn, day, now))
            if is_short:
                self._store.write(lambda conn, day=day: sharing.balance(conn, day, now))  # type: ignore[misc]
            with self._store.read() as conn:
                rows = sharing.tell(conn, day, now)
            self._tell([row for row in rows if self._is_news(row)])
            time.sleep(GIVE_WAY_S)
        self._due_at = time.monotonic() + EVERY_S

    def _begin(self) -> None:
        after = None
        while rows := self._ask("held", HeldAfter(after=after).model_dump()):
            self._take_over(rows)
            after = rows[-1].slot_at, rows[-1].services
        self._has_begun = True

    def _is_news(self, row: Told) -> bool:
        known = self._granted.get(row.key, 0), self._until.get(row.key)
        return known != (row.places.granted, row.until) or row.wanted > row.places.returned

    def _tell(self, rows: list[Told]) -> None:
        for begin in range(0, len(rows), MOST_PLACES):
            told = rows[begin : begin + MOST_PLACES]
            self._take_over(self._ask("share", Share(rows=[_shape(row) for row in told]).model_dump()))
            self._until.update({row.key: row.until for row in told})

    def _ask(self, event: str, data: dict[str, object]) -> list[Counted]:
        return [Counted.model_validate(row) for row in self._line.ask(event, data)["rows"]]

    def _take_over(self, rows: list[Counted]) -> None:
        self._store.write(lambda conn: sharing.adopt(conn, [_held(row) for row in rows]))
        self._granted.update({(row.slot_at, row.services): row.granted for row in rows})


def _shape(row: Told) -> Places:
    return Places(
        slot_at=row.places.slot_at, services=row.places.services, length_s=row.places.length_s, until=row.until,
        granted=row.places.granted, wanted=row.wanted,
    )  # fmt: skip


def _held(row: Counted) -> HeldPlaces:
    """As this store would hold it if it knew nothing of it: what was answered has become appointments here."""
    used = row.booked - row.pending
    return HeldPlaces(row.slot_at, row.services, row.length_s, row.granted, used, row.returned)
