"""Owns the rows of tickets: reads, the number series, and guarded state changes.

A state change is one UPDATE that names the state it expects; it returns whether it happened.
"""

import dataclasses
import sqlite3
from typing import Any

from db.ticket_records import HoldKind, Outcome, Ticket, TicketClass, TicketState

COLUMNS = ", ".join("class" if f.name == "ticket_class" else f.name for f in dataclasses.fields(Ticket))
_OPEN = "('waiting', 'called', 'serving', 'on_hold')"


def next_number(conn: sqlite3.Connection, business_day: str, letter: str) -> str:
    """Take the next number of a series, such as `A012`; call it in the transaction that inserts the ticket."""
    row = conn.execute(
        "INSERT INTO sequences (business_day, letter, last) VALUES (?, ?, 1)"
        " ON CONFLICT (business_day, letter) DO UPDATE SET last = last + 1 RETURNING last",
        (business_day, letter),
    ).fetchone()
    return f"{letter}{row['last']:03d}"


def insert(conn: sqlite3.Connection, ticket: Ticket, request_key: str) -> Ticket:
    """Insert a waiting ticket and return it with its id."""
    cursor = conn.execute(
        "INSERT INTO tickets (number, token, request_key, business_day, service, class, language, issued_at, tier, head_start_s,"
        " due_at, slot_at, member_no, appointment_code, note, placed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (ticket.number, ticket.token, request_key, ticket.business_day, ticket.service, ticket.ticket_class, ticket.language,
         ticket.issued_at, ticket.tier, ticket.head_start_s, ticket.due_at, ticket.slot_at, ticket.member_no,
         ticket.appointment_code, ticket.note, ticket.placed_at),
    )  # fmt: skip
    return dataclasses.replace(ticket, id=int(cursor.lastrowid or 0))


def by_request_key(conn: sqlite3.Connection, request_key: str) -> Ticket | None:
    """The ticket a request already got."""
    return _one(conn, "request_key = ?", request_key)


def by_token(conn: sqlite3.Connection, token: str) -> Ticket | None:
    """The ticket behind a QR code."""
    return _one(conn, "token = ?", token)


def by_id(conn: sqlite3.Connection, ticket_id: int) -> Ticket | None:
    """The ticket of a print job."""
    return _one(conn, "id = ?", ticket_id)


def by_number(conn: sqlite3.Connection, business_day: str, number: str) -> Ticket | None:
    """The ticket of a day that has this number."""
    row = conn.execute(
        f"SELECT {COLUMNS} FROM tickets WHERE business_day = ? AND number = ?", (business_day, number)
    ).fetchone()
    return of_row(row) if row else None


def open_of_member(conn: sqlite3.Connection, member_no: str) -> Ticket | None:
    """The ticket a member still has in the lobby."""
    return _one(conn, f"member_no = ? AND state IN {_OPEN}", member_no)


def open_of_appointment(conn: sqlite3.Connection, code: str) -> Ticket | None:
    """The ticket a booking was checked in with, while it is open."""
    return _one(conn, f"appointment_code = ? AND state IN {_OPEN}", code)


def at_counter(conn: sqlite3.Connection, counter: int) -> Ticket | None:
    """The one active ticket of a counter."""
    return _one(conn, "counter = ? AND state IN ('called', 'serving')", counter)


def active(conn: sqlite3.Connection) -> dict[int, Ticket]:
    """Every ticket at a counter, by counter number."""
    rows = conn.execute(f"SELECT {COLUMNS} FROM tickets WHERE state IN ('called', 'serving')")
    return {row["counter"]: of_row(row) for row in rows}


def held(conn: sqlite3.Connection) -> list[Ticket]:
    """Every ticket on hold, the longest first."""
    rows = conn.execute(f"SELECT {COLUMNS} FROM tickets WHERE state = 'on_hold' ORDER BY held_at, id")
    return [of_row(row) for row in rows]


def missed(conn: sqlite3.Connection, business_day: str, limit: int) -> list[Ticket]:
    """A day's last no-shows, newest first."""
    rows = conn.execute(
        f"SELECT {COLUMNS} FROM tickets WHERE state = 'no_show' AND business_day = ? ORDER BY ended_at DESC LIMIT ?",
        (business_day, limit),
    )
    return [of_row(row) for row in rows]


def gone(conn: sqlite3.Connection, business_day: str, limit: int) -> list[Ticket]:
    """A day's last missed, abandoned and cancelled tickets, newest first."""
    rows = conn.execute(
        f"SELECT {COLUMNS} FROM tickets WHERE state IN ('no_show', 'abandoned', 'cancelled') AND business_day = ?"
        " ORDER BY ended_at DESC LIMIT ?",
        (business_day, limit),
    )
    return [of_row(row) for row in rows]


