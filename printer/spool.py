"""Owns the way of one printer's jobs: claim, print, mark, try again; knows no printer command and starts no thread."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from db import events, print_jobs, tickets
from db.errors import UnknownTicket
from db.records import Device, EventKind, PrintJob, PrintState, Ticket
from db.store import Store
from printer.device import Printer
from printer.encoding import encode
from printer.errors import PrinterFault
from printer.paper import paper_of
from printer.slip import Slip
from printer.slips import slip_of

BACK_OFF_S = (2.0, 5.0, 15.0, 30.0, 60.0)

_KINDS = {
    PrintState.PRINTED: EventKind.PRINTED,
    PrintState.UNKNOWN: EventKind.PRINT_UNKNOWN,
    PrintState.FAILED: EventKind.PRINT_FAILED,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try went: `fault` only if it failed."""

    state: PrintState
    fault: PrinterFault | None = None

    @property
    def error(self) -> str | None:
        """What to do about it, in English."""
        return str(self.fault) if self.fault else None


def _call(work: Callable[[], Outcome]) -> Outcome:
    return work()


class Spool:
    """One printer's queue. Call `step` from one thread or greenlet only.

    `device` is the printer's row (options as for `paper_of`), `printer` what `open_printer` made of its `address`.
    `url_for` gives the URL in a ticket's QR code. `off_loop` runs the slow part (drawing and sending, up to some
    seconds) where it holds nobody up, and returns its result. Raises `BadPrinterOption`.
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
        self._blank: int | None = None

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
        reprint = paper_before or (job.attempts > 1 and job.id != self._blank)
        outcome = self._off_loop(lambda: self._try(slip, reprint=reprint))
        self._remember(job, outcome)
        self._store.write(lambda conn: self._mark(conn, job, number, outcome, now))
        return True

    def give_up(self, now: float) -> None:
        """After an error nobody foresaw: what was claimed has failed and is tried again in a minute."""
        self._store.write(
            lambda conn: print_jobs.fail_claimed(conn, self._device.id, PrinterFault.text, now + BACK_OFF_S[-1])
        )

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
        try:
            return Outcome(self._printer.send(encode(slip, self._paper, reprint=reprint)))
        except PrinterFault as fault:  # caught here: gevent's thread pool shows a traceback of all that leaves it
            return Outcome(PrintState.FAILED, fault)

    def _remember(self, job: PrintJob, outcome: Outcome) -> None:
        """Keep the job none of whose tries can have put out paper: its next try needs no mark.

        After a restart nobody remembers, so what was tried before is marked a reprint.
        """
        blank_before = job.attempts == 1 or job.id == self._blank
        blank = outcome.fault is not None and not outcome.fault.paper_out and blank_before
        self._blank = job.id if blank else None

    def _mark(self, conn: sqlite3.Connection, job: PrintJob, number: str, outcome: Outcome, now: float) -> None:
        """Write how it went; the journal hears of a failure once, and again when its reason changes."""
        wait = BACK_OFF_S[min(job.attempts, len(BACK_OFF_S)) - 1]
        print_jobs.finish(conn, job.id, outcome.state, outcome.error, now + wait)
        if outcome.state is PrintState.FAILED and outcome.error == job.error:
            return
        events.append(
            conn,
            now,
            _KINDS[outcome.state],
            f"device:{self._device.name}",
            ticket=number,
            printer=self._device.name,
            state=outcome.state,
            error=outcome.error,
            attempts=job.attempts,
        )
