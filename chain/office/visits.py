"""Owns visits that the public books at the head office: making, moving and giving them up, and what their store says."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from chain.errors import UnknownStore
from chain.office import mail, shares
from chain.office.database import Conn, one
from chain.office.errors import NoSuchVisit, PlaceTaken, StoreOffline, VisitFixed
from chain.office.stores import IS_THERE
from chain.protocol import Kind, MailAnswer, MailState, VisitState, VisitTold

CODES = range(100_000, 1_000_000)
"""Six digits, as the kiosk's keypad takes them."""
BY = "public"
OFFLINE_LEAD_S = 4 * 3600.0
"""So far ahead at least one books in a store that cannot be reached: it has to hear of it before its customer comes."""
OPEN = (VisitState.SENT, VisitState.BOOKED, VisitState.KEPT)
"""While it can be given up."""

_COLUMNS = "visits.id, token, store, kind, code, service, slot_at, language, phone, walk_s, state, made_at, told_at, told, change, refusal"


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody's booking, or their place kept in line (`kind` booking or remote).

    `phone` is masked. `change` is what the store was asked for and has not answered: move or cancel; `refusal` is what it
    refused last: {code, text, values}. `told`: how it stands, as `VisitTold`.
    """

    id: int
    token: str
    store: int
    kind: str
    code: str
    service: str
    slot_at: float | None
    language: str
    phone: str
    walk_s: int | None
    state: VisitState
    made_at: datetime
    told_at: datetime | None
    told: dict[str, Any] | None
    change: str | None
    refusal: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Wish:
    """A visit somebody wants to book. `slot_at`: seconds since the epoch."""

    request_key: str
    service: str
    slot_at: float
    name: str
    phone: str
    language: str


def bookable_from(now: float, *, is_there: bool) -> float:
    """Which times can be booked: those whose last moment for it is later than this."""
    return now if is_there else now + OFFLINE_LEAD_S


def book(conn: Conn, store_id: int, wish: Wish, now: float) -> tuple[Visit, bool]:
    """Take one of the places that the store holds, and ask it for the appointment; the visit, and whether it is new.

    Raises `UnknownStore`, `PlaceTaken`.
    """
    is_there = _lock(conn, store_id)
    visit = _add(
        conn, store_id, "booking", wish.request_key, wish.service, wish.language, wish.slot_at, _masked(wish.phone)
    )
    if visit is None:
        return by_request_key(conn, wish.request_key), False
    services = _claim(conn, store_id, wish.service, wish.slot_at, bookable_from(now, is_there=is_there))
    body = {
        "ref": visit.id, "code": visit.code, "service": wish.service, "slot_at": wish.slot_at, "services": services,
        "name": wish.name, "phone": wish.phone, "language": wish.language,
    }  # fmt: skip
    _ask(conn, visit, Kind.BOOKING, body, (wish.slot_at, services, wish.service))
    return visit, True


def keep_place(
    conn: Conn, store_id: int, request_key: str, service: str, language: str, walk_s: int
) -> tuple[Visit, bool]:
    """Ask a store that is there to keep a place in its line; the visit, and whether it is new.

    Raises `UnknownStore`, `StoreOffline`.
    """
    if not _lock(conn, store_id):
        raise StoreOffline
    visit = _add(conn, store_id, "remote", request_key, service, language, walk_s=walk_s)
    if visit is None:
        return by_request_key(conn, request_key), False
    body = {"ref": visit.id, "code": visit.code, "service": service, "language": language, "walk_s": walk_s}
    _ask(conn, visit, Kind.REMOTE_TICKET, body)
    return visit, True


def move(conn: Conn, token: str, service: str, slot_at: float, now: float) -> Visit:
    """Take another place and ask the store to move the booking there; the old one counts until it has.

    Raises `NoSuchVisit`, `VisitFixed`, `PlaceTaken`.
    """
    visit, is_there = _locked(conn, token)
    if (visit.service, visit.slot_at) == (service, slot_at):
        return visit
    if visit.kind != "booking" or visit.state not in OPEN or visit.change is not None:
        raise VisitFixed
    services = _claim(conn, visit.store, service, slot_at, bookable_from(now, is_there=is_there))
    body = {"ref": visit.id, "service": service, "slot_at": slot_at, "services": services}
    _ask(conn, visit, Kind.BOOKING_CHANGE, body, (slot_at, services, service))
    return _changing(conn, visit, "move")


def give_up(conn: Conn, token: str) -> Visit:
    """Ask the store to cancel it; asking again changes nothing. Raises `NoSuchVisit`, `VisitFixed`."""
    visit, _ = _locked(conn, token)
    if visit.state == VisitState.CANCELLED or visit.change == "cancel":
        return visit
    if visit.state not in OPEN:
        raise VisitFixed
    kind = Kind.BOOKING_CANCEL if visit.kind == "booking" else Kind.REMOTE_CANCEL
    _ask(conn, visit, kind, {"ref": visit.id})
    return _changing(conn, visit, "cancel")


def find(conn: Conn, token: str) -> Visit:
    """The visit with this token. Raises `NoSuchVisit`."""
    row = conn.execute(f"SELECT {_COLUMNS} FROM visits WHERE token = %s", (token,)).fetchone()
    if row is None:
        raise NoSuchVisit
    return _visit(row)


def by_request_key(conn: Conn, request_key: str) -> Visit:
    """The visit that a request made before."""
    return _visit(one(conn.execute(f"SELECT {_COLUMNS} FROM visits WHERE request_key = %s", (request_key,))))


def settle(conn: Conn, store_id: int, said: MailAnswer) -> None:
    """The store has answered, for the first time: keep what became of the visit, and of its name and phone nothing."""
    row = conn.execute(
        "SELECT claims.*, mail.kind FROM claims JOIN mail ON mail.store = claims.store AND mail.id = claims.mail"
        " WHERE claims.store = %s AND claims.mail = %s",
        (store_id, said.id),
    ).fetchone()
    if row is None:
        return
    conn.execute("UPDATE mail SET body = body - 'name' - 'phone' WHERE store = %s AND id = %s", (store_id, said.id))
    if said.state == MailState.REFUSED:
        _settle_refused(conn, row, said)
    else:
        _settle_applied(conn, row, said)


def tell(conn: Conn, store_id: int, told: VisitTold) -> None:
    """How a visit stands in its store now."""
    conn.execute(
        "UPDATE visits SET state = %s, code = %s, service = %s, slot_at = coalesce(%s, slot_at), told = %s, told_at = now()"
        " WHERE id = %s AND store = %s",
        (told.state, told.code, told.service, told.slot_at, Jsonb(told.model_dump()), told.ref, store_id),
    )


def forget(conn: Conn, before: datetime) -> None:
    """Let go of visits that were booked before a moment, with their numbers' ends and their links."""
    gone = "SELECT id FROM visits WHERE made_at < %s ORDER BY made_at LIMIT %s"
    conn.execute(f"DELETE FROM claims WHERE visit IN ({gone})", (before, shares.PIECE))
    conn.execute(
        f"DELETE FROM visits WHERE id IN ({gone}) AND NOT EXISTS (SELECT 1 FROM claims WHERE visit = visits.id)",
        (before, shares.PIECE),
    )


