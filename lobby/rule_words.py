"""Owns what the calling rule's settings are called, what they mean to a floor manager, and their values in words."""

from collections.abc import Mapping

from counter.amendment import KIND, SKILLS, Value, number_of
from counter.soundness import Unit
from db.setting_records import Service
from db.words import Message, Names
from lobby import texts

_NAMES = {
    KIND: Message("kind", "Calling rule"),
    "rule.epsilon": Message("epsilon", "Accepted risk"),
    "rule.known_services": Message("known_services", "Own service times are trusted from"),
    "rule.promote_slack": Message("promote_slack", "Safety margin until then"),
    "rule.caution": Message("caution", "Caution"),
    "rule.fair_after": Message("fair_after", "Fair turn after a wait of"),
    "rule.fair_run": Message("fair_run", "Fair turn after a run of"),
    "rule.lend_chance": Message("lend_chance", "Lend if VIPs are this safe"),
    "rule.lend_within": Message("lend_within", "Another VIP counter free within"),
    "rule.appointment_head_start": Message("appointment_head_start", "Head start of appointments"),
    "rule.appointment_early": Message("appointment_early", "Called early by at most"),
    "rule.appointment_grace": Message("appointment_grace", "Called late by at most"),
    "rule.ratio": Message("ratio", "VIPs and appointments before each other customer"),
    "mean": Message("mean", "Mean service time"),
    "cv": Message("cv", "Variation"),
    "vip": Message("vip", "VIPs"),
    "appointment": Message("appointment", "Appointments"),
    "ordinary": Message("ordinary", "Ordinary customers"),
    SKILLS: Message(SKILLS, "Services"),
}
_EXPLANATIONS = {
    KIND: Message("kind", "How the next customer is chosen when a counter calls."),
    "rule.epsilon": Message(
        "epsilon",
        "A promised wait counts as in danger once the risk of breaking it is above this. Smaller: VIPs are "
        "brought forward earlier, and others wait a little longer.",
    ),
    "rule.known_services": Message(
        "known_services",
        "So many finished services have to be on record before the rule reckons with this store's own service times.",
    ),
    "rule.promote_slack": Message(
        "promote_slack",
        "As long as too few services are on record, a VIP is brought forward when this little of the "
        "promised wait is left.",
    ),
    "rule.caution": Message(
        "caution",
        "Expected service times are multiplied by this. 1.1 reckons with 10% more: to expect too little is "
        "what breaks promises.",
    ),
    "rule.fair_after": Message(
        "fair_after",
        "An ordinary customer who has waited this long gets a turn, even while promises are in danger.",
    ),
    "rule.fair_run": Message(
        "fair_run",
        "The fair turn comes after so many calls in a row that brought somebody forward. Smaller: ordinary "
        "customers get it sooner.",
    ),
    "rule.lend_chance": Message(
        "lend_chance",
        "A counter that puts VIPs first serves somebody else only if a VIP who comes in now would still be "
        "served in time with this probability.",
    ),
    "rule.lend_within": Message(
        "lend_within",
        "In time means that another counter for VIPs becomes free within this. It should not be longer than "
        "the wait promised to VIPs.",
    ),
    "rule.appointment_head_start": Message(
        "appointment_head_start",
        "Customers with an appointment stand in line as if they had come so much earlier. Counts for who "
        "checks in from now on.",
    ),
    "rule.appointment_early": Message(
        "appointment_early",
        "An appointment is not called earlier than this before its time, unless a counter would have nobody.",
    ),
    "rule.appointment_grace": Message(
        "appointment_grace",
        "An appointment is promised a call within this after its time. Who checks in even later waits like "
        "an ordinary customer.",
    ),
    "rule.ratio": Message(
        "ratio", "Only for the rule “by turns”: so many VIPs and appointments are called, then one other customer."
    ),
    "mean": Message(
        "mean",
        "Your estimate. It counts until the store's own services show better, and as much as ten of them after that.",
    ),
    "cv": Message(
        "cv", "How much service times differ: 0.3 all nearly alike, 0.8 as usual, above 1 a few take very long."
    ),
    "permission": Message(
        "permission",
        "Primary: serves them in turn. Backup: serves them when their promise is in danger or nobody else "
        "waits. VIPs first: keeps itself free for VIPs and serves others while no VIP would suffer.",
    ),
    SKILLS: Message(SKILLS, "What the counter can do. Each service needs a counter for each kind of customer."),
}
_CHOICES = {
    "promise": Message("promise", "Keep the promise"),
    "fifo": Message("fifo", "First come, first served"),
    "strict": Message("strict", "VIPs always first"),
    "ratio": Message("ratio", "By turns"),
    "primary": Message("primary", "primary"),
    "backup": Message("backup", "backup"),
    "vip_first": Message("vip_first", "VIPs first"),
    "never": Message("never", "never"),
}
_KINDS = {
    "promise": Message(
        "promise",
        "By waiting time, with a head start for VIPs and appointments; somebody is brought forward when "
        "their promised wait would break otherwise. Recommended.",
    ),
    "fifo": Message("fifo", "By arrival alone. VIPs and appointments have no priority."),
    "strict": Message(
        "strict", "VIPs and appointments before everybody else. Others can wait very long on a busy day."
    ),
    "ratio": Message("ratio", "A fixed number of VIPs and appointments, then one other customer, and so on."),
}
_UNITS = {
    Unit.MINUTES: Message("minutes", "{n} min"),
    Unit.SHARE: Message("share", "{n}%"),
    Unit.COUNT: Message("count", "{n}"),
    Unit.FACTOR: Message("factor", "{n}"),
}
_COUNTED = {
    "fair_run": Message("calls", "{n} calls"),
    "known_services": Message("services", "{n} services"),
    "caution": Message("times", "× {n}"),
}
_AT_COUNTER = Message("counter", "Counter {counter}, {what}")
_OF_SERVICE = Message("service", "{service}, {what}")
_CHANGE = Message("change", "{what}: {before} → {after}")


