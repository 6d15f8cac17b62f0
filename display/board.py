"""Owns what the public screens show: records → the board, without anything personal. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from counter import views
from counter.errors import ServiceFull, ServiceRetired
from counter.line import queue_name
from counter.moment import Present
from db.errors import LobbyError
from db.event_records import Event, HelpCall
from db.people_records import Device
from db.setting_records import Service, Settings, Theme
from db.ticket_records import Ticket
from display import scope, theme
from display.voice import audio_url


def board(
    present: Present, issued: Mapping[str, int], help_calls: Sequence[HelpCall], displays: Sequence[Device]
) -> dict[str, Any]:
    """The public snapshot.

    `issued`: tickets given today per service, which a daily cap is compared with; `help_calls`: open or just answered;
    `displays`: those of the store, each with what it shows.
    """
    head = views.head(present)
    return {
        **head,
        "store": {**head["store"], "theme": _theme(present.settings.theme)},
        "calls": [
            {**said, **of_call(event, present.settings, present.now)}
            for said, event in zip(head["calls"], present.calls, strict=True)
        ],
        "queues": [_queue(row, present, issued) for row in views.queues(present)],
        "serving": [_serving(ticket) for ticket in present.lobby.serving.values()],
        "counters": [
            {"number": counter.number, "state": counter.state, "place": views.place(counter)}
            for counter in present.lobby.counters
        ],
        "displays": [scope.view(device) for device in displays],
        "help": [views.help_call(called, present.settings) for called in help_calls],
    }


def of_call(event: Event, store: Settings, now: float) -> dict[str, Any]:
    """What displays hear of a call besides: its queue, and where its sound is."""
    return {"queue": views.called_queue(event), "audio_url": audio_url(store, event.seq, now)}


def _theme(chosen: Theme) -> dict[str, Any]:
    """The colours that differ from the usual, and where the logo is."""
    logo = f"/display/logo.png?v={chosen.logo}" if chosen.logo else None
    return {"colours": theme.palette(chosen), "logo": logo}


def _queue(row: dict[str, Any], present: Present, issued: Mapping[str, int]) -> dict[str, Any]:
    service = present.services.get(row["code"])
    return {
        **row,
        "refusal": views.message(_refusal(service, present, issued)) if service else None,
    }


def _refusal(service: Service, present: Present, issued: Mapping[str, int]) -> LobbyError | None:
    closed = present.closed()
    if service.retired:
        return ServiceRetired(service=service.name)
    if closed is None and service.daily_cap is not None and issued.get(service.code, 0) >= service.daily_cap:
        return ServiceFull(service=service.code)
    return closed


def _serving(ticket: Ticket) -> dict[str, Any]:
    return {
        "counter": ticket.counter,
        "number": ticket.number,
        "queue": queue_name(ticket),
        "class": ticket.ticket_class,
        "state": ticket.state,
    }
