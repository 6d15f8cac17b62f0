"""Owns the records of what happened: the kinds of the journal's events, an event, a spoken call, a call for help."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """Every kind of line in the journal."""

    ISSUED = "issued"
    CALLED = "called"
    RECALLED = "recalled"
    STARTED = "started"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    RETURNED = "returned"
    STEPPED_BACK = "stepped_back"
    RATED = "rated"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    COUNTER_OPENED = "counter_opened"
    COUNTER_CLOSED = "counter_closed"
    PRINTED = "printed"
    PRINT_FAILED = "print_failed"
    PRINT_UNKNOWN = "print_unknown"
    PRINT_MOVED = "print_moved"
    REPRINT_ASKED = "reprint_asked"
    PRINTER_STATUS = "printer_status"
    PRINTER_CHANGED = "printer_changed"
    PRINTER_REMOVED = "printer_removed"
    MEMBERS_IMPORTED = "members_imported"
    APPOINTMENTS_IMPORTED = "appointments_imported"
    APPOINTMENT_BOOKED = "appointment_booked"
    APPOINTMENT_CHANGED = "appointment_changed"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    APPOINTMENT_REMINDED = "appointment_reminded"
    APPOINTMENT_UNREMINDED = "appointment_unreminded"
    APPOINTMENT_COMPLETED = "appointment_completed"
    APPOINTMENT_NO_SHOW = "appointment_no_show"
    HELP_CALLED = "help_called"
    HELP_ANSWERED = "help_answered"
    STAFF_ADDED = "staff_added"
    DEVICE_ADDED = "device_added"
    DEVICE_ENROLLED = "device_enrolled"
    PIN_SET = "pin_set"
    PIN_LINK_MADE = "pin_link_made"
    STAFF_RENAMED = "staff_renamed"
    ROLE_CHANGED = "role_changed"
    STAFF_RETIRED = "staff_retired"
    STAFF_RETURNED = "staff_returned"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_CODE_USED = "recovery_code_used"
    DEVICE_LINK_MADE = "device_link_made"
    DEVICE_RENAMED = "device_renamed"
    DEVICE_REVOKED = "device_revoked"
    SETTINGS_CHANGED = "settings_changed"
    PERK_USED = "perk_used"
    PERK_UNDONE = "perk_undone"
    DUTY_CHANGED = "duty_changed"
    MANAGER_PAGED = "manager_paged"
    PAGE_ACKNOWLEDGED = "page_acknowledged"
    PROXY_ANSWERED = "proxy_answered"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    HELD = "held"
    STEP_DONE = "step_done"
    HOLD_LIFTED = "hold_lifted"
    TRANSFERRED = "transferred"
    ADDRESS_LIFTED = "address_lifted"
    SERVICE_ADDED = "service_added"
    PRIORITISED = "prioritised"
    PLACED = "placed"
    ABANDONED = "abandoned"
    REINSTATED = "reinstated"
    UNDONE = "undone"
    NOTED = "noted"
    PHONE_REVEALED = "phone_revealed"
    WRAP_UP_ENDED = "wrap_up_ended"
    COUNTER_PAUSED = "counter_paused"
    COUNTER_BACK = "counter_back"
    ALERT_RAISED = "alert_raised"
    ALERT_SEEN = "alert_seen"
    ALERT_SNOOZED = "alert_snoozed"
    ALERT_ENDED = "alert_ended"
    FLOOR_ACTED = "floor_acted"
    FLOOR_ACT_ENDED = "floor_act_ended"
    STAFF_PAGED = "staff_paged"
    STAFF_PAGE_ACKNOWLEDGED = "staff_page_acknowledged"
    CUSTOMER_EXPORTED = "customer_exported"
    CUSTOMER_ERASED = "customer_erased"
    PURGED = "purged"
    CHAIN_JOINED = "chain_joined"
    CHAIN_LEFT = "chain_left"
    REMOTE_KEPT = "remote_kept"
    REMOTE_GIVEN_BACK = "remote_given_back"
    REMOTE_EXPIRED = "remote_expired"


@dataclass(frozen=True, slots=True)
class SpokenCall:
    """What an announcement says: which number, to which counter, and the language its customer chose."""

    number: str
    counter: int
    language: str


@dataclass(frozen=True, slots=True)
class HelpCall:
    """Somebody at a kiosk asks for a person: `asked` times up to `asked_at`, until one of the staff answers."""

    id: int
    kiosk: str
    at: float
    asked_at: float
    asked: int = 1
    answered_at: float | None = None
    answered_by: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the append-only journal."""

    seq: int
    at: float
    kind: EventKind
    ticket: str | None
    counter: int | None
    actor: str
    rule: str | None
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """What reports count of one past day, as it is kept; `form` says which version of the derivation made it."""

    day: str
    form: int
    tickets: bytes
    posts: bytes
    about: str
