"""Owns who may look and act at the head office: their names, roles and passwords, and the key that signs cookies."""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from psycopg.errors import UniqueViolation

from chain.office.database import Conn, one
from chain.office.errors import UnknownPerson, WeakPassword
from db.errors import NameTaken

FEWEST_CHARACTERS = 10
_hasher = PasswordHasher()


class OfficeRole(StrEnum):
    """What somebody may do: look; act on stores; change who belongs to the chain."""

    VIEWER = "viewer"
    MANAGER = "manager"
    ADMIN = "admin"


_RANK = {role: rank for rank, role in enumerate(OfficeRole)}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the head office. `sign_ins` grows when they are signed out everywhere."""

    id: int
    name: str
    role: OfficeRole
    sign_ins: int

    def has(self, role: OfficeRole) -> bool:
        """Whether they have the role or a higher one."""
        return _RANK[self.role] >= _RANK[role]


def hash_password(password: str) -> str:
    """Argon2id, some 50 ms of computing. Raises `WeakPassword`."""
    if len(password) < FEWEST_CHARACTERS or len(set(password)) < FEWEST_CHARACTERS // 2:
        raise WeakPassword(fewest=FEWEST_CHARACTERS)
    return _hasher.hash(password)


def add(conn: Conn, name: str, role: OfficeRole, password_hash: str) -> None:
    """Somebody new. Raises `NameTaken`."""
    try:
        conn.execute("INSERT INTO people (name, role, password_hash) VALUES (%s, %s, %s)", (name, role, password_hash))
    except UniqueViolation:
        raise NameTaken(name=name) from None


def is_there_anybody(conn: Conn) -> bool:
    """Whether somebody may sign in."""
    return conn.execute("SELECT 1 FROM people LIMIT 1").fetchone() is not None


def change_password(conn: Conn, name: str, password_hash: str) -> None:
    """Another password, which ends every sign-in. Raises `UnknownPerson`."""
    changed = conn.execute(
        "UPDATE people SET password_hash = %s, sign_ins = sign_ins + 1 WHERE name = %s", (password_hash, name)
    )
    if not changed.rowcount:
        raise UnknownPerson(name=name)


def remove(conn: Conn, name: str) -> None:
    """They may do nothing any more. Raises `UnknownPerson`."""
    if not conn.execute("DELETE FROM people WHERE name = %s", (name,)).rowcount:
        raise UnknownPerson(name=name)


def by_id(conn: Conn, person_id: int, sign_ins: int) -> Person | None:
    """Whoever signed in then, if that still counts."""
    row = conn.execute(
        "SELECT id, name, role, sign_ins FROM people WHERE id = %s AND sign_ins = %s", (person_id, sign_ins)
    ).fetchone()
    return Person(row["id"], row["name"], OfficeRole(row["role"]), row["sign_ins"]) if row else None


def find(conn: Conn, name: str) -> tuple[Person | None, str]:
    """Somebody by name, with the hash of their password; of nobody one that no password has."""
    row = conn.execute("SELECT id, name, role, sign_ins, password_hash FROM people WHERE name = %s", (name,)).fetchone()
    if row is None:
        return None, _nobodys_hash()
    return Person(row["id"], row["name"], OfficeRole(row["role"]), row["sign_ins"]), row["password_hash"]


def is_password(password_hash: str, password: str) -> bool:
    """Some 50 ms of computing, for an unknown name as for a wrong password."""
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False


def cookie_key(conn: Conn) -> str:
    """What signs cookies, the same in every process; made by the first."""
    conn.execute(
        "INSERT INTO secrets (name, value) VALUES ('cookies', %s) ON CONFLICT DO NOTHING", (secrets.token_hex(32),)
    )
    return str(one(conn.execute("SELECT value FROM secrets WHERE name = 'cookies'"))["value"])


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))
