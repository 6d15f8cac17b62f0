"""Owns finding everything that is kept about one customer, by card or phone number, as it stands in the rows."""

import sqlite3
from dataclasses import dataclass

from db import appointments, members
from db.booking_records import Appointment
from db.people_records import Member


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is behind a number: their cards, their bookings by code, the ids of their tickets, proxy handling included."""

    cards: tuple[Member, ...]
    bookings: tuple[Appointment, ...]
    tickets: tuple[int, ...]

    @property
    def is_known(self) -> bool:
        """Whether anything is kept about them."""
        return bool(self.cards or self.bookings)


def find(conn: sqlite3.Connection, card: str, phone: str | None) -> Customer:
    """Everything of a card's holder, or of a phone's; of a card also what was booked with its phone."""
    cards = _cards(conn, card, phone)
    phones = {number for number in (phone, *(one.phone for one in cards)) if number}
    bookings = [one for number in sorted(phones) for one in appointments.of_phone(conn, number, cancelled=True)]
    return Customer(tuple(cards), tuple(bookings), tuple(_tickets(conn, cards, bookings)))


def visits(conn: sqlite3.Connection, tickets: tuple[int, ...]) -> list[sqlite3.Row]:
    """Their tickets, oldest first, each with the rating."""
    return conn.execute(
        "SELECT t.id, t.number, t.business_day, t.service, t.class, t.tier, t.state, t.language, t.issued_at, t.first_called_at,"
        " t.started_at, t.ended_at, t.counter, r.score, r.comment FROM tickets t LEFT JOIN ratings r ON r.ticket_id = t.id"
        f" WHERE t.id IN ({_marks(tickets)}) ORDER BY t.id",
        tickets,
    ).fetchall()


def notes(conn: sqlite3.Connection, tickets: tuple[int, ...]) -> list[sqlite3.Row]:
    """What staff noted on their tickets: ticket_id, at, text."""
    query = f"SELECT ticket_id, at, text FROM ticket_notes WHERE ticket_id IN ({_marks(tickets)}) ORDER BY id"
    return conn.execute(query, tickets).fetchall()


def perk_uses(conn: sqlite3.Connection, cards: tuple[Member, ...]) -> list[sqlite3.Row]:
    """Which perks they used: perk, used_on, undone."""
    numbers = tuple(card.member_no for card in cards)
    query = "SELECT perk, used_on, undone_at IS NOT NULL AS undone FROM perk_uses"
    return conn.execute(f"{query} WHERE member_no IN ({_marks(numbers)}) ORDER BY id", numbers).fetchall()


def open_number(conn: sqlite3.Connection, tickets: tuple[int, ...]) -> str | None:
    """The number they wait or are served with now."""
    row = conn.execute(
        f"SELECT number FROM tickets WHERE id IN ({_marks(tickets)}) AND state IN ('waiting', 'called', 'serving', 'on_hold') LIMIT 1",
        tickets,
    ).fetchone()
    return str(row["number"]) if row else None


def _cards(conn: sqlite3.Connection, card: str, phone: str | None) -> list[Member]:
    by_card = members.by_number(conn, card)
    found = members.all_by_phone(conn, phone) if phone else []
    return [by_card] if by_card is not None else found


def _tickets(conn: sqlite3.Connection, cards: list[Member], bookings: list[Appointment]) -> list[int]:
    numbers, codes = [card.member_no for card in cards], [booking.code for booking in bookings]
    rows = conn.execute(
        f"SELECT id FROM tickets WHERE member_no IN ({_marks(numbers)}) OR appointment_code IN ({_marks(codes)})"
        f" UNION SELECT ticket_id FROM proxies WHERE member_no IN ({_marks(numbers)}) ORDER BY 1",
        (*numbers, *codes, *numbers),
    )
    return [row[0] for row in rows]


def _marks(values: list[str] | tuple[object, ...]) -> str:
    return ", ".join("?" * len(values))
