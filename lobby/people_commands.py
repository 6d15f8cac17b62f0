"""Owns the commands that change staff: names, roles, leaving, coming back, signing out, second factors, sign-in times.

Nobody changes who is above them, and the store always keeps an administrator who can sign in.
"""

import sqlite3
from contextlib import suppress
from dataclasses import replace
from typing import Any

from pydantic import Field

from counter import auth, desk, lockout
from counter.desk_errors import CounterBusy
from counter.web import Body
from db import counters, events, people, second_factors, sessions, settings, staff
from db.event_records import EventKind
from db.people import Person
from db.people_records import Role
from lobby.orders import Command, Json, Order, UnknownStaff
from lobby.people_errors import HasLeft, HasNotLeft, IdleTooLong, LastAdministrator, ServingNow

MINUTE_S, HOUR_S = 60, 3600


class StaffName(Body):
    """Whom it is about."""

    name: str


class StaffRename(Body):
    """Another name; what was done under the old one keeps it."""

    name: str
    new_name: str = Field(min_length=1, max_length=40)


class StaffRole(Body):
    """Another role; whoever gets it signs in anew."""

    name: str
    role: Role


class SignInsSet(Body):
    """What is absent stays as it is. Switching `managers_need_code` on signs managers out."""

    idle_minutes: int | None = Field(default=None, ge=5, le=7 * 24 * 60)
    longest_hours: int | None = Field(default=None, ge=1, le=7 * 24)
    managers_need_code: bool | None = None


def listed(conn: sqlite3.Connection, now: float) -> list[Json]:
    """Everybody who works or has worked here, as programs and the page of staff read them; times in seconds or None."""
    signed_in, waits = sessions.counts(conn, now), lockout.locks(conn, now)
    return [
        {
            "name": one.staff.name,
            "role": one.staff.role.value,
            "has_pin": one.staff.pin_hash is not None,
            "second_factor": one.has_second_factor,
            "counter": one.counter,
            "signed_in_at": one.signed_in_at,
            "sessions": signed_in.get(one.staff.id, 0),
            "retired_at": one.retired_at,
            "locked": [_lock(wait) for wait in waits if wait.staff_id == one.staff.id],
        }
        for one in people.everyone(conn)
    ]


def _lock(wait: lockout.Lock) -> Json:
    """`at`: an address, `own` for a device of theirs, `elsewhere` for every place that is not."""
    if wait.place is None:
        return {"at": "elsewhere", "left_s": wait.left_s}
    return {"at": "own" if wait.place.is_known else wait.place.name, "left_s": wait.left_s}


def _list(conn: sqlite3.Connection, order: Order, _: Body) -> Json:
    return {"staff": listed(conn, order.context.clock())}


def _find(conn: sqlite3.Connection, order: Order, name: str) -> Person:
    """Whoever has or had this name, if the order's giver is not below them."""
    person = people.by_name(conn, name)
    if person is None:
        raise UnknownStaff(name=name)
    order.require_at_least(person.staff.role)
    return person


def _find_present(conn: sqlite3.Connection, order: Order, name: str) -> Person:
    person = _find(conn, order, name)
    if person.retired_at is not None:
        raise HasLeft(name=name)
    return person


def _require_other_admin(conn: sqlite3.Connection, person: Person) -> None:
    if person.staff.role == Role.ADMIN and not people.has_other_admin(conn, person.staff.id):
        raise LastAdministrator(name=person.staff.name)


def _rename(conn: sqlite3.Connection, order: Order, body: StaffRename) -> Json:
    person = _find_present(conn, order, body.name)
    if body.new_name == body.name:
        return {"changed": False}
    people.rename(conn, person.staff.id, body.new_name)
    order.journal(conn, EventKind.STAFF_RENAMED, name=body.name, new_name=body.new_name)
    return {"changed": True}


def _role(conn: sqlite3.Connection, order: Order, body: StaffRole) -> Json:
    person = _find_present(conn, order, body.name)
    order.require_at_least(body.role)
    if body.role != Role.ADMIN:
        _require_other_admin(conn, person)
    if not people.set_role(conn, person.staff.id, body.role):
        return {"changed": False}
    ended = sessions.end_all(conn, person.staff.id)
    order.journal(
        conn, EventKind.ROLE_CHANGED, name=body.name, before=person.staff.role, after=body.role, sessions_ended=ended
    )
    return {"changed": True}