def _settle_refused(conn: Conn, row: dict[str, Any], said: MailAnswer) -> None:
    if row["slot_at"] is not None:
        shares.give_up(conn, row["store"], row["slot_at"], row["services"])
    refusal = {"code": said.code, "text": said.reason, "values": {}, **said.result}
    is_new = row["kind"] in {Kind.BOOKING, Kind.REMOTE_TICKET}
    conn.execute(
        "UPDATE visits SET state = CASE WHEN %s THEN 'refused' ELSE state END, change = NULL, refusal = %s, told_at = now() WHERE id = %s",
        (is_new, Jsonb(refusal), row["visit"]),
    )


def _settle_applied(conn: Conn, row: dict[str, Any], said: MailAnswer) -> None:
    match row["kind"]:
        case Kind.BOOKING | Kind.REMOTE_TICKET:
            conn.execute(
                "UPDATE visits SET state = CASE kind WHEN 'booking' THEN 'booked' ELSE 'kept' END, code = %s, told_at = now()"
                " WHERE id = %s AND state = 'sent'",
                (said.result["code"], row["visit"]),
            )
        case Kind.BOOKING_CHANGE:
            conn.execute(
                "UPDATE visits SET service = %s, slot_at = coalesce(%s, slot_at), change = NULL, refusal = NULL, told_at = now() WHERE id = %s",
                (row["service"], row["slot_at"], row["visit"]),
            )
        case _:
            conn.execute(
                "UPDATE visits SET state = 'cancelled', change = NULL, refusal = NULL, told_at = now() WHERE id = %s",
                (row["visit"],),
            )


