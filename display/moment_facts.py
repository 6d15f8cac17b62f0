"""Owns what the alert rules are compared with: one moment of the lobby → facts, each in the unit of its kind. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from counter import views
from counter.line import VIP_QUEUE, Choice, choose, is_guarded, queue_name
from counter.moment import Present
from db import calendar
from db.alarm_records import AlertKind, AlertRule, Fact
from db.counter_records import Counter, CounterState
from db.event_records import HelpCall
from db.paper_records import PrintJob
from db.people_records import Device
from db.ticket_records import Ticket, TicketClass

MINUTE_S = 60.0
STALE_S = 120.0
"""A prospect older than this is no longer believed."""
_VIPS = {"zh": "贵宾", "en": "VIP"}
_APPOINTMENT = {"zh": "预约", "en": "Appointment"}


@dataclass(frozen=True)
class Devices:
    """What is wrong with devices: `silent` screens and since when, printers with slips that failed, calls for help."""

    silent: Sequence[tuple[Device, float]] = ()
    printers: Sequence[Device] = ()
    unprinted: Sequence[PrintJob] = ()
    help_calls: Sequence[HelpCall] = ()


@dataclass(frozen=True)
class Foreseen:
    """What the futures say, chances from 0 to 1: of each ticket being called too late, of any promise being broken; and
    until when there is too much demand.
    """

    at: float = 0.0
    chances: Mapping[int, float] = field(default_factory=dict)
    any_late: float = 0.0
    beyond_until: float | None = None


def facts(present: Present, foreseen: Foreseen, devices: Devices, rules: Mapping[AlertKind, AlertRule]) -> list[Fact]:
    """Every fact of this moment; what is below its threshold counts too, for an alert may be open on it."""
    found = [*_promises(present, foreseen), *_queues(present, rules), *_devices(present, devices)]
    found += [fact for counter in present.lobby.counters for fact in _counter(counter, present)]
    if present.now - foreseen.at <= STALE_S:
        found.append(_demand(foreseen.beyond_until, present))
    return found


def _demand(beyond_until: float | None, present: Present) -> Fact:
    """Enough counters is a fact too: rates that sway about what they can do make one alert."""
    if beyond_until is None:
        return Fact(AlertKind.DEMAND_BEYOND, "store", 0.0)
    lasts = (beyond_until - present.now) / MINUTE_S
    return Fact(AlertKind.DEMAND_BEYOND, "store", lasts, {"until": _time(beyond_until, present)})


def _promises(present: Present, foreseen: Foreseen) -> Iterator[Fact]:
    """All promises at risk are one cause: too few hands. A broken one is a cause of its own, until the call."""
    at_risk: list[tuple[float, float, Ticket]] = []
    for ticket in present.lobby.waiting:
        if ticket.promised_at is None or not is_guarded(ticket, present.now, present.settings.rules):
            continue
        if ticket.promised_at < present.now:
            said = _pledge(ticket, ticket.promised_at, present)
            minutes = (present.now - ticket.promised_at) / MINUTE_S
            yield Fact(AlertKind.PROMISE_BROKEN, f"ticket:{ticket.id}", minutes, said)
        elif ticket.id in foreseen.chances:
            at_risk.append((-foreseen.chances[ticket.id], ticket.promised_at, ticket))
    if present.now - foreseen.at <= STALE_S:
        yield _at_risk(min(at_risk, default=None, key=lambda one: one[:2]), foreseen, present)


def _at_risk(first: tuple[float, float, Ticket] | None, foreseen: Foreseen, present: Present) -> Fact:
    """Named after whoever is most at risk; nobody is a fact too, so that the alert ends after a calm while only."""
    if first is None:
        return Fact(AlertKind.PROMISE_AT_RISK, "promises", 0.0)
    _, due_at, ticket = first
    return Fact(AlertKind.PROMISE_AT_RISK, "promises", 100 * foreseen.any_late, _pledge(ticket, due_at, present))


def _pledge(ticket: Ticket, due_at: float, present: Present) -> dict[str, object]:
    tier = present.tiers.get(ticket.tier or "")
    usual = _VIPS if ticket.ticket_class == TicketClass.VIP else _APPOINTMENT
    return {
        "number": ticket.number,
        "tier": views.names(tier.name) if tier else usual,
        "by": _time(due_at, present),
    }


def _queues(present: Present, rules: Mapping[AlertKind, AlertRule]) -> Iterator[Fact]:
    """Per queue; how long VIPs wait is their promise's business."""
    limit = round(rules[AlertKind.WAIT_LONGER].threshold)
    queues: dict[str, list[Ticket]] = {}
    for ticket in present.lobby.waiting:
        queues.setdefault(queue_name(ticket), []).append(ticket)
    for code, people in queues.items():
        name = _VIPS if code == VIP_QUEUE else views.names(present.services[code].name)
        yield Fact(AlertKind.QUEUE_LONGER, f"queue:{code}", len(people), {"queue": name, "people": len(people)})
        patient = [ticket for ticket in people if ticket.ticket_class == TicketClass.ORDINARY]
        if patient:
            first = min(patient, key=lambda ticket: ticket.waiting_since)
            waited = (present.now - first.waiting_since) / MINUTE_S
            said = {"queue": name, "number": first.number, "limit": limit}
            yield Fact(AlertKind.WAIT_LONGER, f"queue:{code}", waited, said)


def _counter(counter: Counter, present: Present) -> Iterator[Fact]:
    cause = f"counter:{counter.number}"
    served = present.lobby.serving.get(counter.number)
    if counter.state == CounterState.PAUSED:
        yield Fact(AlertKind.PAUSED_LONG, cause, *_lasting(counter.since, counter, present))
    elif served is not None and served.started_at is not None:
        value, said = _lasting(served.started_at, counter, present)
        yield Fact(AlertKind.SERVICE_LONG, cause, value, {**said, "number": served.number})
    elif counter.state == CounterState.READY:
        choice = choose(counter, present.lobby, present.now, present.settings.rules)
        if isinstance(choice, Choice):
            since = max(counter.since, choice.ticket.issued_at)
            yield Fact(AlertKind.COUNTER_IDLE, cause, *_lasting(since, counter, present))


def _lasting(since: float, counter: Counter, present: Present) -> tuple[float, dict[str, object]]:
    minutes = (present.now - since) / MINUTE_S
    return minutes, {"counter": counter.number, "since": _time(since, present)}


def _devices(present: Present, devices: Devices) -> Iterator[Fact]:
    for printer in devices.printers:
        slips = [job for job in devices.unprinted if job.printer_id == printer.id]
        if any(job.error is not None for job in slips):
            said: dict[str, object] = {"printer": printer.name, "slips": len(slips)}
            yield Fact(AlertKind.PRINTER_FAILED, f"device:{printer.id}", len(slips), said)
    if calendar.is_open(present.now, present.settings):
        for screen, since in devices.silent:
            said = {"screen": screen.name, "since": _time(since, present)}
            minutes = (present.now - since) / MINUTE_S
            yield Fact(AlertKind.SCREEN_SILENT, f"device:{screen.id}", minutes, said)
    for called in devices.help_calls:
        minutes = (present.now - called.at) / MINUTE_S
        yield Fact(AlertKind.HELP_CALLED, f"help:{called.id}", minutes, {"kiosk": called.kiosk})


def _time(at: float, present: Present) -> str:
    return calendar.local(at, present.settings).strftime("%H:%M")
