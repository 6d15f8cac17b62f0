"""Owns what stands where in the file of settings: each table of it is read from the store, and becomes set-up commands.

Values are those the commands take, so what may stand in the file is what may be set on the pages, checked by the same
code. What is absent stays as it is; an empty text means none. A new setting gets its line here.
"""

import base64
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from counter import learning
from counter.amendment import fields, value_of
from db import alerts, perks, pictures, settings, slips
from db.records import TicketClass
from lobby import keeping, spans, voice_settings
from lobby.orders import Json
from printer.slips import LANGUAGES, texts

NONE = ""
CLOSED = "closed"
MINUTE_S = 60

Path = tuple[str, ...]
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Errand:
    """A command with its arguments, and where in the file they stand: `at` all of them, `renamed` single ones.

    An argument that is renamed to nothing is the heading itself.
    """

    command: str
    arguments: Json
    at: Path = ()
    renamed: Mapping[str, str | None] = field(default_factory=dict)

    def place(self, fault: Path) -> Path:
        """Where in the file a fault's field stands; what is known by the file's own path is left as it is."""
        if not self.at:
            return fault
        first = self.renamed.get(fault[0], fault[0]) if fault else None
        inner = tuple(part for part in fault[1:] if part not in self.at)
        return (*self.at, *((first,) if first else ()), *inner)


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the file: what of the store stands in it, and the errands that set it."""

    read: Callable[[sqlite3.Connection], Json]
    errands: Callable[[Given], Iterator[Errand]]


class NotATable(Exception):
    """Something else stands where a table belongs; `path` says where."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


def tables(given: Given, path: Path) -> Iterator[tuple[str, Given]]:
    """Every table within one. Raises `NotATable`."""
    for key, value in given.items():
        yield key, table(value, (*path, key))


def table(value: Any, path: Path) -> Given:
    """A table. Raises `NotATable`."""
    if not isinstance(value, dict):
        raise NotATable(path)
    return value


def _whole(name: str, command: str) -> Callable[[Given], Iterator[Errand]]:
    """A table that is one command's arguments."""

    def errands(given: Given) -> Iterator[Errand]:
        yield Errand(command, dict(given), (name,))

    return errands


def _each(name: str, command: str, key: str) -> Callable[[Given], Iterator[Errand]]:
    """A table of tables, each one command's arguments; `key` is the argument that names it."""

    def errands(given: Given) -> Iterator[Errand]:
        for code, values in tables(given, (name,)):
            yield Errand(command, {**values, key: code}, (name, code), {key: None})

    return errands


def _or_none(value: Any) -> Any:
    """What stands in the file: an empty text for none."""
    return NONE if value is None else value


def _given(value: Any) -> Any:
    """What a command takes for it."""
    return None if value == NONE else value


def _store(conn: sqlite3.Connection) -> Json:
    store = settings.load(conn)
    return {
        "name_zh": store.name.zh,
        "name_en": store.name.en,
        "timezone": store.timezone,
        "hours": [spans.typed(day) or CLOSED for day in store.hours],
        "public_url": _or_none(store.public_url),
    }


def _rule(conn: sqlite3.Connection) -> Json:
    return _of_rule_book(conn, "rule")


def _of_rule_book(conn: sqlite3.Connection, area: str) -> Json:
    book = learning.rule_book(conn)
    found: Json = {}
    for path in fields(book):
        first, *between, last = path.split(".")
        if first == area:
            into = found.setdefault(between[0], {}) if between else found
            into[last] = value_of(book, path)
    return found


def _of_services(conn: sqlite3.Connection) -> Json:
    places = settings.load(conn).booking.places
    found = _of_rule_book(conn, "services")
    for code, service in settings.services(conn).items():
        found[code] |= {
            "daily_cap": _or_none(service.daily_cap),
            "group": asdict(service.group) if service.group else NONE,
            "places": _or_none(places.get(code)),
        }
    return found


def _services(given: Given) -> Iterator[Errand]:
    """What the calling rule does not decide: its own values go with it, see `rule_errand`."""
    for code, values in tables(given, ("services",)):
        rest = {key: value for key, value in values.items() if key not in {"mean", "cv"}}
        at = ("services", code)
        if "places" in rest:
            yield Errand("booking-set", {"places": {code: _given(rest.pop("places"))}}, at)
        renamed = {"daily_cap": "daily_caps", "group": "service_groups"}
        arguments = {renamed[key]: {code: _given(rest.pop(key))} for key in renamed if key in rest}
        if arguments:
            yield Errand("store-set", arguments, at, {new: old for old, new in renamed.items()})
        if rest:  # no such settings; the command says so
            yield Errand("store-set", rest, at)


def rule_errand(given: Given) -> Errand | None:
    """Everything that decides who is called next is checked as a whole. Raises `NotATable`."""
    values = {f"rule.{key}": value for key, value in table(given.get("rule", {}), ("rule",)).items()}
    for number, parts in tables(table(given.get("counters", {}), ("counters",)), ("counters",)):
        values |= {f"counters.{number}.{part}": value for part, value in parts.items()}
    for code, parts in tables(table(given.get("services", {}), ("services",)), ("services",)):
        values |= {f"services.{code}.{part}": parts[part] for part in ("mean", "cv") if part in parts}
    return Errand("settings-set", {"values": values}) if values else None