def _lock(conn: Conn, store_id: int) -> bool:
    """Whether the store is there. Its row is locked: what is booked and what the store says come one after another, and
    locks are always taken in one order. Raises `UnknownStore`.
    """
    row = conn.execute(
        f"SELECT {IS_THERE} AS is_there FROM stores WHERE id = %s AND standing = 'joined' FOR UPDATE",
        (store_id,),
    ).fetchone()
    if row is None:
        raise UnknownStore(store=store_id)
    return bool(row["is_there"])


def _locked(conn: Conn, token: str) -> tuple[Visit, bool]:
    """The visit, and whether its store is there; both rows locked."""
    is_there = _lock(conn, find(conn, token).store)
    return _visit(one(conn.execute(f"SELECT {_COLUMNS} FROM visits WHERE token = %s FOR UPDATE", (token,)))), is_there


def _claim(conn: Conn, store_id: int, service: str, slot_at: float, now: float) -> str:
    services = shares.claim(conn, store_id, service, slot_at, now)
    if services is None:
        raise PlaceTaken
    return services


def _add(
    conn: Conn, store_id: int, kind: str, request_key: str, service: str, language: str, slot_at: float | None = None,
    phone: str = "", walk_s: int | None = None,
) -> Visit | None:  # fmt: skip
    """A new visit with a code of its own; None where this request has made one already."""
    code = str(CODES.start + secrets.randbelow(len(CODES)))
    row = conn.execute(
        "INSERT INTO visits (token, request_key, store, kind, code, service, slot_at, language, phone, walk_s)"
        f" VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (request_key) DO NOTHING RETURNING {_COLUMNS}",
        (secrets.token_urlsafe(18), request_key, store_id, kind, code, service, slot_at, language, phone, walk_s),
    ).fetchone()
    return _visit(row) if row else None


def _ask(
    conn: Conn, visit: Visit, kind: Kind, body: dict[str, Any], place: tuple[float, str, str] | None = None
) -> None:
    """Send it to the store, and keep what it takes of the share until it is answered."""
    number = mail.send(conn, [visit.store], kind, body, BY)[visit.store]
    slot_at, services, service = place or (None, None, None)
    conn.execute(
        "INSERT INTO claims (store, mail, visit, slot_at, services, service) VALUES (%s, %s, %s, %s, %s, %s)",
        (visit.store, number, visit.id, slot_at, services, service),
    )


def _changing(conn: Conn, visit: Visit, change: str) -> Visit:
    return _visit(
        one(
            conn.execute(
                f"UPDATE visits SET change = %s, refusal = NULL WHERE id = %s RETURNING {_COLUMNS}", (change, visit.id)
            )
        )
    )


def _masked(phone: str) -> str:
    """Enough for its owner to know it again."""
    return f"{phone[:3]}****{phone[-4:]}"


def _visit(row: dict[str, Any]) -> Visit:
    return Visit(**{**row, "state": VisitState(row["state"])})
