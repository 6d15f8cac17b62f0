"""Owns what a counter's view tells beside the queue: who is on hold, who was missed, its pause, the visit so far.

Shapes are described in docs/live.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from counter import views
from counter.card import ends_soon, last_day
from counter.customer import is_birthday_near
from counter.moment import Present
from counter.rights import resume_refusal
from db import calendar
from db.counter_records import Counter, CounterState
from db.legs import Leg
from db.people_records import Member
from db.ticket_notes import Note
from db.ticket_records import Ticket
from db.words import Message

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Care:
    """What is known of the member at a counter: how many visits this month, and who of the staff is their manager."""

    member: Member
    visits: int
    manager: str | None


def held(at: Counter, tickets: Sequence[Ticket], present: Present, notes: Mapping[int, Sequence[Note]]) -> list[Json]:
    """Whom this counter put on hold, and whom it could go on with."""
    shown = [ticket for ticket in tickets if ticket.counter == at.number or resume_refusal(at, ticket) is None]
    return [
        {
            **who(ticket, present),
            "kind": ticket.hold_kind,
            "since": calendar.stamp(ticket.held_at, present.settings),
            "counter": ticket.counter,
            "mine": ticket.counter == at.number,
            "step_done": ticket.step_done_at is not None,
            "notes": note_rows(notes.get(ticket.id, ()), present),
        }
        for ticket in shown
    ]


def missed(tickets: Sequence[Ticket], others: Mapping[int, str], present: Present) -> list[Json]:
    """Today's no-shows, newest first; `why` one cannot have its place back, by `others`: the number taken since."""
    return [
        {
            **who(ticket, present),
            "counter": ticket.counter,
            "at": calendar.stamp(ticket.ended_at, present.settings),
            "calls": ticket.calls,
            "other": others.get(ticket.id),
        }
        for ticket in tickets
    ]


def pause(at: Counter, present: Present) -> Json | None:
    """Why a counter pauses, since when, and until when as planned."""
    if at.state != CounterState.PAUSED:
        return None
    return {
        "reason": at.pause_reason,
        "text": at.pause_text,
        "since": calendar.stamp(at.since, present.settings),
        "until": calendar.stamp(at.returns_at, present.settings),
    }


def wrap_up(at: Counter, wrapped: Ticket | None, present: Present) -> Json | None:
    """Since when a counter has been wrapping up, and after whom."""
    if at.state != CounterState.WRAP_UP:
        return None
    return {"since": calendar.stamp(at.since, present.settings), "number": wrapped.number if wrapped else None}


def leg_rows(legs: Sequence[Leg], present: Present) -> list[Json]:
    """The earlier legs of a visit, oldest first."""
    return [
        {
            "service": leg.service,
            "service_name": views.names(present.services[leg.service].name),
            "counter": leg.counter,
            "staff": leg.staff_name,
            "how": leg.how,
            "ended_at": calendar.stamp(leg.ended_at, present.settings),
            "served_s": round(leg.served_s + (leg.ended_at - leg.started_at if leg.started_at is not None else 0)),
        }
        for leg in legs
    ]


def note_rows(notes: Sequence[Note], present: Present) -> list[Json]:
    """Staff's notes, oldest first."""
    return [
        {"at": calendar.stamp(note.at, present.settings), "staff": note.staff_name, "text": note.text} for note in notes
    ]


def care(known: Care, present: Present) -> Json:
    """Visits this month, a card that ends soon, a birthday near, the account manager by name where that is known."""
    member, today = known.member, calendar.local(present.now, present.settings).date()
    return {
        "visits_this_month": known.visits,
        "card_ends": _card_ends(member, today),
        "birthday": member.birthday is not None and is_birthday_near(member.birthday, today),
        "manager": known.manager or member.manager_a,
    }


def _card_ends(member: Member, today: date) -> Json | None:
    if not ends_soon(member, today):
        return None
    return views.message(
        Message("card_ends_soon", "The card is valid until {day}.", {"day": last_day(member).isoformat()})
    )


def who(ticket: Ticket, present: Present) -> Json:
    """Whose number it is, without a name."""
    tier = present.tiers.get(ticket.tier or "")
    return {
        "number": ticket.number,
        "class": ticket.ticket_class,
        "tier_name": views.names(tier.name) if tier else None,
        "service": ticket.service,
        "service_name": views.names(present.services[ticket.service].name),
        "language": ticket.language,
    }
