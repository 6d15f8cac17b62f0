"""Owns the head office's sockets: the only file that emits. Stores tell and fetch, walls follow.

What is committed is the truth; Redis only carries hints between processes. So each process also looks at the database
for what other processes took in, and a wall is late by seconds, never wrong, while Redis is down.
"""

import logging
from contextlib import suppress
from enum import StrEnum
from functools import partial
from typing import Any

import gevent
from flask import request
from flask_socketio import ConnectionRefusedError as Refusal
from flask_socketio import SocketIO, join_room
from gevent.event import Event as Signal

from chain.errors import OfficeDown
from chain.office import people, stores, wall
from chain.office.context import Office
from chain.office.database import Conn
from chain.office.desk import Desk
from chain.office.people import Person
from chain.protocol import NAMESPACE

GATHER_S = 0.25
"""What changes within so long reaches the walls as one."""
LOOK_EVERY_S = 5.0
"""So often a process looks for what others took in."""
_SHOWN = frozenset({"push", "parted"})
"""Walls show what comes of these."""
_WALL = "wall"
_log = logging.getLogger("lobbyline.office")


class Said(StrEnum):
    """Every event name the head office emits."""

    MAIL = "mail"
    WALL = "wall"
    STORES = "stores"
    REFUSED = "refused"


class Hub:
    """Both kinds of sockets of one process."""

    def __init__(self, office: Office, desk: Desk, socketio: SocketIO) -> None:
        self._office, self._desk, self._socketio = office, desk, socketio
        self._stores: dict[str, int] = {}
        self._walls: dict[str, Person] = {}
        self._changed: set[int] = set()
        self._news = Signal()
        socketio.on_event("connect", self._connect, namespace=NAMESPACE)
        socketio.on_event("disconnect", self._disconnect, namespace=NAMESPACE)
        for question in desk.questions:
            socketio.on_event(question, partial(self._answer, question), namespace=NAMESPACE)
        socketio.on_event("connect", self._connect_wall)
        socketio.on_event("disconnect", self._disconnect_wall)
        socketio.on_event("watch", self._watch)

    def tell(self, store_ids: list[int]) -> None:
        """Hint at news, in greenlets of their own: a Redis that does not answer holds nobody up."""
        for store_id in store_ids:
            self._note(store_id)
            gevent.spawn(self._socketio.emit, Said.MAIL, namespace=NAMESPACE, to=_room(store_id))

    def run(self) -> None:
        """Tell the walls what changes, for ever."""
        seen = None
        while True:
            try:
                self._news.wait(LOOK_EVERY_S)
                gevent.sleep(GATHER_S)
                self._news.clear()
                self._tell_all()
                seen = self._look_at_others(seen)
            except Exception:  # noqa: BLE001 — the one place of this loop; the next round goes on
                _log.exception("telling the walls failed; the next round goes on")
                gevent.sleep(1)

    def _tell_all(self) -> None:
        """What this process took in, to the walls of all."""
        changed, self._changed = self._changed, set()
        if changed:
            with self._office.database.transaction() as conn:
                rows = wall.rows_of(conn, list(changed))
            self._socketio.emit(Said.STORES, {"stores": rows}, to=_WALL)

    def _look_at_others(self, seen: Any) -> Any:
        """What any process took in, to the walls of this one. Rows carry their number, so a repeat is nothing new."""
        with self._office.database.transaction() as conn:
            now = wall.now(conn)
            if seen is None or (now - seen).total_seconds() < LOOK_EVERY_S:
                return seen or now
            self._dismiss_signed_out(conn)
            rows = wall.told_since(conn, seen) if self._walls else []
        if rows:
            self._socketio.server.manager.emit(Said.STORES, {"stores": rows}, "/", room=_WALL, ignore_queue=True)
        return now

    def _dismiss_signed_out(self, conn: Conn) -> None:
        """A sign-in that has ended ends its walls."""
        for sid, person in list(self._walls.items()):
            if people.by_id(conn, person.id, person.sign_ins) is None:
                self._walls.pop(sid)
                self._socketio.server.disconnect(sid)

    def _connect(self, auth: Any = None) -> None:
        token = auth.get("token") if isinstance(auth, dict) else None
        with self._office.database.transaction() as conn:
            store_id = stores.by_token(conn, token) if isinstance(token, str) else None
        if store_id is None:
            raise Refusal("unknown token")
        self._stores[_sid()] = store_id
        join_room(_room(store_id))

    def _disconnect(self, *_: object) -> None:
        store_id = self._stores.pop(_sid(), None)
        if store_id is not None:
            with suppress(OfficeDown), self._office.database.transaction() as conn:
                stores.hang_up(conn, store_id, _sid())
            self._note(store_id)

    def _answer(self, question: str, data: Any = None, *_: object) -> dict[str, Any]:
        store_id = self._stores[_sid()]
        answer = self._desk.answer(store_id, _sid(), question, data)
        if question in _SHOWN:
            self._note(store_id)
        return answer

    def _note(self, store_id: int | None) -> None:
        if store_id is not None:
            self._changed.add(store_id)
            self._news.set()

    def _connect_wall(self, _: Any = None) -> None:
        person = self._office.person()
        if person is None:
            raise Refusal("sign in")
        self._walls[_sid()] = person

    def _disconnect_wall(self, *_: object) -> None:
        self._walls.pop(_sid(), None)

    def _watch(self, *_: object) -> None:
        with self._office.database.transaction() as conn:
            rows = wall.every_row(conn)
        join_room(_WALL)
        self._socketio.emit(Said.WALL, {"stores": rows}, to=_sid())


def _room(store_id: int) -> str:
    return f"store:{store_id}"


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]
