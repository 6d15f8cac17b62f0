"""Owns how errors leave the house: RFC 9457 problem+json in the caller's language, and no traceback ever."""

import json
import logging
from typing import Any

from flask import Flask, Response, render_template, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from db.errors import InvalidRequest, LobbyError
from lobby import texts

_log = logging.getLogger("lobbyline")


def install(app: Flask) -> None:
    """Register the one handler of each family."""
    app.register_error_handler(LobbyError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def invalid(error: ValidationError) -> Response:
    """What pydantic refused, field by field."""
    fields = [{"field": ".".join(map(str, fault["loc"])), "detail": fault["msg"]} for fault in error.errors()]
    return _problem(InvalidRequest(), fields)


def _refused(error: LobbyError) -> Response | tuple[str, int]:
    if not (request.path.startswith("/api/") or request.is_json):
        return _page(error), error.status
    return _problem(error)


def _page(error: LobbyError) -> str:
    said = {f"text_{language}": texts.say(error, language) for language in texts.LANGUAGES}
    return render_template("lobby/message.html", heading_zh="抱歉", heading_en="Sorry", **said)


def _http(error: HTTPException) -> Response | HTTPException:
    if not request.path.startswith("/api/"):
        return error
    code = (error.name or "error").lower().replace(" ", "_")
    return _json(
        {"type": "about:blank", "title": error.name, "status": error.code, "detail": error.description, "code": code}
    )


def _unexpected(error: Exception) -> Response:
    _log.exception("%s %s failed", request.method, request.path, exc_info=error)
    return _json({
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": texts.say(LobbyError(), texts.wanted()),
        "code": "internal",
    })  # fmt: skip


def _problem(error: LobbyError, fields: list[dict[str, str]] | None = None) -> Response:
    detail = texts.say(error, texts.wanted())
    if error.field and not fields:
        fields = [{"field": error.field, "detail": detail}]
    return _json({
        "type": f"urn:lobbyline:{error.code}",
        "title": type(error).__name__,
        "status": error.status,
        "detail": detail,
        "code": error.code,
        "errors": fields or [],
    })  # fmt: skip


def _json(body: dict[str, Any]) -> Response:
    text = json.dumps(body, ensure_ascii=False, default=str)
    return Response(text, status=body["status"], mimetype="application/problem+json")