def wrapped_up(conn: sqlite3.Connection, business_day: str, counter: int) -> Ticket | None:
    """The ticket a counter completed last on a day: the one that it wraps up."""
    row = conn.execute(
        f"SELECT {COLUMNS} FROM tickets WHERE business_day = ? AND counter = ? AND state = 'completed'"
        " ORDER BY ended_at DESC LIMIT 1",
        (business_day, counter),
    ).fetchone()
    return of_row(row) if row else None


def visits_of(conn: sqlite3.Connection, member_no: str, first_day: str) -> int:
    """On how many days from `first_day` on a member was served, or is being now."""
    row = conn.execute(
        "SELECT count(DISTINCT business_day) FROM tickets WHERE member_no = ? AND business_day >= ?"
        " AND state IN ('called', 'serving', 'on_hold', 'completed')",
        (member_no, first_day),
    ).fetchone()
    return int(row[0])


def issued_count(conn: sqlite3.Connection, business_day: str) -> dict[str, int]:
    """How many tickets each service gave on a day, cancelled ones not counted, whatever they were transferred to."""
    rows = conn.execute(
        "SELECT coalesce((SELECT l.service FROM legs l WHERE l.ticket_id = t.id ORDER BY l.id LIMIT 1), t.service) AS service,"
        " count(*) AS n FROM tickets t WHERE business_day = ? AND state <> 'cancelled' GROUP BY 1",
        (business_day,),
    )
    return {row["service"]: row["n"] for row in rows}


def served_by(conn: sqlite3.Connection, business_day: str, counter: int) -> tuple[int, float | None]:
    """How many a counter completed on a day, and their mean service time in seconds."""
    row = conn.execute(
        "SELECT count(*) AS n, avg(served_s + max(0, ended_at - started_at)) AS mean_s FROM tickets"
        " WHERE business_day = ? AND counter = ? AND state = 'completed'",
        (business_day, counter),
    ).fetchone()
    return row["n"], row["mean_s"]


def handled_by(conn: sqlite3.Connection, business_day: str, staff_id: int) -> tuple[int, float | None]:
    """How many one of the staff served on a day, and the mean handling time in seconds: service and wrap-up.

    A leg that ended in a transfer or before another service counts as one.
    """
    row = conn.execute(
        "SELECT count(*) AS n, avg(handled_s) AS mean_s FROM ("
        " SELECT served_s + max(0, ended_at - started_at) + coalesce(wrap_up_s, 0) AS handled_s FROM tickets"
        "  WHERE business_day = ? AND staff_id = ? AND state = 'completed'"
        " UNION ALL SELECT l.served_s + max(0, l.ended_at - l.started_at) FROM legs l JOIN tickets t ON t.id = l.ticket_id"
        "  WHERE t.business_day = ? AND l.staff_id = ? AND l.started_at IS NOT NULL)",
        (business_day, staff_id, business_day, staff_id),
    ).fetchone()
    return row["n"], row["mean_s"]


def recent_services(conn: sqlite3.Connection, service: str, limit: int) -> list[float]:
    """How long the last completed services took, in seconds, newest first."""
    rows = conn.execute(
        "SELECT * FROM (SELECT served_s + ended_at - started_at AS seconds, ended_at FROM tickets WHERE service = ?"
        "  AND state = 'completed' AND started_at IS NOT NULL ORDER BY id DESC LIMIT ?)"
        " UNION ALL SELECT served_s + ended_at - started_at, ended_at FROM legs WHERE service = ? AND how = 'service_added'"
        " ORDER BY ended_at DESC LIMIT ?",
        (service, limit, service, limit),
    )
    return [row["seconds"] for row in rows]


def visits(conn: sqlite3.Connection, first_day: str) -> sqlite3.Cursor:
    """What past days teach of customers' and counters' habits, from a business day on: one row a ticket.

    `gap_s` is how long the counter was free before it called somebody who was waiting by then; NULL for others.
    """
    return conn.execute(
        "SELECT business_day, issued_at, class, tier, service, started_at - called_at AS walk_s,"
        " iif(issued_at < lag(ended_at) OVER before, called_at - lag(ended_at) OVER before, NULL) AS gap_s,"
        " max(0, coalesce(first_called_at, ended_at) - max(issued_at, coalesce(slot_at, 0))) AS waited_s,"
        " state IN ('no_show', 'abandoned') OR (state = 'cancelled' AND first_called_at IS NULL) AS has_left"
        " FROM tickets WHERE business_day >= ? WINDOW before AS (PARTITION BY business_day, counter ORDER BY called_at)",
        (first_day,),
    )


def of_day(conn: sqlite3.Connection, business_day: str) -> list[Ticket]:
    """Every ticket of a business day, in the order of issue."""
    rows = conn.execute(f"SELECT {COLUMNS} FROM tickets WHERE business_day = ? ORDER BY issued_at, id", (business_day,))
    return [of_row(row) for row in rows]


def latest_day(conn: sqlite3.Connection) -> str | None:
    """The last business day on which somebody took a number."""
    row = conn.execute("SELECT max(business_day) AS day FROM tickets").fetchone()
    return str(row["day"]) if row["day"] else None


