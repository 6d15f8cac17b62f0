"""Owns the rows of second factors: sealed secrets, the last step that was used, hashed recovery codes."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """One person's. `sealed`: the encrypted secret. It counts from `confirmed_at` on (None: being set up)."""

    sealed: bytes
    confirmed_at: float | None
    last_step: int


def get(conn: sqlite3.Connection, staff_id: int) -> SecondFactor | None:
    """One person's."""
    row = conn.execute("SELECT * FROM second_factors WHERE staff_id = ?", (staff_id,)).fetchone()
    return SecondFactor(row["secret"], row["confirmed_at"], row["last_step"]) if row else None


def begin(conn: sqlite3.Connection, staff_id: int, sealed: bytes) -> bool:
    """Begin anew to set one up; false where one is in force."""
    return conn.execute(
        "INSERT INTO second_factors (staff_id, secret) VALUES (?, ?) ON CONFLICT (staff_id) DO UPDATE"
        " SET secret = excluded.secret, last_step = 0 WHERE confirmed_at IS NULL",
        (staff_id, sealed),
    ).rowcount == 1  # fmt: skip


def use_step(conn: sqlite3.Connection, staff_id: int, step: int) -> bool:
    """Use a step's code; false if it or a later one was used before."""
    statement = "UPDATE second_factors SET last_step = ? WHERE staff_id = ? AND last_step < ?"
    return conn.execute(statement, (step, staff_id, step)).rowcount == 1


def confirm(conn: sqlite3.Connection, staff_id: int, now: float, code_hashes: Iterable[str]) -> bool:
    """From now on it counts, with these recovery codes; false if it already did."""
    done = conn.execute(
        "UPDATE second_factors SET confirmed_at = ? WHERE staff_id = ? AND confirmed_at IS NULL", (now, staff_id)
    )
    if done.rowcount == 1:
        conn.executemany(
            "INSERT INTO recovery_codes (staff_id, code_hash) VALUES (?, ?)", [(staff_id, one) for one in code_hashes]
        )
    return done.rowcount == 1


def use_recovery_code(conn: sqlite3.Connection, staff_id: int, code_hash: str, now: float) -> bool:
    """Use a recovery code up; false if it is unknown or used."""
    statement = "UPDATE recovery_codes SET used_at = ? WHERE staff_id = ? AND code_hash = ? AND used_at IS NULL"
    return conn.execute(statement, (now, staff_id, code_hash)).rowcount == 1


def recovery_codes_left(conn: sqlite3.Connection, staff_id: int) -> int:
    """How many recovery codes are unused."""
    statement = "SELECT count(*) FROM recovery_codes WHERE staff_id = ? AND used_at IS NULL"
    return int(conn.execute(statement, (staff_id,)).fetchone()[0])


def remove(conn: sqlite3.Connection, staff_id: int) -> bool:
    """From now on the PIN is enough again; false if it was already."""
    return conn.execute("DELETE FROM second_factors WHERE staff_id = ?", (staff_id,)).rowcount == 1
