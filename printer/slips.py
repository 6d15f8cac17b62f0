"""Owns making a ticket's slip from the rows of the store; knows no printer and no command."""

import sqlite3
from datetime import datetime
from zoneinfo import ZoneInfo

from db import quotes, settings
from db.records import Ticket
from printer.slip import Slip, compose


def slip_of(conn: sqlite3.Connection, ticket: Ticket, url: str) -> Slip:
    """The slip of a ticket as its store has designed it; `url` goes into its QR code."""
    store = settings.load(conn)
    return compose(
        ticket,
        settings.services(conn)[ticket.service],
        store,
        quotes.people_ahead(conn, ticket.id),
        quotes.told(conn, ticket.id),
        url,
        datetime.fromtimestamp(ticket.issued_at, ZoneInfo(store.timezone)),
        settings.tiers(conn)[ticket.tier] if ticket.tier else None,
    )
