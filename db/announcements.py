"""Owns the rows behind spoken calls: what a call of the journal says, and which displays let people hear it."""

import sqlite3

from db import calendar, events, settings
from db.event_records import SpokenCall
from db.setting_records import Sound


def recent(conn: sqlite3.Connection, seq: int, limit: int) -> SpokenCall | None:
    """The call with this journal number, if it is among the newest `limit`."""
    event = next((call for call in events.recent_calls(conn, 0, limit) if call.seq == seq), None)
    if event is None or event.ticket is None or event.counter is None:
        return None
    row = conn.execute(
        "SELECT language FROM tickets WHERE business_day = ? AND number = ?",
        (calendar.business_day(event.at, settings.load(conn)), event.ticket),
    ).fetchone()
    return SpokenCall(event.ticket, event.counter, row["language"] if row else "zh")


def sounds(conn: sqlite3.Connection) -> dict[int, Sound]:
    """What each lobby display lets people hear, by device id."""
    rows = conn.execute("SELECT id, json_extract(options, '$.sound') AS sound FROM devices WHERE kind = 'display'")
    return {row["id"]: Sound(row["sound"] or Sound.VOICE) for row in rows}


def set_sound(conn: sqlite3.Connection, device_id: int, sound: Sound) -> None:
    """Choose what a lobby display lets people hear."""
    conn.execute("UPDATE devices SET options = json_set(options, '$.sound', ?) WHERE id = ?", (sound, device_id))
