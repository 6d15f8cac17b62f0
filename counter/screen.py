"""Owns reading a counter's screen from the rows."""

import sqlite3
from typing import Any

from counter import desk_view, due, paper, perks, possible, undoing, views, words
from counter.acting import get_counter
from counter.desk_view import Care
from counter.line import Choice, choose
from counter.moment import Present
from counter.proxies import clock
from counter.undoing import others_since
from db import appointments, calendar, duty, legs, members, print_jobs, proxies, staff, ticket_notes, tickets
from db.booking_records import Appointment
from db.counter_records import Counter, CounterState
from db.errors import LobbyError
from db.people_records import Member, Role
from db.ticket_records import Ticket

MISSED_SHOWN = 10


def read(conn: sqlite3.Connection, number: int, present: Present) -> dict[str, Any]:
    """The snapshot of one counter, as docs/live.md describes it. Raises `UnknownCounter`."""
    at = get_counter(conn, number)
    current = present.lobby.serving.get(number)
    member_no = proxies.member_no_of(conn, current) if current else None
    member = members.by_number(conn, member_no) if member_no else None
    booking = appointments.by_code(conn, current.appointment_code) if current and current.appointment_code else None
    today = calendar.business_day(present.now, present.settings)
    choice = choose(at, present.lobby, present.now, present.settings.rules)
    view = views.counter(at, present, choice, (member, booking), tickets.served_by(conn, today, number))
    if current:
        view["current"] |= {
            "perks": perks.of_current(conn, current, present),
            "proxy": _proxy(conn, current, present),
            "legs": desk_view.leg_rows(legs.of_ticket(conn, current.id), present),
            "token": current.token,
            "print": print_jobs.state_of(conn, current.id),
            "notes": desk_view.note_rows(ticket_notes.of_ticket(conn, current.id), present),
        }
        if member is not None:
            view["current"]["customer"] |= desk_view.care(_care(conn, member, present), present)
    held, missed = tickets.held(conn), tickets.missed(conn, today, MISSED_SHOWN)
    undo = undoing.possible(conn, number, present.now)
    scene = possible.Scene(
        at=at,
        current=current,
        settings=present.settings,
        now=present.now,
        role=_role(conn, at),
        nobody=None if isinstance(choice, Choice) else words.refusal(choice, at, present.lobby),
        undo=undo if isinstance(undo, LobbyError) else None,
        held=held,
        missed=bool(missed),
        phone_known=member is not None or booking is not None,
    )
    return {
        **views.head(present),
        **view,
        "actions": {name: views.message(why) for name, why in possible.refusals(scene).items()},
        "held": desk_view.held(at, held, present, {one.id: ticket_notes.of_ticket(conn, one.id) for one in held}),
        "missed": desk_view.missed(missed, others_since(conn, missed), present),
        "undo": None if isinstance(undo, LobbyError) else undoing.what(undo, present.settings),
        "counters": [{"number": other.number, "staff": other.staff_name} for other in present.lobby.counters],
        "pause": desk_view.pause(at, present),
        "wrap_up": desk_view.wrap_up(at, _wrapped(conn, at, today), present),
        "appointments": due.appointments_due(at, present, _expected(conn, present)),
        "printers": paper.troubles(conn),
    }


def _role(conn: sqlite3.Connection, at: Counter) -> Role | None:
    person = staff.staff_by_id(conn, at.staff_id) if at.staff_id is not None else None
    return person.role if person else None


def _care(conn: sqlite3.Connection, member: Member, present: Present) -> Care:
    month = calendar.business_day(present.now, present.settings)[: len("2026-11")] + "-01"
    manager = duty.by_code(conn, member.manager_a)
    return Care(member, tickets.visits_of(conn, member.member_no, month), manager.name if manager else None)


def _wrapped(conn: sqlite3.Connection, at: Counter, today: str) -> Ticket | None:
    return tickets.wrapped_up(conn, today, at.number) if at.state == CounterState.WRAP_UP else None


def _proxy(conn: sqlite3.Connection, current: Ticket, present: Present) -> views.Json | None:
    """For whom of the staff an absent customer's ticket is, and its clock."""
    proxy = proxies.of_ticket(conn, current.id)
    return {"staff": proxy.staff_name, **clock(current, present)} if proxy else None


def _expected(conn: sqlite3.Connection, present: Present) -> list[tuple[Appointment, str | None]]:
    """Who is expected about now: from those still in time to those due soon."""
    begins = present.now - present.settings.rules.appointment_grace_s
    return appointments.expected(conn, begins, present.now + due.SOON_S)
