"""Owns the rows of past days' facts: what reports count, derived once a day is over; and what they are derived from."""

import sqlite3

from db.event_records import StoredFacts


def save(conn: sqlite3.Connection, facts: StoredFacts) -> None:
    """Keep a day's facts; derived anew they take the place of the old ones."""
    conn.execute(
        "INSERT INTO day_facts (business_day, form, tickets, posts, about) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (business_day) DO UPDATE SET form = excluded.form, tickets = excluded.tickets,"
        " posts = excluded.posts, about = excluded.about",
        (facts.day, facts.form, facts.tickets, facts.posts, facts.about),
    )


def between(conn: sqlite3.Connection, first_day: str, last_day: str, form: int) -> dict[str, StoredFacts]:
    """The facts of a span of days by day, as this form of the derivation wrote them."""
    rows = conn.execute(
        "SELECT business_day, form, tickets, posts, about FROM day_facts WHERE business_day BETWEEN ? AND ? AND form = ?"
        " ORDER BY business_day",
        (first_day, last_day, form),
    )
    return {row["business_day"]: StoredFacts(*row) for row in rows}


def days(conn: sqlite3.Connection, form: int) -> list[str]:
    """The days whose facts are kept in this form, oldest first."""
    rows = conn.execute("SELECT business_day FROM day_facts WHERE form = ? ORDER BY business_day", (form,))
    return [row["business_day"] for row in rows]


def days_with_tickets(conn: sqlite3.Connection, first_day: str, last_day: str) -> list[str]:
    """The business days of a span on which somebody took a number, in order. One step of the index a day."""
    rows = conn.execute(
        "WITH RECURSIVE days (day) AS (SELECT min(business_day) FROM tickets WHERE business_day >= ?"
        " UNION ALL SELECT (SELECT min(business_day) FROM tickets WHERE business_day > day) FROM days WHERE day < ?)"
        " SELECT day FROM days WHERE day <= ?",
        (first_day, last_day, last_day),
    )
    return [row["day"] for row in rows]


def latest_before(conn: sqlite3.Connection, business_day: str) -> str | None:
    """The last day before another one on which somebody took a number."""
    row = conn.execute(
        "SELECT max(business_day) AS day FROM tickets WHERE business_day < ?", (business_day,)
    ).fetchone()
    return str(row["day"]) if row["day"] else None


def missing(conn: sqlite3.Connection, before: str, form: int) -> list[str]:
    """Past days with tickets whose facts are not kept yet, or in an older form; in order."""
    kept = {row["business_day"] for row in conn.execute("SELECT business_day FROM day_facts WHERE form = ?", (form,))}
    return [day for day in days_with_tickets(conn, "", before) if day < before and day not in kept]


def quotes_of(conn: sqlite3.Connection, business_day: str) -> dict[int, tuple[float, float, float, float]]:
    """Each scored quote of a day by ticket id: low, middle, high and the wait that came of it, in seconds."""
    rows = conn.execute(
        "SELECT ticket_id, low_s, mid_s, high_s, wait_s FROM tickets JOIN quotes ON quotes.ticket_id = tickets.id"
        " WHERE business_day = ? AND wait_s IS NOT NULL AND mid_s IS NOT NULL",
        (business_day,),
    )
    return {row["ticket_id"]: (row["low_s"], row["mid_s"], row["high_s"], row["wait_s"]) for row in rows}


def scores_of(conn: sqlite3.Connection, business_day: str) -> dict[int, int]:
    """Each rating of a day by ticket id."""
    rows = conn.execute(
        "SELECT ticket_id, score FROM tickets JOIN ratings ON ratings.ticket_id = tickets.id WHERE business_day = ?",
        (business_day,),
    )
    return {row["ticket_id"]: row["score"] for row in rows}


def journal_between(conn: sqlite3.Connection, begins: float, ends: float) -> list[sqlite3.Row]:
    """What happened in a span of time, in order: seq, at, kind, ticket, counter, actor, and of an undo its data.

    The journal has no index of times. It grows with time, so its place is found by halving; the clock may have been
    set back by a minute meanwhile.
    """
    first, last = _seq_at(conn, begins - _CLOCK_SET_BACK_S), _seq_at(conn, ends + _CLOCK_SET_BACK_S)
    return conn.execute(
        "SELECT seq, at, kind, ticket, counter, actor, iif(kind = 'undone', data, NULL) AS undo FROM events WHERE seq BETWEEN ? AND ? AND at >= ? AND at < ? ORDER BY seq",
        (first, last, begins, ends),
    ).fetchall()


def bookings_by_state(conn: sqlite3.Connection, begins: float, ends: float) -> dict[str, int]:
    """How many visits were booked for a span of time, by what became of them."""
    rows = conn.execute(
        "SELECT state, count(*) AS n FROM appointments WHERE slot_at >= ? AND slot_at < ? GROUP BY state",
        (begins, ends),
    )
    return {row["state"]: row["n"] for row in rows}


_CLOCK_SET_BACK_S = 60.0


def _seq_at(conn: sqlite3.Connection, at: float) -> int:
    """The first `seq` not before a time; one past the newest if there is none."""
    low, high = 0, int(conn.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]) + 1
    while low < high:
        middle = (low + high) // 2
        row = conn.execute("SELECT seq, at FROM events WHERE seq >= ? ORDER BY seq LIMIT 1", (middle,)).fetchone()
        if row is None or row["at"] >= at:
            high = middle
        else:
            low = int(row["seq"]) + 1
    return low
