"""Owns where in the one order a ticket stands that staff move: first, by its original time, or last. Pure.

The order counts a ticket from its `order_at`; only that is set. First is first in the order: a promise in danger and a
fair turn still go before, whoever is moved. Last is as if the customer came now.
"""

from collections.abc import Iterable

from counter.line import reference
from db.setting_records import Rules
from db.ticket_records import Place, Ticket

_BEFORE_S = 0.001


def placed_at(ticket: Ticket, place: Place, waiting: Iterable[Ticket], now: float, rules: Rules) -> float | None:
    """From when the order counts a ticket; None: from its own time."""
    if place == Place.ORIGINAL:
        return None
    if place == Place.LAST:
        return max(now, ticket.order_at)
    others = [other for other in waiting if other.id != ticket.id]
    firsts = [other.order_at for other in others]
    heads = [reference(other, rules) - other.head_start_s + ticket.head_start_s for other in others]
    return min([ticket.order_at, *(time - _BEFORE_S for time in (*firsts, *heads))])
