"""Owns which address may be the one for phones: it is printed as a QR code, and pages' addresses are made from it."""

import re
from urllib.parse import urlsplit

from db.errors import LobbyError

LONGEST = 200
"""Nobody's is longer, and a QR code has no room for very much more."""
_NO_ADDRESS = re.compile(r"""[\s\x00-\x1f\x7f"'`<>\\^{|}?#]""")
"""What no host and no path has, and what would end it."""


class BadUrl(LobbyError):
    """Not an address for a browser."""

    code, status, field = "bad_url", 422, "public_url"
    text = (
        "The address for phones is like http://192.168.1.10:8080 or https://lobby.example:"
        " at most 200 letters, without spaces or quotes."
    )


def checked(text: str) -> str | None:
    """The address without a last slash; None for none. Raises `BadUrl`."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # half an IPv6 address, or a port that is no number
        raise BadUrl from None
    if not is_whole or len(text) > LONGEST or _NO_ADDRESS.search(text):
        raise BadUrl
    return text.rstrip("/")
