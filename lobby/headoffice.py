"""Owns putting the head office's program together: its web, sockets and texts. Import it only after monkey-patching."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gevent
from flask import Flask, Response, request, send_from_directory
from flask_openapi3.models.info import Info
from flask_socketio import SocketIO
from flask_wtf.csrf import generate_csrf
from gevent import get_hub
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from chain.office import (
    comparison_routes,
    keeping,
    migrating,
    people,
    public_pages,
    public_routes,
    report_routes,
    rollout_routes,
    routes,
)
from chain.office.context import Office
from chain.office.database import Database
from chain.office.desk import Desk
from chain.office.hub import Hub
from chain.office.ingest import Ingest
from counter.web import hides
from lobby import __version__, app, defences, document, line, listening, logs, problems, texts
from lobby.errors import InvalidRequest
from lobby.wire import Server

LARGEST_FRAME = 1_000_000
"""500 journal lines are some 100 kB."""
LARGEST_REQUEST = 8 * 1024 * 1024
LAST_ANSWERS_S = 5.0
_OWN_STATIC = Path(routes.__file__).parent / "static" / "office"
_log = logging.getLogger("lobbyline.office")


@dataclass(frozen=True, slots=True)
class Servers:
    """Where PostgreSQL and Redis are, as their own clients name them; without Redis there is one process only."""

    database: str
    redis: str | None


def serve(servers: Servers, address: listening.Address, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. Raises `OSError` if the address is taken, `psycopg.OperationalError`."""
    listening.certificate_of(address)
    migrating.upgrade(servers.database)
    database = Database(servers.database)

    def tell(store_ids: list[int]) -> None:
        hub.tell(store_ids)

    office = Office(database, off_loop=get_hub().threadpool.apply, tell=tell)
    web = create_app(office)
    socketio = SocketIO(
        web, async_mode="gevent", message_queue=servers.redis, channel="lobbyline", ping_interval=20, ping_timeout=15,
        max_http_buffer_size=LARGEST_FRAME, serializer=line.Json, logger=line.LIBRARIES,
        engineio_logger=line.LIBRARIES,
    )  # fmt: skip
    line.install(socketio)
    hub = Hub(office, Desk(database, Ingest(database), tell), socketio)
    if address.proxies:
        n = address.proxies
        web.wsgi_app = ProxyFix(web.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    listener = listening.listen(address)
    server = Server(listener, web, log=None, error_log=_log, **listening.tls(address))
    server.start()
    workers = [gevent.spawn(hub.run), gevent.spawn(keeping.run, database)]
    stop = listening.signal_to_stop()
    say(f"Lobbyline {__version__} · head office")
    say(f"ready {address.scheme}://{listening.shown(address.host)}:{listener.getsockname()[1]}/")
    stop.wait()
    server.end(LAST_ANSWERS_S)
    gevent.killall(workers)
    database.close()


def create_app(office: Office) -> Flask:
    """The whole web of a head office."""
    web = document.Documented(
        "lobby",
        info=Info(title="Lobbyline head office", version=__version__),
        security_schemes={},
        doc_prefix=public_routes.API,
        validation_error_callback=problems.invalid,
        static_folder=None,
    )
    with office.database.transaction() as conn:
        key = people.cookie_key(conn)
    web.config.update(
        SECRET_KEY=key, SESSION_COOKIE_SAMESITE="Lax", WTF_CSRF_TIME_LIMIT=None, MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        SIGN_IN_PAGE="office.sign_in_page",
    )  # fmt: skip
    web.jinja_env.globals["csrf_token"] = generate_csrf
    logs.install(web)
    texts.install(web)
    defences.install(web, routes.is_private)
    problems.install(web)
    web.before_request(_require_plain_address)
    _serve_static(web)
    web.register_blueprint(routes.pages(office))
    web.register_blueprint(routes.api(office))
    web.register_blueprint(public_pages.pages(office))
    web.register_api(public_routes.api(office))
    web.register_blueprint(report_routes.pages(office))
    web.register_blueprint(report_routes.api(office))
    web.register_blueprint(rollout_routes.pages(office))
    web.register_blueprint(rollout_routes.api(office))
    web.register_blueprint(comparison_routes.pages(office))
    web.register_blueprint(comparison_routes.api(office))
    web.add_url_rule("/healthz", view_func=lambda: {"status": "ok"}, endpoint="healthz")
    routes.require_right(web, office)
    return web


def _require_plain_address() -> None:
    """Nothing here has a name with characters that nobody sees; PostgreSQL takes no NUL. Raises `InvalidRequest`."""
    if hides([*(request.view_args or {}).values(), *request.args.values()]):
        raise InvalidRequest


def _serve_static(web: Flask) -> None:
    folders = {room: app.STATIC[room] for room in ("vendor", "lobby", "display")} | {"office": _OWN_STATIC}

    def static(room: str, name: str) -> Response:
        if room not in folders:
            raise NotFound
        return send_from_directory(folders[room], name, max_age=app.STATIC_KEPT_S if room == "vendor" else 0)

    web.add_url_rule("/static/<room>/<path:name>", view_func=static)
