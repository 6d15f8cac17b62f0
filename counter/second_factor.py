"""Owns second factors: codes of an authenticator app (TOTP, RFC 6238) and recovery codes.

A secret is sealed with a key that is not in the database, for its one person; so a backup alone lets nobody in. A code
is good for its half minute and the one before and after it, once.
"""

import base64
import hmac
import secrets
import sqlite3
import unicodedata
from dataclasses import dataclass
from hashlib import sha256

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counter.errors import CodeUsed, FactorInForce, FactorNotBegun, FactorUnreadable, WrongCode
from db import events, second_factors
from db.event_records import EventKind
from db.keys import purpose_key
from db.people_records import Staff

STEP_S = 30
STEPS_AROUND = (0, -1, 1)
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
_NONCE_BYTES = 12
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs: `secret` to type, `uri` for the QR code."""

    secret: str
    uri: str

    @property
    def in_groups(self) -> str:
        """The secret as people type it."""
        return _in_fours(self.secret)


def begin(conn: sqlite3.Connection, key: bytes, person: Staff, store_name: str) -> Enrolment:
    """Set one up anew, with a secret that nobody has seen. `key` is the store's. Raises `FactorInForce`."""
    secret = pyotp.random_base32()
    if not second_factors.begin(conn, person.id, _seal(key, person, secret)):
        raise FactorInForce
    return _enrolment(secret, person, store_name)


def begun(conn: sqlite3.Connection, key: bytes, person: Staff, store_name: str) -> Enrolment:
    """What is being set up. Raises `FactorNotBegun`, `FactorInForce`, `FactorUnreadable`."""
    return _enrolment(_unconfirmed(conn, key, person), person, store_name)


def confirm(conn: sqlite3.Connection, key: bytes, person: Staff, code: str, now: float) -> list[str]:
    """The app shows the right code: from now on it is needed. Returns the recovery codes, to be shown this once.

    Raises `FactorNotBegun`, `FactorInForce`, `FactorUnreadable`, `WrongCode`.
    """
    _use_totp(conn, _unconfirmed(conn, key, person), person, code, now)
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    second_factors.confirm(conn, person.id, now, [_hash(key, person, one) for one in codes])
    events.append(conn, now, EventKind.SECOND_FACTOR_SET, person.actor)
    return codes


def use(conn: sqlite3.Connection, key: bytes, person: Staff, code: str, now: float) -> None:
    """Take a code of the app or a recovery code and use it up. Raises `WrongCode`, `CodeUsed`, `FactorUnreadable`."""
    found = second_factors.get(conn, person.id)
    if found is None or found.confirmed_at is None:
        return
    if _plain(code).isdecimal() and len(_plain(code)) == _DIGITS:
        _use_totp(conn, _open(key, person, found.sealed), person, code, now)
        return
    if not second_factors.use_recovery_code(conn, person.id, _hash(key, person, code), now):
        raise WrongCode
    events.append(conn, now, EventKind.RECOVERY_CODE_USED, person.actor)


def turn_off(conn: sqlite3.Connection, person: Staff, actor: str, now: float) -> None:
    """From now on the PIN is enough; whoever does this for themselves has shown a code before."""
    if second_factors.remove(conn, person.id):
        events.append(conn, now, EventKind.SECOND_FACTOR_REMOVED, actor, name=person.name)


def is_in_force(conn: sqlite3.Connection, person: Staff) -> bool:
    """Whether somebody needs a code to sign in."""
    found = second_factors.get(conn, person.id)
    return found is not None and found.confirmed_at is not None


def _enrolment(secret: str, person: Staff, store_name: str) -> Enrolment:
    totp = pyotp.TOTP(secret, name=person.name, issuer=f"Lobbyline {store_name}")
    return Enrolment(secret, totp.provisioning_uri())


def _unconfirmed(conn: sqlite3.Connection, key: bytes, person: Staff) -> str:
    found = second_factors.get(conn, person.id)
    if found is None:
        raise FactorNotBegun
    if found.confirmed_at is not None:
        raise FactorInForce
    return _open(key, person, found.sealed)


def _use_totp(conn: sqlite3.Connection, secret: str, person: Staff, code: str, now: float) -> None:
    totp, present = pyotp.TOTP(secret, digits=_DIGITS, interval=STEP_S), int(now // STEP_S)
    for step in (present + around for around in STEPS_AROUND):
        if hmac.compare_digest(totp.at(step * STEP_S).encode(), _plain(code).encode()):
            if not second_factors.use_step(conn, person.id, step):
                raise CodeUsed
            return
    raise WrongCode


def _seal(key: bytes, person: Staff, secret: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, secret.encode(), _owner(person))


def _open(key: bytes, person: Staff, sealed: bytes) -> str:
    try:
        return _cipher(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _owner(person)).decode()
    except InvalidTag:
        raise FactorUnreadable from None


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(purpose_key(key, b"totp"))


def _owner(person: Staff) -> bytes:
    """A secret that was copied to another person's row does not open."""
    return str(person.id).encode()


def _in_fours(text: str, between: str = " ") -> str:
    return between.join(text[at : at + 4] for at in range(0, len(text), 4))


def _recovery_code() -> str:
    return _in_fours(base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode(), "-")


def _plain(code: str) -> str:
    """As it counts, however it was typed; a Chinese keyboard types full-width digits."""
    return unicodedata.normalize("NFKC", code).replace(" ", "").replace("-", "").upper()


def _hash(key: bytes, person: Staff, code: str) -> str:
    return hmac.new(purpose_key(key, b"recovery codes"), _owner(person) + _plain(code).encode(), sha256).hexdigest()
