"""Owns the server's end of the line to print agents: one Socket.IO namespace, one greenlet per printer at an agent.

The only other place that emits is `hub.py`, to screens. An agent signs in with its printer's own token; the newest
connection of a printer counts.
"""

import logging
from base64 import b64encode
from collections.abc import Callable
from typing import Any, TypeVar

import gevent
from flask import request
from flask_socketio import SocketIO
from gevent.event import Event as Signal
from pydantic import BaseModel, Field, ValidationError
from socketio.exceptions import SocketIOError

from counter.web import LARGEST, Caller, Context
from db.errors import LobbyError, NotFound
from db.paper_records import PrintState
from db.people_records import Device
from db.ticket_records import Ticket
from lobby import handshake, rights
from printer import conditions, handover
from printer.device import split_agent
from printer.errors import AgentAway, by_code
from printer.handover import Parcel, Report
from printer.status import Condition
from printer.trial import Trial

T = TypeVar("T")

NAMESPACE = "/agent"
ANSWER_S = 10.0
TRIAL_S = 70.0
GRACE_S = 4.0
"""A line that is back so soon was never away."""
LOOK_EVERY_S = 1.0
_log = logging.getLogger("lobbyline.agents")


class _Hello(BaseModel):
    held: list[str] = Field(max_length=10_000)


class _Condition(BaseModel):
    answers: bool | None
    marks_end: bool | None
    paper_low: bool | None
    fault: str | None = Field(max_length=60)

    @property
    def told(self) -> Condition:
        return Condition(self.answers, self.marks_end, self.paper_low)


class _Report(BaseModel):
    key: str = Field(max_length=120)
    state: str = Field(pattern="^(printed|unknown|failed|given)$")
    fault: str | None = Field(max_length=60)
    attempts: int = Field(ge=0, le=LARGEST)
    paper_out: bool


class _Line:
    """One printer at an agent: who is connected, and whether it may be sent slips."""

    def __init__(self, printer: Device) -> None:
        self.printer = printer
        self.sid: str | None = None
        self.is_ready = False
        self.since = 0.0
        self.signal = Signal()


