"""Owns what the public screens show: records → the board, without anything personal. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from counter import views
from counter.moment import Present
from db.errors import LobbyError, ServiceFull
from db.records import HelpCall, Service, Ticket
from display.voice import audio_url


def board(present: Present, issued: Mapping[str, int], help_calls: Sequence[HelpCall]) -> dict[str, Any]:
    """The public snapshot.

    `issued`: tickets given today per service, which a daily cap is compared with; `help_calls`: open or just answered.
    """
    head = views.head(present)
    return {
        **head,
        "calls": [
            {**call, "audio_url": audio_url(present.settings, call["version"], present.now)} for call in head["calls"]
        ],
        "queues": [_queue(row, present, issued) for row in views.queues(present)],
        "serving": [_serving(ticket) for ticket in present.lobby.serving.values()],
        "help": [views.help_call(called, present.settings) for called in help_calls],
    }


def _queue(row: dict[str, Any], present: Present, issued: Mapping[str, int]) -> dict[str, Any]:
    service = present.services.get(row["code"])
    return {
        **row,
        "refusal": views.message(_refusal(service, present, issued)) if service else None,
    }


def _refusal(service: Service, present: Present, issued: Mapping[str, int]) -> LobbyError | None:
    closed = present.closed()
    if closed is None and service.daily_cap is not None and issued.get(service.code, 0) >= service.daily_cap:
        return ServiceFull(service=service.code)
    return closed


def _serving(ticket: Ticket) -> dict[str, Any]:
    return {
        "counter": ticket.counter,
        "number": ticket.number,
        "class": ticket.ticket_class,
        "state": ticket.state,
    }
