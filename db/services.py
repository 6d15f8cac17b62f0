"""Owns the changes of services' rows, which are read with the rest of the set-up (`db/settings.py`)."""

import sqlite3
from collections.abc import Sequence

from db.setting_records import Service
from db.words import Names


def change(conn: sqlite3.Connection, service: Service) -> None:
    """What an existing service is called and shows; its place, times and skills stay as they are."""
    conn.execute(
        "UPDATE services SET letter = ?, name_zh = ?, name_en = ?, icon = ?, daily_cap = ?, group_zh = ?, group_en = ?,"
        " hint_zh = ?, hint_en = ?, shown = ? WHERE code = ?",
        (service.letter, service.name.zh, service.name.en, service.icon, service.daily_cap, *_both(service.group),
         *_both(service.hint), service.shown, service.code),
    )  # fmt: skip


def _both(names: Names | None) -> tuple[str | None, str | None]:
    return (names.zh, names.en) if names else (None, None)


def put_in_order(conn: sqlite3.Connection, codes: Sequence[str]) -> None:
    """The order in which kiosks show the services."""
    conn.executemany("UPDATE services SET position = ? WHERE code = ?", [(n, code) for n, code in enumerate(codes, 1)])


def retire(conn: sqlite3.Connection, code: str, at: float) -> bool:
    """Offer a service no longer; its row stays for the tickets it gave."""
    statement = "UPDATE services SET retired_at = ? WHERE code = ? AND retired_at IS NULL"
    return conn.execute(statement, (at, code)).rowcount == 1


def bring_back(conn: sqlite3.Connection, code: str) -> bool:
    """Offer a retired service again."""
    statement = "UPDATE services SET retired_at = NULL WHERE code = ? AND retired_at IS NOT NULL"
    return conn.execute(statement, (code,)).rowcount == 1


def give_to(conn: sqlite3.Connection, code: str, counters: Sequence[int]) -> None:
    """Let these counters do a service too."""
    conn.executemany(
        "INSERT INTO counter_skills (counter, service) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(number, code) for number in counters],
    )
