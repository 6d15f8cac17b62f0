"""Owns reading a counter's screen from the rows."""

import sqlite3
from typing import Any

from counter import due, paper, perks, views
from counter.desk import get_counter
from counter.moment import Present
from counter.proxies import clock
from db import appointments, calendar, members, print_jobs, proxies, tickets
from db.records import Appointment, Ticket


def read(conn: sqlite3.Connection, number: int, present: Present) -> dict[str, Any]:
    """The snapshot of one counter, as docs/live.md describes it. Raises `UnknownCounter`."""
    at = get_counter(conn, number)
    current = present.lobby.serving.get(number)
    member_no = proxies.member_no_of(conn, current) if current else None
    member = members.by_number(conn, member_no) if member_no else None
    booking = appointments.by_code(conn, current.appointment_code) if current and current.appointment_code else None
    figures = tickets.served_by(conn, calendar.business_day(present.now, present.settings), number)
    view = views.counter(at, present, (member, booking), figures)
    if current:
        view["current"] |= {"perks": perks.of_current(conn, current, present), "proxy": _proxy(conn, current, present)}
        view["current"] |= {"token": current.token, "print": print_jobs.state_of(conn, current.id)}
    return {
        **views.head(present),
        **view,
        "appointments": due.appointments_due(at, present, _expected(conn, present)),
        "printers": paper.troubles(conn),
    }


def _proxy(conn: sqlite3.Connection, current: Ticket, present: Present) -> views.Json | None:
    """For whom of the staff an absent customer's ticket is, and its clock."""
    proxy = proxies.of_ticket(conn, current.id)
    return {"staff": proxy.staff_name, **clock(current, present)} if proxy else None


def _expected(conn: sqlite3.Connection, present: Present) -> list[tuple[Appointment, str | None]]:
    """Who is expected about now: from those still in time to those due soon."""
    begins = present.now - present.settings.rules.appointment_grace_s
    return appointments.expected(conn, begins, present.now + due.SOON_S)
