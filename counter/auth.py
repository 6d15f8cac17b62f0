"""Owns staff sign-in and roles: PINs, sessions, who may act where."""

import sqlite3
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from counter.desk_errors import NotYourCounter
from counter.errors import WeakPin
from db import sessions, settings
from db.counter_records import Counter
from db.people_records import Role, Staff

PIN_DIGITS = range(4, 13)

_hasher = PasswordHasher()
_RANK = {Role.COUNTER: 1, Role.MANAGER: 2, Role.ADMIN: 3}


def require_strong(pin: str) -> None:
    """Raise `WeakPin` unless a PIN has 4 to 12 digits that are not all the same."""
    if not (pin.isascii() and pin.isdigit() and len(pin) in PIN_DIGITS and len(set(pin)) > 1):
        raise WeakPin


def hash_pin(pin: str) -> str:
    """Hash a PIN (argon2id, some 50 ms of computing)."""
    return _hasher.hash(pin)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody")


def is_pin_of(person: Staff | None, pin: str) -> bool:
    """Whether the PIN is theirs; an unknown name takes as long as a wrong PIN (some 50 ms of computing)."""
    try:
        _hasher.verify((person and person.pin_hash) or _nobodys_hash(), pin)
    except VerificationError:
        return False
    return person is not None and person.pin_hash is not None


def open_session(conn: sqlite3.Connection, person: Staff, now: float) -> str:
    """Sign somebody in, for as long as the store's settings have it, and return the session's token."""
    lasts = settings.load(conn).sign_ins
    return sessions.add(conn, person.id, now, lasts.idle_s, lasts.longest_s)


def has(person: Staff, role: Role) -> bool:
    """Whether the person has the role or a higher one."""
    return includes(person.role, role)


def includes(mine: Role, role: Role) -> bool:
    """Whether a role is or exceeds another."""
    return _RANK[mine] >= _RANK[role]


def require_counter(person: Staff, counter: Counter) -> None:
    """Raise `NotYourCounter` unless the person sits there or is a manager."""
    if counter.staff_id != person.id and not has(person, Role.MANAGER):
        raise NotYourCounter(counter=counter.number)
