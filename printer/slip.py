"""Owns what a slip says, as blocks of paper from top to bottom; knows neither printers nor rows, and reads no clock.

No personal data goes on paper: a number, a service and a tier, but no name, phone or member number.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from db.records import Names, Quote, Service, Settings, Ticket, Tier

SEE_HELP_DESK = Names("过号请到服务台", "Missed your call? See the help desk.")
TOO_LATE = Names("已过预约时间，从现在起排队", "Late for the appointment: in the queue from now on")
SCAN_TO_FOLLOW = Names("扫码查看排队进度", "Scan to follow your place")


@dataclass(frozen=True, slots=True)
class Text:
    """A centred line of text; `size` 1 is the printer's normal type, 2 twice as wide and high."""

    text: str
    size: int = 1
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """The ticket number, as large as the paper allows."""

    text: str


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code of a URL."""

    url: str


@dataclass(frozen=True, slots=True)
class Divider:
    """A thin line across the paper."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One empty line."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of the slip."""


Block = Text | Number | Qr | Divider | Feed | Cut


@dataclass(frozen=True, slots=True)
class Slip:
    """What the paper says, from top to bottom."""

    blocks: tuple[Block, ...]


def compose(
    ticket: Ticket,
    service: Service,
    settings: Settings,
    people_ahead: int,
    quote: Quote | None,
    url: str,
    issued_local: datetime,
    tier: Tier | None,
) -> Slip:
    """What a ticket's slip says, in the holder's language first and the other one below.

    `issued_local` is the time of issue in the store's time zone, and aware: an appointment's slot is shown in the
    same zone. `people_ahead` and `quote` are what the customer was told when the ticket was issued.
    """
    pair = _Pairs(english_first=ticket.language == "en")
    head = (*pair.of(settings.name, bold=True), Divider(), *pair.of(service.name, size=2), Number(ticket.number))
    facts = [
        *([_vip(tier)] if tier else []),
        *_appointment(ticket, settings, issued_local),
    ]
    wait = pair.of(_wait(quote)) if quote else ()
    place = (*pair.of(_ahead(people_ahead), size=2), *wait, Feed(), Qr(url), *pair.of(SCAN_TO_FOLLOW), Divider())
    foot = (*pair.of(SEE_HELP_DESK), Text(f"{issued_local:%Y-%m-%d %H:%M}"), Cut())
    return Slip((*head, *(line for fact in facts for line in pair.of(fact, bold=True)), *place, *foot))


def _ahead(people: int) -> Names:
    return Names(f"前面 {people} 位", f"{people} ahead")


def _wait(quote: Quote) -> Names:
    """In whole minutes, the range rounded outwards as on the screens; with a hyphen, which every printer has."""
    low, high = max(1, int(quote.low_s // 60)), max(1, ceil(quote.high_s / 60))
    span = f"{high}" if low >= high else f"{low}-{high}"
    return Names(f"预计等候 {span} 分钟", f"About {span} min")


def _vip(tier: Tier) -> Names:
    return Names(f"贵宾 {tier.name.zh}", f"VIP {tier.name.en}")


def _appointment(ticket: Ticket, settings: Settings, issued_local: datetime) -> list[Names]:
    """The agreed time; who came early reads when calls begin, who came too late that the wait begins now."""
    if ticket.slot_at is None:
        return [TOO_LATE] if ticket.appointment_code is not None else []
    slot = datetime.fromtimestamp(ticket.slot_at, issued_local.tzinfo)
    begins = slot - timedelta(seconds=settings.rules.appointment_early_s)
    agreed = Names(f"预约 {slot:%H:%M}", f"Appointment {slot:%H:%M}")
    return (
        [agreed, Names(f"{begins:%H:%M} 起叫号", f"Called from {begins:%H:%M}")] if issued_local < begins else [agreed]
    )


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Puts the holder's language first; only that line is emphasised."""

    english_first: bool

    def of(self, names: Names, size: int = 1, *, bold: bool = False) -> tuple[Text, Text]:
        first, second = (names.en, names.zh) if self.english_first else (names.zh, names.en)
        return Text(first, size, bold), Text(second)
