"""Owns what anybody may ask of the head office, and how often: stores, times, bookings, places in line, visits."""

import datetime
import time
from typing import Any, Literal

from flask import g, request
from limits import RateLimitItem, parse_many
from pydantic import AwareDatetime, Field

from chain.office import finding, public_views, shares, visits
from chain.office.context import Office
from chain.office.errors import TooMuchAsked
from chain.office.finding import Door, Seen
from chain.office.visits import Visit, Wish
from counter.web import Body
from kiosk.identify import normalise_phone

LOOKS = parse_many("300/minute")
BOOKINGS = parse_many("20/hour; 60/day")
"""Of one address, behind which there may be a household or a company; each takes a place from others."""
CHANGES = parse_many("60/hour")
BOOKINGS_OF_PHONE = parse_many("5/day")
LONGEST_WALK_S = 30 * 60
LONGEST_TEXT = 100

RequestKey = Field(min_length=16, max_length=64)
"""Made by the caller; a repeat gets the same visit."""


class Booking(Body):
    """A visit somebody wants."""

    request_key: str = RequestKey
    store: int = Field(ge=1)
    service: str = Field(min_length=1, max_length=64)
    slot_at: AwareDatetime
    name: str = Field(min_length=1, max_length=40)
    phone: str = Field(min_length=1, max_length=32)
    language: Literal["zh", "en"] = "zh"


class Place(Body):
    """A place in line for somebody who is at most half an hour's walk away."""

    request_key: str = RequestKey
    store: int = Field(ge=1)
    service: str = Field(min_length=1, max_length=64)
    walk_s: int = Field(ge=0, le=LONGEST_WALK_S)
    language: Literal["zh", "en"] = "zh"


class Move(Body):
    """The same visit at another time."""

    service: str = Field(min_length=1, max_length=64)
    slot_at: AwareDatetime


class PublicDesk:
    """What anybody may ask, so often."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def search(self, text: str, region: str) -> list[Seen]:
        """Stores by words and region. Raises `TooMuchAsked`, as all here."""
        self._limit(LOOKS, "look")
        with self._office.database.transaction() as conn:
            return finding.search(conn, text, region)

    def store(self, store_id: int) -> tuple[Seen, list[str]]:
        """A store, and the services that can be booked there."""
        self._limit(LOOKS, "look")
        with self._office.database.transaction() as conn:
            seen = finding.one_store(conn, store_id)
            return seen, shares.services(conn, store_id, _bookable_from(seen))

    def days(self, seen: Seen, service: str) -> dict[str, int]:
        """How many places are free by local day (`YYYY-MM-DD`)."""
        with self._office.database.transaction() as conn:
            return shares.free_days(conn, seen.id, service, seen.timezone, _bookable_from(seen))

    def slots(self, seen: Seen, service: str, day: datetime.date) -> list[shares.FreeSlot]:
        """The times of a local day."""
        with self._office.database.transaction() as conn:
            return shares.free_slots(conn, seen.id, service, *seen.day_span(day), _bookable_from(seen))

    def visit(self, token: str) -> Visit:
        """Somebody's visit. Raises `NoSuchVisit`."""
        self._limit(LOOKS, "look")
        with self._office.database.transaction() as conn:
            return visits.find(conn, token)

    def view(self, visit: Visit) -> dict[str, Any]:
        """The same as programs get it."""
        with self._office.database.transaction() as conn:
            return public_views.visit(visit, finding.one_store(conn, visit.store))

    def book(self, wish: Booking) -> tuple[Visit, bool]:
        """A new visit, and whether it is new. Raises `MalformedPhone`, `UnknownStore`, `PlaceTaken`."""
        self._limit(BOOKINGS, "book")
        phone = normalise_phone(wish.phone)
        self._limit(BOOKINGS_OF_PHONE, "phone", phone)
        asked = Wish(wish.request_key, wish.service, wish.slot_at.timestamp(), wish.name, phone, wish.language)
        with self._office.database.transaction() as conn:
            found = visits.book(conn, wish.store, asked, time.time())
        self._office.tell([wish.store])
        return found

    def keep(self, wish: Place) -> tuple[Visit, bool]:
        """A place in line. Raises `UnknownStore`, `StoreOffline`, `StoreShut`, `NoWaitKnown`."""
        self._limit(BOOKINGS, "book")
        with self._office.database.transaction() as conn:
            finding.one_store(conn, wish.store).require_wait(wish.service)
            found = visits.keep_place(conn, wish.store, wish.request_key, wish.service, wish.language, wish.walk_s)
        self._office.tell([wish.store])
        return found

    def move(self, token: str, wish: Move) -> Visit:
        """Another time. Raises `NoSuchVisit`, `VisitFixed`, `PlaceTaken`."""
        self._limit(CHANGES, "change")
        with self._office.database.transaction() as conn:
            visit = visits.move(conn, token, wish.service, wish.slot_at.timestamp(), time.time())
        self._office.tell([visit.store])
        return visit

    def cancel(self, token: str) -> Visit:
        """Given up. Raises `NoSuchVisit`, `VisitFixed`."""
        self._limit(CHANGES, "change")
        with self._office.database.transaction() as conn:
            visit = visits.give_up(conn, token)
        self._office.tell([visit.store])
        return visit

    def _limit(self, limits: list[RateLimitItem], what: str, who: str | None = None) -> None:
        """Raises `TooMuchAsked`."""
        key = (what, who or request.remote_addr or "")
        if what in g.setdefault("counted", set()):
            return
        g.counted.add(what)
        if not all(self._office.limiter.hit(limit, *key) for limit in limits):
            raise TooMuchAsked


def _bookable_from(seen: Seen) -> float:
    return visits.bookable_from(time.time(), is_there=seen.door != Door.OFFLINE)
