"""Owns the head office's pages and API for the public: find a store, book, keep a place in line, look after a visit.

Nobody signs in. Who has a visit's link may see and change it, so nothing here depends on a cookie, and a page elsewhere
can do no more with a visitor's browser than with its own.
"""

import datetime
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from chain.office import public_views
from chain.office.context import Office
from chain.office.people import OfficeRole
from chain.office.public_desk import LONGEST_TEXT, Booking, Move, Place, PublicDesk
from counter.web import LARGEST

Answer = dict[str, Any] | tuple[dict[str, Any], int]

API = "/api/v1/public"
RIGHTS: dict[str, OfficeRole | None] = dict.fromkeys(
    (
        "GET /find",
        "GET /find/<int:store_id>",
        "POST /find/<int:store_id>/book",
        "POST /find/<int:store_id>/remote",
        "GET /visit/<token>",
        "POST /visit/<token>/move",
        "POST /visit/<token>/cancel",
        f"GET {API}/",
        f"GET {API}/openapi.json",
        f"GET {API}/static/<path:filename>",
        f"GET {API}/stores",
        f"GET {API}/stores/<int:store_id>",
        f"GET {API}/stores/<int:store_id>/slots",
        f"POST {API}/bookings",
        f"POST {API}/remote-tickets",
        f"GET {API}/visits/<token>",
        f"POST {API}/visits/<token>/move",
        f"POST {API}/visits/<token>/cancel",
    )
)


class StorePath(BaseModel):
    """A store's number, as the list of stores has it."""

    store_id: int = Field(ge=1, le=LARGEST)


class VisitPath(BaseModel):
    """A visit's secret; who knows it holds the visit."""

    token: str = Field(min_length=1, max_length=64)


class StoreQuery(BaseModel):
    """Words of a store's name or region, and a region or the beginning of one; without them all."""

    q: str = Field(default="", max_length=LONGEST_TEXT)
    region: str = Field(default="", max_length=LONGEST_TEXT)


class SlotQuery(BaseModel):
    """Which times are asked for: of one local day of the store, or how many are free on each."""

    service: str = Field(min_length=1, max_length=64)
    date: datetime.date | None = None


def api(office: Office) -> APIBlueprint:
    """What programs ask."""
    room = APIBlueprint("public_api", __name__, url_prefix=API, abp_tags=[Tag(name="public")])
    public = PublicDesk(office)

    @room.get("/stores")
    def stores(query: StoreQuery) -> Answer:
        """Stores with their live waits, and how old that news is."""
        return {"stores": [public_views.store(seen) for seen in public.search(query.q, query.region)]}

    @room.get("/stores/<int:store_id>")
    def store(path: StorePath) -> Answer:
        """One store, and which services can be booked there."""
        seen, services = public.store(path.store_id)
        return {**public_views.store(seen), "bookable": services}

    @room.get("/stores/<int:store_id>/slots")
    def slots(path: StorePath, query: SlotQuery) -> Answer:
        """Free times of a day, or without a day how many there are on each."""
        seen, _ = public.store(path.store_id)
        if query.date is None:
            return {"days": public.days(seen, query.service)}
        return {"slots": public_views.slots(seen, public.slots(seen, query.service, query.date))}

    @room.post("/bookings")
    def book(body: Booking) -> Answer:
        """Book a visit. Created it is 201; a repeat of the same `request_key` gets the same with 200."""
        visit, is_new = public.book(body)
        return public.view(visit), 201 if is_new else 200

    @room.post("/remote-tickets")
    def keep(body: Place) -> Answer:
        """Keep a place in line while on the way. 201 and 200 as for a booking."""
        visit, is_new = public.keep(body)
        return public.view(visit), 201 if is_new else 200

    @room.get("/visits/<token>")
    def visit(path: VisitPath) -> Answer:
        """A visit as it stands: booked, checked in, called, over; or refused and why."""
        return public.view(public.visit(path.token))

    @room.post("/visits/<token>/move")
    def move(path: VisitPath, body: Move) -> Answer:
        """Ask for another time; the store answers."""
        return public.view(public.move(path.token, body))

    @room.post("/visits/<token>/cancel")
    def cancel(path: VisitPath) -> Answer:
        """Give a visit up."""
        return public.view(public.cancel(path.token))

    return room
