"""Owns the gate before every route: who asks, whether the table of rights lets them, whether a page of ours sent it.

It looks a request up in `lobby/rights.py` before the view runs. A route without an entry keeps the server from
starting.
"""

import secrets

from flask import Flask, g, request
from flask_socketio import SocketIO
from werkzeug.routing import Rule

from counter.web import Caller, Context, bearer, require_csrf
from lobby import rights

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class RightsIncomplete(Exception):
    """The table of rights does not fit what is served; the message says where."""


def install(app: Flask, context: Context, control_token: str) -> None:
    """Look every request up before its view. `control_token` is the command line's."""

    @app.before_request
    def admit() -> None:
        rule = request.url_rule
        if rule is None or request.method == "OPTIONS":
            return  # nothing there, or only its methods are asked for: Flask answers
        right = rights.ROUTES[key(request.method, rule)]
        if right.of_browsers:
            require_csrf()
        elif not right.is_open:
            _admit(context, right, control_token)


def _admit(context: Context, right: rights.Right, control_token: str) -> None:
    """Raises `SignInNeeded`, `DeviceNeeded`, `Forbidden`, and `PageTooOld` for a cookie's change that no page sent."""
    token = bearer()
    if token is not None and secrets.compare_digest(token.encode(), control_token.encode()):
        g.caller = Caller(is_command=True)
    right.require(context.caller())
    if token is None and request.method not in _SAFE:
        require_csrf()


def key(method: str, rule: Rule) -> str:
    """A route as the table names it."""
    return f"{'GET' if method == 'HEAD' else method} {rule.rule}"


def require_complete(app: Flask) -> None:
    """Raise `RightsIncomplete` unless every route has its entry and every entry its route."""
    served = {
        key(method, rule) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - {"OPTIONS"}
    }
    _require(rights.missing(served, rights.ROUTES))


def require_complete_events(socketio: SocketIO) -> None:
    """The same for the events that are handled."""
    handled = {f"{space} {event}" for space, events in socketio.server.handlers.items() for event in events}
    listed = {f"{space} {event}" for space, events in rights.EVENTS.items() for event in events}
    _require(rights.missing(handled, listed))


def _require(faults: list[str]) -> None:
    if faults:
        raise RightsIncomplete("lobby/rights.py: " + "; ".join(faults))
