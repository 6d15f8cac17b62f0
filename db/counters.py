"""Owns the rows of counters: what they may and can do, their state, and who is at them."""

import sqlite3
from functools import lru_cache
from typing import Any

from db.records import Counter, CounterState, PauseReason, Permission, TicketClass

_SELECT = (
    "SELECT c.number, c.vip, c.appointment, c.ordinary, c.state, c.since, c.staff_id, s.name, c.returns_at, c.pause_reason, c.pause_text, (SELECT group_concat(service) FROM counter_skills k WHERE k.counter = c.number) AS skills"
    " FROM counters c LEFT JOIN staff s ON s.id = c.staff_id"
)


def add(conn: sqlite3.Connection, counter: Counter) -> None:
    """Add a closed counter."""
    may = counter.permissions
    conn.execute(
        "INSERT INTO counters (number, vip, appointment, ordinary) VALUES (?, ?, ?, ?)",
        (counter.number, may[TicketClass.VIP], may[TicketClass.APPOINTMENT], may[TicketClass.ORDINARY]),
    )
    _add_skills(conn, counter)


def set_work(conn: sqlite3.Connection, counter: Counter) -> None:
    """What an existing counter may and can do; its state stays as it is."""
    may = counter.permissions
    conn.execute(
        "UPDATE counters SET vip = ?, appointment = ?, ordinary = ? WHERE number = ?",
        (may[TicketClass.VIP], may[TicketClass.APPOINTMENT], may[TicketClass.ORDINARY], counter.number),
    )
    conn.execute("DELETE FROM counter_skills WHERE counter = ?", (counter.number,))
    _add_skills(conn, counter)


def _add_skills(conn: sqlite3.Connection, counter: Counter) -> None:
    conn.executemany(
        "INSERT INTO counter_skills (counter, service) VALUES (?, ?)",
        [(counter.number, skill) for skill in sorted(counter.skills)],
    )


def everyone(conn: sqlite3.Connection) -> list[Counter]:
    """Every counter, by number."""
    return [_counter(tuple(row)) for row in conn.execute(f"{_SELECT} ORDER BY c.number")]


def get(conn: sqlite3.Connection, number: int) -> Counter | None:
    """One counter."""
    row = conn.execute(f"{_SELECT} WHERE c.number = ?", (number,)).fetchone()
    return _counter(tuple(row)) if row else None


def of_staff(conn: sqlite3.Connection, staff_id: int) -> Counter | None:
    """The counter somebody works at."""
    row = conn.execute(f"{_SELECT} WHERE c.staff_id = ?", (staff_id,)).fetchone()
    return _counter(tuple(row)) if row else None


def open_for(conn: sqlite3.Connection, number: int, staff_id: int, now: float) -> bool:
    """closed → ready, with somebody at it."""
    return _changed(
        conn,
        "UPDATE counters SET state = 'ready', since = ?, staff_id = ? WHERE number = ? AND state = 'closed'",
        (now, staff_id, number),
    )


def close(conn: sqlite3.Connection, number: int, now: float) -> bool:
    """ready, paused or wrap-up → closed."""
    return _changed(
        conn,
        "UPDATE counters SET state = 'closed', since = ?, staff_id = NULL, returns_at = NULL, pause_reason = NULL, pause_text = NULL"
        " WHERE number = ? AND state IN ('ready', 'paused', 'wrap_up')",
        (now, number),
    )


def pause(
    conn: sqlite3.Connection, number: int, reason: PauseReason, text: str | None, returns_at: float | None, now: float
) -> bool:
    """ready → paused, with when it is planned to be back."""
    return _changed(
        conn,
        "UPDATE counters SET state = 'paused', since = ?, pause_reason = ?, pause_text = ?, returns_at = ?"
        " WHERE number = ? AND state = 'ready'",
        (now, reason, text, returns_at, number),
    )


def come_back(conn: sqlite3.Connection, number: int, now: float) -> bool:
    """paused → ready."""
    return _changed(
        conn,
        "UPDATE counters SET state = 'ready', since = ?, pause_reason = NULL, pause_text = NULL, returns_at = NULL"
        " WHERE number = ? AND state = 'paused'",
        (now, number),
    )


def move(conn: sqlite3.Connection, number: int, expected: CounterState, to: CounterState, now: float) -> bool:
    """From one working state to another."""
    return _changed(
        conn, "UPDATE counters SET state = ?, since = ? WHERE number = ? AND state = ?", (to, now, number, expected)
    )


def _changed(conn: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> bool:
    return conn.execute(statement, values).rowcount == 1


@lru_cache(256)
def _counter(row: tuple[Any, ...]) -> Counter:
    """A row that has not changed since it was last read is the same record."""
    number, vip, appointment, ordinary, state, since, staff_id, staff_name, returns_at, reason, text, skills = row
    return Counter(
        number=number,
        permissions={
            TicketClass.VIP: Permission(vip),
            TicketClass.APPOINTMENT: Permission(appointment),
            TicketClass.ORDINARY: Permission(ordinary),
        },
        skills=frozenset(skills.split(",")) if skills else frozenset(),
        state=CounterState(state),
        since=since,
        staff_id=staff_id,
        staff_name=staff_name,
        returns_at=returns_at,
        pause_reason=PauseReason(reason) if reason else None,
        pause_text=text,
    )
