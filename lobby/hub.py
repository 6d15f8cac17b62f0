"""Owns the websocket hub: the only file that emits. It follows the journal and tells every audience what changed.

Woken after each commit, it reads the events past its version, says each call at once, and sends every audience one
fresh snapshot. Changes close together are sent as one. A dead or slow client has its own queue and hurts nobody else.
Customers' phones, which may be many, are told what is new to them: see `lobby/phones.py`.
"""

import logging
import sqlite3
import time
from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Any, Literal

import gevent
from flask import request, session
from flask_socketio import SocketIO, join_room, leave_room
from gevent.event import Event as Signal
from pydantic import BaseModel, Field, ValidationError

from counter import duty_screen, screen, views
from counter.errors import DeviceRevoked
from counter.moment import Present
from counter.present import load_with_calls
from counter.web import LARGEST, SESSION_KEY, Caller, Context
from db import events, settings, staff, tickets
from db.errors import LobbyError
from db.event_records import EventKind
from db.presence import Seen
from display import screens
from display.board import of_call
from lobby import handshake, rights
from lobby.errors import InvalidRequest
from lobby.phones import Phones
from lobby.turns import Turns

SNAPSHOT_GAP_S = 0.05
LEAST_REST = 2.0
"""A round of snapshots is followed by so many times as long without one: those who act come before those who watch."""
SNAPSHOT_DELAY_S = 0.02
"""A snapshot waits this long for more news, and lets calls and answers go first."""
HEARTBEAT_S = 15.0
"""Even without an event the time goes on: opening hours, promises, and proof that the line is alive."""

_EVERYBODY = "lobby"
_PHONE = "ticket:"
_CALLS = frozenset({EventKind.CALLED, EventKind.RECALLED})
_REVOKED = frozenset({EventKind.DEVICE_REVOKED, EventKind.PRINTER_REMOVED})
_log = logging.getLogger("lobbyline.hub")


class Said(StrEnum):
    """Every event name the server emits."""

    SNAPSHOT = "snapshot"
    CALLED = "called"
    REFUSED = "refused"


class _Watch(BaseModel):
    """What a client wants to follow."""

    screen: Literal["display", "kiosk", "counter", "floor", "ticket", "duty"]
    counter: int = Field(default=0, ge=0, le=LARGEST)
    token: str = Field(default="", max_length=64, pattern=r"^[\w-]*$")


