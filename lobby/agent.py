"""Owns the print agent: a process of its own at a kiosk that is not the server, which prints on the kiosk's printer.

It connects out to the server, takes slips onto its own disk before it says so, prints them in order in the one thread
that owns the printer, and tells what became of each until the server has heard it. A network cut loses nothing and
doubles nothing.
"""

import fcntl
import signal
import threading
import time
from base64 import b64decode
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import socketio
from socketio.exceptions import ConnectionError as NoConnection
from socketio.exceptions import SocketIOError

from db.paper_records import PrintState
from printer import trial
from printer.device import Printer, open_printer
from printer.errors import AgentRefused, AgentRunning, PrinterFault
from printer.outbox import News, Outbox
from printer.patience import wait_s
from printer.status import UNKNOWN, Condition

Json = dict[str, Any]

NAMESPACE = "/agent"
ANSWER_S = 10.0
LOOK_EVERY_S = 30.0
LOOK_AGAIN_S = 5.0
SLOWEST_RETRY_S = 15
_TICK_S = 0.5
_TRIAL_S = 60.0


def run(server: str, token: str, folder: Path, address: str | None, say: Callable[[str], None]) -> None:
    """Serve one printer until SIGTERM or SIGINT. Raises `AgentRunning`, `AgentRefused`, `BadPrinterAddress`."""
    if address is not None:
        open_printer(address)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "agent.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AgentRunning from None
        agent = Agent(Outbox(folder / "agent.db"), address, say)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: agent.stop())
        agent.run(server, token)


