"""Owns the web of roll-outs: the page, sending a list, beginning one, what came of it, telling the next stage, stopping."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from flask import Blueprint, render_template, request
from pydantic import Field, StringConstraints

from chain.office import lists, rollouts
from chain.office.context import Office
from chain.office.database import Conn
from chain.office.errors import ListTooLarge
from chain.office.people import OfficeRole
from chain.office.rollouts import Rollout
from chain.protocol import LARGEST_LIST, Kind
from counter.web import LARGEST, Body
from kiosk.lists import require_heading
from kiosk.member_list import MemberList

RIGHTS = dict.fromkeys(
    (
        "GET /rollouts", "GET /api/v1/rollouts", "POST /api/v1/rollouts",
        "POST /api/v1/rollouts/lists", "POST /api/v1/rollouts/members",
        "GET /api/v1/rollouts/<int:rollout>", "POST /api/v1/rollouts/<int:rollout>/next",
        "POST /api/v1/rollouts/<int:rollout>/stop",
    ),
    OfficeRole.MANAGER,
)  # fmt: skip

MOST_SHOWN = 20
LARGEST_FILE = 2 * 1024 * 1024

Json = dict[str, Any]


class Begin(Body):
    """Something for the stores of each stage; a store stands in one stage only."""

    name: str = Field(min_length=1, max_length=80)
    stages: list[list[str]] = Field(min_length=1, max_length=10)


class BeginSettings(Begin):
    """A file of settings."""

    toml: Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=LARGEST_FILE)]


class BeginMembers(Begin):
    """A list of members that was sent before."""

    list: int = Field(ge=1, le=LARGEST)


class GoOn(Body):
    """The stage that whoever decides has seen."""

    stage: int = Field(ge=0, le=10)


def pages(office: Office) -> Blueprint:
    """What people look at."""
    room = Blueprint("office_rollouts", __name__, template_folder="templates")

    @room.get("/rollouts")
    def page() -> str:
        return render_template("office/rollouts.html", person=office.person(), csrf_needed=True)

    return room


def api(office: Office) -> Blueprint:
    """What the page asks."""
    room = Blueprint("office_rollouts_api", __name__, url_prefix="/api/v1/rollouts")

    @room.get("")
    def recent() -> Json:
        with office.database.transaction() as conn:
            return {"rollouts": [_told(found) for found in rollouts.recent(conn, MOST_SHOWN)]}

    @room.get("/<int:rollout>")
    def show(rollout: int) -> Json:
        with office.database.transaction() as conn:
            return _whole(conn, rollout)

    @room.post("")
    def begin_settings() -> tuple[Json, int]:
        wish = BeginSettings.model_validate(request.get_json())
        return begin(Kind.SETTINGS, wish, lambda _: {"toml": wish.toml})

    @room.post("/members")
    def begin_members() -> tuple[Json, int]:
        wish = BeginMembers.model_validate(request.get_json())
        return begin(Kind.MEMBERS, wish, lambda conn: lists.about(conn, wish.list))

    def begin(kind: Kind, wish: Begin, body: Callable[[Conn], Json]) -> tuple[Json, int]:
        with office.database.transaction() as conn:
            number, store_ids = rollouts.begin(conn, kind, wish.name, body(conn), wish.stages, _who(office))
            found = rollouts.find(conn, number)
        office.tell(store_ids)
        return _told(found), 201

    @room.post("/lists")
    def send_list() -> tuple[Json, int]:
        """The body is the file itself."""
        if (request.content_length or 0) > LARGEST_LIST:
            raise ListTooLarge(megabytes=LARGEST_LIST // 2**20)
        request.max_content_length = LARGEST_LIST
        content = request.get_data()
        require_heading(content, MemberList.columns)
        with office.database.transaction() as conn:
            return {"list": lists.keep(conn, content)}, 201

    _decide(room, office)
    return room


def _decide(room: Blueprint, office: Office) -> None:
    @room.post("/<int:rollout>/next")
    def go_on(rollout: int) -> Json:
        wish = GoOn.model_validate(request.get_json())
        with office.database.transaction() as conn:
            store_ids = rollouts.go_on(conn, rollout, wish.stage, _who(office))
            found = rollouts.find(conn, rollout)
        office.tell(store_ids)
        return _told(found)

    @room.post("/<int:rollout>/stop")
    def stop(rollout: int) -> Json:
        with office.database.transaction() as conn:
            rollouts.stop(conn, rollout, _who(office))
            return _told(rollouts.find(conn, rollout))


def _who(office: Office) -> str:
    return office.require(OfficeRole.MANAGER).name


def _told(found: Rollout) -> Json:
    """It in short: how many of its stores stand where."""
    return {
        **asdict(found),
        "made_at": found.made_at.isoformat(),
        "state": found.state,
        "is_moving": found.is_moving,
        "is_ready": found.is_ready,
        "is_cut_short": found.is_cut_short,
    }


def _whole(conn: Conn, number: int) -> Json:
    stores = rollouts.progress(conn, number)
    return {**_told(rollouts.find(conn, number)), "stores": [asdict(one) for one in stores]}
