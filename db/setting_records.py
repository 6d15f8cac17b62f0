"""Owns the records of what a store decides: services, tiers, hours, the rule, voice, desks, sign-ins. Durations are seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import exp

from db.booking_records import Booking
from db.words import Names


class RuleKind(StrEnum):
    """Which calling rule a store uses; `promise` is ours, the others are there to compare and for who wants them."""

    PROMISE = "promise"
    FIFO = "fifo"
    STRICT = "strict"
    RATIO = "ratio"


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
