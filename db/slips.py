"""Owns the rows of a store's slip design: its templates, its lines of text, its logo. What has no row is the usual."""

import sqlite3
from collections.abc import Mapping

from db.ticket_records import TicketClass
from db.words import Names


def templates(conn: sqlite3.Connection) -> Mapping[tuple[str, TicketClass], str]:
    """Every template the store has changed, by language and class."""
    rows = conn.execute("SELECT language, ticket_class, text FROM slip_templates")
    return {(row["language"], TicketClass(row["ticket_class"])): row["text"] for row in rows}


def template(conn: sqlite3.Connection, language: str, ticket_class: TicketClass) -> str | None:
    """The store's own template; None if it uses the usual one."""
    row = conn.execute(
        "SELECT text FROM slip_templates WHERE language = ? AND ticket_class = ?", (language, ticket_class)
    ).fetchone()
    return str(row["text"]) if row else None


def set_template(conn: sqlite3.Connection, language: str, ticket_class: TicketClass, text: str | None) -> None:
    """Change a template; None goes back to the usual one."""
    if text is None:
        conn.execute("DELETE FROM slip_templates WHERE language = ? AND ticket_class = ?", (language, ticket_class))
        return
    conn.execute(
        "INSERT INTO slip_templates (language, ticket_class, text) VALUES (?, ?, ?)"
        " ON CONFLICT (language, ticket_class) DO UPDATE SET text = excluded.text",
        (language, ticket_class, text),
    )


def texts(conn: sqlite3.Connection) -> Mapping[str, Names]:
    """The store's own lines, by name: `where_to_go`, `public_rule`."""
    return {row["name"]: Names(row["zh"], row["en"]) for row in conn.execute("SELECT name, zh, en FROM slip_texts")}


def set_text(conn: sqlite3.Connection, name: str, text: Names) -> None:
    """Change one of the store's lines; empty ones are left out of the paper."""
    conn.execute(
        "INSERT INTO slip_texts (name, zh, en) VALUES (?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET zh = excluded.zh, en = excluded.en",
        (name, text.zh, text.en),
    )


def logo(conn: sqlite3.Connection) -> bytes | None:
    """The logo as a PNG, if the store has one."""
    row = conn.execute("SELECT png FROM slip_logo").fetchone()
    return bytes(row["png"]) if row else None


def set_logo(conn: sqlite3.Connection, png: bytes | None) -> None:
    """Change the logo; None takes it off the paper."""
    if png is None:
        conn.execute("DELETE FROM slip_logo")
        return
    conn.execute(
        "INSERT INTO slip_logo (id, png) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET png = excluded.png", (png,)
    )
