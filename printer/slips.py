"""Owns making a ticket's slip from the rows of the store, by the store's design; knows no printer and no command."""

import logging
import sqlite3
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from db import quotes, settings, slips
from db.ticket_records import Ticket, TicketClass
from printer.facts import Facts, Texts, facts_of
from printer.slip import Slip
from printer.slip_faults import BadSlip
from printer.template import render

LANGUAGES = ("zh", "en")

_DEFAULTS = Path(__file__).parent / "slip_templates"
_log = logging.getLogger("lobbyline.printing")


@cache
def default_template(language: str, ticket_class: TicketClass) -> str:
    """The template the product brings."""
    return (_DEFAULTS / f"{language}-{ticket_class}.txt").read_text("utf-8").rstrip()


def texts(conn: sqlite3.Connection) -> Texts:
    """The store's own lines on every slip."""
    return Texts(**slips.texts(conn))


def slip_of(conn: sqlite3.Connection, ticket: Ticket, url: str) -> Slip:
    """The slip of a ticket as its store has designed it; `url` goes into its QR code."""
    language = "en" if ticket.language == "en" else "zh"
    store = settings.load(conn)
    facts = facts_of(
        ticket,
        settings.services(conn)[ticket.service],
        store,
        quotes.people_ahead(conn, ticket.id),
        quotes.told(conn, ticket.id),
        url,
        datetime.fromtimestamp(ticket.issued_at, ZoneInfo(store.timezone)),
        settings.tiers(conn)[ticket.tier] if ticket.tier else None,
        texts(conn),
    )
    usual = default_template(language, ticket.ticket_class)
    own = slips.template(conn, language, ticket.ticket_class)
    return _made(own or usual, usual, language, facts, slips.logo(conn))


def _made(template: str, usual: str, language: str, facts: Facts, logo: bytes | None) -> Slip:
    """By the store's template; a damaged one must not cost anybody the slip, so the usual one stands in."""
    try:
        return render(template, language, facts, logo)
    except BadSlip as refused:
        _log.error("a slip's template cannot be used, the usual one is: %s", "; ".join(map(str, refused.faults)))
        return render(usual, language, facts, logo)
