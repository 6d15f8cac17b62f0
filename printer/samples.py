"""Owns tickets that show what a template makes of one: for the preview, and to try a template before it is kept."""

from collections.abc import Iterator
from dataclasses import replace

from db.ticket_records import TicketClass
from db.words import Names
from printer.facts import NOTHING, Facts, Texts
from printer.template import render

_NUMBERS = {TicketClass.VIP: "V012", TicketClass.APPOINTMENT: "A003", TicketClass.ORDINARY: "B007"}
TOKEN = "p4Zr8sKq1WnYb6TcX0eLdA"  # noqa: S105 — as long as a ticket's own
_URL = "http://192.168.1.10:8080"


def facts(
    ticket_class: TicketClass, store: Names, service: Names, tier: Names, texts: Texts, url: str | None = None
) -> Facts:
    """A ticket of a class as it comes most often; `url` is where phones reach the server."""
    is_booked = ticket_class is TicketClass.APPOINTMENT
    return Facts(
        number=_NUMBERS[ticket_class],
        url=f"{url or _URL}/t/{TOKEN}",
        store=store,
        service=service,
        people_ahead=3,
        date="2026-11-21",
        time="09:05",
        tier=tier if ticket_class is TicketClass.VIP else NOTHING,
        wait="8-17",
        slot="09:30" if is_booked else "",
        called_from="09:25" if is_booked else "",
        where_to_go=texts.where_to_go,
        public_rule=texts.public_rule,
    )


def check(template: str, language: str, usual: Facts) -> None:
    """Whether a template makes a slip of a ticket, be it the usual one or an odd one. Raises `BadSlip`."""
    for one in _odd_ones(usual):
        render(template, language, one)


def _odd_ones(usual: Facts) -> Iterator[Facts]:
    yield usual
    yield replace(
        usual, people_ahead=0, wait="", tier=NOTHING, slot="", called_from="", late=True, where_to_go=NOTHING,
        public_rule=NOTHING,
    )  # fmt: skip
    yield replace(
        usual, people_ahead=120, wait="95-180", slot="17:45", called_from="17:40", tier=Names("钻石卡", "Diamond")
    )
