"""Owns running the spools: one greenlet per printer, its slow work in a native thread of its own."""

import logging

import gevent
from gevent.event import Event as Signal
from gevent.threadpool import ThreadPool

from counter.web import Context
from db import staff
from db.errors import LobbyError
from db.records import Device, DeviceKind, Ticket
from printer.device import open_printer
from printer.spool import Spool

LOOK_EVERY_S = 1.0
_log = logging.getLogger("lobbyline.printing")


class Printing:
    """Every printer of the store, those added later too."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._signals: dict[int, Signal] = {}
        self._changed = Signal()
        self._workers: list[gevent.Greenlet] = []
        self._pools: list[ThreadPool] = []

    def wake(self) -> None:
        """There may be something to print, or a new printer."""
        self._changed.set()
        for signal in self._signals.values():
            signal.set()

    def run(self) -> None:
        """Start a worker for each printer as it appears."""
        while True:
            with self._context.store.read() as conn:
                printers = staff.devices(conn, DeviceKind.PRINTER)
            for printer in printers:
                if printer.id not in self._signals:
                    self._start(printer)
            self._changed.wait()
            self._changed.clear()
            gevent.sleep(LOOK_EVERY_S)

    def close(self) -> None:
        """Stop; what is being printed is claimed again at the next start."""
        gevent.killall(self._workers)
        for pool in self._pools:
            pool.kill()

    def _start(self, printer: Device) -> None:
        signal = self._signals[printer.id] = Signal()
        pool = ThreadPool(1)
        self._pools.append(pool)
        try:
            port = open_printer(printer.options["address"])
            spool = Spool(self._context.store, printer, port, self._url, off_loop=pool.apply)
        except LobbyError as refused:
            _log.error("printer %s: %s", printer.name, refused)
            return
        self._workers.append(gevent.spawn(self._work, printer, spool, signal))

    def _work(self, printer: Device, spool: Spool, signal: Signal) -> None:
        while True:
            try:
                while spool.step(self._context.clock()):
                    pass
            except Exception:  # noqa: BLE001 — the one place of this loop; the printer goes on
                _log.exception("printer %s: a slip could not be made; trying on", printer.name)
                spool.give_up(self._context.clock())
            signal.wait(LOOK_EVERY_S)
            signal.clear()

    def _url(self, ticket: Ticket) -> str:
        return f"{self._context.base_url}/t/{ticket.token}"
