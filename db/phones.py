"""Owns phone numbers at rest: sealed to be shown again, hashed under a key to be found. The key is not in the database.

Every connection to a store gets four SQL functions by `attach`: `seal_phone`, `open_phone`, `hash_phone` and
`hash_phone_tail`. They load the store's key when they are first used, so a file without phones never needs one.
"""

import hmac
import os
import sqlite3
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db import keys

TAIL = 4
"""By so many last digits a booking can be looked for."""

_ID, _NONCE, _HASH = 4, 12, 16
_TABLES = ("members", "appointments")


class Vault:
    """What one store's key does with phone numbers. A sealed one: 4 bytes that name the key, the nonce, AES-GCM."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(keys.purpose_key(key, b"phones sealed"))
        self._finding = keys.purpose_key(key, b"phones found")
        self.id = self._hash(b"id ")[:_ID]

    def seal(self, phone: str) -> bytes:
        """A number so that only this key opens it; each time other bytes."""
        nonce = os.urandom(_NONCE)
        return self.id + nonce + self._cipher.encrypt(nonce, phone.encode(), self.id)

    def open(self, sealed: bytes) -> str:
        """The number; empty where another key sealed it, or the bytes are damaged."""
        try:
            return self._cipher.decrypt(sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :], self.id).decode()
        except (InvalidTag, ValueError):
            return ""

    def hash(self, phone: str) -> bytes:
        """16 bytes by which a number is found, and which tell nothing of it without the key."""
        return self._hash(b"all " + phone.encode())

    def hash_tail(self, phone: str) -> bytes:
        """The same of its last four digits."""
        return self._hash(b"end " + phone[-TAIL:].encode())

    def _hash(self, data: bytes) -> bytes:
        return hmac.digest(self._finding, data, "sha256")[:_HASH]


def attach(conn: sqlite3.Connection, folder: Path, *, may_create: bool) -> None:
    """Give a connection the SQL functions, with the key of a store's folder; `may_create`: a new store's key is made.

    Where there is no key, numbers cannot be found nor opened: they are empty.
    """

    @cache
    def vault() -> Vault | None:
        key = require_key(folder) if may_create else keys.load(folder)
        return Vault(key) if key else None

    def seal_phone(phone: str | None) -> bytes | None:
        known = vault() if phone else None
        return known.seal(phone) if known and phone else None

    def open_phone(sealed: bytes | None) -> str:
        known = vault() if sealed else None
        return known.open(sealed) if known and sealed else ""

    def hash_phone(phone: str | None) -> bytes | None:
        known = vault() if phone else None
        return known.hash(phone) if known and phone else None

    def hash_phone_tail(phone: str | None) -> bytes | None:
        known = vault() if phone else None
        return known.hash_tail(phone) if known and phone else None

    def phone_key() -> bytes | None:
        known = vault()
        return known.id if known else None

    for function in (seal_phone, open_phone, hash_phone, hash_phone_tail):
        conn.create_function(function.__name__, 1, function)
    conn.create_function(phone_key.__name__, 0, phone_key)


def at_rest(conn: sqlite3.Connection, phone: str) -> list[str | None]:
    """Hash and sealed number in hexadecimal, so that a plan file can carry them; None for no phone."""
    return _in_hex(conn.execute("SELECT hash_phone(?1), seal_phone(?1)", (phone,)).fetchone())


def at_rest_with_tail(conn: sqlite3.Connection, phone: str) -> list[str | None]:
    """The same, and the hash of the last digits between them."""
    return _in_hex(conn.execute("SELECT hash_phone(?1), hash_phone_tail(?1), seal_phone(?1)", (phone,)).fetchone())


def _in_hex(row: sqlite3.Row) -> list[str | None]:
    return [None if value is None else value.hex() for value in row]


def from_hex(value: object) -> bytes | None:
    """What `at_rest` made, as the database keeps it."""
    return bytes.fromhex(value) if isinstance(value, str) else None


def unreadable(conn: sqlite3.Connection) -> int:
    """How many numbers were sealed with another key than the present one: the key was lost or exchanged."""
    counts = (
        conn.execute(
            f"SELECT count(*) FROM {table} WHERE phone_sealed IS NOT NULL AND substr(phone_sealed, 1, ?) IS NOT phone_key()",
            (_ID,),
        ).fetchone()[0]
        for table in _TABLES
    )
    return sum(counts)


def require_key(folder: Path) -> bytes:
    """The store's key, made where there is none; a damaged one is put aside, so that the store goes on with a new one."""
    try:
        return keys.load_or_create(folder)
    except ValueError:
        damaged = keys.path_in(folder)
        damaged.replace(damaged.with_suffix(".damaged"))
        return keys.load_or_create(folder)
