"""Owns the rows of print jobs: what is still to be printed where, and how it went."""

import sqlite3

from db.paper_records import PrintJob, PrintState

_OVER = "(SELECT id FROM tickets WHERE state NOT IN ('waiting', 'called', 'on_hold', 'serving'))"


def add(conn: sqlite3.Connection, ticket_id: int, printer_id: int, now: float) -> None:
    """Queue a slip; call it in the transaction that issues the ticket."""
    conn.execute(
        "INSERT INTO print_jobs (ticket_id, printer_id, next_at) VALUES (?, ?, ?)", (ticket_id, printer_id, now)
    )


def next_due(conn: sqlite3.Connection, printer_id: int) -> float | None:
    """When a printer's oldest unprinted job may be tried; None if it has none."""
    row = conn.execute(
        "SELECT next_at FROM print_jobs WHERE printer_id = ? AND state IN ('pending', 'failed') ORDER BY id LIMIT 1",
        (printer_id,),
    ).fetchone()
    return float(row["next_at"]) if row else None


def claim(conn: sqlite3.Connection, printer_id: int, now: float) -> PrintJob | None:
    """Take the oldest due job of a printer: pending or failed → printing.

    Order is kept: while the oldest unprinted job waits for its next try, no younger one overtakes it.
    """
    row = conn.execute(
        "UPDATE print_jobs SET state = 'printing', attempts = attempts + 1 WHERE id = (SELECT min(id) FROM print_jobs"
        " WHERE printer_id = ? AND state IN ('pending', 'failed')) AND next_at <= ? RETURNING *",
        (printer_id, now),
    ).fetchone()
    return _job(row) if row else None


def finish(
    conn: sqlite3.Connection,
    job_id: int,
    state: PrintState,
    error: str | None,
    next_at: float,
    *,
    paper_out: bool = False,
) -> bool:
    """printing → printed, unknown, or failed with the time of the next try; `paper_out`: paper may have come out."""
    return (
        conn.execute(
            "UPDATE print_jobs SET state = ?, error = ?, next_at = ?, paper_out = max(paper_out, ?)"
            " WHERE id = ? AND state = 'printing'",
            (state, error, next_at, paper_out, job_id),
        ).rowcount
        == 1
    )


def move(conn: sqlite3.Connection, job_id: int, to: int, next_at: float) -> bool:
    """failed → pending on another printer."""
    return (
        conn.execute(
            "UPDATE print_jobs SET home_id = coalesce(home_id, printer_id), printer_id = ?, state = 'pending', error = NULL,"
            " next_at = ?, handed_at = NULL WHERE id = ? AND state = 'failed'",
            (to, next_at, job_id),
        ).rowcount
        == 1
    )


def move_all(conn: sqlite3.Connection, printer_id: int, to: int, now: float) -> int:
    """Everything a printer that is taken out of service has not printed goes to another one."""
    return conn.execute(
        "UPDATE print_jobs SET printer_id = ?, state = 'pending', next_at = ?, handed_at = NULL,"
        " paper_out = max(paper_out, handed_at IS NOT NULL OR state = 'printing')"
        " WHERE printer_id = ? AND state IN ('pending', 'printing', 'failed')",
        (to, now, printer_id),
    ).rowcount


def drop_all(conn: sqlite3.Connection, printer_id: int) -> int:
    """Forget what a printer has not printed, where there is no other."""
    return conn.execute(
        "DELETE FROM print_jobs WHERE printer_id = ? AND state IN ('pending', 'printing', 'failed')", (printer_id,)
    ).rowcount


def hasten(conn: sqlite3.Connection, printer_id: int, now: float) -> int:
    """Whatever waits for its next try is due: the printer works again."""
    return conn.execute(
        "UPDATE print_jobs SET next_at = ? WHERE printer_id = ? AND state = 'failed' AND next_at > ?",
        (now, printer_id, now),
    ).rowcount


def drop_for_ended_tickets(conn: sqlite3.Connection, printer_id: int) -> int:
    """Forget unprinted slips of tickets that will not be called any more; they help nobody."""
    return conn.execute(
        f"DELETE FROM print_jobs WHERE printer_id = ? AND state IN ('pending', 'failed') AND ticket_id IN {_OVER}",
        (printer_id,),
    ).rowcount


def fail_claimed(conn: sqlite3.Connection, printer_id: int, error: str, next_at: float) -> int:
    """printing → failed, whatever it was that went wrong; paper may be out."""
    return conn.execute(
        "UPDATE print_jobs SET state = 'failed', error = ?, next_at = ?, paper_out = 1"
        " WHERE printer_id = ? AND state = 'printing' AND handed_at IS NULL",
        (error, next_at, printer_id),
    ).rowcount


def release_claimed(conn: sqlite3.Connection) -> int:
    """After a restart: what was being printed is pending again (it may come out twice, it is never lost).

    What lies with an agent stays there.
    """
    return conn.execute(
        "UPDATE print_jobs SET state = 'pending', paper_out = 1 WHERE state = 'printing' AND handed_at IS NULL"
    ).rowcount


def paper_before(conn: sqlite3.Connection, job: PrintJob) -> bool:
    """Whether an earlier job of the same ticket put a slip out, or may have."""
    row = conn.execute(
        "SELECT 1 FROM print_jobs WHERE ticket_id = ? AND id < ? AND state IN ('printed', 'unknown') LIMIT 1",
        (job.ticket_id, job.id),
    ).fetchone()
    return row is not None


