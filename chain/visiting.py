"""Owns telling the head office what has become of the visits that were booked there, whenever that changes."""

import sqlite3
import time
from collections.abc import Callable

from chain.dial import Line
from chain.protocol import MOST_VISITS, OVER, Visits, VisitState, VisitTold
from counter.moment import Present
from counter.present import load
from db import appointments, remote_tickets, tickets
from db.booking_records import Appointment, AppointmentState
from db.remote_tickets import ChainVisit, RemoteState, RemoteTicket
from db.store import Store
from db.ticket_records import Quote, Ticket, TicketState
from kiosk import remote

EVERY_S = 2.0
IDLE_S = 3600.0
MINUTE_S = 60

_APPOINTMENT = {
    AppointmentState.BOOKED: VisitState.BOOKED,
    AppointmentState.COMPLETED: VisitState.COMPLETED,
    AppointmentState.NO_SHOW: VisitState.NO_SHOW,
    AppointmentState.CANCELLED: VisitState.CANCELLED,
}
_REMOTE = {
    RemoteState.KEPT: VisitState.KEPT,
    RemoteState.EXPIRED: VisitState.EXPIRED,
    RemoteState.GIVEN_BACK: VisitState.CANCELLED,
}
_TICKET = {
    TicketState.WAITING: VisitState.CHECKED_IN,
    TicketState.ON_HOLD: VisitState.CHECKED_IN,
    TicketState.CALLED: VisitState.CALLED,
    TicketState.SERVING: VisitState.CALLED,
    TicketState.COMPLETED: VisitState.COMPLETED,
    TicketState.CANCELLED: VisitState.CANCELLED,
}


class Visiting:
    """Tells over one open line."""

    def __init__(self, store: Store, clock: Callable[[], float], line: Line) -> None:
        self._store, self._clock, self._line = store, clock, line
        self._looked_at = -EVERY_S
        self._is_any_open = True

    @property
    def due_in_s(self) -> float:
        """How long until it looks again."""
        return max(0.0, self._looked_at + (EVERY_S if self._is_any_open else IDLE_S) - time.monotonic())

    def go_on(self) -> None:
        """Tell what is new since it looked last, two seconds ago or more. Raises as `Line.ask`."""
        if self._looked_at + EVERY_S > time.monotonic():
            return
        with self._store.read() as conn:
            visits = remote_tickets.open_visits(conn)
            lobby = load(conn, self._clock()) if visits else None
            news = [] if lobby is None else [told for visit in visits if (told := _news(conn, visit, lobby))]
        self._looked_at, self._is_any_open = time.monotonic(), bool(visits)
        for begin in range(0, len(news), MOST_VISITS):
            some = news[begin : begin + MOST_VISITS]
            self._line.ask("visits", Visits(visits=some).model_dump())
            self._store.write(lambda conn, some=some: _note(conn, some))  # type: ignore[misc]


def _note(conn: sqlite3.Connection, told: list[VisitTold]) -> None:
    for visit in told:
        remote_tickets.note_told(conn, visit.ref, visit.model_dump(mode="json"), is_over=visit.state in OVER)


def _news(conn: sqlite3.Connection, visit: ChainVisit, lobby: Present) -> VisitTold | None:
    """How it stands, unless they know."""
    booking = appointments.by_code(conn, visit.appointment) if visit.appointment else None
    kept = remote_tickets.by_code(conn, visit.remote) if visit.remote else None
    told = None
    if booking is not None:
        told = _of_appointment(conn, visit.ref, booking)
    elif kept is not None:
        told = _of_place(conn, visit.ref, kept, lobby)
    return told if told and told.model_dump(mode="json") != visit.told else None


def _of_appointment(conn: sqlite3.Connection, ref: int, booking: Appointment) -> VisitTold:
    ticket = tickets.open_of_appointment(conn, booking.code)
    state = _TICKET.get(ticket.state) if ticket else None
    return VisitTold(
        ref=ref, state=state or _APPOINTMENT.get(booking.state, VisitState.CHECKED_IN), code=booking.code,
        service=booking.service, slot_at=booking.slot_at, **_of_ticket(ticket),
    )  # fmt: skip


def _of_place(conn: sqlite3.Connection, ref: int, kept: RemoteTicket, lobby: Present) -> VisitTold:
    known = {"ref": ref, "code": kept.code, "service": kept.service, "expires_at": kept.expires_at}
    if kept.state == RemoteState.CHECKED_IN:
        ticket = tickets.by_id(conn, kept.ticket_id or 0)
        state = _TICKET.get(ticket.state, VisitState.NO_SHOW) if ticket else VisitState.NO_SHOW
        return VisitTold(**known, state=state, **_of_ticket(ticket))
    if kept.state != RemoteState.KEPT:
        return VisitTold(**known, state=_REMOTE[kept.state])
    standing = remote.standing(kept, lobby)
    return VisitTold(**known, state=VisitState.KEPT, ahead=standing.ahead, **_range(standing.quote))


def _of_ticket(ticket: Ticket | None) -> dict[str, object]:
    return {} if ticket is None else {"number": ticket.number, "counter": ticket.counter}


def _range(quote: Quote | str) -> dict[str, int]:
    """In whole minutes, so that it is not news every second."""
    if isinstance(quote, str):
        return {}
    low, high = int(quote.low_s // MINUTE_S) * MINUTE_S, int(-(-quote.high_s // MINUTE_S)) * MINUTE_S
    return {"low_s": low, "high_s": high}
