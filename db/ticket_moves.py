"""Owns the rarer guarded state changes of tickets: hold and resume, transfer, places given by staff, reinstating.

Like those of `db.tickets`, each is one UPDATE that names the state it expects, and returns whether it happened.
"""

import sqlite3

from db.ticket_records import HoldKind, Ticket, TicketState


def hold(conn: sqlite3.Connection, ticket_id: int, kind: HoldKind, now: float) -> bool:
    """serving → on_hold; the time served so far is kept."""
    return _changed(
        conn,
        "UPDATE tickets SET state = 'on_hold', hold_kind = ?, held_at = ?, step_done_at = NULL,"
        " served_s = served_s + max(0, ? - started_at), started_at = NULL WHERE id = ? AND state = 'serving'",
        (kind, now, now, ticket_id),
    )


def mark_step_done(conn: sqlite3.Connection, ticket_id: int, now: float) -> bool:
    """on_hold → on_hold, and what they were waiting for is done."""
    return _changed(
        conn,
        "UPDATE tickets SET step_done_at = ? WHERE id = ? AND state = 'on_hold' AND hold_kind = 'step' AND step_done_at IS NULL",
        (now, ticket_id),
    )


def lift_holds(conn: sqlite3.Connection, counter: int) -> list[str]:
    """Whoever was to go on at this counter alone may go on at any; returns their numbers."""
    rows = conn.execute(
        "UPDATE tickets SET hold_kind = 'any_counter' WHERE state = 'on_hold' AND hold_kind = 'same_counter' AND counter = ?"
        " RETURNING number",
        (counter,),
    )
    return [row["number"] for row in rows.fetchall()]


def resume(conn: sqlite3.Connection, ticket_id: int, counter: int, now: float) -> bool:
    """on_hold → called at a counter."""
    return _changed(
        conn,
        "UPDATE tickets SET state = 'called', hold_kind = NULL, counter = ?, called_at = ?, call_began_at = ?, recalls = 0,"
        " calls = calls + 1 WHERE id = ? AND state = 'on_hold'",
        (counter, now, now, ticket_id),
    )


def requeue(conn: sqlite3.Connection, ticket: Ticket, expected: TicketState) -> bool:
    """called or serving → waiting as a new leg: the service, place, promise and address of `ticket`."""
    return _changed(
        conn,
        "UPDATE tickets SET state = 'waiting', counter = NULL, started_at = NULL, served_s = 0, staff_id = NULL, service = ?,"
        " placed_at = ?, queued_at = ?, leg_due_at = ?, to_counter = ?, to_staff = ? WHERE id = ? AND state = ?",
        (ticket.service, ticket.placed_at, ticket.queued_at, ticket.leg_due_at, ticket.to_counter, ticket.to_staff,
         ticket.id, expected),
    )  # fmt: skip


def lift_addresses(conn: sqlite3.Connection, counter: int, staff_id: int | None) -> list[str]:
    """Whoever waits for this counter or this person alone waits for any; returns their numbers."""
    rows = conn.execute(
        "UPDATE tickets SET to_counter = NULL, to_staff = NULL WHERE state = 'waiting' AND (to_counter = ? OR to_staff = ?)"
        " RETURNING number",
        (counter, staff_id),
    )
    return [row["number"] for row in rows.fetchall()]


def change_service(conn: sqlite3.Connection, ticket_id: int, service: str, now: float) -> bool:
    """serving → serving, another service from now on."""
    return _changed(
        conn,
        "UPDATE tickets SET service = ?, started_at = ?, served_s = 0 WHERE id = ? AND state = 'serving'",
        (service, now, ticket_id),
    )


def place(conn: sqlite3.Connection, ticket_id: int, placed_at: float | None) -> bool:
    """waiting → waiting, where staff put it in the order; None: by its own time."""
    return _changed(conn, "UPDATE tickets SET placed_at = ? WHERE id = ? AND state = 'waiting'", (placed_at, ticket_id))


def redirect(conn: sqlite3.Connection, ticket: Ticket) -> bool:
    """waiting → waiting: the service and address of `ticket`; place, clock and promise are kept."""
    return _changed(
        conn,
        "UPDATE tickets SET service = ?, to_counter = ?, to_staff = ? WHERE id = ? AND state = 'waiting'",
        (ticket.service, ticket.to_counter, ticket.to_staff, ticket.id),
    )


def wrap_up(conn: sqlite3.Connection, ticket_id: int, seconds: float) -> bool:
    """How long a completed ticket was wrapped up."""
    statement = "UPDATE tickets SET wrap_up_s = ? WHERE id = ? AND state = 'completed'"
    return _changed(conn, statement, (seconds, ticket_id))


def reinstate(conn: sqlite3.Connection, ticket_id: int, expected: TicketState) -> bool:
    """no_show, abandoned or cancelled → waiting; place and clock are kept."""
    return _changed(
        conn,
        "UPDATE tickets SET state = 'waiting', ended_at = NULL, counter = NULL, started_at = NULL WHERE id = ? AND state = ?",
        (ticket_id, expected),
    )


def _changed(conn: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> bool:
    return conn.execute(statement, values).rowcount == 1
