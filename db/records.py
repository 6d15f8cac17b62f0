"""Owns the words of the house: frozen records and closed enums that every other room talks about.

Times are seconds since the epoch (float, UTC); durations are seconds. Nothing here reads a clock or a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import exp


class TicketClass(StrEnum):
    """Which promise a ticket carries."""

    VIP = "vip"
    APPOINTMENT = "appointment"
    ORDINARY = "ordinary"


class TicketState(StrEnum):
    """Where a ticket is in its life."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"
    EXPIRED = "expired"


class CounterState(StrEnum):
    """What a counter is doing."""

    CLOSED = "closed"
    READY = "ready"
    CALLED = "called"
    SERVING = "serving"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"


class Permission(StrEnum):
    """How a counter stands to a class of tickets."""

    PRIMARY = "primary"
    BACKUP = "backup"
    VIP_FIRST = "vip_first"
    NEVER = "never"


class RuleKind(StrEnum):
    """Which calling rule a store uses; `promise` is ours, the others are there to compare and for who wants them."""

    PROMISE = "promise"
    FIFO = "fifo"
    STRICT = "strict"
    RATIO = "ratio"


class HoldKind(StrEnum):
    """Where a customer on hold goes on: at the same counter, at any that can serve them, or after a step elsewhere."""

    SAME_COUNTER = "same_counter"
    ANY_COUNTER = "any_counter"
    STEP = "step"


class Place(StrEnum):
    """Where a ticket that is moved stands: before everybody, by its original time, or as if it came now."""

    FIRST = "first"
    ORIGINAL = "original"
    LAST = "last"


class Outcome(StrEnum):
    """What became of a customer's business."""

    DONE = "done"
    NOT_SOLVED = "not_solved"
    REFERRED = "referred"


class PauseReason(StrEnum):
    """Why a counter pauses; `other` says it in words of its own."""

    LUNCH = "lunch"
    BREAK = "break"
    TRAINING = "training"
    MEETING = "meeting"
    OTHER = "other"


class AppointmentState(StrEnum):
    """Where a booking is in its life."""

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class BookingRight(StrEnum):
    """Whether a tier's customers may book by themselves, with somebody's permission, or only through the staff."""

    FREE = "free"
    BY_PERMISSION = "by_permission"
    STAFF_ONLY = "staff_only"


class PrintState(StrEnum):
    """What is known of a ticket's paper; `unknown` means sent to a printer that never answers."""

    NONE = "none"
    PENDING = "pending"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What a member of staff may do; each includes the ones before it."""

    COUNTER = "counter"
    MANAGER = "manager"
    ADMIN = "admin"


class DeviceKind(StrEnum):
    """What a device of the store is for."""

    KIOSK = "kiosk"
    DISPLAY = "display"
    PRINTER = "printer"
    API = "api"


class VoiceEngine(StrEnum):
    """What speaks a call; `neural` is spoken by `espeak` where it is not installed, and `none` leaves the chime."""

    NEURAL = "neural"
    ESPEAK = "espeak"
    NONE = "none"


class VoiceLanguages(StrEnum):
    """In which languages a call is spoken; `ticket`: in the one its customer chose."""

    TICKET = "ticket"
    ZH = "zh"
    EN = "en"
    BOTH = "both"


class Sound(StrEnum):
    """What a lobby display lets people hear."""

    VOICE = "voice"
    CHIME = "chime"
    OFF = "off"


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


@dataclass(frozen=True, slots=True)
class Names:
    """One name in both of the store's languages; in an English sentence it is said in English."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """How long a service takes: log-mean and log-sd of a lognormal (seconds), from `known` real services."""

    log_mean: float
    log_sd: float
    known: int

    @property
    def mean_s(self) -> float:
        """The mean of the lognormal, in seconds."""
        return exp(self.log_mean + self.log_sd**2 / 2)


