"""Owns joining a store to a chain and leaving it again, and telling how far the head office has been told.

Nothing of a chain is loaded before somebody asks for it.
"""

import sqlite3
import ssl
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field

from counter.web import Body, Context
from db import calendar, chain, events, settings
from db.errors import LobbyError
from db.event_records import EventKind
from db.people_records import Role
from lobby.orders import Command, Json, Order

GREETING_S = 10.0
_FORBIDDEN, _OK = 403, 200


class BadHeadOfficeAddress(LobbyError):
    """Not where a head office is."""

    code, status, field = "bad_head_office_address", 422, "url"
    text = "The head office's address begins with https://, or with http:// on this machine itself."


class BadAuthority(LobbyError):
    """Not a certificate."""

    code, status, field = "bad_authority", 422, "authority"
    text = "The file of --authority holds no certificate (PEM)."


class ChainJoin(Body):
    """A head office, and the token it has given this store. `authority`: whose certificates are trusted there (PEM)."""

    url: str = Field(max_length=200)
    token: str = Field(min_length=20, max_length=100)
    authority: str | None = Field(default=None, max_length=200_000)
    staff_names: bool = False


def _greet(context: Context, body: ChainJoin) -> ChainJoin:
    """Ask there, so that a wrong address or token is known at once."""
    url = body.url.rstrip("/")
    _require_address(url)
    trusted = _trusted(body.authority)
    refusal = context.off_loop(lambda: _refusal(url, body.token, trusted))
    if refusal is not None:
        raise refusal
    return body.model_copy(update={"url": url})


def _require_address(url: str) -> None:
    parts = urlsplit(url)
    is_here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not parts.hostname or not (parts.scheme == "https" or is_here) or parts.username:
        raise BadHeadOfficeAddress


def _trusted(authority: str | None) -> ssl.SSLContext | bool:
    if authority is None:
        return True
    try:
        return ssl.create_default_context(cadata=authority)
    except ssl.SSLError:
        raise BadAuthority from None


def _refusal(url: str, token: str, trusted: ssl.SSLContext | bool) -> LobbyError | None:
    """Why one cannot join there; nothing may be raised off the loop."""
    import httpx

    from chain.errors import NoHeadOffice, UnknownChainToken, UnreachableHeadOffice, UntrustedHeadOffice

    headers = {"Authorization": f"Bearer {token}"}
    try:
        answer = httpx.get(
            f"{url}/api/v1/greeting", headers=headers, timeout=GREETING_S, trust_env=False, verify=trusted
        )
        said: Any = answer.json()
    except httpx.TransportError as error:
        return UntrustedHeadOffice(url=url) if "CERTIFICATE" in str(error) else UnreachableHeadOffice(url=url)
    except ValueError:
        return NoHeadOffice(url=url)
    if answer.status_code == _FORBIDDEN and said.get("code") == UnknownChainToken.code:
        return UnknownChainToken()
    is_office = answer.status_code == _OK and isinstance(said, dict) and "head_office" in said
    return None if is_office else NoHeadOffice(url=url)


def _join(conn: sqlite3.Connection, order: Order, body: ChainJoin) -> Json:
    order.require_at_least(Role.ADMIN)
    now = order.context.clock()
    chain.join(conn, body.url, body.token, body.authority, now, staff_names=body.staff_names)
    order.journal(conn, EventKind.CHAIN_JOINED, head_office=body.url, staff_names=body.staff_names)
    return {"joined": body.url}


def _leave(conn: sqlite3.Connection, order: Order, _: Body) -> Json:
    order.require_at_least(Role.ADMIN)
    from chain.errors import NotJoined

    if not chain.leave(conn):
        raise NotJoined
    order.journal(conn, EventKind.CHAIN_LEFT)
    return {"left": True}


def _show(conn: sqlite3.Connection, _: Order, __: Body) -> Json:
    from chain.errors import NotJoined

    link = chain.link(conn)
    if link is None:
        raise NotJoined
    store = settings.load(conn)
    return {
        "head_office": link.url,
        "told": link.acked,
        "journal": events.version(conn),
        "told_at": calendar.stamp(link.told_at, store),
        "trouble": link.trouble,
        "staff_names": link.staff_names,
    }


COMMANDS: dict[str, Command[Any]] = {
    "chain-join": Command(ChainJoin, _join, _greet),
    "chain-leave": Command(Body, _leave),
    "chain-show": Command(Body, _show),
}
