"""Owns the shapes that screens and programs receive: what every snapshot carries, a ticket, a counter.

Shapes are described in docs/live.md. Everything here turns records into plain JSON values; rows are read by the caller.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from counter import customer, words
from counter.card import card_refusal
from counter.line import VIP_LETTER, VIP_QUEUE, Choice, Refusal, own_queue, serves
from counter.made import Made
from counter.moment import Present
from db import calendar
from db.booking_records import Appointment
from db.counter_records import Counter
from db.errors import LobbyError
from db.event_records import Event, EventKind, HelpCall
from db.paper_records import PrintState
from db.people_records import Member
from db.setting_records import Service, Settings, Tier
from db.ticket_records import Quote, Rating, Ticket, TicketClass, TicketState
from db.words import Message, Names

Json = dict[str, Any]

LONG_AGO_S = 2 * 3600

_VIPS = {
    "code": VIP_QUEUE,
    "letter": VIP_LETTER,
    "name": {"zh": "贵宾", "en": "VIP"},
    "icon": "diamond",
    "class": "vip",
    "group": None,
}


def names(both: Names | None) -> Json | None:
    """A name in both languages."""
    return None if both is None else {"zh": both.zh, "en": both.en}


def place(counter: Counter | None) -> Json | None:
    """What a counter is called besides its number, and where it is; None where the store says nothing of it."""
    said = [one for one in (counter.name, counter.where) if one] if counter else []
    return {"zh": " · ".join(one.zh for one in said), "en": " · ".join(one.en for one in said)} if said else None


def message(said: Message | LobbyError | None) -> Json | None:
    """Something said, to be put into the reader's language by the screen."""
    if said is None:
        return None
    values = said.attrs if isinstance(said, LobbyError) else said.values
    return {"code": said.code, "text": said.text, "values": dict(values)}


def head(present: Present) -> Json:
    """What every snapshot carries."""
    store = present.settings
    special = calendar.special_today(present.now, store)
    return {
        "version": present.version,
        "now": calendar.stamp(present.now, store),
        "store": {
            "name": names(store.name),
            "timezone": store.timezone,
            "open": calendar.is_open(present.now, store),
            "hours": _hours_today(present),
            "special_day": names(special.name) if special else None,
            "texts": {key: names(text) for key, text in store.texts.items()},
            "hold_s": store.hold_s,
            "idle_s": store.idle_s,
            "appointment_grace_s": round(store.rules.appointment_grace_s),
            "notices": [names(notice) for notice in store.notices],
        },
        "calls": [{**call(event, store), "over": _is_over(event, present)} for event in present.calls],
    }


def call(event: Event, store: Settings) -> Json:
    """One call as the public hears it."""
    return {
        "version": event.seq,
        "number": event.ticket,
        "counter": event.counter,
        "class": event.data["class"],
        "at": calendar.stamp(event.at, store),
        "recall": event.kind == EventKind.RECALLED,
    }


def called_queue(event: Event) -> str | None:
    """The queue a called ticket stood in, as the board names it."""
    service = VIP_QUEUE if event.data["class"] == TicketClass.VIP else event.data.get("service")
    return None if service is None else str(service)


def _is_over(event: Event, present: Present) -> bool:
    """Whether whoever was called is no longer expected or served at that counter."""
    there = present.lobby.serving.get(event.counter or 0)
    return there is None or there.number != event.ticket


def queues(present: Present) -> list[Json]:
    """People waiting per queue and the wait of who joins it: services in order, then the VIPs, who count only there.

    A retired service stands there until the last who waits for it is called.
    """
    if "queues" not in present.shown:
        present.shown["queues"] = _queues(present)
    rows: list[Json] = present.shown["queues"]
    return rows


def _queues(present: Present) -> list[Json]:
    standing = present.lobby.standing
    rows = [
        {
            "code": service.code,
            "letter": service.letter,
            "name": names(service.name),
            "icon": service.icon,
            "class": TicketClass.ORDINARY,
            "group": names(service.group),
            "hint": names(service.hint),
            "on_kiosk": service.shown and not service.retired,
            "retired": service.retired,
            "waiting": standing.get(service.code, 0),
            "quote": quote(present.quote_queue(TicketClass.ORDINARY, service.code)),
        }
        for service in present.services.values()
        if not service.retired or service.code in standing
    ]
    vips = {"waiting": standing.get(VIP_QUEUE, 0), "quote": quote(present.quote_queue(TicketClass.VIP, None))}
    return [*rows, {**_VIPS, **vips}]


def help_call(called: HelpCall, store: Settings) -> Json:
    """A kiosk where somebody asked for a person; `coming` once one of the staff has answered."""
    return {
        "id": called.id,
        "kiosk": called.kiosk,
        "at": calendar.stamp(called.at, store),
        "asked": called.asked,
        "coming": called.answered_at is not None,
    }


def ticket(
    shown: Ticket,
    present: Present,
    paper: PrintState,
    notes: Sequence[Message] = (),
    rating: Rating | None = None,
) -> Json:
    """A ticket as its holder may see it."""
    service = present.services[shown.service]
    is_waiting = shown.state == TicketState.WAITING
    tier = present.tiers.get(shown.tier or "")
    times = {
        key: calendar.stamp(getattr(shown, key), present.settings)
        for key in ("issued_at", "slot_at", "called_at", "started_at", "ended_at")
    }
    return {
        "number": shown.number,
        "token": shown.token,
        "service": shown.service,
        "service_name": names(service.name),
        "letter": shown.number[0],
        "class": shown.ticket_class,
        "tier": shown.tier,
        "tier_name": names(tier.name) if tier else None,
        "state": shown.state,
        **times,
        "counter": shown.counter,
        "counter_place": place(next((one for one in present.lobby.counters if one.number == shown.counter), None)),
        "people_ahead": present.people_ahead[shown.id] if is_waiting else 0,
        "quote": quote(present.quote(shown)) if is_waiting else None,
        "print": paper,
        "notes": [message(note) for note in notes],
        "passes": shown.passes,
        "passes_left": shown.passes_left if is_waiting else 0,
        "rating": {"score": rating.score, "comment": rating.comment} if rating else None,
        "over": _is_long_over(shown, present),
    }