def _nothing_else(_: Given) -> Iterator[Errand]:
    yield from ()


def _booking(conn: sqlite3.Connection) -> Json:
    booking = settings.load(conn).booking
    return {
        "slot_minutes": int(booking.slot_s // MINUTE_S),
        "lead_minutes": int(booking.lead_s // MINUTE_S),
        "horizon_days": booking.horizon_days,
        "per_counter": booking.per_counter,
        "rights": dict(booking.rights),
    }


def _desk(conn: sqlite3.Connection) -> Json:
    return {key: _or_none(value) for key, value in asdict(settings.load(conn).desk).items()}


def _desk_errands(given: Given) -> Iterator[Errand]:
    yield Errand("desk-set", {key: _given(value) for key, value in given.items()}, ("desk",))


def _display(conn: sqlite3.Connection) -> Json:
    store = settings.load(conn)
    return {
        "accent": _or_none(store.theme.accent),
        "ground": _or_none(store.theme.ground),
        "hold_s": store.hold_s,
        "notices": [asdict(notice) for notice in store.notices],
        "logo": _picture(pictures.get(conn, pictures.LOGO)),
    }


def _picture(png: bytes | None) -> str:
    return base64.b64encode(png).decode() if png else NONE


def _voice(conn: sqlite3.Connection) -> Json:
    shown = voice_settings.show(conn)
    return {key: shown[key] for key in ("engine", "languages", "times", "hours")}


def _tiers(conn: sqlite3.Connection) -> Json:
    return {
        code: {
            "target_s": int(tier.target_s),
            "head_start_s": int(tier.head_start_s),
            "may_proxy": tier.may_proxy,
            "reason": _or_none(tier.target_reason),
        }
        for code, tier in settings.tiers(conn).items()
    }


def _perks(conn: sqlite3.Connection) -> Json:
    return {
        code: {
            "name_zh": perk.name.zh,
            "name_en": perk.name.en,
            "quotas": {tier: quota.times for tier, quota in perk.quotas.items()},
            "periods": {tier: quota.period for tier, quota in perk.quotas.items()},
        }
        for code, perk in perks.everyone(conn).items()
    }


def _alerts(conn: sqlite3.Connection) -> Json:
    found: Json = {}
    for rule in alerts.rules(conn).values():
        values = asdict(rule)
        found[values.pop("kind")] = values
    return found


def _slips(conn: sqlite3.Connection) -> Json:
    own = slips.templates(conn)
    lines = {
        f"{name}_{language}": text for name, both in asdict(texts(conn)).items() for language, text in both.items()
    }
    templates = {
        f"{language}_{kind}": own.get((language, kind), NONE) for language in LANGUAGES for kind in TicketClass
    }
    return {**lines, "logo": _picture(slips.logo(conn)), "templates": templates}


def _slip_errands(given: Given) -> Iterator[Errand]:
    lines = {key: value for key, value in given.items() if key not in {"logo", "templates"}}
    if lines:
        yield Errand("slip-texts-set", lines, ("slips",))
    if "logo" in given:
        yield Errand("slip-logo-set", {"image": _given(given["logo"])}, ("slips",), {"image": "logo"})
    for name, text in table(given.get("templates", {}), ("slips", "templates")).items():
        language, _, kind = name.partition("_")
        arguments = {"language": language, "ticket_class": kind, "text": _given(text)}
        heading = dict.fromkeys(("language", "ticket_class", "text"))
        yield Errand("slip-template-set", arguments, ("slips", "templates", name), heading)


def _paging(conn: sqlite3.Connection) -> Json:
    return {"minutes": settings.load(conn).page_after_s // MINUTE_S}


def _backups(conn: sqlite3.Connection) -> Json:
    return {"every_h": keeping.wishes(conn).hours}


SECTIONS: Mapping[str, Section] = {
    "store": Section(_store, _whole("store", "store-set")),
    "rule": Section(_rule, _nothing_else),
    "services": Section(_of_services, _services),
    "counters": Section(lambda conn: _of_rule_book(conn, "counters"), _nothing_else),
    "booking": Section(_booking, _whole("booking", "booking-set")),
    "desk": Section(_desk, _desk_errands),
    "tiers": Section(_tiers, _each("tiers", "tier-set", "tier")),
    "perks": Section(_perks, _each("perks", "perk-set", "code")),
    "paging": Section(_paging, _whole("paging", "paging-set")),
    "display": Section(_display, _whole("display", "display-set")),
    "voice": Section(_voice, _whole("voice", "voice-set")),
    "slips": Section(_slips, _slip_errands),
    "alerts": Section(_alerts, _each("alerts", "alert-rule-set", "kind")),
    "backups": Section(_backups, _whole("backups", "backup-set")),
}
"""In the order of the file."""
