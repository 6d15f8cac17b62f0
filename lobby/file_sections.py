"""Owns what stands where in the file of settings: each table of it is read from the store, and becomes set-up commands.

Values are those the commands take, so what may stand in the file is what may be set on the pages, checked by the same
code. What is absent stays as it is; an empty text means none. A new setting gets its line here.
"""

import base64
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from db import alerts, perks, pictures, retention, settings, slips
from db.ticket_records import TicketClass
from lobby import keeping, layout_sections, spans, voice_settings
from lobby.errands import NONE, Errand, Given, Section, each, given_of, or_none, table, whole
from lobby.file_layout import COMING_DAY
from lobby.orders import Json
from lobby.store_texts import TextName
from printer.slips import LANGUAGES, texts

CLOSED = "closed"
MINUTE_S, HOUR_S = 60, 3600


def _store(conn: sqlite3.Connection) -> Json:
    store = settings.load(conn)
    return {
        "name_zh": store.name.zh,
        "name_en": store.name.en,
        "timezone": store.timezone,
        "hours": [spans.typed(day) or CLOSED for day in store.hours],
        "public_url": or_none(store.public_url),
    }


def _special_days(conn: sqlite3.Connection) -> Json:
    return {
        day: {"name_zh": one.name.zh, "name_en": one.name.en, "hours": spans.typed(one.spans) or CLOSED}
        for day, one in settings.load(conn).special_days.items()
    }


def _texts(conn: sqlite3.Connection) -> Json:
    own = settings.load(conn).texts
    return {name.value: asdict(own[name]) if name in own else {"zh": NONE, "en": NONE} for name in TextName}


def _sign_ins(conn: sqlite3.Connection) -> Json:
    sign_ins = settings.load(conn).sign_ins
    return {
        "idle_minutes": int(sign_ins.idle_s // MINUTE_S),
        "longest_hours": int(sign_ins.longest_s // HOUR_S),
        "managers_need_code": sign_ins.managers_need_code,
    }


def _nothing_else(_: Given) -> Iterator[Errand]:
    yield from ()


def _booking(conn: sqlite3.Connection) -> Json:
    booking = settings.load(conn).booking
    return {
        "slot_minutes": int(booking.slot_s // MINUTE_S),
        "lead_minutes": int(booking.lead_s // MINUTE_S),
        "horizon_days": booking.horizon_days,
        "per_counter": booking.per_counter,
        "share_percent": booking.share_percent,
        "rights": dict(booking.rights),
    }


def _desk(conn: sqlite3.Connection) -> Json:
    return {key: or_none(value) for key, value in asdict(settings.load(conn).desk).items()}


def _desk_errands(given: Given) -> Iterator[Errand]:
    yield Errand("desk-set", {key: given_of(value) for key, value in given.items()}, ("desk",))


def _display(conn: sqlite3.Connection) -> Json:
    store = settings.load(conn)
    return {
        "accent": or_none(store.theme.accent),
        "ground": or_none(store.theme.ground),
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
            "name_zh": tier.name.zh,
            "name_en": tier.name.en,
            "target_s": int(tier.target_s),
            "head_start_s": int(tier.head_start_s),
            "may_proxy": tier.may_proxy,
            "reason": or_none(tier.target_reason),
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
        yield Errand("slip-logo-set", {"image": given_of(given["logo"])}, ("slips",), {"image": "logo"})
    for name, text in table(given.get("templates", {}), ("slips", "templates")).items():
        language, _, kind = name.partition("_")
        arguments = {"language": language, "ticket_class": kind, "text": given_of(text)}
        heading = dict.fromkeys(("language", "ticket_class", "text"))
        yield Errand("slip-template-set", arguments, ("slips", "templates", name), heading)


def _paging(conn: sqlite3.Connection) -> Json:
    return {"minutes": settings.load(conn).page_after_s // MINUTE_S}


def _backups(conn: sqlite3.Connection) -> Json:
    return {"every_h": keeping.wishes(conn).hours}


SECTIONS: Mapping[str, Section] = {
    "store": Section(_store, whole("store", "store-set")),
    "special_days": Section(_special_days, each("special_days", COMING_DAY, "date")),
    "texts": Section(_texts, each("texts", "store-text-set", "name")),
    "rule": Section(layout_sections.rule, _nothing_else),
    "services": Section(layout_sections.of_services, layout_sections.service_errands),
    "counters": Section(layout_sections.of_counters, _nothing_else),
    "booking": Section(_booking, whole("booking", "booking-set")),
    "desk": Section(_desk, _desk_errands),
    "tiers": Section(_tiers, each("tiers", "tier-set", "tier")),
    "perks": Section(_perks, each("perks", "perk-set", "code")),
    "paging": Section(_paging, whole("paging", "paging-set")),
    "display": Section(_display, whole("display", "display-set")),
    "voice": Section(_voice, whole("voice", "voice-set")),
    "slips": Section(_slips, _slip_errands),
    "alerts": Section(_alerts, each("alerts", "alert-rule-set", "kind")),
    "sign_ins": Section(_sign_ins, whole("sign_ins", "sign-ins-set")),
    "retention": Section(lambda conn: asdict(retention.load(conn)), whole("retention", "retention-set")),
    "backups": Section(_backups, whole("backups", "backup-set")),
}
"""In the order of the file."""
