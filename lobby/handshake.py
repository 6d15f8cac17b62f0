"""Owns what a client shows when it opens a socket: a token, or nothing."""

import re
from typing import Any

from flask_socketio import ConnectionRefusedError as Refuse

_TOKEN = re.compile(r"[\w.~+/=-]{1,512}", re.ASCII)  # RFC 6750


def refuse() -> Refuse:
    """What somebody with a token that nobody has is answered."""
    return Refuse("unknown token")


def token_of(auth: Any) -> str | None:
    """The token that was shown, None for none. Raises `ConnectionRefusedError` for what can be none."""
    token = auth.get("token") if isinstance(auth, dict) else None
    if not token:
        return None
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise refuse()
    return token
