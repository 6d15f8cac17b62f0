"""Owns setting how calls are spoken: the engine, languages, hours, and which displays let people hear them."""

import re
import sqlite3
from dataclasses import replace
from typing import Any

from pydantic import ConfigDict, Field

from counter.web import Body
from db import announcements, settings, staff
from db.people_records import Device, DeviceKind
from db.setting_records import Loudness, Sound, Voice, VoiceEngine, VoiceLanguages
from display.voice import minutes
from display.voice_faults import BadHour, HoursOverlap, UnknownDisplay
from lobby.orders import Command, Json, Order
from lobby.speaker import best

MOST_TIMES = 3
MOST_SPANS = 12
SPEEDS = (50, 200)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


class Span(Body):
    """How calls sound from one local time to another: volume and speed in percent, volume 0 is silent."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, populate_by_name=True)

    begins: str = Field(alias="from")
    ends: str = Field(alias="to")
    volume: int = Field(default=100, ge=0, le=100)
    speed: int = Field(default=100, ge=SPEEDS[0], le=SPEEDS[1])


class VoiceSet(Body):
    """How calls are spoken; what is absent stays as it is. At hours without a line: full volume, usual speed."""

    engine: VoiceEngine | None = None
    languages: VoiceLanguages | None = None
    times: int | None = Field(default=None, ge=1, le=MOST_TIMES)
    hours: list[Span] | None = Field(default=None, max_length=MOST_SPANS)


class DisplaySound(Body):
    """What a lobby display lets people hear: `voice` (chime and voice), `chime`, or `off`."""

    name: str
    sound: Sound


def show(conn: sqlite3.Connection) -> Json:
    """The settings, and what each display lets people hear; `speaks` is the engine that is there for the wanted one."""
    voice = settings.load(conn).voice
    sounds = announcements.sounds(conn)
    return {
        "engine": voice.engine,
        "speaks": best(voice.engine),
        "languages": voice.languages,
        "times": voice.times,
        "hours": [{"from": s.begins, "to": s.ends, "volume": s.volume, "speed": s.speed} for s in voice.hours],
        "displays": [{"name": one.name, "sound": sounds[one.id]} for one in _displays(conn)],
    }


def page(conn: sqlite3.Connection) -> Json:
    """What the settings page is drawn from."""
    store = settings.load(conn)
    return {
        "store": store,
        "voice": store.voice,
        "speaks": best(store.voice.engine),
        "displays": _displays(conn),
        "sounds": announcements.sounds(conn),
    }


def _show(conn: sqlite3.Connection, _: Order, __: Body) -> Json:
    return show(conn)


def _set(conn: sqlite3.Connection, _: Order, body: VoiceSet) -> Json:
    before = settings.load(conn)
    after = replace(before, voice=_changed(before.voice, body))
    if after != before:
        settings.save(conn, after)
    return {"changed": after != before}


def _changed(voice: Voice, body: VoiceSet) -> Voice:
    hours = voice.hours if body.hours is None else _hours(body.hours)
    return Voice(body.engine or voice.engine, body.languages or voice.languages, body.times or voice.times, hours)


def _hours(spans: list[Span]) -> tuple[Loudness, ...]:
    taken: set[int] = set()
    for span in spans:
        for given in (span.begins, span.ends):
            if not _TIME.fullmatch(given):
                raise BadHour(given=given)
        held = minutes(_loudness(span))
        if held & taken:
            raise HoursOverlap(begins=span.begins, ends=span.ends)
        taken |= held
    return tuple(_loudness(span) for span in spans)


def _loudness(span: Span) -> Loudness:
    return Loudness(span.begins, span.ends, span.volume, span.speed)


def _display_sound(conn: sqlite3.Connection, _: Order, body: DisplaySound) -> Json:
    displays = {one.name: one for one in _displays(conn)}
    if body.name not in displays:
        raise UnknownDisplay(name=body.name, known=", ".join(displays))
    before = announcements.sounds(conn)[displays[body.name].id]
    if before != body.sound:
        announcements.set_sound(conn, displays[body.name].id, body.sound)
    return {"changed": before != body.sound}


def _displays(conn: sqlite3.Connection) -> list[Device]:
    return staff.devices(conn, DeviceKind.DISPLAY)


COMMANDS: dict[str, Command[Any]] = {
    "voice-show": Command(Body, _show),
    "voice-set": Command(VoiceSet, _set),
    "display-sound": Command(DisplaySound, _display_sound),
}
