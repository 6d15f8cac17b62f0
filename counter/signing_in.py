"""Owns signing in, step by step: the PIN, a code where one is needed, then the sign-in itself."""

import sqlite3
from enum import StrEnum

from counter import auth, lockout, second_factor
from counter.errors import SecondFactorMissing, SecondFactorNeeded, SignInAgain, SignInRefused
from counter.lockout import Place
from counter.web import Context
from db import keys, settings, staff
from db.errors import LobbyError
from db.people_records import Role, Staff


class Step(StrEnum):
    """What comes after the right PIN."""

    NOTHING = "nothing"
    CODE = "code"
    SET_UP = "set_up"


def check_pin(context: Context, person: Staff | None, pin: str, place: Place) -> Staff:
    """The PIN is right. Raises `LockedOut`, `SignInRefused`."""
    known = person.id if person else None
    context.store.write(lambda conn: lockout.count(conn, known, place, context.clock()))
    if not context.off_loop(lambda: auth.is_pin_of(person, pin)) or person is None:
        context.store.write(lambda conn: lockout.wrong(conn, known, place, context.clock()))
        raise SignInRefused
    return person


def next_step(conn: sqlite3.Connection, person: Staff) -> Step:
    """What somebody has to do after the PIN."""
    if second_factor.is_in_force(conn, person):
        return Step.CODE
    needed = settings.load(conn).sign_ins.managers_need_code and auth.has(person, Role.MANAGER)
    return Step.SET_UP if needed else Step.NOTHING


def check_code(context: Context, person: Staff, code: str, place: Place) -> None:
    """The code is right, and used up. Raises `LockedOut`, `WrongCode`, `CodeUsed`, `FactorUnreadable`."""
    key, now = keys.load_or_create(context.store.folder), context.clock()
    context.store.write(lambda conn: lockout.count(conn, person.id, place, now))
    try:
        context.store.write(lambda conn: second_factor.use(conn, key, person, code, now))
    except LobbyError:
        context.store.write(lambda conn: lockout.wrong(conn, person.id, place, now))
        raise


def enter(context: Context, person: Staff, place: Place) -> str:
    """Open the sign-in and return its token. Raises `SignInAgain` if PIN or person have changed meanwhile."""
    return context.store.write(lambda conn: _enter(conn, person, place, context.clock()))


def _enter(conn: sqlite3.Connection, person: Staff, place: Place, now: float) -> str:
    require_unchanged(conn, person)
    lockout.right(conn, person.id, place, now)
    return auth.open_session(conn, person, now)


def require_unchanged(conn: sqlite3.Connection, person: Staff) -> None:
    """Raises `SignInAgain` unless they still work here with the PIN they were let in by."""
    now = staff.staff_by_id(conn, person.id)
    if now is None or now.pin_hash is None or now.pin_hash != person.pin_hash:
        raise SignInAgain


def of_program(context: Context, name: str, pin: str, code: str | None, place: Place) -> str:
    """A program's sign-in in one go. Raises what each step does, `SecondFactorNeeded`, `SecondFactorMissing`."""
    with context.store.read() as conn:
        person = staff.staff_by_name(conn, name)
    person = check_pin(context, person, pin, place)
    with context.store.read() as conn:
        step = next_step(conn, person)
    if step == Step.SET_UP:
        raise SecondFactorMissing
    if step == Step.CODE:
        if code is None:
            raise SecondFactorNeeded
        check_code(context, person, code, place)
    return enter(context, person, place)