class _Trial:
    """A test page that the printer's thread is to print, and the way back of its outcome."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.outcome: SimpleQueue[trial.Trial] = SimpleQueue()


class Agent:
    """One printer's agent. `address` overrides what the server says of where the printer is."""

    def __init__(self, outbox: Outbox, address: str | None, say: Callable[[str], None]) -> None:
        self._outbox = outbox
        self._given_address = address
        self._say = say
        self._stopping = threading.Event()
        self._work = threading.Event()
        self._news = threading.Event()
        self._trials: SimpleQueue[_Trial] = SimpleQueue()
        self._condition: Json | None = None
        self._told_condition: Json | None = None
        self._is_ready = False
        self._refused = False
        self._client = socketio.Client(
            reconnection_delay=1, reconnection_delay_max=SLOWEST_RETRY_S, handle_sigint=False, logger=False
        )
        for event, handler in (
            ("connect", self._connected),
            ("disconnect", self._disconnected),
            ("connect_error", self._not_connected),
            ("print", self._take),
            ("drop", self._drop),
            ("test", self._test),
        ):
            self._client.on(event, handler, namespace=NAMESPACE)

    def stop(self) -> None:
        """End after the slip that is being printed."""
        self._stopping.set()
        self._work.set()
        self._news.set()

    def run(self, server: str, token: str) -> None:
        """Print and tell until stopped. Raises `AgentRefused`."""
        released = self._outbox.release()
        if released:
            self._say(
                f"{released} slip was being printed when the agent ended; it is printed again, marked as a reprint"
            )
        printing = threading.Thread(target=self._print_all, name="printer")
        connecting = threading.Thread(target=self._connect, args=(server, token), name="connection", daemon=True)
        printing.start()
        connecting.start()
        try:
            self._tell_all()
        finally:
            self.stop()
            printing.join()
            if self._client.connected:
                self._client.disconnect()
            self._outbox.close()
        if self._refused:
            raise AgentRefused

    def _connect(self, server: str, token: str) -> None:
        """The first connection; the client finds later ones by itself. It waits longer after each failure."""
        wait = 1.0
        while not self._stopping.wait(0 if wait == 1 else wait):
            try:
                self._client.connect(
                    server,
                    auth={"token": token},
                    namespaces=[NAMESPACE],
                    transports=["websocket"],
                    wait_timeout=ANSWER_S,
                )
            except (NoConnection, OSError):
                wait = min(wait * 2, SLOWEST_RETRY_S)
            else:
                return

    def _connected(self) -> None:
        """Say what is here; then the server sends what is missing."""
        self._client.start_background_task(self._greet)

    def _greet(self) -> None:
        try:
            answer = self._client.call("hello", {"held": self._outbox.held()}, namespace=NAMESPACE, timeout=ANSWER_S)
        except (SocketIOError, OSError):
            return
        self._outbox.drop(answer["drop"])
        self._outbox.remember("address", answer["address"])
        self._say(f"connected as {answer['name']}")
        self._told_condition = None
        self._is_ready = True
        self._work.set()
        self._news.set()

    def _disconnected(self, *_: object) -> None:
        self._is_ready = False
        self._say("connection lost; slips that are here are printed, the connection is tried again")

    def _not_connected(self, why: Any = None) -> None:
        if isinstance(why, dict) and why.get("message") == "unknown token":
            self._refused = True
            self.stop()

    def _take(self, job: Json) -> bool:
        """A slip is taken over once it is on this disk; the answer says so."""
        self._outbox.accept(job["key"], b64decode(job["plain"]), b64decode(job["reprint"]), time.time())
        self._work.set()
        return True

    def _drop(self, keys: list[str]) -> bool:
        self._outbox.drop(keys)
        return True

    def _test(self, data: str) -> Json:
        """Print a test page in between."""
        wanted = _Trial(b64decode(data))
        self._trials.put(wanted)
        self._work.set()
        outcome = wanted.outcome.get(timeout=_TRIAL_S)
        return {"state": outcome.state, "fault": outcome.fault, "told": asdict(outcome.told)}

    def _print_all(self) -> None:
        """The printer's own thread: nobody else touches the device."""
        printer: Printer | None = None
        address, look_at = None, 0.0
        while not self._stopping.is_set():
            wanted = self._given_address or self._outbox.fact("address")
            if wanted != address and wanted is not None:
                if printer is not None:
                    printer.close()
                printer, address, look_at = open_printer(wanted, self._known()), wanted, 0.0
            if printer is None:
                self._work.wait(_TICK_S)
                self._work.clear()
                continue
            self._run_trials(printer)
            if self._print_one(printer):
                look_at = time.monotonic() + LOOK_EVERY_S
                continue
            if time.monotonic() >= look_at:
                fault = self._look(printer)
                look_at = time.monotonic() + (LOOK_AGAIN_S if fault else LOOK_EVERY_S)
            self._work.wait(_TICK_S)
            self._work.clear()
        if printer is not None:
            printer.close()

    def _print_one(self, printer: Printer) -> bool:
        now = time.time()
        due = self._outbox.next_due()
        job = self._outbox.claim(now) if due is not None and due <= now else None
        if job is None:
            return False
        fault: PrinterFault | None = None
        state, paper_out = PrintState.FAILED, True
        try:
            state = printer.send(job.data)
        except PrinterFault as raised:
            fault, paper_out = raised, raised.paper_out
        now = time.time()
        code = fault.code if fault else None
        self._note(printer.condition, code)
        self._outbox.finish(job.seq, state, code, now, now + wait_s(job.attempts, fault), paper_out=paper_out)
        self._news.set()
        return True

    def _look(self, printer: Printer) -> str | None:
        try:
            printer.look()
        except PrinterFault as fault:
            self._note(printer.condition, fault.code)
            return fault.code
        if self._condition is not None and self._condition["fault"] is not None:
            self._outbox.hasten(time.time())
        self._note(printer.condition, None)
        return None

    def _run_trials(self, printer: Printer) -> None:
        while True:
            try:
                wanted = self._trials.get_nowait()
            except Empty:
                return
            outcome = trial.run(printer, wanted.data)
            self._note(outcome.told, outcome.fault)
            wanted.outcome.put(outcome)

    def _known(self) -> Condition:
        """A printer that used to answer is expected to, also after a restart."""
        return Condition(answers=True) if self._outbox.fact("answers") == "yes" else UNKNOWN

    def _note(self, told: Condition, fault: str | None) -> None:
        condition = {**asdict(told), "fault": fault}
        if condition != self._condition:
            self._condition = condition
            if told.answers:
                self._outbox.remember("answers", "yes")
            self._news.set()

    def _tell_all(self) -> None:
        while not self._stopping.is_set():
            self._news.wait(_TICK_S)
            self._news.clear()
            if self._is_ready:
                try:
                    self._tell()
                except (SocketIOError, OSError):
                    self._stopping.wait(_TICK_S)  # the connection will say that it is lost

    def _tell(self) -> None:
        """Tell what the server has not heard; it answers once it has it on its own disk."""
        condition = self._condition
        if condition is not None and condition != self._told_condition:
            self._client.call("condition", condition, namespace=NAMESPACE, timeout=ANSWER_S)
            self._told_condition = condition
        for news in self._outbox.news():
            answer = self._client.call("report", _shape(news), namespace=NAMESPACE, timeout=ANSWER_S)
            self._outbox.told(news, time.time())
            if answer == "give" and self._outbox.give(news.key, time.time()):
                self._news.set()
            elif answer == "drop":
                self._outbox.drop([news.key])


def _shape(news: News) -> Json:
    return {
        "key": news.key,
        "state": news.state,
        "fault": news.fault,
        "attempts": news.attempts,
        "paper_out": news.paper_out,
    }
