"""Owns telling a change of settings in words: what was changed, what it was before, what it is now.

What has no words of its own is told by its table, key and stored value, so that nothing is left out.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from counter import soundness
from counter.amendment import number_of
from db import perks, settings, staff
from db.alarm_records import USUAL_RULES
from db.retention import Periods
from db.setting_records import Service
from db.setting_rows import RowChange, told
from db.ticket_records import TicketClass
from db.words import Message, Names
from lobby import alert_settings, rule_words
from lobby.change_labels import DAYS, LABELS, NONE, Label, names, plain

Values = Mapping[str, Any]

_OF = Message("of", "{owner}, {what}")
_SKILL = Message("skill", "Counter {counter}, service {service}")
_COUNTER = Message("counter", "Counter {n}")
_PERK = Message("perk", "{perk} for {tier}")
_ALERT = Message("alert", "Alert “{alert} …”")
_SLIP = Message("slip", "Slip in {language} for {kind}")
_SLIP_LANGUAGES = {"zh": Message("zh", "Mandarin"), "en": Message("en", "English")}
_SLIP_TEXTS = {
    "where_to_go": Message("where_to_go", "Where to go"),
    "public_rule": Message("public_rule", "Note on calling"),
}
_COMMANDS = {
    "store-set": Message("store-set", "Store"),
    "settings-set": Message("settings-set", "Calling rule"),
    "booking-set": Message("booking-set", "Appointments"),
    "desk-set": Message("desk-set", "At the counters"),
    "display-set": Message("display-set", "Lobby displays"),
    "device-display": Message("device-display", "Lobby displays"),
    "display-sound": Message("display-sound", "Voice"),
    "voice-set": Message("voice-set", "Voice"),
    "tier-set": Message("tier-set", "VIP entitlements"),
    "perk-set": Message("perk-set", "Perks"),
    "manager-set": Message("manager-set", "Account managers"),
    "paging-set": Message("paging-set", "Account managers"),
    "alert-rule-set": Message("alert-rule-set", "Alerts"),
    "webhook-set": Message("webhook-set", "Alerts"),
    "slip-template-set": Message("slip-template-set", "Slips"),
    "slip-texts-set": Message("slip-texts-set", "Slips"),
    "slip-logo-set": Message("slip-logo-set", "Slips"),
    "printer-add": Message("printer-add", "Printers"),
    "printer-set": Message("printer-set", "Printers"),
    "printer-remove": Message("printer-remove", "Printers"),
    "printer-use": Message("printer-use", "Printers"),
    "service-add": Message("service-add", "Services"),
    "service-set": Message("service-set", "Services"),
    "service-retire": Message("service-retire", "Services"),
    "service-bring-back": Message("service-bring-back", "Services"),
    "services-order": Message("services-order", "Services"),
    "counter-add": Message("counter-add", "Counters"),
    "counter-set": Message("counter-set", "Counters"),
    "counter-retire": Message("counter-retire", "Counters"),
    "hours-set": Message("hours-set", "Opening hours and holidays"),
    "special-days-set": Message("special-days-set", "Opening hours and holidays"),
    "store-text-set": Message("store-text-set", "Texts"),
    "sign-ins-set": Message("sign-ins-set", "Signing in"),
    "retention-set": Message("retention-set", "Personal data"),
    "device-add": Message("device-add", "Devices"),
    "device-rename": Message("device-rename", "Devices"),
    "device-revoke": Message("device-revoke", "Devices"),
    "staff-add": Message("staff-add", "Staff"),
    "staff-rename": Message("staff-rename", "Staff"),
    "staff-role": Message("staff-role", "Staff"),
    "staff-retire": Message("staff-retire", "Staff"),
    "staff-return": Message("staff-return", "Staff"),
    "backup-set": Message("backup-set", "Backups"),
    "settings-import": Message("settings-import", "Settings from a file"),
    "settings-undo": Message("settings-undo", "Undone"),
}
_COMMAND_LINE = Message("command", "the command line")
_HIDDEN = {("settings", "theme.logo"), ("pictures", "digest")}
"""They change with the picture that is told itself."""
_ONE_LEVEL = {"special_days", "texts"}
"""Settings of many parts, each told as a whole."""


@dataclass(frozen=True, slots=True)
class Line:
    """One value before and after."""

    what: Names
    before: Names
    after: Names


class Words:
    """What things are called in this store now."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._services = dict(settings.services(conn))
        self._tiers = {code: tier.name for code, tier in settings.tiers(conn).items()}
        self._perks = {code: perk.name for code, perk in perks.everyone(conn).items()}
        self._owners: Mapping[str, dict[str, Names]] = {
            "tiers": dict(self._tiers),
            "perks": dict(self._perks),
            "staff": {str(one.id): Names(one.name, one.name) for one in staff.all_staff(conn)},
            "devices": {str(one.id): Names(one.name, one.name) for one in staff.devices(conn)},
        }

    def command(self, name: str) -> Names:
        """What was set."""
        return names(_COMMANDS[name]) if name in _COMMANDS else Names(name, name)

    @staticmethod
    def actor(actor: str) -> Names:
        """Whose change it was, by the journal's name."""
        kind, _, name = actor.partition(":")
        if kind == "command":
            return names(_COMMAND_LINE)
        return Names(name or kind, name or kind)

    def lines(self, rows: Sequence[RowChange]) -> list[Line]:
        """Every value that differs."""
        self._remember(rows)
        return [line for row in rows for line in self._of_row(told(row))]

    def row(self, row: RowChange) -> Names:
        """The row that a refusal is about."""
        self._remember([row])
        one = told(row)
        line = next(self._of_row(one), None)
        return line.what if line else self._unknown(one["table"], one["key"])

    def _remember(self, rows: Sequence[RowChange]) -> None:
        """What was called so that is there no more."""
        for row in rows:
            image, key = row.before or row.after or {}, str(row.key[0])
            if row.table == "services" and key not in self._services:
                called = Names(image["name_zh"], image["name_en"])
                parts = (image[column] for column in ("icon", "position", "mean_s", "cv"))
                self._services[key] = Service(key, image["letter"], called, *parts)
            elif row.table in {"staff", "devices"}:
                self._owners[row.table].setdefault(key, Names(image["name"], image["name"]))

    def owner(self, row: RowChange) -> Names:
        """Whom or what a refusal is about."""
        self._remember([row])
        key = "/".join(map(str, row.key))
        return self._owner(row.table, key, "") or self._unknown(row.table, key)

    def _of_row(self, one: Mapping[str, Any]) -> Iterator[Line]:
        table, key = one["table"], one["key"]
        if table == "counter_skills":
            yield self._skill(key, has_now=one["after"] is not None)
            return
        before, after = (_usual(table, key, values) for values in (one["before"], one["after"]))
        if table == "settings":
            before, after = _parts(key, _one_value(before), _one_value(after))
        for path in dict.fromkeys((*before, *after)):
            was, is_now = before.get(path), after.get(path)
            if was != is_now and (table, path) not in _HIDDEN:
                yield self._line(table, key, path, was, is_now)

    def _line(self, table: str, key: str, path: str, was: Any, is_now: Any) -> Line:
        field = _rule_field(table, key, path)
        if field is not None:
            say: Callable[[Any], Names] = _in_rule_words(field, self._services)
            return Line(rule_words.name(field, self._services), say(was), say(is_now))
        label, rest = _label(table, path)
        if label is None:
            named = (table, path) if table == "settings" else (table, key, path)
            return Line(self._unknown(*named), plain(was), plain(is_now))
        return Line(self._name(table, key, label, rest), label.value(was), label.value(is_now))

    def _name(self, table: str, key: str, label: Label, rest: str) -> Names:
        what = names(label.name)
        owner = self._owner(table, key, rest)
        return names(_OF, owner=owner, what=what) if owner else what

    def _owner(self, table: str, key: str, rest: str) -> Names | None:
        """Whose value it is; None where there is one of its kind."""
        first, _, second = key.partition("/")
        if table == "settings":
            return self._of_map(rest) if rest else None
        if table == "perk_quotas":
            return names(_PERK, perk=self._called(self._perks, first), tier=self._called(self._tiers, second))
        if table == "slip_templates":
            return names(_SLIP, language=names(_SLIP_LANGUAGES[first]), kind=rule_words.column(second))
        by_key: Mapping[str, Callable[[], Names]] = {
            "counters": lambda: names(_COUNTER, n=key),
            "services": lambda: self._service(key),
            "alert_rules": lambda: names(_ALERT, alert=alert_settings.name(key)),
            "slip_texts": lambda: names(_SLIP_TEXTS[key]),
        }
        if table in by_key:
            return by_key[table]()
        return self._called(self._owners[table], key) if table in self._owners else None

    def _service(self, code: str) -> Names:
        return self._services[code].name if code in self._services else Names(code, code)

    @staticmethod
    def _called(known: Mapping[str, Names], key: str) -> Names:
        return known.get(key, Names(key, key))

    def _of_map(self, rest: str) -> Names:
        """What a value below a setting belongs to: a weekday, a service, a tier."""
        if rest.isdecimal():
            return names(DAYS[int(rest)])
        return self._called(self._tiers, rest) if rest in self._tiers else self._service(rest)

    def _skill(self, key: str, *, has_now: bool) -> Line:
        number, _, code = key.partition("/")
        return Line(names(_SKILL, counter=number, service=self._service(code)), plain(not has_now), plain(has_now))

    @staticmethod
    def _unknown(*parts: str) -> Names:
        text = " ".join(parts)
        return Names(text, text)


