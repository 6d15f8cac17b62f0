"""Owns what of a journal line leaves the store: codes, numbers and times, never what says who a customer is. Pure.

What is not listed here stays, so a new kind of data leaves only once somebody has thought about it. Booking codes and
typed reasons stay too: the one opens a booking, the other may say anything.
"""

from chain.protocol import JournalLine
from db.event_records import Event, EventKind

LEAVES = frozenset({
    "about", "act", "action", "added", "alert", "asked", "attempts", "before", "call", "cause", "changed", "checked_in",
    "class", "command", "commented", "device_kind", "ended", "error", "fault", "faults", "hold", "late_s", "left",
    "length_s", "noted", "on", "outcome", "paper_low", "passed", "passes", "people_ahead", "perk", "place", "role",
    "score", "seconds", "service", "sessions_ended", "slot_at", "stage", "state", "to_counter", "unchanged", "undid",
    "use", "waited_s", "was", "what", "wrap_up",
})  # fmt: skip
_BY_KIND = {
    EventKind.COUNTER_PAUSED: frozenset({"reason", "returns_at"}),
    EventKind.COUNTER_BACK: frozenset({"reason"}),
}
"""A pause's reason is one of a list; what was typed about it is its text."""


def leaving(event: Event, *, with_staff_names: bool) -> JournalLine:
    """The line as the head office gets it."""
    keys = LEAVES | _BY_KIND.get(event.kind, frozenset())
    data = {key: value for key, value in event.data.items() if key in keys}
    actor = event.actor if with_staff_names or not event.actor.startswith("staff:") else "staff"
    return (event.seq, event.at, event.kind, event.ticket, event.counter, actor, event.rule, data)
