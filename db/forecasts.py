"""Owns the one row of the forecast: the last good one, which every screen and every new ticket reads."""

import json
import sqlite3
from collections.abc import Mapping
from functools import lru_cache

from db.ticket_records import NOTHING_FORESEEN, Forecast, Quote, TicketClass


def save(conn: sqlite3.Connection, forecast: Forecast) -> None:
    """Put a new forecast in the place of the last."""
    foreseen = {
        "tickets": [[ticket_id, *_ends(quote)] for ticket_id, quote in forecast.tickets.items()],
        "newcomers": _streams(forecast.newcomers),
        "plain_newcomers": _streams(forecast.plain_newcomers),
    }
    conn.execute(
        "INSERT INTO forecasts (id, at, foreseen) VALUES (1, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET at = excluded.at, foreseen = excluded.foreseen",
        (forecast.at, json.dumps(foreseen)),
    )


def load(conn: sqlite3.Connection) -> Forecast:
    """The last good forecast; an empty one of long ago if there never was any."""
    row = conn.execute("SELECT at, foreseen FROM forecasts").fetchone()
    return _forecast(*row) if row else NOTHING_FORESEEN


@lru_cache(4)
def _forecast(at: float, foreseen: str) -> Forecast:
    stored = json.loads(foreseen)
    return Forecast(
        at=at,
        tickets={ticket_id: Quote(*ends) for ticket_id, *ends in stored["tickets"]},
        newcomers=_quotes(stored["newcomers"]),
        plain_newcomers=_quotes(stored["plain_newcomers"]),
    )


def _streams(quotes: Mapping[tuple[TicketClass, str | None, str], Quote]) -> list[list[object]]:
    return [[*stream, *_ends(quote)] for stream, quote in quotes.items()]


def _quotes(rows: list[list[object]]) -> dict[tuple[TicketClass, str | None, str], Quote]:
    return {(TicketClass(kind), tier, service): Quote(*ends) for kind, tier, service, *ends in rows}  # type: ignore[misc, arg-type]


def _ends(quote: Quote) -> tuple[float, float, float]:
    return round(quote.low_s, 1), round(quote.mid_s, 1), round(quote.high_s, 1)
