"""Owns what each setting is called where a change of it is told, and how its values are said."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from db import setting_rows
from db.retention import Kind
from db.words import Message, Names
from lobby import texts
from lobby.retention_settings import NAMES

MINUTE_S, HOUR_S = 60, 3600
KIB = 1024

DAYS = (
    Message("mon", "Mon"), Message("tue", "Tue"), Message("wed", "Wed"), Message("thu", "Thu"), Message("fri", "Fri"),
    Message("sat", "Sat"), Message("sun", "Sun"),
)  # fmt: skip
NONE = Message("none", "none")
_YES, _NO = Message("yes", "yes"), Message("no", "no")
_PICTURE = Message("picture", "a picture ({size} KB)")
_LINES = Message("lines", "a text of {n} lines")
_ALWAYS = Message("always", "open at all hours")
_REST = Message("rest", "closed all day")
_USUAL = Message("usual", "the usual one")
_LOUDNESS = Message("loudness", "{begins}–{ends} volume {volume}%, speed {speed}%")
_SECONDS = Message("seconds", "{n} s")
_MINUTES = Message("minutes", "{n} min")
_HOURS = Message("hours", "{n} h")
_DAYS = Message("days", "{n} days")


def names(said: Message, **values: object) -> Names:
    """A text in both languages."""
    return Names(**{code: texts.fill(said.text, code, values) for code in texts.LANGUAGES})


def plain(value: Any) -> Names:
    """Any value so that it can be read: text and numbers as they are, lists with commas, the rest as it is stored."""
    if value is None or value in ("", [], {}):
        return names(NONE)
    if isinstance(value, bool):
        return names(_YES if value else _NO)
    if isinstance(value, float):
        return _same(f"{value:.10g}")
    if isinstance(value, dict):
        return _of_mapping(value)
    if isinstance(value, list):
        said = [plain(one) for one in value]
        return Names("；".join(one.zh for one in said), "; ".join(one.en for one in said))
    return _same(str(value))


def _same(text: str) -> Names:
    return Names(text, text)


def _of_mapping(value: dict[str, Any]) -> Names:
    if value.keys() == {"zh", "en"}:
        return Names(str(value["zh"]), str(value["en"]))
    if value.keys() == {"bytes", "digest"}:
        return names(_PICTURE, size=max(1, round(value["bytes"] / KIB)))
    if value.keys() == {"opens", "closes"}:
        return _same(f"{value['opens']}–{value['closes']}")
    if value.keys() == {"begins", "ends", "volume", "speed"}:
        return names(_LOUDNESS, **value)
    said = {key: plain(one) for key, one in value.items()}
    return Names(
        "，".join(f"{key} {one.zh}" for key, one in said.items()),
        ", ".join(f"{key} {one.en}" for key, one in said.items()),
    )


def _flag(value: Any) -> Names:
    return plain(bool(value))


def _minutes(value: Any) -> Names:
    return names(_MINUTES, n=f"{value / MINUTE_S:.10g}") if isinstance(value, (int, float)) else plain(value)


def _seconds(value: Any) -> Names:
    return names(_SECONDS, n=f"{value:.10g}") if isinstance(value, (int, float)) else plain(value)


def _hours(value: Any) -> Names:
    if not isinstance(value, list) or not value:
        return plain(value) if value else names(_ALWAYS)
    days = [(names(day), _day(span)) for day, span in zip(DAYS, value, strict=False)]
    return Names(
        "；".join(f"{day.zh} {span.zh}" for day, span in days), "; ".join(f"{day} {span}" for day, span in days)
    )


def _day(value: Any) -> Names:
    return plain(value) if value else names(_REST)


def _special_day(value: Any) -> Names:
    """A special day: what it is called, and its hours."""
    if not isinstance(value, dict) or not isinstance(value.get("name"), dict):
        return plain(value)
    called, hours = plain(value["name"]), _day(value.get("spans"))
    return Names(f"{called.zh}，{hours.zh}", f"{called.en}, {hours.en}")


def _hours_long(value: Any) -> Names:
    return names(_HOURS, n=f"{value / HOUR_S:.10g}") if isinstance(value, (int, float)) else plain(value)


def _days(value: Any) -> Names:
    return names(_DAYS, n=value) if isinstance(value, int) else plain(value)


def _long(value: Any) -> Names:
    return names(_LINES, n=len(str(value).splitlines())) if value else names(_USUAL)


def _usual(value: Any) -> Names:
    return plain(value) if value else names(_USUAL)


def _word(words: dict[Any, Message]) -> Callable[[Any], Names]:
    def say(value: Any) -> Names:
        is_known = isinstance(value, (str, bool)) and value in words
        return names(words[value]) if is_known else plain(value)

    return say


@dataclass(frozen=True, slots=True)
class Label:
    """What a setting is called, and how a value of it is said."""

    name: Message
    value: Callable[[Any], Names] = plain


_ROLES = _word({
    "counter": Message("counter", "Counter staff"),
    "manager": Message("manager", "Floor manager"),
    "admin": Message("admin", "Administrator"),
})  # fmt: skip
_RIGHTS = _word({
    "free": Message("free", "by themselves"),
    "by_permission": Message("by_permission", "with permission"),
    "staff_only": Message("staff_only", "through the staff only"),
})  # fmt: skip
_ENGINES = _word({
    "neural": Message("neural", "Natural voice, if installed"),
    "espeak": Message("espeak", "Simple voice (espeak-ng)"),
    "none": Message("none", "No voice, chime only"),
})  # fmt: skip
_LANGUAGES = _word({
    "ticket": Message("ticket", "the customer's"),
    "zh": Message("zh", "Mandarin"),
    "en": Message("en", "English"),
    "both": Message("both", "Mandarin, then English"),
})  # fmt: skip
_SEERS = _word({"floor": Message("floor", "Floor manager"), "staff": Message("staff", "Counter staff")})
_LAYOUTS = _word({
    "full": Message("full", "calls and queues"),
    "counters": Message("counters", "all counters"),
    "sign": Message("sign", "sign above one counter"),
})  # fmt: skip
_SOUNDS = _word({
    "voice": Message("voice", "chime and voice"),
    "chime": Message("chime", "chime only"),
    "off": Message("off", "silent"),
})  # fmt: skip
_FONTS = _word({
    "gb18030": Message("gb18030", "printer's own font"), "raster": Message("raster", "drawn as a picture"),
})  # fmt: skip
_CALLERS = _word({True: Message("staff", "managers and staff"), False: Message("managers", "managers only")})
_SECRETS = _word({
    setting_rows.UNTOLD: Message("hidden", "not shown"),
    setting_rows.UNTOLD_NEW: Message("renewed", "not shown, a new one"),
})  # fmt: skip
_KINDS = _word({
    "kiosk": Message("kiosk", "Kiosk"), "display": Message("display", "Lobby display"),
    "printer": Message("printer", "Printer"), "api": Message("api", "Program"),
})  # fmt: skip
_PERIODS = _word({"month": Message("month", "month"), "year": Message("year", "year")})

LABELS = {
    "settings.name.zh": Label(Message("name_zh", "Name in Chinese")),
    "settings.name.en": Label(Message("name_en", "Name in English")),
    "settings.timezone": Label(Message("timezone", "Time zone")),
    "settings.hours": Label(Message("hours", "Opening hours"), _hours),
    "settings.hours.day": Label(Message("hours", "Opening hours"), _day),
    "settings.public_url": Label(Message("public_url", "Address for phones (printed in QR codes)")),
    "settings.notices": Label(Message("notices", "Notices on the displays")),
    "settings.hold_s": Label(Message("hold_s", "Seconds a call keeps the big place")),
    "settings.page_after_s": Label(Message("page_after_s", "An arrival nobody answers goes on after"), _minutes),
    "settings.theme.accent": Label(Message("accent", "Colour of calls"), _usual),
    "settings.theme.ground": Label(Message("ground", "Background colour"), _usual),
    "settings.booking.slot_s": Label(Message("slot_s", "Length of a slot"), _minutes),
    "settings.booking.lead_s": Label(Message("lead_s", "Booked at least so long ahead"), _minutes),
    "settings.booking.horizon_days": Label(Message("horizon_days", "Booked at most so many days ahead")),
    "settings.booking.per_counter": Label(Message("per_counter", "Bookings per counter and slot")),
    "settings.booking.share_percent": Label(
        Message("share_percent", "Percent of free places held for the head office")
    ),
    "settings.booking.places": Label(Message("places", "Most per slot")),
    "settings.booking.rights": Label(Message("rights", "Who may book"), _RIGHTS),
    "settings.desk.recall_gap_s": Label(Message("recall_gap_s", "Between two calls of a number"), _seconds),
    "settings.desk.no_show_calls": Label(Message("no_show_calls", "Calls before a no-show")),
    "settings.desk.no_show_after_s": Label(Message("no_show_after_s", "From the first call to a no-show"), _seconds),
    "settings.desk.staff_may_call": Label(Message("staff_may_call", "Who calls a number out of order"), _CALLERS),
    "settings.desk.auto_call_s": Label(Message("auto_call_s", "A free counter calls by itself after"), _seconds),
    "settings.voice.engine": Label(Message("engine", "Kind of voice"), _ENGINES),
    "settings.voice.languages": Label(Message("languages", "Language"), _LANGUAGES),
    "settings.voice.times": Label(Message("times", "Times each call is spoken")),
    "settings.voice.hours": Label(Message("voice_hours", "Volume and speed by the hour")),
    "settings.backups.every_h": Label(Message("every_h", "Hours between backups")),
    "settings.backups.second": Label(Message("second", "Second folder of backups")),
    "settings.special_days": Label(Message("special_day", "Special day"), _special_day),
    "settings.texts.kiosk_welcome": Label(Message("kiosk_welcome", "Heading of the kiosk"), _usual),
    "settings.texts.display_welcome": Label(Message("display_welcome", "Lobby display while nobody is called"), _usual),
    "settings.texts.closed_note": Label(Message("closed_note", "While the store is closed")),
    "settings.texts.phone_note": Label(Message("phone_note", "On customers' phones")),
    "settings.sign_ins.idle_s": Label(Message("idle_s", "A sign-in ends unused after"), _minutes),
    "settings.sign_ins.longest_s": Label(Message("longest_s", "A sign-in ends in any case after"), _hours_long),
    "settings.sign_ins.managers_need_code": Label(Message("need_code", "Managers need a second factor"), _flag),
    **{f"settings.retention.{kind}": Label(NAMES[kind], _days) for kind in Kind},
    "services.hint_zh": Label(Message("hint_zh", "Hint in Chinese")),
    "services.hint_en": Label(Message("hint_en", "Hint in English")),
    "services.shown": Label(Message("shown", "Shown on kiosks"), _flag),
    "services.retired_at": Label(Message("retired_at", "Retired"), _flag),
    "counters.name_zh": Label(Message("name_zh", "Name in Chinese")),
    "counters.name_en": Label(Message("name_en", "Name in English")),
    "counters.where_zh": Label(Message("where_zh", "Where it is, in Chinese")),
    "counters.where_en": Label(Message("where_en", "Where it is, in English")),
    "counters.retired_at": Label(Message("retired_at", "Retired"), _flag),
    "services.name_zh": Label(Message("name_zh", "Name in Chinese")),
    "services.name_en": Label(Message("name_en", "Name in English")),
    "services.letter": Label(Message("letter", "Letter")),
    "services.icon": Label(Message("icon", "Picture")),
    "services.position": Label(Message("position", "Place on the kiosk")),
    "services.daily_cap": Label(Message("daily_cap", "Most numbers a day")),
    "services.group_zh": Label(Message("group_zh", "group in Chinese")),
    "services.group_en": Label(Message("group_en", "group in English")),
    "tiers.name_zh": Label(Message("name_zh", "Name in Chinese")),
    "tiers.name_en": Label(Message("name_en", "Name in English")),
    "tiers.rank": Label(Message("rank", "Rank")),
    "tiers.target_s": Label(Message("target_s", "Wait target"), _seconds),
    "tiers.head_start_s": Label(Message("head_start_s", "Head start"), _seconds),
    "tiers.may_proxy": Label(Message("may_proxy", "Proxy handling"), _flag),
    "tiers.target_reason": Label(Message("target_reason", "Why longer than 600 seconds (only then)")),
    "perks.name_zh": Label(Message("name_zh", "Name in Chinese")),
    "perks.name_en": Label(Message("name_en", "Name in English")),
    "perks.position": Label(Message("position", "Place in the list")),
    "perk_quotas.times": Label(Message("times", "How often")),
    "perk_quotas.period": Label(Message("period", "Per"), _PERIODS),
    "alert_rules.threshold": Label(Message("threshold", "Begins at")),
    "alert_rules.clear_at": Label(Message("clear_at", "Ends below")),
    "alert_rules.is_on": Label(Message("is_on", "Switched on"), _flag),
    "alert_rules.seen_by": Label(Message("seen_by", "Seen by"), _SEERS),
    "alert_rules.sound": Label(Message("sound", "Sound"), _flag),
    "alert_rules.webhook": Label(Message("webhook", "Send on"), _flag),
    "webhooks.url": Label(Message("url", "Where alerts are sent")),
    "webhooks.secret": Label(Message("secret", "Secret that alerts are signed with"), _SECRETS),
    "slip_templates.text": Label(Message("template", "Template of the slip"), _long),
    "slip_texts.zh": Label(Message("zh", "in Chinese")),
    "slip_texts.en": Label(Message("en", "in English")),
    "slip_logo.png": Label(Message("logo", "Logo on slips")),
    "pictures.png": Label(Message("logo", "Logo on the displays")),
    "staff.name": Label(Message("name", "Name")),
    "staff.role": Label(Message("role", "Role"), _ROLES),
    "staff.manager_code": Label(Message("manager_code", "Code in the member list")),
    "staff.retired_at": Label(Message("left", "Has left the store"), _flag),
    "devices.kind": Label(Message("kind", "Kind"), _KINDS),
    "devices.printer_id": Label(Message("printer_id", "Prints on the device with the number")),
    "devices.name": Label(Message("name", "Name")),
    "devices.removed_at": Label(Message("removed_at", "Out of service"), _flag),
    "devices.address": Label(Message("address", "Printer's address")),
    "devices.font": Label(Message("font", "Chinese on paper"), _FONTS),
    "devices.width_mm": Label(Message("width_mm", "Paper width")),
    "devices.fallback": Label(Message("fallback", "Stands in while this one is in trouble")),
    "devices.copies": Label(Message("copies", "Slips per ticket")),
    "devices.density": Label(Message("density", "Darkness")),
    "devices.layout": Label(Message("layout", "Layout"), _LAYOUTS),
    "devices.queues": Label(Message("queues", "Queues shown")),
    "devices.counters": Label(Message("counters", "Counters shown")),
    "devices.sound": Label(Message("sound", "Sound"), _SOUNDS),
}
"""By table and column; of `settings` and of a device's options, by the path into what is stored."""
