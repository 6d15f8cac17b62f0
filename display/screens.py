"""Owns reading the screens of this room from the rows: board, ticket, floor."""

import sqlite3
from typing import Any

from counter import alert_words, paper, punctuality, views
from counter.moment import Present
from counter.undoing import others_since
from db import (
    acts,
    alerts,
    announcements,
    appointments,
    calendar,
    day_figures,
    help_calls,
    outlooks,
    print_jobs,
    quotes,
    ratings,
    staff,
    tickets,
)
from db.errors import UnknownTicket
from db.people_records import DeviceKind
from db.ticket_records import Ticket, TicketState
from db.words import Message
from display import acts as floor_acts
from display import floor_view, outlook_view, voice
from display.board import board
from display.floor import floor

GONE_SHOWN = 10
"""So many of today's missed, abandoned and cancelled numbers the floor page offers to reinstate."""


def read_board(conn: sqlite3.Connection, present: Present) -> dict[str, Any]:
    """The public snapshot."""
    issued = tickets.issued_count(conn, calendar.business_day(present.now, present.settings))
    asked = help_calls.recent(conn, present.now - help_calls.COMING_S)
    shown = board(present, issued, asked, staff.devices(conn, DeviceKind.DISPLAY))
    now_said = floor_view.notices(acts.running(conn, present.now))
    if now_said:
        shown["store"] = {**shown["store"], "notices": [*now_said, *shown["store"]["notices"]]}
    spoken = voice.view(present.settings, present.now, announcements.sounds(conn))
    return {**shown, "voice": spoken, "paper": paper.kiosks_without_paper(conn)}


def read_ticket(conn: sqlite3.Connection, token: str, present: Present) -> dict[str, Any]:
    """The snapshot of one ticket's holder. Raises `UnknownTicket`."""
    return {**views.head(present), "ticket": ticket_view(conn, token, present)}


def ticket_view(conn: sqlite3.Connection, token: str, present: Present) -> dict[str, Any]:
    """A ticket as its holder may see it. Raises `UnknownTicket`."""
    shown = tickets.by_token(conn, token)
    if shown is None:
        raise UnknownTicket
    rating = ratings.of_ticket(conn, shown.id) if shown.state == TicketState.COMPLETED else None
    return views.ticket(shown, present, print_jobs.state_of(conn, shown.id), _notes(conn, shown, present), rating)


def _notes(conn: sqlite3.Connection, shown: Ticket, present: Present) -> tuple[Message, ...]:
    """While somebody with an appointment waits for it: what being early, on time or late means for them now."""
    if shown.state != TicketState.WAITING or shown.appointment_code is None or shown.queued_at is not None:
        return ()
    booking = appointments.by_code(conn, shown.appointment_code)
    return (punctuality.note(shown, booking.slot_at, present.settings, present.now),) if booking else ()


def read_floor(conn: sqlite3.Connection, present: Present) -> dict[str, Any]:
    """The floor manager's snapshot."""
    day = calendar.business_day(present.now, present.settings)
    printers = paper.panel(conn, present.settings, present.now)
    accuracy = quotes.accuracy(conn, day, day)
    asked = help_calls.recent(conn, present.now)
    return {
        **floor(present, dict(tickets.day_so_far(conn, day)), printers, accuracy),
        "help": [views.help_call(called, present.settings) for called in asked],
        **_alerts(conn, present),
        **_acts(conn, present),
        **_levels(conn, present, day),
        **_numbers(conn, present, day),
    }


def _alerts(conn: sqlite3.Connection, present: Present) -> dict[str, Any]:
    """Open alerts, newest first, those snoozed left out; who is at risk, what would help, how the day goes."""
    rules, answers = alerts.rules(conn), outlooks.load(conn)
    shown = [one for one in alerts.open_ones(conn) if (one.snoozed_until or 0) <= present.now]
    return {
        "alerts": [alert_words.view(one, rules[one.kind], present.settings) for one in reversed(shown)],
        "risks": outlook_view.risks(present, answers),
        "remedies": outlook_view.remedies(present, answers),
        "day": outlook_view.day(present, answers),
    }


def _acts(conn: sqlite3.Connection, present: Present) -> dict[str, Any]:
    """What was done at once and can be taken back, and who of the staff is here."""
    running = acts.running(conn, present.now - floor_view.UNDO_S)
    pages = acts.pages_since(conn, present.now - floor_acts.PAGE_SHOWN_S)
    free = acts.free_staff(conn, present.now)
    return {
        "acts": [floor_view.act(one, present.settings, present.services) for one in running],
        "team": floor_view.team(staff.all_staff(conn), free, pages, present),
    }


def _numbers(conn: sqlite3.Connection, present: Present, day: str) -> dict[str, Any]:
    """Whom the floor manager may place, move or cancel, and whom reinstate."""
    gone = tickets.gone(conn, day, GONE_SHOWN)
    return {
        "line": floor_view.line(present),
        "held": floor_view.held(tickets.held(conn), present),
        "gone": floor_view.gone(gone, others_since(conn, gone), present),
    }


def _levels(conn: sqlite3.Connection, present: Present, day: str) -> dict[str, Any]:
    found = day_figures.levels(conn, day, present.settings.rules.fair_after_s)
    return {"levels": floor_view.levels(found, present), "gave_up": floor_view.gave_up(found)}
