"""Owns the application factory: the rooms' blueprints, texts, errors, and what guards them."""

import os
import secrets
from datetime import timedelta
from pathlib import Path

from flask import Flask, Response, render_template, request, send_from_directory
from flask_openapi3.models.info import Info
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import NotFound

from counter import routes as counter_room
from counter import vip_routes
from counter.web import Answer, Context
from db import settings as store_settings
from display import alert_routes, media_routes, report_routes, voice_routes
from display import routes as display_room
from kiosk import booking_routes as booking_room
from kiosk import help_routes, holder_routes, reprint_routes, staff_issuing
from kiosk import import_routes as import_room
from kiosk import routes as kiosk_room
from lobby import (
    __version__,
    defences,
    document,
    enrolment,
    figures,
    gate,
    logs,
    own_pages,
    people_pages,
    printer_pages,
    privacy_pages,
    problems,
    quick_json,
    rights,
    settings,
    slip_routes,
    study_routes,
    texts,
)
from lobby.limiting import Limiting
from lobby.studies import Studies

STATIC_KEPT_S = 86_400
"""Fonts and libraries; they change with a release only."""
SHORTEST_SECRET = 32
LARGEST_REQUEST = 32 * 1024 * 1024
_ROOT = Path(__file__).parent.parent
STATIC = {
    "vendor": _ROOT / "lobby/static/vendor",
    **{room: _ROOT / room / "static" / room for room in ("lobby", "kiosk", "counter", "display")},
}


def create_app(context: Context, control_token: str) -> Flask:
    """The whole web of one store. `control_token` lets the command line in."""
    app = document.StoreDocument(
        "lobby",
        info=Info(title="Lobbyline", version=__version__),
        security_schemes={"token": {"type": "http", "scheme": "bearer"}},
        doc_prefix="/api/v1",
        validation_error_callback=problems.invalid,
        static_folder=None,
    )
    app.config.update(
        SECRET_KEY=_secret(context.store.folder / "secret"),
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=3650),
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        SIGN_IN_PAGE="counter.sign_in_page",
    )
    app.json = quick_json.Answers(app)
    app.jinja_env.globals["csrf_token"] = generate_csrf
    logs.install(app)
    texts.install(app)
    _guard(app, context, control_token)
    figures.install(app, context)
    _serve_home(app, context)
    _serve_static(app)
    for room in (counter_room, kiosk_room, booking_room, display_room):
        app.register_api(room.pages(context))
        app.register_api(room.api(context))
    app.register_api(report_routes.pages())
    app.register_api(report_routes.api(context))
    app.register_api(vip_routes.api(context))
    app.register_api(holder_routes.api(context))
    app.register_api(help_routes.api(context))
    app.register_api(voice_routes.api(context))
    app.register_api(media_routes.pages(context))
    app.register_api(media_routes.api(context))
    app.register_api(reprint_routes.api(context))
    app.register_api(staff_issuing.api(context))
    app.register_api(alert_routes.api(context))
    app.register_api(import_room.pages())
    app.register_api(import_room.api(context, texts.say_to_the_caller))
    app.register_api(study_routes.api(context, Studies(context.store, context.clock)))
    app.register_api(enrolment.pages(context))
    app.register_api(settings.pages(context))
    app.register_api(settings.api(context))
    app.register_api(slip_routes.pages(context))
    app.register_api(slip_routes.api(context))
    app.register_api(printer_pages.pages(context))
    app.register_api(people_pages.pages(context))
    app.register_api(people_pages.api(context))
    app.register_api(own_pages.pages(context))
    app.register_api(privacy_pages.pages(context))
    gate.require_complete(app)
    return app


def _guard(app: Flask, context: Context, control_token: str) -> None:
    """What every request passes, in this order, before its view."""
    limiting = Limiting(context.limiter)
    app.before_request(limiting.bound_body)
    app.before_request(limiting.count_address)
    gate.install(app, context, control_token)
    problems.install(app)
    app.before_request(limiting.count_asker)
    app.after_request(limiting.count_guess)
    defences.install(app, _is_private)


def _is_private() -> bool:
    """Whether what is asked for is for those only who may have it."""
    rule = request.url_rule
    right = rights.ROUTES.get(gate.key(request.method, rule)) if rule else None
    return right is not None and not right.is_open


def _serve_home(app: Flask, context: Context) -> None:
    @app.get("/")
    def home() -> Answer:
        person = context.caller().person
        with context.store.read() as conn:
            return render_template("lobby/home.html", person=person, store=store_settings.load(conn))


def _serve_static(app: Flask) -> None:
    """Each room's files under its own name; fonts and libraries keep a day, our own files are asked for anew."""

    def static(room: str, name: str) -> Response:
        if room not in STATIC:
            raise NotFound
        return send_from_directory(STATIC[room], name, max_age=STATIC_KEPT_S if room == "vendor" else 0)

    app.add_url_rule("/static/<room>/<path:name>", view_func=static)


def _secret(path: Path) -> str:
    """The key that signs cookies, made once per store; anew where a crash or a full disk has left less than one."""
    kept = path.read_bytes().strip(b"\0\n ") if path.exists() else b""
    if len(kept) < SHORTEST_SECRET:
        kept = secrets.token_hex(SHORTEST_SECRET).encode()
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        with new.open("wb") as file:
            file.write(kept)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)  # whole or not at all
    return kept.decode("ascii", "replace")
