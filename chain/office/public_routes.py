"""Owns the head office's pages and API for the public: find a store, book, keep a place in line, look after a visit.

Nobody signs in. Who has a visit's link may see and change it, so nothing here depends on a cookie, and a page elsewhere
can do no more with a visitor's browser than with its own.
"""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from chain.office import public_views
from chain.office.context import Office
from chain.office.people import OfficeRole
from chain.office.public_desk import Booking, Move, Place, PublicDesk, Slots

Answer = Response | str | dict[str, Any] | tuple[str | dict[str, Any], int]

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


def api(office: Office) -> Blueprint:
    """What programs ask."""
    room = Blueprint("public_api", __name__, url_prefix=API)
    public = PublicDesk(office)

    @room.get("/stores")
    def stores() -> Answer:
        found = public.search()
        return {"stores": [public_views.store(seen) for seen in found]}

    @room.get("/stores/<int:store_id>")
    def store(store_id: int) -> Answer:
        seen, services = public.store(store_id)
        return {**public_views.store(seen), "bookable": services}

    @room.get("/stores/<int:store_id>/slots")
    def slots(store_id: int) -> Answer:
        wish = Slots.model_validate(request.args.to_dict())
        seen, _ = public.store(store_id)
        if wish.date is None:
            return {"days": public.days(seen, wish.service)}
        return {"slots": public_views.slots(seen, public.slots(seen, wish.service, wish.date))}

    @room.post("/bookings")
    def book() -> Answer:
        visit, is_new = public.book(Booking.model_validate(request.get_json()))
        return public.view(visit), 201 if is_new else 200

    @room.post("/remote-tickets")
    def keep() -> Answer:
        visit, is_new = public.keep(Place.model_validate(request.get_json()))
        return public.view(visit), 201 if is_new else 200

    @room.get("/visits/<token>")
    def visit(token: str) -> Answer:
        return public.view(public.visit(token))

    @room.post("/visits/<token>/move")
    def move(token: str) -> Answer:
        return public.view(public.move(token, Move.model_validate(request.get_json())))

    @room.post("/visits/<token>/cancel")
    def cancel(token: str) -> Answer:
        return public.view(public.cancel(token))

    return room
