"""Owns JSON as it leaves the server, in answers and on the live line: a view of everybody who waits is long."""

from typing import Any

import orjson
from flask import Response
from flask.json.provider import DefaultJSONProvider

_AS_EVER = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
"""Keys may be members of an enum; what the library would put otherwise than Flask is left to Flask."""


def dumps(value: object) -> bytes:
    """A value as JSON in UTF-8, without spaces."""
    return orjson.dumps(value, _other, _AS_EVER)


class Answers(DefaultJSONProvider):
    """JSON of an application: its answers are made quickly, the little else as Flask makes it."""

    ensure_ascii = sort_keys = False

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """An answer of what a view returned."""
        text = dumps(self._prepare_response_obj(args, kwargs)) + b"\n"
        return Response(text, mimetype=self.mimetype)


def _other(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else DefaultJSONProvider.default(value)