class Agents:
    """Every printer that is plugged into another computer."""

    def __init__(self, context: Context, socketio: SocketIO, url_for: Callable[[Ticket], str]) -> None:
        self._context = context
        self._socketio = socketio
        self._url_for = url_for
        self._lines: dict[int, _Line] = {}
        self._greenlets: dict[int, gevent.Greenlet] = {}
        for event, handler in (
            ("connect", self._connect),
            ("disconnect", self._disconnect),
            ("hello", self._or_hang_up(self._hello)),
            ("report", self._or_hang_up(self._report)),
            ("condition", self._or_hang_up(self._take_condition)),
        ):
            socketio.on_event(event, handler, namespace=NAMESPACE)

    def wake(self) -> None:
        """There may be something to print."""
        for line in self._lines.values():
            line.signal.set()

    def follow(self, printer: Device) -> None:
        """A printer at an agent is there, or was changed."""
        line = self._line(printer)
        line.printer = printer
        if printer.id not in self._greenlets:
            self._greenlets[printer.id] = gevent.spawn(self._serve, line)

    def leave(self, printer_id: int) -> None:
        """A printer is out of service, or not at an agent any more."""
        greenlet, line = self._greenlets.pop(printer_id, None), self._lines.pop(printer_id, None)
        if greenlet is not None:
            greenlet.kill()
        if line is not None and line.sid is not None:
            self._socketio.server.disconnect(line.sid, namespace=NAMESPACE)

    def close(self) -> None:
        """Stop."""
        gevent.killall(list(self._greenlets.values()))

    def test(self, printer: Device, data: bytes) -> Trial:
        """Let the agent print a test page."""
        line = self._line(printer)
        if not line.is_ready:
            return Trial(PrintState.FAILED, AgentAway.code, Condition())
        try:
            answer = self._socketio.call("test", as_text(data), to=line.sid, namespace=NAMESPACE, timeout=TRIAL_S)
        except (SocketIOError, TimeoutError):
            return Trial(PrintState.FAILED, AgentAway.code, Condition())
        return Trial(PrintState(answer["state"]), answer["fault"], Condition(**answer["told"]))

    def _line(self, printer: Device) -> _Line:
        if printer.id not in self._lines:
            self._lines[printer.id] = _Line(printer)
            self._lines[printer.id].since = self._context.clock()
        return self._lines[printer.id]

    def _serve(self, line: _Line) -> None:
        while True:
            try:
                self._step(line)
            except Exception:  # noqa: BLE001 — the one place of this loop; the printer goes on
                _log.exception("printer %s: a round with its agent failed; the next one goes on", line.printer.name)
            line.signal.wait(LOOK_EVERY_S)
            line.signal.clear()

    def _step(self, line: _Line) -> None:
        now = self._context.clock()
        if line.is_ready:
            self._hand_over(line)
        elif line.sid is None and now - line.since > GRACE_S:
            with self._context.store.read() as conn:
                news = handover.is_news(conn, line.printer, now)
            if news:
                self._context.store.write(lambda conn: handover.away(conn, line.printer, now))

    def _hand_over(self, line: _Line) -> None:
        """Send what the agent has not got, in order; it answers once a slip is on its disk."""
        with self._context.store.read() as conn:
            parcels = handover.parcels(conn, line.printer, self._url_for)
        for parcel in parcels:
            if not self._hand(line, parcel):
                return

    def _hand(self, line: _Line, parcel: Parcel) -> bool:
        plain, marked = self._context.off_loop(lambda: parcel.bytes(line.printer))
        job = {"key": parcel.key, "plain": as_text(plain), "reprint": as_text(marked)}
        try:
            taken = self._socketio.call("print", job, to=line.sid, namespace=NAMESPACE, timeout=ANSWER_S)
        except (SocketIOError, TimeoutError):
            return False
        now = self._context.clock()
        return bool(taken) and self._context.store.write(lambda conn: handover.handed(conn, parcel.job, now))

    def _connect(self, auth: Any = None) -> None:
        token = handshake.token_of(auth)
        caller = self._context.caller_of_token(token) if token else Caller()
        printer = caller.device
        may = rights.EVENTS[NAMESPACE]["connect"].allows(caller)
        if printer is None or not may or not split_agent(printer.options["address"])[0]:
            raise handshake.refuse()
        line = self._line(printer)
        before, line.sid, line.is_ready = line.sid, _sid(), False
        if before is not None:
            self._socketio.server.disconnect(before, namespace=NAMESPACE)
        self.follow(printer)

    def _disconnect(self, *_: object) -> None:
        for line in self._lines.values():
            if line.sid == _sid():
                line.sid, line.is_ready, line.since = None, False, self._context.clock()

    def _or_hang_up(self, handler: Callable[[Any], T]) -> Callable[..., T | None]:
        """Who says what no agent of ours says, or speaks on a line that a newer one has replaced, loses the line."""

        def hear(data: Any = None, *_: object) -> T | None:
            try:
                return handler(data)
            except (ValidationError, LobbyError) as refused:
                _log.warning("a print agent's line ends: %s in %s", type(refused).__name__, handler.__name__)
                self._socketio.server.disconnect(_sid(), namespace=NAMESPACE)
                return None

        return hear

    def _hello(self, data: Any) -> dict[str, Any]:
        """The agent says what it holds; from now on it is sent slips."""
        line, hello, now = self._mine(), _Hello.model_validate(data), self._context.clock()
        drop = self._context.store.write(lambda conn: handover.greet(conn, line.printer, hello.held, now))
        line.is_ready = True
        line.signal.set()
        return {"name": line.printer.name, "address": split_agent(line.printer.options["address"])[1], "drop": drop}

    def _report(self, data: Any) -> str:
        line, now = self._mine(), self._context.clock()
        report = Report(**_Report.model_validate(data).model_dump())
        return self._context.store.write(lambda conn: handover.take_report(conn, line.printer, report, now))

    def _take_condition(self, data: Any) -> bool:
        line, said, now = self._mine(), _Condition.model_validate(data), self._context.clock()
        fault = by_code(said.fault) if said.fault else None
        self._context.store.write(lambda conn: conditions.learn(conn, line.printer, said.told, fault, now))
        return True

    def _mine(self) -> _Line:
        """The printer of the agent that sent this. Raises `NotFound` for one that a newer connection has replaced."""
        for line in self._lines.values():
            if line.sid == _sid():
                return line
        raise NotFound


def as_text(data: bytes) -> str:
    """Bytes as the line carries them.

    python-socketio's client handles each packet in a thread of its own, so parts of a binary event may overtake
    each other.
    """
    return b64encode(data).decode()


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]
