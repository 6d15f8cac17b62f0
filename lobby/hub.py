"""Owns the websocket hub: the only file that emits. It follows the journal and tells every audience what changed.

Woken after each commit, it reads the events past its version, says each call at once, and sends every audience one
fresh snapshot. Changes close together are sent as one. A dead or slow client has its own queue and hurts nobody else.
"""

import logging
import time
from collections import Counter as Tally
from enum import StrEnum
from typing import Any

import gevent
from flask import request
from flask_socketio import ConnectionRefusedError as Refuse
from flask_socketio import SocketIO, join_room, leave_room
from gevent.event import Event as Signal

from counter import screen, views
from counter.web import Caller, Context
from db import events, settings, tickets
from db.errors import LobbyError, NotFound
from db.records import EventKind, Role
from display import screens

SNAPSHOT_GAP_S = 0.05
SNAPSHOT_DELAY_S = 0.02
"""A snapshot waits this long for more news, and lets calls and answers go first."""
HEARTBEAT_S = 15.0
"""Even without an event the time goes on: opening hours, promises, and proof that the line is alive."""

_EVERYBODY = "lobby"
_CALLS = frozenset({EventKind.CALLED, EventKind.RECALLED})
_log = logging.getLogger("lobbyline.hub")


class Said(StrEnum):
    """Every event name the server emits."""

    SNAPSHOT = "snapshot"
    CALLED = "called"
    REFUSED = "refused"


class Hub:
    """Follows the journal for as long as `run` runs."""

    def __init__(self, context: Context, socketio: SocketIO) -> None:
        self._context = context
        self._socketio = socketio
        self._wake = Signal()
        self._watched: dict[str, str] = {}
        self._is_stale = False
        self._next_snapshot = 0.0
        with context.store.read() as conn:
            self._version = events.version(conn)
            calls = events.recent_calls(conn, 0, 1)
        self._last_call = calls[0].seq if calls else 0
        self._callers: dict[str, Caller] = {}
        self._held: dict[str, str] = {}
        socketio.on_event("connect", self._connect)
        socketio.on_event("disconnect", self._disconnect)
        socketio.on_event("watch", self._watch)

    def wake(self) -> None:
        """Something was committed."""
        self._wake.set()

    def run(self) -> None:
        """Tell everybody what changes, for ever."""
        while True:
            self._wake.wait(self._patience())
            self._wake.clear()
            try:
                self._follow()
            except Exception:  # noqa: BLE001 — the one place of this loop; the next round goes on
                _log.exception("a round of news failed; the next one goes on")
                gevent.sleep(1)

    def _patience(self) -> float:
        return max(0.0, self._next_snapshot - time.monotonic()) if self._is_stale else HEARTBEAT_S

    def _follow(self) -> None:
        with self._context.store.read() as conn:
            news = events.after(conn, self._version)
            store = settings.load(conn)
        for event in news:
            self._version = event.seq
            if event.kind in _CALLS:
                said = {**views.call(event, store), "previous": self._last_call, "audio_url": None}
                self._last_call = event.seq
                self._emit(Said.CALLED, said, _EVERYBODY)
        if not self._is_stale:
            self._is_stale = True
            self._next_snapshot = max(self._next_snapshot, time.monotonic() + SNAPSHOT_DELAY_S)
        if time.monotonic() >= self._next_snapshot:
            self._send_snapshots()

    def _send_snapshots(self) -> None:
        self._is_stale = False
        for audience in Tally(self._watched.values()):
            self._emit(Said.SNAPSHOT, self._snapshot(audience), audience)
        self._next_snapshot = time.monotonic() + SNAPSHOT_GAP_S

    def _snapshot(self, audience: str) -> dict[str, Any]:
        kind, _, which = audience.partition(":")
        now = self._context.clock()
        with self._context.store.read() as conn:
            if kind == "counter":
                body = screen.read(conn, int(which), now)
            elif kind == "ticket":
                body = screens.read_ticket(conn, which, now)
            elif kind == "floor":
                body = screens.read_floor(conn, now)
            else:
                body = screens.read_board(conn, now)
        return {**self._context.frame, **body}

    def _connect(self, auth: dict[str, Any] | None = None) -> None:
        token = auth.get("token") if isinstance(auth, dict) else None
        caller = self._context.caller_of_token(token) if token else self._context.caller_of_cookies()
        if token and not caller.is_known:
            self._require_ticket(token)
            self._held[_sid()] = token
        self._callers[_sid()] = caller

    def _require_ticket(self, token: str) -> None:
        """A ticket's own token lets its holder in, to that ticket only."""
        with self._context.store.read() as conn:
            if tickets.by_token(conn, token) is None:
                raise Refuse("unknown token")

    def _disconnect(self, *_: object) -> None:
        self._callers.pop(_sid(), None)
        self._held.pop(_sid(), None)
        self._watched.pop(_sid(), None)

    def _watch(self, what: Any) -> None:
        try:
            audience = self._admit(what if isinstance(what, dict) else {})
            snapshot = self._snapshot(audience)
        except LobbyError as refused:
            self._emit(Said.REFUSED, views.message(refused), _sid())
            return
        before = self._watched.get(_sid())
        if before not in {None, audience}:
            leave_room(before)
        self._watched[_sid()] = audience
        join_room(_EVERYBODY)
        join_room(audience)
        self._emit(Said.SNAPSHOT, snapshot, _sid())

    def _admit(self, what: dict[str, Any]) -> str:
        """Which audience this client belongs to. Raises `SignInNeeded`, `Forbidden`, `NotFound`."""
        caller = self._callers.get(_sid(), Caller())
        match what.get("screen"):
            case "display" | "kiosk":
                return "board"
            case "ticket":
                return f"ticket:{what.get('token') or self._held.get(_sid())}"
            case "counter":
                caller.require_staff()
                return f"counter:{int(what.get('counter') or 0)}"
            case "floor":
                caller.require_staff(Role.MANAGER)
                return "floor"
        raise NotFound

    def _emit(self, said: Said, data: Any, to: str) -> None:
        self._socketio.emit(said, data, to=to)


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]
