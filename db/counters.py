"""Owns the rows of counters: what they may and can do, their state, and who is at them.

A retired counter keeps its row for the days it worked on (`ever`); everybody else reads those in use.
"""

import sqlite3
from functools import lru_cache
from typing import Any

from db.counter_records import Counter, CounterState, PauseReason, Permission
from db.ticket_records import TicketClass
from db.words import Names

_SELECT = (
    "SELECT c.number, c.vip, c.appointment, c.ordinary, c.state, c.since, c.staff_id, s.name, c.returns_at, c.pause_reason, c.pause_text, c.name_zh, c.name_en, c.where_zh, c.where_en, (SELECT group_concat(service) FROM counter_skills k WHERE k.counter = c.number) AS skills"
    " FROM counters c LEFT JOIN staff s ON s.id = c.staff_id"
)
_IN_USE = f"{_SELECT} WHERE c.retired_at IS NULL"


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


def set_names(conn: sqlite3.Connection, number: int, name: Names | None, where: Names | None) -> None:
    """What a counter is called besides its number, and how to find it; None for nothing."""
    words = (name.zh, name.en) if name else (None, None)
    way = (where.zh, where.en) if where else (None, None)
    conn.execute(
        "UPDATE counters SET name_zh = ?, name_en = ?, where_zh = ?, where_en = ? WHERE number = ?",
        (*words, *way, number),
    )


def retire(conn: sqlite3.Connection, number: int, at: float) -> bool:
    """Take a closed counter out of use; its row stays for the days it worked on."""
    return _changed(
        conn,
        "UPDATE counters SET retired_at = ? WHERE number = ? AND state = 'closed' AND retired_at IS NULL",
        (at, number),
    )


def bring_back(conn: sqlite3.Connection, number: int) -> bool:
    """Take a retired counter into use again, closed as it is."""
    return _changed(
        conn, "UPDATE counters SET retired_at = NULL WHERE number = ? AND retired_at IS NOT NULL", (number,)
    )


def retired(conn: sqlite3.Connection) -> list[int]:
    """The numbers of retired counters."""
    rows = conn.execute("SELECT number FROM counters WHERE retired_at IS NOT NULL ORDER BY number")
    return [row["number"] for row in rows]


def _add_skills(conn: sqlite3.Connection, counter: Counter) -> None:
    conn.executemany(
        "INSERT INTO counter_skills (counter, service) VALUES (?, ?)",
        [(counter.number, skill) for skill in sorted(counter.skills)],
    )


def everyone(conn: sqlite3.Connection) -> list[Counter]:
    """Every counter in use, by number."""
    return [_counter(tuple(row)) for row in conn.execute(f"{_IN_USE} ORDER BY c.number")]


def ever(conn: sqlite3.Connection) -> list[Counter]:
    """Every counter there has been, by number: for days that are over."""
    return [_counter(tuple(row)) for row in conn.execute(f"{_SELECT} ORDER BY c.number")]


def get(conn: sqlite3.Connection, number: int) -> Counter | None:
    """One counter."""
    row = conn.execute(f"{_IN_USE} AND c.number = ?", (number,)).fetchone()
    return _counter(tuple(row)) if row else None


def of_staff(conn: sqlite3.Connection, staff_id: int) -> Counter | None:
    """The counter somebody works at."""
    row = conn.execute(f"{_IN_USE} AND c.staff_id = ?", (staff_id,)).fetchone()
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
    number, vip, appointment, ordinary, state, since, staff_id, staff_name, returns_at, reason, text, *rest = row
    name_zh, name_en, where_zh, where_en, skills = rest
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
        name=Names(name_zh, name_en) if name_zh else None,
        where=Names(where_zh, where_en) if where_zh else None,
    )