@dataclass(frozen=True, slots=True)
class Service:
    """What customers come for; `letter` starts its ticket numbers.

    `group` names the kiosk's card that services stand behind where there are more than fit on one screen. `hint`: what
    its card says besides, such as what to bring.
    `mean_s` and `cv` are the settings' guess of its service time, `learnt` is what the store's own services say.
    Only a `shown` one stands on the kiosk. A `retired` one gives no more numbers; those it gave are served.
    """

    code: str
    letter: str
    name: Names
    icon: str
    position: int
    mean_s: float
    cv: float
    daily_cap: int | None = None
    learnt: ServiceTime | None = None
    group: Names | None = None
    hint: Names | None = None
    shown: bool = True
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Tier:
    """A class of VIP: `rank` 1 is the lowest; `target_s` is how long it may wait; `head_start_s` enters the order.

    `may_proxy`: to have business done while absent. `target_reason` says why a target is longer
    than the ten minutes of a VIP promise.
    """

    code: str
    rank: int
    name: Names
    target_s: float
    head_start_s: float
    may_proxy: bool = False
    target_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter and what it may and can do; `since` is when it took its present state.

    `pauses_at` is its next planned pause, `returns_at` when a paused one is planned to be back; `pause_reason` why it
    pauses, `pause_text` in words of its own. `name`: what it is called besides its number; `where`: how to find it.
    """

    number: int
    permissions: Mapping[TicketClass, Permission]
    skills: frozenset[str]
    state: CounterState = CounterState.CLOSED
    since: float = 0.0
    staff_id: int | None = None
    staff_name: str | None = None
    pauses_at: float | None = None
    returns_at: float | None = None
    pause_reason: PauseReason | None = None
    pause_text: str | None = None
    name: Names | None = None
    where: Names | None = None


MOST_PASSES = 3
"""How many people the holder of a ticket may let pass."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A customer's place. `due_at` is set for guarded classes only; `slot_at` for appointments only.

    `passes`: how many people its holder has let pass, and so moved the place to `moved_to`; staff move it to `placed_at`.

    A visit has several legs once somebody is transferred or has a service added. `service`, the counter and the times of
    service are of the present leg, which waits since `queued_at` until `leg_due_at` and may be for one counter
    (`to_counter`) or one of the staff (`to_staff`) alone. `served_s`: seconds of service before the present `started_at`,
    if it was on hold. `call_began_at` and `recalls` are of the present calling; `staff_id` is who serves or served.
    """

    id: int
    number: str
    token: str
    business_day: str
    service: str
    ticket_class: TicketClass
    state: TicketState
    language: str
    issued_at: float
    tier: str | None = None
    head_start_s: float = 0.0
    due_at: float | None = None
    slot_at: float | None = None
    member_no: str | None = None
    appointment_code: str | None = None
    note: str | None = None
    counter: int | None = None
    first_called_at: float | None = None
    called_at: float | None = None
    started_at: float | None = None
    ended_at: float | None = None
    calls: int = 0
    moved_to: float | None = None
    passes: int = 0
    placed_at: float | None = None
    queued_at: float | None = None
    leg_due_at: float | None = None
    to_counter: int | None = None
    to_staff: int | None = None
    held_at: float | None = None
    step_done_at: float | None = None
    call_began_at: float | None = None
    recalls: int = 0
    served_s: float = 0.0
    wrap_up_s: float | None = None
    staff_id: int | None = None
    hold_kind: HoldKind | None = None
    outcome: Outcome | None = None

    @property
    def order_at(self) -> float:
        """When the ticket counts as issued in the order: as staff placed it, or later once its holder let somebody pass.

        Only the order follows it. The wait, the due time and the promise count from the true times.
        """
        if self.placed_at is not None:
            return self.placed_at
        return self.issued_at if self.moved_to is None else self.moved_to

    @property
    def promised_at(self) -> float | None:
        """Until when the present wait is to end; the promise of a first leg is `due_at`."""
        return self.due_at if self.queued_at is None else self.leg_due_at

    @property
    def passes_left(self) -> int:
        """How many people its holder may still let pass."""
        return MOST_PASSES - self.passes

    @property
    def waiting_since(self) -> float:
        """When the present wait began: the later of arrival and slot, or the leg's own queueing."""
        return max(self.issued_at, self.slot_at or 0.0) if self.queued_at is None else self.queued_at


@dataclass(frozen=True, slots=True)
class Quote:
    """A wait from now on as it is told: four of five customers are called between its ends; in seconds."""

    low_s: float
    mid_s: float
    high_s: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The waits foreseen at one moment: of who waits, by ticket id, and of who would come now, by class, tier, service.

    Plain ones come straight from the simulated futures; the others are what is told.
    """

    at: float
    tickets: Mapping[int, Quote] = field(default_factory=dict)
    newcomers: Mapping[tuple[TicketClass, str | None, str], Quote] = field(default_factory=dict)
    plain_newcomers: Mapping[tuple[TicketClass, str | None, str], Quote] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How well the quotes to one class on one business day (`YYYY-MM-DD`) foretold the wait until the first call.

    Of `quotes` scored ones: `error_s` is the mean distance of the middle from the wait, `bias_s` the mean of middle −
    wait (above zero: it lasted less), `covered` the share of waits inside the range, `wait_s` the mean wait.
    """

    day: str
    ticket_class: TicketClass
    quotes: int
    error_s: float
    bias_s: float
    covered: float
    wait_s: float


