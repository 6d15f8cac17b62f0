"""Owns the limits that time sets to recalling and to giving somebody up, and when they end. Pure."""

from counter.desk_errors import NoShowTooFewCalls, NoShowTooSoon, RecallTooSoon
from db import calendar
from db.errors import LobbyError
from db.setting_records import Settings
from db.ticket_records import Ticket


def recall(ticket: Ticket, settings: Settings, now: float) -> LobbyError | None:
    """Why a called ticket cannot be called once more yet; `possible_at` says from when on."""
    possible_at = (ticket.called_at or 0.0) + settings.desk.recall_gap_s
    if now >= possible_at:
        return None
    return RecallTooSoon(number=ticket.number, **_until(possible_at, settings, now))


def no_show(ticket: Ticket, settings: Settings, now: float) -> LobbyError | None:
    """Why a called ticket cannot be given up yet; `possible_at` says from when on, if called often enough by then."""
    desk = settings.desk
    calls = 1 + ticket.recalls
    possible_at = (ticket.call_began_at or ticket.called_at or 0.0) + desk.no_show_after_s
    if calls < desk.no_show_calls:
        still_to_come = (desk.no_show_calls - calls) * desk.recall_gap_s
        possible_at = max(possible_at, (ticket.called_at or 0.0) + still_to_come)
        return NoShowTooFewCalls(
            number=ticket.number, calls=calls, needed=desk.no_show_calls, **_until(possible_at, settings, now)
        )
    if now >= possible_at:
        return None
    return NoShowTooSoon(number=ticket.number, **_until(possible_at, settings, now))


def _until(possible_at: float, settings: Settings, now: float) -> dict[str, object]:
    """For the reader whole seconds, for a page that counts them down the moment."""
    return {
        "seconds": max(0, -int((now - possible_at) // 1)),
        "possible_at": calendar.stamp(possible_at, settings),
    }