def quote(told: Quote | str) -> Json:
    """A wait range in whole seconds, or why there is none."""
    if isinstance(told, str):
        return {"unknown": told}
    return {"low_s": round(told.low_s), "mid_s": round(told.mid_s), "high_s": round(told.high_s)}


def _is_long_over(shown: Ticket, present: Present) -> bool:
    """Whether the visit is history: of another business day, or given up or missed long ago."""
    if shown.business_day != calendar.business_day(present.now, present.settings):
        return True
    is_done = shown.state == TicketState.COMPLETED  # may still be rated
    return not is_done and shown.ended_at is not None and present.now - shown.ended_at >= LONG_AGO_S


def counter(
    at: Counter,
    present: Present,
    choice: Choice | Refusal,
    who: tuple[Member | None, Appointment | None],
    figures: tuple[int, float | None],
) -> Json:
    """A counter's view: who is here, who comes next and why.

    `choice`: whom the rule chooses; `who`: the member and booking behind the current ticket; `figures`: served today
    and mean service time in seconds.
    """
    current = present.lobby.serving.get(at.number)
    chosen = choice if isinstance(choice, Choice) else None
    nobody = None if isinstance(choice, Choice) else words.refusal(choice, at, present.lobby)
    served, mean_s = figures
    return {
        "counter": _seat(at, present),
        "current": _current(current, present, *who) if current else None,
        "next": {"number": chosen.ticket.number, "reason": message(words.reason(chosen.reason))} if chosen else None,
        "nobody": message(nobody),
        "queue": waiting(list(own_queue(at, present.lobby, present.line, choice)), present),
        "queues": [{**queue, "served": _is_served(at, queue)} for queue in queues(present)],
        "figures": {"served": served, "mean_service_s": None if mean_s is None else round(mean_s)},
    }


def _hours_today(present: Present) -> list[Json | None]:
    """The spans of today, [null] for a day off, [] while the store knows no hours."""
    special = calendar.special_today(present.now, present.settings)
    if not present.settings.hours and special is None:
        return []
    spans = calendar.spans_today(present.now, present.settings)
    return [{"opens": span.opens, "closes": span.closes} for span in spans] or [None]


def _seat(at: Counter, present: Present) -> Json:
    return {
        "number": at.number,
        "state": at.state,
        "since": calendar.stamp(at.since, present.settings),
        "staff": at.staff_name,
        "skills": sorted(at.skills),
        "permissions": dict(at.permissions),
    }


def _current(shown: Ticket, present: Present, member: Member | None, booking: Appointment | None) -> Json:
    view = ticket(shown, present, PrintState.NONE)
    person = member or booking
    refusal = card_refusal(member, calendar.local(present.now, present.settings).date()) if member else None
    called_at = shown.first_called_at if shown.queued_at is None else shown.call_began_at
    kept = (
        "number",
        "class",
        "tier_name",
        "service",
        "service_name",
        "state",
        "issued_at",
        "called_at",
        "started_at",
        "slot_at",
    )
    return {
        **{key: view[key] for key in kept},
        "waiting_since": calendar.stamp(shown.waiting_since, present.settings),
        "waited_s": max(0, round((called_at or present.now) - shown.waiting_since)),
        "calls": shown.calls,
        "language": shown.language,
        "note": shown.note,
        "customer": {
            "name": names(customer.greeting(person.name)),
            "phone": customer.masked(person.phone),
            "card": message(refusal),
        }
        if person
        else None,
    }


def waiting(shown: Sequence[Ticket], present: Present) -> list[Json]:
    """People who wait, the same on every screen of the staff; an answer must not change these rows."""
    rows = _rows.of(shown, present.settings, present.services, present.tiers)
    return [
        row if ticket.to_counter is None and ticket.to_staff is None else {**row, "for": _addressee(ticket, present)}
        for ticket, row in zip(shown, rows, strict=True)
    ]


def _row(shown: Ticket, store: Settings, services: Mapping[str, Service], tiers: Mapping[str, Tier]) -> Json:
    tier = tiers.get(shown.tier or "")
    return {
        "number": shown.number,
        "class": shown.ticket_class,
        "tier_name": names(tier.name) if tier else None,
        "service_name": names(services[shown.service].name),
        "waiting_since": calendar.stamp(shown.waiting_since, store),
        "due_at": calendar.stamp(shown.promised_at, store),
        "slot_at": calendar.stamp(shown.slot_at, store),
        "language": shown.language,
        "transferred": shown.queued_at is not None,
        "for": None,
    }


_rows = Made(_row)


def _addressee(shown: Ticket, present: Present) -> Json:
    """For which counter or whom of the staff alone somebody waits."""
    there = (counter.staff_name for counter in present.lobby.counters if counter.staff_id == shown.to_staff is not None)
    return {"counter": shown.to_counter, "staff": next(there, None)}


def _is_served(at: Counter, queue: Mapping[str, Any]) -> bool:
    kind = TicketClass(queue["class"])
    return serves(at, kind, None if kind == TicketClass.VIP else queue["code"])