def _retire(conn: sqlite3.Connection, order: Order, body: StaffName) -> Json:
    person = _find_present(conn, order, body.name)
    _require_other_admin(conn, person)
    now = order.context.clock()
    at = counters.of_staff(conn, person.staff.id)
    if at is not None:
        try:
            desk.close_counter(conn, at.number, person.staff, now)
        except CounterBusy:
            raise ServingNow(name=body.name, counter=at.number) from None
    people.retire(conn, person.staff.id, now)
    order.journal(conn, EventKind.STAFF_RETIRED, name=body.name)
    return {"changed": True}


def _return(conn: sqlite3.Connection, order: Order, body: StaffName) -> Json:
    person = _find(conn, order, body.name)
    if not people.bring_back(conn, person.staff.id):
        raise HasNotLeft(name=body.name)
    order.journal(conn, EventKind.STAFF_RETURNED, name=body.name)
    return {"changed": True, "link": order.link(staff.add_enrolment(conn, staff_id=person.staff.id))}


def _sign_out(conn: sqlite3.Connection, order: Order, body: StaffName) -> Json:
    """Everywhere; oneself, or others by an administrator. A counter without a customer is closed."""
    person = _find_present(conn, order, body.name)
    if order.actor != person.staff.actor:
        order.require_at_least(Role.ADMIN)
    return {"ended": sign_out_everywhere(conn, person.staff.id, order.actor, order.context.clock())}


def _reset_second_factor(conn: sqlite3.Connection, order: Order, body: StaffName) -> Json:
    """Phone and codes are lost: the PIN is enough again. Whoever is signed in by then signs in anew."""
    order.require_at_least(Role.ADMIN)
    person = _find_present(conn, order, body.name)
    if not second_factors.remove(conn, person.staff.id):
        return {"changed": False}
    sessions.end_all(conn, person.staff.id)
    order.journal(conn, EventKind.SECOND_FACTOR_REMOVED, name=body.name)
    return {"changed": True}


def _sign_ins(conn: sqlite3.Connection, order: Order, body: SignInsSet) -> Json:
    order.require_at_least(Role.ADMIN)
    before = settings.load(conn)
    idle_s = before.sign_ins.idle_s if body.idle_minutes is None else body.idle_minutes * MINUTE_S
    longest_s = before.sign_ins.longest_s if body.longest_hours is None else body.longest_hours * HOUR_S
    if idle_s > longest_s:
        raise IdleTooLong
    needs = before.sign_ins.managers_need_code if body.managers_need_code is None else body.managers_need_code
    after = replace(before.sign_ins, idle_s=float(idle_s), longest_s=float(longest_s), managers_need_code=needs)
    if after == before.sign_ins:
        return {"changed": False}
    settings.save(conn, replace(before, sign_ins=after))
    sessions.limit(conn, order.context.clock(), after.idle_s, after.longest_s)
    if after.managers_need_code and not before.sign_ins.managers_need_code:
        _sign_managers_out(conn, order)
    return {"changed": True}


def _sign_managers_out(conn: sqlite3.Connection, order: Order) -> None:
    """All of them, the order's giver too: a sign-in does not tell whether a PIN alone has opened it."""
    for person in people.everyone(conn):
        if auth.has(person.staff, Role.MANAGER):
            sign_out_everywhere(conn, person.staff.id, order.actor, order.context.clock())


def sign_out_everywhere(conn: sqlite3.Connection, staff_id: int, actor: str, now: float) -> int:
    """End every sign-in of somebody, and close their counter unless a customer is there; how many ended."""
    person, at = staff.staff_by_id(conn, staff_id), counters.of_staff(conn, staff_id)
    if person is not None and at is not None:
        with suppress(CounterBusy):
            desk.close_counter(conn, at.number, person, now)
    ended = sessions.end_all(conn, staff_id)
    if person is not None and ended:
        events.append(conn, now, EventKind.SIGNED_OUT_EVERYWHERE, actor, name=person.name, sessions_ended=ended)
    return ended


COMMANDS: dict[str, Command[Any]] = {
    "staff-list": Command(Body, _list),
    "staff-rename": Command(StaffRename, _rename),
    "staff-role": Command(StaffRole, _role),
    "staff-retire": Command(StaffName, _retire),
    "staff-return": Command(StaffName, _return),
    "staff-sign-out": Command(StaffName, _sign_out),
    "staff-reset-second-factor": Command(StaffName, _reset_second_factor),
    "sign-ins-set": Command(SignInsSet, _sign_ins),
}