NOTHING_FORESEEN = Forecast(at=0.0)


@dataclass(frozen=True, slots=True)
class Rating:
    """How a served customer said it was: `score` 1 to 5."""

    score: int
    comment: str


@dataclass(frozen=True, slots=True)
class Member:
    """A line of the carrier's VIP list.

    `listed` is false once a newer list no longer has it; `churned` once the list says that they left the network.
    `phone` is empty where it cannot be read any more, or was let go.
    """

    member_no: str
    name: str
    phone: str
    tier: str
    valid_from: date
    valid_until: date
    contract_until: date | None = None
    birthday: date | None = None
    manager_a: str | None = None
    manager_b: str | None = None
    language: str = "zh"
    listed: bool = True
    churned: bool = False


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booked visit of `length_s` from `slot_at` on.

    `place` is the one it holds of the slot's `places`; a booking taken over from a list holds none, though it counts.
    `booked_by` and `reminded_by` name actors as the journal does. `permission`: why a tier that needs one may book.
    `phone` is empty where it cannot be read any more, or was let go.
    """

    code: str
    phone: str
    name: str
    service: str
    slot_at: float
    channel: str
    state: AppointmentState = AppointmentState.BOOKED
    length_s: float = 15 * 60.0
    language: str = "zh"
    booked_at: float | None = None
    booked_by: str | None = None
    reminded_at: float | None = None
    reminded_by: str | None = None
    place: int | None = None
    places: int | None = None
    permission: str | None = None

    @property
    def ends_at(self) -> float:
        """When its slot ends."""
        return self.slot_at + self.length_s


@dataclass(frozen=True, slots=True)
class Staff:
    """Someone who works here; without a PIN they cannot sign in yet.

    `manager_code` is theirs in the carrier's list if they are an account manager, who is on duty or (None) off.
    """

    id: int
    name: str
    role: Role
    pin_hash: str | None = None
    manager_code: str | None = None
    on_duty_since: float | None = None

    @property
    def actor(self) -> str:
        """As the journal names them."""
        return f"staff:{self.name}"


@dataclass(frozen=True, slots=True)
class Device:
    """A kiosk, display, printer or program of the store.

    `options` of a printer: address, paper, fallback; of a display: layout, queues, counters (see `display/scope.py`).
    """

    id: int
    kind: DeviceKind
    name: str
    printer_id: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        """As the journal names it."""
        return f"device:{self.name}"


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
class PrintJob:
    """One slip to be printed on one printer; `attempts` counts the tries before this moment.

    `paper_out`: an earlier try may have put out paper; `home_id`: the printer it was meant for, if it was moved from
    there; `handed_at`: since when it lies with the printer's agent.
    """

    id: int
    ticket_id: int
    printer_id: int
    state: PrintState
    attempts: int
    error: str | None
    next_at: float
    paper_out: bool = False
    home_id: int | None = None
    handed_at: float | None = None


@dataclass(frozen=True, slots=True)
class PrinterCondition:
    """What a printer last told of itself, at that time; `fault` is the code of a `PrinterFault`, None where all is well,
    and `error` its English text.

    The rest is None where it does not say: whether it answers status queries at all, whether it marks the end of a
    job, whether its roll is near the end.
    """

    at: float
    fault: str | None = None
    error: str | None = None
    answers: bool | None = None
    marks_end: bool | None = None
    paper_low: bool | None = None


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


@dataclass(frozen=True, slots=True)
class Hours:
    """One span of opening hours as local `HH:MM`; a day has several where the store closes over noon."""

    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A holiday, or a day with hours of its own: what it is called, and its spans in order (none: closed)."""

    name: Names
    spans: tuple[Hours, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """The calling rule's settings (seconds and counts), with the defaults of the calling rule's own page.

    `epsilon`: the risk of a broken promise that still counts as safe. `known_services`: from how many real services on
    their times are trusted; until then a promise counts as endangered `promote_slack_s` before it breaks. `ratio`: of the
    rule of that name, how many guarded customers are called before one of the others. `caution` stretches mean times.
    """

    kind: RuleKind = RuleKind.PROMISE
    fair_after_s: float = 45 * 60
    fair_run: int = 3
    epsilon: float = 0.03
    known_services: int = 30
    promote_slack_s: float = 7 * 60
    appointment_head_start_s: float = 5 * 60
    appointment_early_s: float = 5 * 60
    appointment_grace_s: float = 10 * 60
    lend_within_s: float = 10 * 60
    lend_chance: float = 0.90
    caution: float = 1.1
    ratio: int = 2


@dataclass(frozen=True, slots=True)
class Booking:
    """How visits are booked.

    A slot lasts `slot_s`, is booked at least `lead_s` before it begins and at most `horizon_days` days ahead; every
    counter that can do a service takes `per_counter` bookings a slot. `places` bounds the bookings of a service in one
    slot further. `rights` says by tier who may book by themselves; a tier that is not named, and who has no card, book
    through the staff.
    """

    slot_s: int = 15 * 60
    lead_s: int = 60 * 60
    horizon_days: int = 30
    per_counter: int = 1
    places: Mapping[str, int] = field(default_factory=dict)
    rights: Mapping[str, BookingRight] = field(
        default_factory=lambda: {
            "diamond": BookingRight.FREE,
            "gold": BookingRight.FREE,
            "silver": BookingRight.BY_PERMISSION,
        }
    )

    def right_of(self, tier: str | None) -> BookingRight:
        """The right of a tier's customers, of anybody else for None."""
        return self.rights.get(tier or "", BookingRight.STAFF_ONLY)


@dataclass(frozen=True, slots=True)
class Loudness:
    """How calls sound from `begins` to `ends`, local `HH:MM`, over midnight too; both in percent, volume 0 is silent."""

    begins: str
    ends: str
    volume: int = 100
    speed: int = 100


@dataclass(frozen=True, slots=True)
class Voice:
    """How calls are spoken: each `times` times, by the hour as `hours` say and else at full volume and usual speed."""

    engine: VoiceEngine = VoiceEngine.NEURAL
    languages: VoiceLanguages = VoiceLanguages.TICKET
    times: int = 1
    hours: tuple[Loudness, ...] = ()


@dataclass(frozen=True, slots=True)
class Theme:
    """How the lobby displays look: colours like #FFC83D, None for the usual ones; `logo`: the stored picture's digest."""

    accent: str | None = None
    ground: str | None = None
    logo: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What staff may do at a counter; seconds and counts.

    A recall follows the call before it by `recall_gap_s`. Nobody is missed before `no_show_calls` calls and
    `no_show_after_s` since the first of them: the slow need up to 55 s to walk up. `staff_may_call`: counter staff, not only
    managers, may call one ticket out of order. `auto_call_s`: a counter ready for so long calls by itself (None: never).
    """

    recall_gap_s: float = 10.0
    no_show_calls: int = 2
    no_show_after_s: float = 60.0
    staff_may_call: bool = False
    auto_call_s: float | None = None


@dataclass(frozen=True, slots=True)
class SignIns:
    """How long a sign-in lasts, in seconds: `longest_s` at most, `idle_s` when nobody uses it; and who needs more than a PIN.

    `managers_need_code`: managers and administrators sign in with a second factor, and set one up where they have none.
    """

    idle_s: float = 4 * 3600.0
    longest_s: float = 14 * 3600.0
    managers_need_code: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What a store decides about itself; `hours` runs Monday to Sunday, each the spans of a day, none for a closed one;
    empty for always open. `special_days` go before it, by date (`YYYY-MM-DD`).

    `texts` are the store's own words in place of the product's, by name (see `lobby/store_texts.py`). An account manager's page that nobody acknowledges goes on after `page_after_s`.
    """

    name: Names
    timezone: str
    hours: tuple[tuple[Hours, ...], ...] = ()
    special_days: Mapping[str, SpecialDay] = field(default_factory=dict)
    texts: Mapping[str, Names] = field(default_factory=dict)
    hold_s: int = 6
    idle_s: int = 40
    notices: tuple[Names, ...] = ()
    public_url: str | None = None
    page_after_s: int = 120
    rules: Rules = field(default_factory=Rules)
    booking: Booking = field(default_factory=Booking)
    voice: Voice = field(default_factory=Voice)
    theme: Theme = field(default_factory=Theme)
    desk: Desk = field(default_factory=Desk)
    sign_ins: SignIns = field(default_factory=SignIns)


@dataclass(frozen=True, slots=True)
class Message:
    """Something said to a person: a stable code, the English text (the catalogue's key), and what fills its places."""

    code: str
    text: str
    values: Mapping[str, object] = field(default_factory=dict)
