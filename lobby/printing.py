"""Owns running the printers: one greenlet per printer, its slow work in a native thread of its own; agents beside."""

import logging

import gevent
from flask_socketio import SocketIO
from gevent.event import Event as Signal
from gevent.lock import BoundedSemaphore
from gevent.threadpool import ThreadPool

from counter.web import Context
from db import printers, staff
from db.errors import LobbyError
from db.people_records import Device, DeviceKind
from db.ticket_records import Ticket
from lobby.agents import Agents
from printer import conditions, trial
from printer.device import Printer, open_printer, split_agent
from printer.errors import by_code
from printer.paper import paper_of
from printer.spool import Spool
from printer.testpage import test_page
from printer.trial import Trial, UnknownPrinter

LOOK_EVERY_S = 1.0
_log = logging.getLogger("lobbyline.printing")


class _Worker:
    """One printer: its spool, its thread, and the greenlet that goes from one to the other."""

    def __init__(self, context: Context, device: Device, spool: Spool, port: Printer, pool: ThreadPool) -> None:
        self.device = device
        self.signal = Signal()
        self._context = context
        self._spool = spool
        self._port = port
        self._pool = pool
        self._is_ending = False
        self._greenlet = gevent.spawn(self._work)

    def end(self) -> None:
        """After the slip that is being printed."""
        self._is_ending = True
        self.signal.set()
        self._greenlet.join()
        self._pool.kill()

    def kill(self) -> None:
        """At once; what is being printed is claimed again at the next start."""
        self._greenlet.kill()
        self._pool.kill()

    def test(self) -> Trial:
        """Print a test page, between two slips. What the printer tells counts as if it were new."""
        page = test_page(paper_of(self.device.options))
        outcome: Trial = self._pool.apply(lambda: trial.run(self._port, page))
        return outcome

    def _work(self) -> None:
        has_failed = False
        while not self._is_ending:
            try:
                if has_failed:
                    self._spool.give_up(self._context.clock())
                    has_failed = False
                while not self._is_ending and self._spool.step(self._context.clock()):
                    pass
                if not self._is_ending:
                    self._spool.look(self._context.clock())
            except Exception:  # noqa: BLE001 — the one place of this loop; the printer goes on
                _log.exception("printer %s: a slip could not be made; trying on", self.device.name)
                has_failed = True  # a disk that takes nothing now takes no note of that either: given up once it does
            self.signal.wait(LOOK_EVERY_S)
            self.signal.clear()
        self._pool.apply(self._spool.close)


class Printing:
    """Every printer of the store, those added and changed later too."""

    def __init__(self, context: Context, socketio: SocketIO) -> None:
        self._context = context
        self._agents = Agents(context, socketio, self._url)
        self._workers: dict[int, _Worker] = {}
        self._at_agents: set[int] = set()
        self._refused: dict[int, Device] = {}
        self._changed = Signal()
        self._changing = BoundedSemaphore()

    def wake(self) -> None:
        """There may be something to print, or a new printer."""
        self._changed.set()
        self._agents.wake()
        for worker in self._workers.values():
            worker.signal.set()

    def run(self) -> None:
        """Keep a worker for each printer as it is now."""
        while True:
            with self._context.store.read() as conn:
                present = staff.devices(conn, DeviceKind.PRINTER)
            self._follow({printer.id: printer for printer in present})
            self._changed.wait()
            self._changed.clear()
            gevent.sleep(LOOK_EVERY_S)

    def close(self) -> None:
        """Stop; what is being printed is claimed again at the next start."""
        self._agents.close()
        for worker in self._workers.values():
            worker.kill()

    def test(self, name: str) -> Trial:
        """Print a test page on a printer. Raises `UnknownPrinter`, or what is wrong with its address or options."""
        with self._context.store.read() as conn:
            printer = printers.by_name(conn, name)
        if printer is None:
            raise UnknownPrinter(name=name)
        outcome = self._test(printer)
        fault = by_code(outcome.fault) if outcome.fault else None
        now = self._context.clock()
        self._context.store.write(lambda conn: conditions.learn(conn, printer, outcome.told, fault, now))
        return outcome

    def _test(self, printer: Device) -> Trial:
        if split_agent(printer.options["address"])[0]:
            return self._agents.test(printer, test_page(paper_of(printer.options)))
        self._follow_one(printer)
        return self._workers[printer.id].test()

    def _follow(self, present: dict[int, Device]) -> None:
        for gone in self._workers.keys() - present.keys():
            self._workers.pop(gone).end()
        for gone in self._at_agents - present.keys():
            self._leave_agent(gone)
        for printer in present.values():
            try:
                self._follow_one(printer)
            except LobbyError as refused:
                if self._refused.get(printer.id) != printer:
                    _log.error("printer %s: %s", printer.name, refused)
                self._refused[printer.id] = printer

    def _follow_one(self, printer: Device) -> None:
        with self._changing:  # a printer has one owner, also while an old one is ending
            self._follow_now(printer)

    def _follow_now(self, printer: Device) -> None:
        worker = self._workers.get(printer.id)
        if worker is not None and worker.device == printer:
            return
        if worker is not None:
            self._workers.pop(printer.id).end()
        if split_agent(printer.options["address"])[0]:
            self._at_agents.add(printer.id)
            self._agents.follow(printer)
            return
        if printer.id in self._at_agents:
            self._leave_agent(printer.id)
        self._start(printer)

    def _leave_agent(self, printer_id: int) -> None:
        self._at_agents.discard(printer_id)
        self._agents.leave(printer_id)

    def _start(self, printer: Device) -> None:
        with self._context.store.read() as conn:
            known = conditions.known(conn, printer.id)
        port = open_printer(printer.options["address"], known)
        pool = ThreadPool(1)
        spool = Spool(self._context.store, printer, port, self._url, off_loop=pool.apply)
        self._workers[printer.id] = _Worker(self._context, printer, spool, port, pool)

    def _url(self, ticket: Ticket) -> str:
        return f"{self._context.base_url}/t/{ticket.token}"