def day_so_far(conn: sqlite3.Connection, business_day: str) -> sqlite3.Row:
    """A day's figures: issued, served, no_show, cancelled, mean_wait_s of those called, and promises kept and missed.

    The wait is first call minus the later of arrival and slot. A promise still running counts as missed once it is
    past due, which the caller adds: here only called tickets count.
    """
    row: sqlite3.Row = conn.execute(
        "SELECT count(*) AS issued, sum(state = 'completed') AS served, sum(state = 'no_show') AS no_show,"
        " sum(state IN ('cancelled', 'abandoned')) AS cancelled,"
        " avg(max(0, first_called_at - max(issued_at, coalesce(slot_at, 0)))) AS mean_wait_s,"
        " sum(class = 'vip' AND first_called_at <= due_at) AS vip_kept, sum(class = 'vip' AND first_called_at > due_at) AS vip_missed,"
        " sum(class = 'appointment' AND first_called_at <= due_at) AS appointment_kept,"
        " sum(class = 'appointment' AND first_called_at > due_at) AS appointment_missed"
        " FROM tickets WHERE business_day = ?",
        (business_day,),
    ).fetchone()
    return row


def call(conn: sqlite3.Connection, ticket_id: int, counter: int, now: float) -> bool:
    """waiting → called."""
    return _changed(
        conn,
        "UPDATE tickets SET state = 'called', counter = ?, called_at = ?, call_began_at = ?, recalls = 0,"
        " first_called_at = coalesce(first_called_at, ?), calls = calls + 1 WHERE id = ? AND state = 'waiting'",
        (counter, now, now, now, ticket_id),
    )


def recall(conn: sqlite3.Connection, ticket_id: int, now: float) -> bool:
    """called → called, once more aloud."""
    return _changed(
        conn,
        "UPDATE tickets SET called_at = ?, calls = calls + 1, recalls = recalls + 1 WHERE id = ? AND state = 'called'",
        (now, ticket_id),
    )


def start(conn: sqlite3.Connection, ticket_id: int, now: float, staff_id: int | None = None) -> bool:
    """called → serving, by one of the staff."""
    return _changed(
        conn,
        "UPDATE tickets SET state = 'serving', started_at = ?, staff_id = ? WHERE id = ? AND state = 'called'",
        (now, staff_id, ticket_id),
    )


def put_back(conn: sqlite3.Connection, ticket_id: int) -> bool:
    """called → waiting; place and clock are kept."""
    return _changed(
        conn, "UPDATE tickets SET state = 'waiting', counter = NULL WHERE id = ? AND state = 'called'", (ticket_id,)
    )


def move_back(conn: sqlite3.Connection, ticket_id: int, passes: int, moved_to: float) -> bool:
    """waiting → waiting, further back in the order; only while it has let exactly `passes` people pass so far.

    A place that staff gave moves; else the ticket's own.
    """
    return _changed(
        conn,
        "UPDATE tickets SET placed_at = iif(placed_at IS NULL, NULL, ?), moved_to = iif(placed_at IS NULL, ?, moved_to),"
        " passes = passes + 1 WHERE id = ? AND state = 'waiting' AND passes = ?",
        (moved_to, moved_to, ticket_id, passes),
    )


def end(
    conn: sqlite3.Connection,
    ticket_id: int,
    expected: TicketState,
    final: TicketState,
    now: float,
    outcome: Outcome | None = None,
) -> bool:
    """Any state → one of the final ones."""
    return _changed(
        conn,
        "UPDATE tickets SET state = ?, ended_at = ?, outcome = ?, hold_kind = NULL WHERE id = ? AND state = ?",
        (final, now, outcome, ticket_id, expected),
    )


def left_over(conn: sqlite3.Connection, business_day: str) -> list[Ticket]:
    """Open tickets of earlier days."""
    rows = conn.execute(f"SELECT {COLUMNS} FROM tickets WHERE state IN {_OPEN} AND business_day < ?", (business_day,))
    return [of_row(row) for row in rows]


def _changed(conn: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> bool:
    return conn.execute(statement, values).rowcount == 1


def _one(conn: sqlite3.Connection, where: str, value: object) -> Ticket | None:
    row = conn.execute(f"SELECT {COLUMNS} FROM tickets WHERE {where} LIMIT 1", (value,)).fetchone()
    return of_row(row) if row else None


def of_row(row: tuple[Any, ...]) -> Ticket:
    """The ticket of a row of `COLUMNS`."""
    ticket_id, number, token, business_day, service, ticket_class, state, *rest, hold_kind, outcome = row
    kind, stage = TicketClass(ticket_class), TicketState(state)
    ends = [HoldKind(hold_kind) if hold_kind else None, Outcome(outcome) if outcome else None]
    return Ticket(ticket_id, number, token, business_day, service, kind, stage, *rest, *ends)
