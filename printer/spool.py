"""Owns the way of one printer's jobs: claim, print, mark, try again; knows no printer command and starts no thread."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from db import events, print_jobs, tickets
from db.errors import UnknownTicket
from db.event_records import EventKind
from db.paper_records import PrintJob, PrintState
from db.people_records import Device
from db.store import Store
from db.ticket_records import Ticket
from printer import conditions
from printer.device import Printer
from printer.encoding import encode
from printer.errors import PrinterFault
from printer.fallback import move_on
from printer.options import copies_of
from printer.paper import paper_of
from printer.patience import BACK_OFF_S, wait_s
from printer.slip import Slip
from printer.slips import slip_of
from printer.status import UNKNOWN, Condition

LOOK_EVERY_S = 30.0
LOOK_AGAIN_S = 5.0
"""How often an idle printer is asked how it is: while all is well, and while it is in trouble."""

_KINDS = {
    PrintState.PRINTED: EventKind.PRINTED,
    PrintState.UNKNOWN: EventKind.PRINT_UNKNOWN,
    PrintState.FAILED: EventKind.PRINT_FAILED,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try went: `fault` only if it failed; `told` is what the printer told of itself meanwhile."""

    state: PrintState
    fault: PrinterFault | None = None
    told: Condition = UNKNOWN

    @property
    def error(self) -> str | None:
        """What to do about it, in English."""
        return str(self.fault) if self.fault else None

    @property
    def kind(self) -> type[PrinterFault] | None:
        """Which fault it was."""
        return type(self.fault) if self.fault else None

    @property
    def paper_out(self) -> bool:
        """Whether a part of the slip, or all of it, may be on paper."""
        return self.fault is None or self.fault.paper_out


def _call(work: Callable[[], Outcome]) -> Outcome:
    return work()


class Spool:
    """One printer's queue. Call `step` and `look` from one thread or greenlet only.

    `device` is the printer's row (options as for `paper_of`, `copies`, `fallback`), `printer` what `open_printer` made
    of its `address`. `url_for` gives the URL in a ticket's QR code. `off_loop` runs the slow part (drawing and sending,
    up to some seconds) where it holds nobody up, and returns its result. Raises `BadPrinterOption`.
    """

    def __init__(
        self,
        store: Store,
        device: Device,
        printer: Printer,
        url_for: Callable[[Ticket], str],
        off_loop: Callable[[Callable[[], Outcome]], Outcome] = _call,
    ) -> None:
        self._store = store
        self._device = device
        self._printer = printer
        self._url_for = url_for
        self._off_loop = off_loop
        self._paper = paper_of(device.options)
        self._copies = copies_of(device.options)
        self._look_at = 0.0

    def next_due(self) -> float | None:
        """When the oldest job may be tried; None while there is nothing to print."""
        with self._store.read() as conn:
            return print_jobs.next_due(conn, self._device.id)

    def step(self, now: float) -> bool:
        """Try the oldest job if it is due; false if nothing was tried."""
        due = self.next_due()
        if due is None or due > now:  # asking first keeps an idle printer from writing
            return False
        job = self._store.write(lambda conn: self._claim(conn, now))
        if job is None:
            return False
        slip, number, paper_before = self._load(job)
        outcome = self._off_loop(lambda: self._try(slip, reprint=paper_before or job.paper_out))
        self._store.write(lambda conn: self._mark(conn, job, number, outcome, now))
        self._look_at = now + (LOOK_AGAIN_S if outcome.fault else LOOK_EVERY_S)
        return True

    def look(self, now: float) -> bool:
        """Ask an idle printer how it is, now and then, so that a fault is known before it costs a slip.

        A printer that works again prints what waits at once. False if it was not time.
        """
        if now < self._look_at:
            return False
        outcome = self._off_loop(self._ask)
        self._look_at = now + (LOOK_AGAIN_S if outcome.fault else LOOK_EVERY_S)
        with self._store.read() as conn:
            news = conditions.differs(conn, self._device.id, outcome.told, outcome.kind)
        if news:
            self._store.write(lambda conn: self._learn(conn, outcome, now))
        return True

    def give_up(self, now: float) -> None:
        """After an error nobody foresaw: what was claimed has failed and is tried again in a minute."""
        self._store.write(
            lambda conn: print_jobs.fail_claimed(conn, self._device.id, PrinterFault.text, now + BACK_OFF_S[-1])
        )

    def close(self) -> None:
        """Let go of the printer."""
        self._printer.close()

    def _claim(self, conn: sqlite3.Connection, now: float) -> PrintJob | None:
        print_jobs.drop_for_ended_tickets(conn, self._device.id)
        return print_jobs.claim(conn, self._device.id, now)

    def _load(self, job: PrintJob) -> tuple[Slip, str, bool]:
        """The slip, the ticket's number, and whether an earlier job may have printed it."""
        with self._store.read() as conn:
            ticket = tickets.by_id(conn, job.ticket_id)
            if ticket is None:
                raise UnknownTicket
            slip = slip_of(conn, ticket, self._url_for(ticket))
            return slip, ticket.number, print_jobs.paper_before(conn, job)

    def _try(self, slip: Slip, *, reprint: bool) -> Outcome:
        data = encode(slip, self._paper, reprint=reprint) * self._copies
        return self._outcome(lambda: self._printer.send(data))

    def _ask(self) -> Outcome:
        def look() -> PrintState:
            self._printer.look()
            return PrintState.NONE

        return self._outcome(look)

    def _outcome(self, work: Callable[[], PrintState]) -> Outcome:
        try:
            return Outcome(work(), told=self._printer.condition)
        except PrinterFault as fault:  # caught here: gevent's thread pool shows a traceback of all that leaves it
            return Outcome(PrintState.FAILED, fault, self._printer.condition)

    def _mark(self, conn: sqlite3.Connection, job: PrintJob, number: str, outcome: Outcome, now: float) -> None:
        """Write how it went; the journal hears of a failure once, and again when its reason changes."""
        conditions.note(conn, self._device, outcome.told, outcome.kind, now)
        next_at = now + wait_s(job.attempts, outcome.fault)
        done = print_jobs.finish(conn, job.id, outcome.state, outcome.error, next_at, paper_out=outcome.paper_out)
        if done and (outcome.state is not PrintState.FAILED or outcome.error != job.error):
            say(conn, self._device, number, outcome.state, outcome.error, job.attempts, now)
        if done and outcome.state is PrintState.FAILED:
            move_on(conn, self._device, job, number, next_at, now)

    def _learn(self, conn: sqlite3.Connection, outcome: Outcome, now: float) -> None:
        conditions.learn(conn, self._device, outcome.told, outcome.kind, now)
        if outcome.fault is None:
            print_jobs.hasten(conn, self._device.id, now)


def say(
    conn: sqlite3.Connection,
    printer: Device,
    number: str,
    state: PrintState,
    error: str | None,
    attempts: int,
    now: float,
) -> None:
    """Journal how a slip's printing went."""
    events.append(
        conn,
        now,
        _KINDS[state],
        f"device:{printer.name}",
        ticket=number,
        printer=printer.name,
        state=state,
        error=error,
        attempts=attempts,
    )
