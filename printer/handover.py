"""Owns the server's side of a printer at an agent: what is handed over, what the agent reports, what comes back.

The same rows as a printer here; only the trying happens elsewhere. Opens no connection and knows no clock.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from db import print_jobs, tickets
from db.paper_records import PrintJob, PrintState
from db.people_records import Device
from db.ticket_records import Ticket
from printer import conditions, fallback
from printer.encoding import encode
from printer.errors import AgentAway, by_code
from printer.options import copies_of
from printer.paper import paper_of
from printer.patience import wait_s
from printer.slip import Slip
from printer.slips import slip_of
from printer.spool import say

AWAY_S = 15.0
"""A slip that lies with an agent which is away so long is `unknown`: it may be on paper by now, or waiting there."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A job as the agent gets it: both ways to print it, for the agent may have to try more than once."""

    job: PrintJob
    key: str
    slip: Slip
    is_reprint: bool

    def bytes(self, printer: Device) -> tuple[bytes, bytes]:
        """The job for a first try, and for one after which paper may be out. It takes a moment."""
        paper, copies = paper_of(printer.options), copies_of(printer.options)
        marked = encode(self.slip, paper, reprint=True) * copies
        return (marked if self.is_reprint else encode(self.slip, paper, reprint=False) * copies), marked


@dataclass(frozen=True, slots=True)
class Report:
    """What an agent says of one job. `state` is a `PrintState`, or `given`: it will not print it any more."""

    key: str
    state: str
    fault: str | None
    attempts: int
    paper_out: bool


def key_of(ticket: Ticket, job: PrintJob) -> str:
    """A job's name between server and agent, good for one database only."""
    return f"{ticket.token}.{job.id}"


def parcels(conn: sqlite3.Connection, printer: Device, url_for: Callable[[Ticket], str]) -> list[Parcel]:
    """What the agent has not got yet, oldest first."""
    found = []
    for job in print_jobs.to_hand(conn, printer.id):
        ticket = tickets.by_id(conn, job.ticket_id)
        if ticket is not None:
            again = job.paper_out or print_jobs.paper_before(conn, job)
            found.append(Parcel(job, key_of(ticket, job), slip_of(conn, ticket, url_for(ticket)), again))
    return found


def greet(conn: sqlite3.Connection, printer: Device, held: Sequence[str], now: float) -> list[str]:
    """An agent is there and holds these; returns the keys of those it is to drop.

    What should be with it and is not (another disk, another machine) is sent again, marked as a reprint.
    """
    print_jobs.drop_for_ended_tickets(conn, printer.id)
    there = _by_key(conn, print_jobs.at_agent(conn, printer.id))
    for key in there.keys() - set(held):
        print_jobs.take_back(conn, there[key].id, now, paper_out=True)
    here = _by_key(conn, print_jobs.to_hand(conn, printer.id))
    return [key for key in held if key not in there and key not in here]


def _by_key(conn: sqlite3.Connection, jobs: Sequence[PrintJob]) -> dict[str, PrintJob]:
    found = ((tickets.by_id(conn, job.ticket_id), job) for job in jobs)
    return {key_of(ticket, job): job for ticket, job in found if ticket is not None}


def take_report(conn: sqlite3.Connection, printer: Device, report: Report, now: float) -> str:
    """Write what an agent reports; a repeat changes nothing.

    Returns what the agent is to do: `keep` (nothing), `give` the job back since another printer can print it, or
    `drop` it since nobody wants it any more.
    """
    job, ticket = _find(conn, printer, report.key)
    if job is None or ticket is None:
        return "drop"
    if report.state == "given":
        _given(conn, printer, job, ticket, report, now)
        return "keep"
    state = PrintState(report.state)
    error = by_code(report.fault).text if report.fault else None
    if job.handed_at is None:  # its answer to the handing over was lost
        print_jobs.hand(conn, job.id, now)
    if not print_jobs.report(conn, job.id, state, error, report.attempts, paper_out=report.paper_out):
        return "keep" if state is not PrintState.FAILED else "drop"
    if state is not PrintState.FAILED or error != job.error:
        say(conn, printer, ticket.number, state, error, report.attempts, now)
    can_move = state is PrintState.FAILED and fallback.has_other(conn, printer, job)
    return "give" if can_move else "keep"


def _given(
    conn: sqlite3.Connection, printer: Device, job: PrintJob, ticket: Ticket, report: Report, now: float
) -> None:
    if print_jobs.take_back(conn, job.id, now, paper_out=report.paper_out):
        fallback.move_on(conn, printer, job, ticket.number, now, now)


def _find(conn: sqlite3.Connection, printer: Device, key: str) -> tuple[PrintJob | None, Ticket | None]:
    token, _, number = key.rpartition(".")
    ticket = tickets.by_token(conn, token)
    job = print_jobs.by_id(conn, int(number)) if number.isdecimal() else None
    if ticket is None or job is None or job.ticket_id != ticket.id or job.printer_id != printer.id:
        return None, None
    return job, ticket


def handed(conn: sqlite3.Connection, job: PrintJob, now: float) -> bool:
    """The agent has it on its disk."""
    return print_jobs.hand(conn, job.id, now)


def is_news(conn: sqlite3.Connection, printer: Device, now: float) -> bool:
    """Whether `away` would change anything; asking first keeps a printer without an agent from writing."""
    due = print_jobs.next_due(conn, printer.id)
    told = conditions.known(conn, printer.id)
    return (
        (due is not None and due <= now)
        or conditions.differs(conn, printer.id, told, AgentAway)
        or any(_is_out_of_sight(job, now) for job in print_jobs.at_agent(conn, printer.id))
    )


def _is_out_of_sight(job: PrintJob, now: float) -> bool:
    return job.state is PrintState.PRINTING and job.handed_at is not None and job.handed_at < now - AWAY_S


def away(conn: sqlite3.Connection, printer: Device, now: float) -> None:
    """No agent is connected: what it has not got fails, or goes to the fallback; what it has is out of sight."""
    fault = AgentAway(paper_out=False)
    told = conditions.known(conn, printer.id)
    conditions.learn(conn, printer, told, AgentAway, now)
    print_jobs.drop_for_ended_tickets(conn, printer.id)
    print_jobs.lost_sight(conn, printer.id, now - AWAY_S, AgentAway.text)
    while (job := print_jobs.claim(conn, printer.id, now)) is not None:
        next_at = now + wait_s(job.attempts, fault)
        print_jobs.finish(conn, job.id, PrintState.FAILED, AgentAway.text, next_at)
        ticket = tickets.by_id(conn, job.ticket_id)
        number = ticket.number if ticket else ""
        if job.error != AgentAway.text:
            say(conn, printer, number, PrintState.FAILED, AgentAway.text, job.attempts, now)
        fallback.move_on(conn, printer, job, number, next_at, now)
