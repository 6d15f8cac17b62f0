"""Owns reading a store's present moment for the head office's wall: how many wait, how long, who is at risk."""

import sqlite3

from chain.protocol import Moment
from counter.present import load_with_calls
from counter.views import queues
from db import alerts, calendar, tickets
from db.counter_records import CounterState

QUEUE = ("code", "letter", "name", "class", "on_kiosk", "waiting", "quote")
AT_RISK_S = 120.0
"""A promise that ends within this long is at risk."""


def read(conn: sqlite3.Connection, now: float) -> Moment:
    """The moment as the wall shows it; nothing of it is about one customer but the number called last."""
    present = load_with_calls(conn, now)
    waiting = present.lobby.waiting
    vips = [ticket for ticket in waiting if ticket.ticket_class == "vip"]
    left = [ticket.promised_at - now for ticket in waiting if ticket.promised_at is not None]
    today = tickets.day_so_far(conn, calendar.business_day(now, present.settings))
    call = present.calls[0] if present.calls else None
    return Moment(
        at=now,
        is_open=present.closed() is None,
        waiting=len(waiting),
        longest_s=_longest_s([ticket.waiting_since for ticket in waiting], now),
        vip_waiting=len(vips),
        vip_longest_s=_longest_s([ticket.waiting_since for ticket in vips], now),
        at_risk=sum(0 <= one < AT_RISK_S for one in left),
        late=sum(one < 0 for one in left),
        alerts=len(alerts.open_ones(conn)),
        counters=len(present.lobby.counters),
        counters_open=sum(counter.state != CounterState.CLOSED for counter in present.lobby.counters),
        issued=today["issued"],
        kept=(today["vip_kept"] or 0) + (today["appointment_kept"] or 0),
        missed=(today["vip_missed"] or 0) + (today["appointment_missed"] or 0),
        queues=[{key: row.get(key) for key in QUEUE} for row in queues(present)],
        last_call=call and {"number": call.ticket, "counter": call.counter, "seq": call.seq, "at": call.at},
    )


def _longest_s(since: list[float], now: float) -> int:
    return round(max(0.0, now - min(since))) if since else 0