def state_of(conn: sqlite3.Connection, ticket_id: int) -> PrintState:
    """What is known of a ticket's paper."""
    row = conn.execute(
        "SELECT state FROM print_jobs WHERE ticket_id = ? ORDER BY id DESC LIMIT 1", (ticket_id,)
    ).fetchone()
    return PrintState(row["state"]) if row else PrintState.NONE


def last_of(conn: sqlite3.Connection, ticket_id: int) -> PrintJob | None:
    """A ticket's newest job."""
    row = conn.execute("SELECT * FROM print_jobs WHERE ticket_id = ? ORDER BY id DESC LIMIT 1", (ticket_id,)).fetchone()
    return _job(row) if row else None


def unprinted(conn: sqlite3.Connection) -> list[PrintJob]:
    """Every job not yet done, oldest first."""
    rows = conn.execute("SELECT * FROM print_jobs WHERE state IN ('pending', 'printing', 'failed') ORDER BY id")
    return [_job(row) for row in rows]


def newest(
    conn: sqlite3.Connection, printer_id: int, since: float, limit: int
) -> list[tuple[PrintJob, str, str, float]]:
    """A printer's newest jobs, of tickets issued since then whose customers are still here.

    Each is (job, number, token, time of issue).
    """
    rows = conn.execute(
        f"SELECT j.*, t.number, t.token, t.issued_at FROM print_jobs j JOIN tickets t ON t.id = j.ticket_id"
        f" WHERE j.printer_id = ? AND t.issued_at >= ? AND t.id NOT IN {_OVER} ORDER BY j.id DESC LIMIT ?",
        (printer_id, since, limit),
    )
    return [(_job(row), row["number"], row["token"], row["issued_at"]) for row in rows]


def _job(row: sqlite3.Row) -> PrintJob:
    return PrintJob(
        row["id"],
        row["ticket_id"],
        row["printer_id"],
        PrintState(row["state"]),
        row["attempts"],
        row["error"],
        row["next_at"],
        bool(row["paper_out"]),
        row["home_id"],
        row["handed_at"],
    )


def hand(conn: sqlite3.Connection, job_id: int, now: float) -> bool:
    """pending or failed → printing at the agent, on whose disk it is."""
    return (
        conn.execute(
            "UPDATE print_jobs SET state = 'printing', handed_at = ?, attempts = attempts + 1"
            " WHERE id = ? AND state IN ('pending', 'failed') AND handed_at IS NULL",
            (now, job_id),
        ).rowcount
        == 1
    )


def report(
    conn: sqlite3.Connection, job_id: int, state: PrintState, error: str | None, attempts: int, *, paper_out: bool
) -> bool:
    """What the agent says became of a job it holds; false if the job was over already."""
    return (
        conn.execute(
            "UPDATE print_jobs SET state = ?, error = ?, attempts = max(attempts, ?), paper_out = max(paper_out, ?)"
            " WHERE id = ? AND (state IN ('pending', 'printing', 'failed') OR (state = 'unknown' AND error IS NOT NULL))",
            (state, error, attempts, paper_out, job_id),
        ).rowcount
        == 1
    )


def take_back(conn: sqlite3.Connection, job_id: int, now: float, *, paper_out: bool) -> bool:
    """The agent has it no more: printing or failed → failed here, due now."""
    return (
        conn.execute(
            "UPDATE print_jobs SET state = 'failed', handed_at = NULL, next_at = ?, paper_out = max(paper_out, ?)"
            " WHERE id = ? AND handed_at IS NOT NULL AND state IN ('printing', 'failed', 'unknown')",
            (now, paper_out, job_id),
        ).rowcount
        == 1
    )


def lost_sight(conn: sqlite3.Connection, printer_id: int, handed_before: float, error: str) -> int:
    """printing → unknown: it lies with an agent that is away, which may have printed it and will say so."""
    return conn.execute(
        "UPDATE print_jobs SET state = 'unknown', error = ?"
        " WHERE printer_id = ? AND state = 'printing' AND handed_at < ?",
        (error, printer_id, handed_before),
    ).rowcount


def at_agent(conn: sqlite3.Connection, printer_id: int) -> list[PrintJob]:
    """The jobs that lie with a printer's agent, as far as is known here."""
    rows = conn.execute(
        "SELECT * FROM print_jobs WHERE printer_id = ? AND handed_at IS NOT NULL AND (state IN ('printing', 'failed')"
        " OR (state = 'unknown' AND error IS NOT NULL)) ORDER BY id",
        (printer_id,),
    )
    return [_job(row) for row in rows]


def to_hand(conn: sqlite3.Connection, printer_id: int) -> list[PrintJob]:
    """What a printer's agent has not got yet, oldest first."""
    rows = conn.execute(
        "SELECT * FROM print_jobs WHERE printer_id = ? AND handed_at IS NULL AND state IN ('pending', 'failed') ORDER BY id",
        (printer_id,),
    )
    return [_job(row) for row in rows]


def by_id(conn: sqlite3.Connection, job_id: int) -> PrintJob | None:
    """One job."""
    row = conn.execute("SELECT * FROM print_jobs WHERE id = ?", (job_id,)).fetchone()
    return _job(row) if row else None
