"""Owns making a ticket's slip from the rows of the store; knows no printer and no command."""

import sqlite3
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from db import quotes, settings
from db.records import Ticket
from printer.slip import Slip, compose


def slip_of(conn: sqlite3.Connection, folder: Path, ticket: Ticket, url: str) -> Slip:  # noqa: ARG001 — the store's logo lies there
    """The slip of a ticket as its store has designed it. `folder` is the store's, `url` goes into the QR code."""
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
