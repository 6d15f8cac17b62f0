"""Owns what a slip can say about a ticket: the values that templates name; knows no row, no clock and no printer.

No personal data goes on paper: a number, a service and a tier, but no name, phone or member number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from db.setting_records import Service, Settings, Tier
from db.ticket_records import Quote, Ticket
from db.words import Names

NOTHING = Names("", "")


class Word(str):
    """A text in the language of the template, with both as `zh` and `en`."""

    __slots__ = ("en", "zh")

    zh: str
    en: str

    def __new__(cls, names: Names, language: str) -> "Word":
        """`names` as a text in `language`."""
        word = super().__new__(cls, names.en if language == "en" else names.zh)
        word.zh, word.en = names.zh, names.en
        return word


@dataclass(frozen=True, slots=True)
class Facts:
    """Every value a template can name; what a ticket does not have is empty.

    `wait` is the range told in whole minutes, such as `8-17`; `slot` the agreed time, `called_from` when calls for it
    begin if that is still to come; `late` whether the appointment's time is over. Times are the store's own.
    """

    number: str
    url: str
    store: Names
    service: Names
    people_ahead: int
    date: str
    time: str
    tier: Names = NOTHING
    wait: str = ""
    slot: str = ""
    called_from: str = ""
    late: bool = False
    where_to_go: Names = NOTHING
    public_rule: Names = NOTHING

    @classmethod
    def of_json(cls, given: Mapping[str, Any]) -> "Facts":
        """The facts that `dataclasses.asdict` made `given` of."""
        values: dict[str, Any] = {name: Names(**one) if name in BILINGUAL else one for name, one in given.items()}
        return cls(**values)

    def values(self, language: str) -> dict[str, object]:
        """By name, as a template in `language` sees them."""
        found = {name: getattr(self, name) for name in NAMES}
        return {name: Word(value, language) if name in BILINGUAL else value for name, value in found.items()}


NAMES = tuple(field.name for field in fields(Facts))
BILINGUAL = frozenset(field.name for field in fields(Facts) if field.type is Names)


WHERE_TO_GO = Names("请在等候区就座，留意叫号", "Take a seat, watch the screen.")
PUBLIC_RULE = Names("分队叫号，不一定按号码顺序", "Not always in number order.")


@dataclass(frozen=True, slots=True)
class Texts:
    """The store's own lines on every slip."""

    where_to_go: Names = WHERE_TO_GO
    public_rule: Names = PUBLIC_RULE


def facts_of(
    ticket: Ticket,
    service: Service,
    settings: Settings,
    people_ahead: int,
    quote: Quote | None,
    url: str,
    issued_local: datetime,
    tier: Tier | None,
    texts: Texts,
) -> Facts:
    """What the slip of a ticket can say.

    `issued_local` is the time of issue in the store's time zone, and aware: an appointment's slot is shown in the
    same zone. `people_ahead` and `quote` are what the customer was told when the ticket was issued.
    """
    slot = datetime.fromtimestamp(ticket.slot_at, issued_local.tzinfo) if ticket.slot_at is not None else None
    begins = slot - timedelta(seconds=settings.rules.appointment_early_s) if slot else None
    return Facts(
        number=ticket.number,
        url=url,
        store=settings.name,
        service=service.name,
        people_ahead=people_ahead,
        date=f"{issued_local:%Y-%m-%d}",
        time=f"{issued_local:%H:%M}",
        tier=tier.name if tier else NOTHING,
        wait=_wait(quote) if quote else "",
        slot=f"{slot:%H:%M}" if slot else "",
        called_from=f"{begins:%H:%M}" if begins and issued_local < begins else "",
        late=slot is None and ticket.appointment_code is not None,
        where_to_go=texts.where_to_go,
        public_rule=texts.public_rule,
    )


def _wait(quote: Quote) -> str:
    """In whole minutes, the range rounded outwards as on the screens; with a hyphen, which every printer has."""
    low, high = max(1, int(quote.low_s // 60)), max(1, ceil(quote.high_s / 60))
    return f"{high}" if low >= high else f"{low}-{high}"