def _one_value(values: Values) -> Any:
    """What a row of `settings` holds: one value, or the parts that differ."""
    return values["value"] if values.keys() == {"value"} else dict(values) or None


def _flat(values: Values, path: str = "") -> dict[str, Any]:
    """By the path to each value; a name in two languages has two."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        at = f"{path}.{key}" if path else key
        found |= _flat(value, at) if isinstance(value, dict) else {at: value}
    return found


def _parts(key: str, before: Any, after: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A setting by the parts that people know it by."""
    if key == "hours":
        return _by_day(before, after)
    if key in _ONE_LEVEL:
        first, second = ({f"{key}.{name}": one for name, one in (part or {}).items()} for part in (before, after))
        return first, second
    return _flat({key: before}), _flat({key: after})


def _by_day(before: Any, after: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Opening hours day by day where both have days."""
    if not (isinstance(before, list) and isinstance(after, list) and len(before) == len(after) == len(DAYS)):
        return {"hours": before}, {"hours": after}
    return {f"hours.{at}": day for at, day in enumerate(before)}, {f"hours.{at}": day for at, day in enumerate(after)}


def _usual(table: str, key: str, values: Values | None) -> Values:
    """A row that is not there has no values; what then holds as usual is told as it."""
    if values is None and (table, key) == ("settings", "retention"):
        return asdict(Periods())
    if values is None and table == "alert_rules":
        usual = next((asdict(rule) for rule in USUAL_RULES if rule.kind == key), {})
        return {column: value for column, value in usual.items() if column != "kind"}
    return values or {}


def _label(table: str, path: str) -> tuple[Label | None, str]:
    """A setting's words, and what of its path they leave open: the weekday of hours, the tier of a right."""
    if f"{table}.{path}" in LABELS:
        return LABELS[f"{table}.{path}"], ""
    parent, _, rest = path.rpartition(".")
    if parent == "hours":
        return LABELS["settings.hours.day"], rest
    return LABELS.get(f"{table}.{parent}"), rest


def _rule_field(table: str, key: str, path: str) -> str | None:
    """The field of the calling rule that a value is, as its own page names it."""
    if table == "counters" and path in set(TicketClass):
        return f"counters.{key}.{path}"
    if (table, path) == ("settings", "rules.kind"):
        return "rule.kind"
    numbers = soundness.RULE if table == "settings" else soundness.SERVICE if table == "services" else ()
    attribute = path.removeprefix("rules.") if path.startswith("rules.") or table == "services" else ""
    found = next((number.key for number in numbers if number.attribute == attribute), None)
    if found is None:
        return None
    return f"rule.{found}" if table == "settings" else f"services.{key}.{found}"


def _in_rule_words(field: str, services: Mapping[str, Service]) -> Callable[[Any], Names]:
    number = number_of(field)

    def say(value: Any) -> Names:
        if value is None:
            return names(NONE)
        is_number = number is not None and isinstance(value, (int, float))
        return rule_words.value(field, value / number.scale if number and is_number else value, services)

    return say
