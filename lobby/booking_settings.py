"""Owns setting how visits are booked: what may be given, and what would make no sense."""

import sqlite3
from dataclasses import replace

from pydantic import Field

from counter.web import Body
from db import settings
from db.appointments import LONGEST_S
from db.booking_records import BookingRight
from db.errors import LobbyError, UnknownService

MINUTE_S = 60
SLOT_MINUTES = (5, LONGEST_S // MINUTE_S)
MOST_PLACES = 10_000
"""More than any lobby holds."""


class BadPlaces(LobbyError):
    """A limit of places that is none."""

    code, status, field = "bad_places", 422, "places"
    text = "The places of “{service}” are a number from 0 on, or empty for as many as the counters allow."


class UnknownTier(LobbyError):
    """A right for a tier that is not there."""

    code, status, field = "unknown_tier", 404, "rights"
    text = "There is no tier “{tier}”. Choose one of: {known}."


class BookingSet(Body):
    """How visits are booked; what is absent stays as it is.

    `places` bounds the bookings of a service in one slot (null: as many as the counters allow); `rights` says per tier
    who may book: `free`, `by_permission` or `staff_only`. `share_percent` of the free places are held for a
    head office.
    """

    slot_minutes: int | None = Field(default=None, ge=SLOT_MINUTES[0], le=SLOT_MINUTES[1])
    lead_minutes: int | None = Field(default=None, ge=0, le=30 * 24 * 60)
    horizon_days: int | None = Field(default=None, ge=1, le=365)
    per_counter: int | None = Field(default=None, ge=1, le=20)
    share_percent: int | None = Field(default=None, ge=0, le=100)
    places: dict[str, int | None] | None = None
    rights: dict[str, BookingRight] | None = None


def apply(conn: sqlite3.Connection, body: BookingSet) -> bool:
    """Set what was given and return whether anything changed. Raises `UnknownService`, `UnknownTier`, `BadPlaces`."""
    store = settings.set_up(conn)
    before = store.settings.booking
    after = replace(
        before,
        slot_s=before.slot_s if body.slot_minutes is None else body.slot_minutes * MINUTE_S,
        lead_s=before.lead_s if body.lead_minutes is None else body.lead_minutes * MINUTE_S,
        horizon_days=before.horizon_days if body.horizon_days is None else body.horizon_days,
        per_counter=before.per_counter if body.per_counter is None else body.per_counter,
        share_percent=before.share_percent if body.share_percent is None else body.share_percent,
        places=_places(dict(before.places), body.places or {}, store),
        rights=_rights(dict(before.rights), body.rights or {}, store),
    )
    settings.save(conn, replace(store.settings, booking=after))
    return after != before


def _places(places: dict[str, int], given: dict[str, int | None], store: settings.SetUp) -> dict[str, int]:
    for service, most in given.items():
        if service not in store.services:
            raise UnknownService(service=service, known=", ".join(store.services))
        if most is None:
            places.pop(service, None)
        elif 0 <= most <= MOST_PLACES:
            places[service] = most
        else:
            raise BadPlaces(service=service)
    return places


def _rights(
    rights: dict[str, BookingRight], given: dict[str, BookingRight], store: settings.SetUp
) -> dict[str, BookingRight]:
    for tier in given:
        if tier not in store.tiers:
            raise UnknownTier(tier=tier, known=", ".join(store.tiers))
    return {**rights, **given}