def name(field: str, services: Mapping[str, Service]) -> Names:
    """What a field is called, such as “Counter 3, VIPs”."""
    area, _, rest = field.partition(".")
    owner, _, part = rest.rpartition(".")
    if area == "counters":
        return _names(_AT_COUNTER, counter=owner, what=_names(_NAMES[part]))
    if area == "services":
        return _names(_OF_SERVICE, service=services[owner].name, what=_names(_NAMES[part]))
    return _names(_NAMES[field])


def explanation(field: str) -> Names:
    """What a field means."""
    part = field.rpartition(".")[2]
    if field.startswith("counters.") and part != SKILLS:
        part = "permission"
    return _names(_EXPLANATIONS.get(field) or _EXPLANATIONS[part])


def column(part: str) -> Names:
    """What a part of counters or services is called without its owner."""
    return _names(_NAMES[part])


def choice(word: str) -> Names:
    """One of several possible words."""
    return _names(_CHOICES[word])


def kind(word: str) -> Names:
    """What a calling rule does."""
    return _names(_KINDS[word])


def unit(field: str) -> Names:
    """What stands after a number that is being typed."""
    shown = _value(field, "")
    return Names(shown.zh.strip(), shown.en.strip())


def value(field: str, given: Value, services: Mapping[str, Service]) -> Names:
    """A field's value in words."""
    if isinstance(given, list):
        named = [services[code].name for code in given if code in services]
        return Names("、".join(one.zh for one in named), ", ".join(one.en for one in named))
    number = number_of(field)
    if number is None and given in _CHOICES:
        return choice(given)
    if number is None or not isinstance(given, (int, float)):
        return Names(str(given), str(given))
    return _value(field, f"{given * 100 if number.unit == Unit.SHARE else given:.10g}")


def change(field: str, before: Value, after: Value, services: Mapping[str, Service]) -> Names:
    """What becomes of a field, in one line."""
    said = {"before": value(field, before, services), "after": value(field, after, services)}
    return _names(_CHANGE, what=name(field, services), **said)


def _value(field: str, n: str) -> Names:
    number = number_of(field)
    message = _COUNTED.get(field.rpartition(".")[2]) or _UNITS[number.unit if number else Unit.COUNT]
    return _names(message, n=n)


def _names(message: Message, **values: object) -> Names:
    return Names(**{code: texts.fill(message.text, code, values) for code in texts.LANGUAGES})
