"""Owns what the API document says of every route alike: answers, refusals, who may; and a path for each command.

What is particular to a route, its fields and its answer's shape, stands with the route.
"""

import re
from http import HTTPStatus
from typing import Any

from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel

from lobby import commands, rights

Json = dict[str, Any]

COMMAND = "/api/v1/commands/{name}"
_FOR_PROGRAMS = ("/api/", "/healthz", "/metrics")
_JSON, _CSV, _TEXT = "application/json", "text/csv", "text/plain"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ENDINGS = {".csv": _CSV, ".xlsx": _XLSX, "/audio": "audio/wav", "/sample": "audio/wav", "/metrics": _TEXT}
_OK, _CREATED, _ACCEPTED = HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED
_DONE = {
    "POST /api/v1/tickets": (_OK, _CREATED),
    "POST /api/v1/check-ins": (_OK, _CREATED),
    "POST /api/v1/sessions": (_CREATED,),
    "POST /api/v1/counters/{number}/issue": (_OK, _CREATED),
    "POST /api/v1/floor/acts": (_CREATED,),
    "POST /api/v1/imports": (_CREATED,),
    "POST /api/v1/imports/{id}/apply": (_ACCEPTED,),
    "POST /api/v1/reports/staffing": (_ACCEPTED,),
    "POST /api/v1/reports/replay": (_ACCEPTED,),
    "POST /api/v1/public/bookings": (_OK, _CREATED),
    "POST /api/v1/public/remote-tickets": (_OK, _CREATED),
}
"""What other than 200 says that something was done."""

_FILE = "POST /api/v1/imports"
_ANY = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE)  # fmt: skip
_WHO = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_CHANGES = (HTTPStatus.CONFLICT, HTTPStatus.LENGTH_REQUIRED, HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.INSUFFICIENT_STORAGE)  # fmt: skip
_SIGN_IN = "POST /api/v1/sessions"


class Field(BaseModel):
    """What is wrong with one field of a request."""

    field: str
    detail: str


class Problem(BaseModel):
    """A refusal, as RFC 9457 has it. `code` is stable; `detail` says in the caller's language what to do."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Field] = []
    text: str = ""
    values: dict[str, Any] = {}


class Documented(OpenAPI):
    """An application, with a document that says what every route for programs answers."""

    def generate_spec_json(self) -> None:
        """What the library gathers from the routes, made whole."""
        super().generate_spec_json()  # type: ignore[no-untyped-call]
        paths: Json = {path: item for path, item in self.spec_json["paths"].items() if path.startswith(_FOR_PROGRAMS)}
        self.spec_json["paths"] = paths
        schemas: Json = self.spec_json["components"]["schemas"]
        del schemas[self.validation_error_model.__name__]
        _add(schemas, Problem)
        self.spread(paths, schemas)
        for path, item in paths.items():
            for method, operation in item.items():
                _complete(method.upper(), path, operation, is_open=self.is_open(f"{method.upper()} {path}"))

    def spread(self, paths: Json, schemas: Json) -> None:
        """Routes that stand for several have a path for each; here is none."""

    def is_open(self, _: str) -> bool:
        """Whether anybody may use a route; here everything is for everybody."""
        return True


class StoreDocument(Documented):
    """A store's, whose routes are for who may, and whose commands have a path each."""

    def spread(self, paths: Json, schemas: Json) -> None:
        """A path for each command."""
        _spread_commands(paths, schemas)

    def is_open(self, route: str) -> bool:
        """Whether anybody may use a route."""
        return _right(route).is_open


def _spread_commands(paths: Json, schemas: Json) -> None:
    """A path for each command, as each has arguments of its own."""
    any_command = paths.pop(COMMAND)["post"]
    for name, command in commands.COMMANDS.items():
        _add(schemas, command.body)
        body = {"content": {_JSON: {"schema": _reference(command.body)}}, "required": True}
        own = {**any_command, "operationId": f"command_{name.replace('-', '_')}", "requestBody": body}
        own["responses"] = {}
        own.pop("parameters", None)
        own["summary"] = (command.body.__doc__ or "").strip().splitlines()[0]
        paths[COMMAND.format(name=name)] = {"post": own}


def _complete(method: str, path: str, operation: Json, *, is_open: bool) -> None:
    route = f"{method} {path}"
    done = {code: answer for code, answer in operation["responses"].items() if code.startswith("2")}
    operation["responses"] = done or {str(int(code)): _answer(code, path) for code in _DONE.get(route, (_OK,))}
    refused = (*_ANY, *(() if is_open and route != _SIGN_IN else _WHO), *(() if method == "GET" else _CHANGES))
    operation["responses"] |= {str(int(status)): _refusal(status) for status in sorted(refused)}
    if not is_open:
        operation["security"] = [{"token": []}]
    if route == _FILE:
        operation["requestBody"] = {"content": {"application/octet-stream": {}}, "required": True}


def _right(route: str) -> rights.Right:
    plain = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule): right for rule, right in rights.ROUTES.items()}
    return plain.get(route) or plain[f"POST {COMMAND}"]


def _answer(status: HTTPStatus, path: str) -> Json:
    kind = next((kind for ending, kind in _ENDINGS.items() if path.endswith(ending)), _JSON)
    return {"description": status.phrase, "content": {kind: {}}}


def _refusal(status: HTTPStatus) -> Json:
    return {"description": status.phrase, "content": {"application/problem+json": {"schema": _reference(Problem)}}}


def _reference(model: type[BaseModel]) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _add(schemas: Json, model: type[BaseModel]) -> None:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= schema.pop("$defs", {})
    schemas[model.__name__] = schema
