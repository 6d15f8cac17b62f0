"""Owns the head office's pages and API: the wall, stores, mail, signing in; and who may use each."""

from functools import partial
from typing import Any, Literal

from flask import Blueprint, Flask, redirect, render_template, request, session, url_for
from limits import RateLimitItem
from pydantic import Field, JsonValue
from werkzeug.wrappers import Response

from chain.errors import UnknownChainToken
from chain.office import (
    comparison_routes,
    mail,
    people,
    public_routes,
    report_routes,
    rollout_routes,
    stores,
    wall,
    wall_sheet,
)
from chain.office.context import COOKIE_KEY, TRIES, Office
from chain.office.errors import TooManyTries, WrongPassword
from chain.office.people import OfficeRole
from chain.office.sheet_files import download, say
from chain.protocol import Kind
from counter.web import Body, bearer, require_csrf

Answer = Response | str | dict[str, Any] | tuple[str | dict[str, Any], int]

RIGHTS: dict[str, OfficeRole | None] = {
    "GET /": OfficeRole.VIEWER,
    "GET /mail": OfficeRole.MANAGER,
    "GET /sign-in": None,
    "POST /sign-in": None,
    "POST /sign-out": None,
    "GET /api/v1/wall": OfficeRole.VIEWER,
    "GET /api/v1/wall.csv": OfficeRole.VIEWER,
    "GET /api/v1/wall.xlsx": OfficeRole.VIEWER,
    "GET /api/v1/mail": OfficeRole.MANAGER,
    "POST /api/v1/mail": OfficeRole.MANAGER,
    "POST /api/v1/stores/accept": OfficeRole.MANAGER,
    "GET /api/v1/greeting": None,
    "GET /healthz": None,
    "GET /static/<room>/<path:name>": None,
    "GET /texts/zh.json": None,
    **public_routes.RIGHTS,
    **report_routes.RIGHTS,
    **rollout_routes.RIGHTS,
    **comparison_routes.RIGHTS,
}
"""Who may use a route at least; None: anybody, or whoever has what the route itself asks for."""

MOST_SHOWN = 200
MOST_STORES = 10_000


class Accept(Body):
    """A store whose journal parted goes on."""

    store: str


class Send(Body):
    """The same to each of these stores. What customers book goes its own way (`chain.office.visits`)."""

    stores: list[str] = Field(min_length=1, max_length=MOST_STORES)
    kind: Literal[Kind.NOTICE, Kind.SETTINGS]
    body: dict[str, JsonValue]


def require_right(app: Flask, office: Office) -> None:
    """Look every request up before its view. Raises `KeyError` at once for a route without an entry.

    The public's API asks for no CSRF token, as a browser's cookies count for nothing there.
    """
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            RIGHTS[f"{method} {rule.rule}"]

    @app.before_request
    def admit() -> None:
        rule = request.url_rule
        if rule is None or request.method == "OPTIONS":
            return
        role = RIGHTS[f"{'GET' if request.method == 'HEAD' else request.method} {rule.rule}"]
        if role is not None:
            office.require(role)
        if request.method not in {"GET", "HEAD"} and not rule.rule.startswith(public_routes.API):
            require_csrf()


def is_private() -> bool:
    """Whether what is asked for is for those who are signed in only."""
    rule = request.url_rule
    return rule is not None and RIGHTS.get(f"GET {rule.rule}") is not None


def pages(office: Office) -> Blueprint:
    """What people look at."""
    room = Blueprint("office", __name__, template_folder="templates")

    @room.get("/")
    def the_wall() -> Answer:
        return render_template("office/wall.html", person=office.person(), csrf_needed=True)

    @room.get("/mail")
    def the_mail() -> Answer:
        return render_template("office/mail.html", person=office.person(), csrf_needed=True)

    @room.get("/sign-in")
    def sign_in_page() -> Answer:
        if office.person() is not None:
            return redirect(url_for("office.the_wall"))
        return render_template("office/sign_in.html", next=request.args.get("next", ""))

    @room.post("/sign-in")
    def sign_in() -> Answer:
        name, password, target = (request.form.get(key, "") for key in ("name", "password", "next"))
        try:
            person = _who(office, name, password)
        except (WrongPassword, TooManyTries) as refused:
            page = render_template("office/sign_in.html", next=target, name=name, error=refused)
            return page, refused.status
        session.clear()
        session.permanent = True
        session[COOKIE_KEY] = [person.id, person.sign_ins]
        is_ours = target.startswith("/") and not target.startswith(("//", "/\\"))
        return redirect(target if is_ours else url_for("office.the_wall"))

    @room.post("/sign-out")
    def sign_out() -> Answer:
        session.clear()
        return redirect(url_for("office.sign_in_page"))

    return room


def api(office: Office) -> Blueprint:
    """What programs ask."""
    room = Blueprint("office_api", __name__, url_prefix="/api/v1")

    @room.get("/wall")
    def read_wall() -> Answer:
        with office.database.transaction() as conn:
            return {"stores": wall.every_row(conn)}

    def wall_file(ending: str) -> Answer:
        with office.database.transaction() as conn:
            rows = wall.every_row(conn)
        return download(office, wall_sheet.sheets(rows, say), f"stores.{ending}")

    for ending in ("csv", "xlsx"):
        room.add_url_rule(f"/wall.{ending}", f"wall_{ending}", partial(wall_file, ending))

    @room.get("/greeting")
    def greeting() -> Answer:
        with office.database.transaction() as conn:
            store_id = stores.by_token(conn, bearer() or "")
        if store_id is None:
            raise UnknownChainToken
        return {"head_office": "lobbyline"}

    @room.post("/stores/accept")
    def accept() -> Answer:
        wish = Accept.model_validate(request.get_json())
        with office.database.transaction() as conn:
            stores.accept(conn, wish.store, office.require(OfficeRole.MANAGER).name)
            store = stores.by_name(conn, wish.store)
        office.tell([store.id])
        return {"store": store.name, "incarnation": store.incarnation, "since": store.since}

    @room.get("/mail")
    def read_mail() -> Answer:
        with office.database.transaction() as conn:
            rows = mail.recent(conn, MOST_SHOWN)
        for row in rows:
            row.update({key: row[key] and row[key].isoformat() for key in ("sent_at", "answered_at")})
        return {"mail": rows}

    @room.post("/mail")
    def send_mail() -> Answer:
        wish = Send.model_validate(request.get_json())
        with office.database.transaction() as conn:
            ids = stores.ids(conn, wish.stores)
            sender = office.require(OfficeRole.MANAGER).name
            numbers = mail.send(conn, list(ids.values()), wish.kind, wish.body, sender)
        office.tell(list(numbers))
        return {"mail": {name: numbers[store_id] for name, store_id in ids.items()}}, 201

    return room


def _who(office: Office, name: str, password: str) -> people.Person:
    """Raises `WrongPassword`, `TooManyTries`."""
    limit: RateLimitItem = TRIES
    where = (request.remote_addr or "", name)
    if not office.limiter.test(limit, *where):
        raise TooManyTries
    with office.database.transaction() as conn:
        person, password_hash = people.find(conn, name)
    if not office.off_loop(lambda: people.is_password(password_hash, password)) or person is None:
        office.limiter.hit(limit, *where)
        raise WrongPassword
    return person
