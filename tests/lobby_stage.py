"""Owns the stage that scenario tests play on: the sample store, a clock that is moved by hand, and a small cast.

Lin and Zhou are counter staff, Mei is the manager. Wang holds a gold card, Chen a diamond one, Old Li an expired one.
"""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from sqlite3 import Connection
from typing import TypeVar
from zoneinfo import ZoneInfo

from counter import desk
from counter.moment import Present
from counter.present import load
from db import appointments, events, members, settings, staff, tickets
from db.booking_records import Appointment
from db.event_records import Event
from db.people_records import Member, Role, Staff
from db.setting_records import Hours
from db.store import Store
from db.ticket_records import Ticket
from db.words import Message
from kiosk import appointments as booking
from kiosk import issuing
from lobby import sample

T = TypeVar("T")
ZONE = ZoneInfo("Asia/Shanghai")
TEN = datetime(2026, 11, 21, 10, 0, tzinfo=ZONE).timestamp()
MINUTE = 60.0

WANG = Member("V07000001", "王秀英", "13800136620", "gold", date(2026, 9, 1), date(2027, 8, 31))
CHEN = Member("V07000002", "陈静", "13900136621", "diamond", date(2026, 9, 1), date(2027, 8, 31))
OLD_LI = Member("V07000003", "李建国", "13700136622", "silver", date(2025, 9, 1), date(2026, 8, 31))


class Stage:
    """A lobby whose time only moves when a test says so. Every act is one durable write, as on the server."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = TEN
        self._keys = itertools.count(1)
        store.write(self._set_up)

    def _set_up(self, conn: Connection) -> None:
        sample.create_if_new(conn, self.now)
        members.put(conn, [WANG, CHEN, OLD_LI])
        cast = {"Lin": Role.COUNTER, "Zhou": Role.COUNTER, "Mei": Role.MANAGER}
        people = {name: Staff(staff.add_staff(conn, name, role, None), name, role) for name, role in cast.items()}
        self.lin, self.zhou, self.mei = people["Lin"], people["Zhou"], people["Mei"]

    def later(self, minutes: float) -> None:
        """Let time pass."""
        self.now += minutes * MINUTE

    def issue(self, service: str = "plan", *, key: str | None = None, member: Member | None = None) -> issuing.Issued:
        """Somebody touches a service at the kiosk, a member after typing their card number."""
        wish = issuing.Wish(key or f"key-{next(self._keys)}", service, member_no=member.member_no if member else None)
        return self.store.write(lambda conn: issuing.issue(conn, wish, None, "device:kiosk", self.now))

    def book(self, at: float, *, code: str = "123456", phone: str = "13512345678", service: str = "plan") -> None:
        """Somebody has booked a visit."""
        visit = Appointment(code, phone, "赵敏", service, at, "hotline")
        self.store.write(lambda conn: appointments.put(conn, [visit]))

    def check_in(self, *, code: str | None = None, phone: str | None = None) -> issuing.Issued:
        """Somebody with a booking types its code, or their phone."""
        wish = booking.CheckIn(f"key-{next(self._keys)}", code, phone)
        return self.store.write(lambda conn: booking.check_in(conn, wish, None, "device:kiosk", self.now))

    def open(self, counter: int, person: Staff) -> None:
        """Somebody sits down at a counter."""
        self.store.write(lambda conn: desk.open_counter(conn, counter, person, self.now))

    def call(self, counter: int, person: Staff) -> tuple[str, Message]:
        """Call next: the number now at the counter and why it was called."""
        reason = self.store.write(lambda conn: desk.call_next(conn, counter, person, self.now))
        return self.at(counter).number, reason

    def act(self, action: Callable[[Connection, int, Staff, float], T], counter: int, person: Staff) -> T:
        """Any action of the desk."""
        return self.store.write(lambda conn: action(conn, counter, person, self.now))

    def serve(self, counter: int, person: Staff, minutes: float = 1) -> None:
        """The customer who was called comes, is served and goes."""
        self.act(desk.start, counter, person)
        self.later(minutes)
        self.act(desk.finish, counter, person)

    def miss(self, counter: int, person: Staff) -> None:
        """The customer who was called does not come: called once more, and given up after a minute."""
        self.later(0.5)
        self.act(desk.recall, counter, person)
        self.later(0.5)
        self.act(desk.no_show, counter, person)

    def at(self, counter: int) -> Ticket:
        """The ticket at a counter."""
        with self.store.read() as conn:
            ticket = tickets.at_counter(conn, counter)
        assert ticket is not None
        return ticket

    def ticket(self, token: str) -> Ticket:
        """A ticket as it is now."""
        with self.store.read() as conn:
            ticket = tickets.by_token(conn, token)
        assert ticket is not None
        return ticket

    def present(self) -> Present:
        """The lobby as it is now."""
        with self.store.read() as conn:
            return load(conn, self.now)

    def journal(self) -> list[Event]:
        """Everything that happened."""
        with self.store.read() as conn:
            return events.after(conn, 0)

    def set_hours(self, opens: str, closes: str) -> None:
        """The same opening hours every day."""
        self.store.write(lambda conn: _set_hours(conn, opens, closes))


def _set_hours(conn: Connection, opens: str, closes: str) -> None:
    settings.save(conn, replace(settings.load(conn), hours=((Hours(opens, closes),),) * 7))
