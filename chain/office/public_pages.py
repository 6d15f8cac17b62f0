"""Owns the head office's pages for the public: every step is a page, so that they work without a script and with “back”."""

import secrets
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request
from pydantic import ValidationError
from werkzeug.wrappers import Response

from chain.office import finding, public_words, visits
from chain.office.context import Office
from chain.office.finding import Seen
from chain.office.public_desk import LONGEST_TEXT, Booking, Move, Place, PublicDesk
from chain.office.visits import Visit
from db.errors import LobbyError
from db.words import Message

Answer = Response | str | dict[str, Any] | tuple[str | dict[str, Any], int]

WALKS_MIN = (10, 20, 30)
MINUTE_S = 60
SEE_OTHER = 303
_INCOMPLETE = Message("incomplete", "Please fill in everything, and choose one of the times.")


def pages(office: Office) -> Blueprint:
    """What people look at: every step is a page of its own, which the back button leaves again."""
    room = Blueprint("public", __name__, template_folder="templates")
    public = PublicDesk(office)

    @room.after_request
    def keep_private(answer: Response) -> Response:
        """What a browser keeps, the next one at this phone would see."""
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    @room.get("/find")
    def find() -> Answer:
        words, region = (request.args.get(key, "")[:LONGEST_TEXT] for key in ("q", "region"))
        found = public.search(words, region)
        with office.database.transaction() as conn:
            regions = finding.regions(conn)
        return _page("find", stores=found, regions=regions, asked=request.args)

    @room.get("/find/<int:store_id>")
    def store(store_id: int) -> Answer:
        return _store_page(public, store_id, request.args)

    @room.post("/find/<int:store_id>/book")
    def book(store_id: int) -> Answer:
        given = _given()
        return _or_say(
            lambda: _to(public.book(Booking.model_validate({**given, "store": store_id}))[0]),
            lambda said: _store_page(public, store_id, given, said),
        )

    @room.post("/find/<int:store_id>/remote")
    def keep(store_id: int) -> Answer:
        given = _given()
        return _or_say(
            lambda: _to(public.keep(Place.model_validate({**given, "store": store_id}))[0]),
            lambda said: _store_page(public, store_id, given, said),
        )

    @room.get("/visit/<token>")
    def visit(token: str) -> Answer:
        return _visit_page(public, token)

    @room.post("/visit/<token>/move")
    def move(token: str) -> Answer:
        given = {key: value for key, value in _given().items() if key in Move.model_fields}
        return _or_say(
            lambda: _to(public.move(token, Move.model_validate(given))), lambda said: _visit_page(public, token, said)
        )

    @room.post("/visit/<token>/cancel")
    def cancel(token: str) -> Answer:
        return _or_say(lambda: _to(public.cancel(token)), lambda said: _visit_page(public, token, said))

    return room


def _store_page(public: PublicDesk, store_id: int, given: Mapping[str, str], trouble: str = "") -> Answer:
    seen, services = public.store(store_id)
    return _page(
        "store", seen=seen, services=services, walks=WALKS_MIN, walk=_walk(given), given=given, trouble=trouble,
        request_key=secrets.token_urlsafe(18), **_times(public, seen, services, given),
    )  # fmt: skip


def _visit_page(public: PublicDesk, token: str, trouble: str = "") -> Answer:
    shown = public.visit(token)
    seen, services = public.store(shown.store)
    size, path = public_words.qr(shown.code)
    is_open = shown.state in visits.OPEN and shown.change is None
    return _page(
        "visit", visit=shown, seen=seen, services=services, told=shown.told or {}, trouble=trouble, given=request.args,
        qr_size=size, qr_path=path, may_change=is_open, **_times(public, seen, services, request.args),
    )  # fmt: skip


def _times(public: PublicDesk, seen: Seen, services: list[str], given: Mapping[str, str]) -> dict[str, Any]:
    """The days and times of the service that is chosen, as far as it is."""
    service = given.get("service")
    if service not in services:
        return {"service": None, "days": {}, "day": None, "slots": []}
    days = public.days(seen, service)
    asked = given.get("day") or given.get("slot_at", "")[:10]
    day = asked if asked in days else None
    slots = public.slots(seen, service, date.fromisoformat(day)) if day else []
    return {"service": service, "days": days, "day": day, "slots": slots}


def _page(name: str, **shown: Any) -> str:
    return render_template(f"public/{name}.html", w=public_words, csrf_needed=True, **shown)


def _given() -> dict[str, str]:
    given = {key: value for key, value in request.form.items() if key not in {"csrf_token", "day"}}
    return {**given, "language": public_words.language()}


def _walk(given: Mapping[str, str]) -> int:
    """In minutes, of those that can be chosen."""
    asked = given.get("walk") or str(int(given["walk_s"]) // MINUTE_S if given.get("walk_s", "").isdecimal() else "")
    return int(asked) if asked.isdecimal() and int(asked) in WALKS_MIN else WALKS_MIN[0]


def _to(visit: Visit) -> Response:
    return redirect(f"/visit/{visit.token}", SEE_OTHER)


def _or_say(work: Callable[[], Answer], page: Callable[[str], Answer]) -> Answer:
    """The answer, or the page again with what is wrong above it."""
    try:
        return work()
    except ValidationError:
        status, said = 422, public_words.said(_INCOMPLETE)
    except LobbyError as refused:
        status, said = refused.status, public_words.say(refused.text, **refused.attrs)
    answer = page(said)
    return (answer, status) if isinstance(answer, str) else answer