class Hub:
    """Follows the journal for as long as `run` runs. Between two snapshots whoever acts goes first, by `turns`."""

    def __init__(self, context: Context, socketio: SocketIO, turns: Turns) -> None:
        self._context = context
        self._turns = turns
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
        self._sessions: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._pages: dict[str, str] = {}
        self._told: dict[str, float] = {}
        self._phones = Phones(context, lambda snapshot, to: self._emit(Said.SNAPSHOT, snapshot, to))
        socketio.on_event("connect", self._connect)
        socketio.on_event("disconnect", self._disconnect)
        socketio.on_event("watch", self._watch)

    def on_line(self) -> set[int]:
        """The devices that have a live line now, by id."""
        return {caller.device.id for caller in self._callers.values() if caller.device is not None}

    def whereabouts(self) -> dict[int, Seen]:
        """The devices that have a live line now, by id: since when does not matter, the page and the address do."""
        now = self._context.clock()
        return {
            caller.device.id: Seen(now, self._pages.get(sid), self._addresses.get(sid))
            for sid, caller in list(self._callers.items())
            if caller.device is not None
        }

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
        if self._is_stale:
            return max(0.0, self._next_snapshot - time.monotonic())
        behind = self._phones.patience()
        return HEARTBEAT_S if behind is None else behind

    def _follow(self) -> None:
        self._hear()
        if not self._is_stale:
            self._is_stale = True
            self._next_snapshot = max(self._next_snapshot, time.monotonic() + SNAPSHOT_DELAY_S)
        if time.monotonic() >= self._next_snapshot:
            self._send_snapshots()

    def _hear_meanwhile(self) -> bool:
        """Calls do not wait until a round has ended; their snapshots follow in the next. Returns if there is news."""
        if not self._wake.is_set():
            return False
        self._wake.clear()
        self._is_stale = True
        return self._hear()

    def _hear(self) -> bool:
        """Follow the journal; returns whether there was anything new."""
        with self._context.store.read() as conn:
            news = events.after(conn, self._version)
            store = settings.load(conn) if any(event.kind in _CALLS for event in news) else None
        if any(event.kind in _REVOKED for event in news):
            self._dismiss_revoked()
        for event in news:
            self._version = event.seq
            self._phones.note(event.ticket)
            if store is not None and event.kind in _CALLS:
                said = {**views.call(event, store), **of_call(event, store, self._context.clock())}
                said["previous"] = self._last_call
                self._last_call = event.seq
                self._emit(Said.CALLED, said, _EVERYBODY)
        return bool(news)

    def _send_snapshots(self) -> None:
        """One round, whoever waited longest first. News ends it: no screen may see a moment before what it was told."""
        self._let_act()
        self._is_stale = False
        self._dismiss_signed_out()
        audiences = set(self._watched.values())
        phones = {audience for audience in audiences if audience.startswith(_PHONE)}
        self._told = {to: self._told.get(to, 0.0) for to in audiences - phones}
        gap, took, began = SNAPSHOT_GAP_S, 0.0, time.monotonic()
        order = sorted(self._told, key=self._told.__getitem__)
        for audience, snapshot in self._snapshots(order):
            self._emit(Said.SNAPSHOT, snapshot, audience)
            self._told[audience] = time.monotonic()
            took += self._told[audience] - began
            if self._let_act() and audience != order[-1]:
                gap = 0.0  # those that are left do not wait so long again
                break
            began = time.monotonic()
        self._next_snapshot = time.monotonic() + max(gap, LEAST_REST * took)
        self._phones.tell(phones, self._let_act)

    def _let_act(self) -> bool:
        """Who has just pressed a key is answered first: making snapshots would hold up the writer's thread as well.

        Returns whether there was news meanwhile.
        """
        news: list[bool] = []
        self._turns.give(lambda: news.append(self._hear_meanwhile()))
        return any(news)

    def _snapshots(self, audiences: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """What each screen sees, all of one moment: the lobby is read once, in the transaction of every other row."""
        if not audiences:
            return
        with self._context.store.read() as conn:
            present = load_with_calls(conn, self._context.clock())
            for to in audiences:
                yield to, {**self._context.frame, **_read(conn, to, present)}

    def _dismiss_signed_out(self) -> None:
        """A sign-in that has ended ends its screens."""
        for sid, session_token in list(self._sessions.items()):
            if sid in self._watched and self._context.caller_of_session(session_token).person is None:
                self._watched.pop(sid)
                self._socketio.server.disconnect(sid)

    def _dismiss_revoked(self) -> None:
        """A device that was taken out of the store is told so, and its line ends."""
        devices = {sid: caller.device.id for sid, caller in self._callers.items() if caller.device is not None}
        with self._context.store.read() as conn:
            known = {device.id for device in staff.devices(conn)}
        for sid, device_id in devices.items():
            if device_id not in known:
                self._callers.pop(sid, None)
                self._watched.pop(sid, None)
                self._emit(Said.REFUSED, views.message(DeviceRevoked()), sid)
                self._socketio.server.disconnect(sid)

    def _connect(self, auth: Any = None) -> None:
        token = handshake.token_of(auth)
        session_token = None if token else session.get(SESSION_KEY)
        caller = self._context.caller_of_token(token) if token else self._context.caller_of_cookies()
        if token and not caller.is_known:
            self._require_ticket(token)
            self._held[_sid()] = token
        if caller.person is not None:
            self._sessions[_sid()] = session_token or token or ""
        self._callers[_sid()] = caller
        self._addresses[_sid()] = request.remote_addr or ""

    def _require_ticket(self, token: str) -> None:
        """A ticket's own token lets its holder in, to that ticket only."""
        with self._context.store.read() as conn:
            if tickets.by_token(conn, token) is None:
                raise handshake.refuse()

    def _disconnect(self, *_: object) -> None:
        self._callers.pop(_sid(), None)
        for known in (self._held, self._sessions, self._addresses, self._pages):
            known.pop(_sid(), None)
        self._watched.pop(_sid(), None)

    def _watch(self, what: Any = None, *_: object) -> None:
        try:
            wanted = _Watch.model_validate(what or {})
            audience = self._admit(wanted)
            phone = audience.startswith(_PHONE)
            snapshot = self._phones.snapshot(audience) if phone else dict(self._snapshots([audience]))[audience]
        except (LobbyError, ValidationError) as refused:
            said = refused if isinstance(refused, LobbyError) else InvalidRequest()
            self._emit(Said.REFUSED, views.message(said), _sid())
            return
        before = self._watched.get(_sid())
        if before not in {None, audience}:
            leave_room(before)
        self._watched[_sid()] = audience
        self._pages[_sid()] = f"/{wanted.screen}"
        join_room(_EVERYBODY)
        join_room(audience)
        self._emit(Said.SNAPSHOT, snapshot, _sid())

    def _admit(self, what: "_Watch") -> str:
        """Which audience this client belongs to. Raises `SignInNeeded`, `Forbidden`, `DeviceRevoked`."""
        caller = self._callers.get(_sid(), Caller())
        rights.SCREENS[what.screen].require(caller)
        match what.screen:
            case "ticket":
                return _PHONE + (what.token or self._held.get(_sid(), ""))
            case "counter":
                return f"counter:{what.counter}"
            case "floor":
                return "floor"
            case "duty":
                return f"duty:{caller.staff.id}"
        caller.require_not_revoked()
        return "board"

    def _emit(self, said: Said, data: Any, to: str) -> None:
        self._socketio.emit(said, data, to=to)


def _read(conn: sqlite3.Connection, audience: str, present: Present) -> dict[str, Any]:
    kind, _, which = audience.partition(":")
    match kind:
        case "counter":
            return screen.read(conn, int(which), present)
        case "floor":
            return screens.read_floor(conn, present)
        case "duty":
            return duty_screen.read(conn, int(which), present)
    return screens.read_board(conn, present)


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]
