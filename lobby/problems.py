"""Owns how errors leave the house: RFC 9457 problem+json or a page, in the caller's language, and no traceback ever."""

import json
import logging
from typing import Any

from flask import Flask, Response, current_app, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from counter.errors import SignInNeeded
from counter.web import HIDDEN_CHARACTERS
from db.errors import LobbyError, UnknownTicket
from kiosk.errors import FileTooLarge
from lobby import logs, texts
from lobby.errors import InvalidRequest, NoLength, NoSuchPage, NotJson, NotThisWay

_OTHER = "other"
_FAULTS = {
    _OTHER: "This value cannot be used here.",
    "missing": "This is missing.",
    "extra_forbidden": "There is no such field.",
    "string_too_long": "This is too long.",
    "string_too_short": "This is too short.",
    "greater_than_equal": "This is too small.",
    "less_than_equal": "This is too large.",
    "literal_error": "This is not one of the possible values.",
    "enum": "This is not one of the possible values.",
    HIDDEN_CHARACTERS: "This holds characters that cannot be seen.",
}
_KNOWN = {404: NoSuchPage, 405: NotThisWay, 413: FileTooLarge}
_FILES = frozenset({"/api/v1/imports", "/api/v1/rollouts/lists"})
_log = logging.getLogger("lobbyline")


def install(app: Flask) -> None:
    """Register the one handler of each family."""
    app.before_request(require_length)
    app.before_request(require_json)
    app.register_error_handler(LobbyError, _refused)
    app.register_error_handler(ValidationError, invalid)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def invalid(error: ValidationError) -> Response:
    """What pydantic refused, field by field."""
    language = texts.wanted()
    fields = [
        {
            "field": ".".join(map(str, fault["loc"])),
            "detail": texts.translate(said_of(fault["type"]), language),
        }
        for fault in error.errors()
    ]
    return _problem(InvalidRequest(), fields)


def said_of(kind: str) -> str:
    """What is wrong with a value, by pydantic's kind of fault: English, a key of the catalogue."""
    return _FAULTS.get(kind, _FAULTS[_OTHER])


def require_length() -> None:
    """A body says how long it is: one in chunks would be cut at the bound rather than refused. Raises `NoLength`."""
    if "Transfer-Encoding" in request.headers:
        raise NoLength


def require_json() -> None:
    """A body has to be JSON and say so, but for a list's file. Raises `NotJson`."""
    if not request.path.startswith("/api/") or not request.content_length or _is_file():
        return
    try:
        request.get_json()
    except RequestEntityTooLarge:
        raise
    except (HTTPException, RecursionError):
        raise NotJson from None


def _is_file() -> bool:
    """A list is sent as it is. A page elsewhere cannot: this content type needs the leave it does not get."""
    return request.path in _FILES and request.mimetype == "application/octet-stream"


def _refused(error: LobbyError) -> BaseResponse | tuple[str, int]:
    if not _is_page():
        return _problem(error)
    if isinstance(error, SignInNeeded) and request.method == "GET":
        return redirect(url_for(current_app.config["SIGN_IN_PAGE"], next=request.full_path.rstrip("?")))
    return _page(error), error.status


def _is_page() -> bool:
    """Whether somebody looks at the answer, rather than a program."""
    return not (request.path.startswith("/api/") or request.is_json)


def _page(error: LobbyError) -> str:
    said = {f"text_{language}": texts.say(error, language) for language in texts.LANGUAGES}
    is_for_staff = not isinstance(error, UnknownTicket)  # a customer's phone has no business on the staff's screens
    return render_template("lobby/message.html", heading_zh="抱歉", heading_en="Sorry", home=is_for_staff, **said)


def _http(error: HTTPException) -> BaseResponse | tuple[str, int]:
    if error.code in _KNOWN:
        return _refused(_KNOWN[error.code]())
    if _is_page():
        return _page(LobbyError()), error.code or 500
    code = (error.name or "error").lower().replace(" ", "_")
    return _json(
        {"type": "about:blank", "title": error.name, "status": error.code, "detail": error.description, "code": code}
    )


def _unexpected(error: Exception) -> Response | tuple[str, int]:
    """One line in the log says what and where; by the route, as addresses may hold a ticket's token."""
    route = request.url_rule.rule if request.url_rule else "?"
    _log.error("%s %s failed: %s", request.method, route, logs.failure(error))
    if _is_page():
        return _page(LobbyError()), 500
    return _json({
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": texts.say(LobbyError(), texts.wanted()),
        "code": "internal",
    })  # fmt: skip


def _problem(error: LobbyError, fields: list[dict[str, str]] | None = None) -> Response:
    detail = texts.say(error, texts.wanted())
    if fields is None:
        faults = [fault for fault in error.faults or (error,) if fault.field]
        fields = [{"field": str(fault.field), "detail": texts.say(fault, texts.wanted())} for fault in faults]
    answer = _json({
        "type": f"urn:lobbyline:{error.code}",
        "title": type(error).__name__,
        "status": error.status,
        "detail": detail,
        "code": error.code,
        "errors": fields,
        "text": error.text,
        "values": error.attrs,
    })  # fmt: skip
    answer.retry_after = error.retry_s
    return answer


def _json(body: dict[str, Any]) -> Response:
    text = json.dumps(body, ensure_ascii=False, default=str)
    return Response(text, status=body["status"], mimetype="application/problem+json")
