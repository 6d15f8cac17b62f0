"""Owns what goes over the line between a store and its head office: its shapes, its limits, a journal line's digest.

The store opens the line (Socket.IO, the namespace below) and asks everything; the head office only hints that there is
mail. So a store needs no address of its own, and whoever was cut off goes on by asking again.

    hello  Hello → Welcome         who am I to you, what do you have of me
    digest {seq} → {digest}        do we mean the same line
    parted {common} → {}           we do not: this is the last line we share
    push   Batch → Taken           what happened, in order; taken means committed
    fetch  {} → {mail}             what is there for me, oldest first
    answer MailAnswer → {}         what became of it
    list   ListAsked → ListPart    the list that a piece of mail speaks of, part by part
    held   {after} → {rows}        what you count of the places I hold for you, slot by slot
    share  {rows} → {rows}         what I hold for you, what I want back; what you count (`kiosk.sharing` has the rule)
    visits {visits} → {}           what has become of visits that were booked at your place
    days   {} → {days}             which past days you have, and in which form
    facts  DayFacts → Kept         what reports count of a day that is over; kept means committed
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any, Literal
from zlib import compress, decompressobj

from pydantic import BaseModel, ConfigDict, Field, JsonValue

NAMESPACE = "/store"
MOST_LINES = 500
MOST_MAIL = 20
MOST_PLACES = 300
MOST_VISITS = 100
LARGEST_SEQ = 2**53
ALIVE_S = 15.0
"""A store says so often at least that it is there."""
SILENT_S = 45.0
"""After this long without a word it counts as cut off."""
LARGEST_FACTS = 800_000
"""So many bytes a past day's facts may be on the line; some 30,000 tickets."""
LARGEST_DAY = 8 * 1024 * 1024
"""And so many bytes when they are unpacked."""
LARGEST_COPY = 800_000
"""So many bytes a store's file of settings may be on the line; without pictures it is some 3,000."""
LARGEST_LIST = 16 * 1024 * 1024
"""So many bytes a list may have; 100,000 lines have some ten million."""
LIST_PART = 256 * 1024
"""So many of them go over the line at once."""

JournalLine = tuple[int, float, str, str | None, int | None, str, str | None, dict[str, Any]]
"""`seq, at (seconds since the epoch), kind, ticket, counter, actor, rule, data`, as in the store's journal."""


class Kind(StrEnum):
    """What the head office can ask of a store."""

    NOTICE = "notice"
    SETTINGS = "settings"
    SETTINGS_COPY = "settings_copy"
    MEMBERS = "members"
    BOOKING = "booking"
    BOOKING_CHANGE = "booking_change"
    BOOKING_CANCEL = "booking_cancel"
    REMOTE_TICKET = "remote_ticket"
    REMOTE_CANCEL = "remote_cancel"


class VisitState(StrEnum):
    """Where a visit that was booked at the head office stands, as its customer is told."""

    SENT = "sent"
    """The store has not answered yet."""
    REFUSED = "refused"
    BOOKED = "booked"
    KEPT = "kept"
    """A place in line, for who comes in time."""
    CHECKED_IN = "checked_in"
    CALLED = "called"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OVER = frozenset({
    VisitState.REFUSED, VisitState.COMPLETED, VisitState.NO_SHOW, VisitState.CANCELLED, VisitState.EXPIRED,
})  # fmt: skip
"""After these there is no more to tell."""


class MailState(StrEnum):
    """What became of it."""

    PENDING = "pending"
    APPLIED = "applied"
    REFUSED = "refused"


class Standing(StrEnum):
    """How a store stands to its head office."""

    EXPECTED = "expected"
    JOINED = "joined"
    PARTED = "parted"
    """Its journal is not the one that was told: it was restored from an older backup. Somebody has to decide."""
    LEFT = "left"


class Shape(BaseModel):
    """Whatever crosses the line."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Hello(Shape):
    """How a store introduces itself. `newest`: the last line of its journal."""

    incarnation: int = Field(ge=0, le=LARGEST_SEQ)
    newest: int = Field(ge=0, le=LARGEST_SEQ)
    name_zh: str = Field(max_length=40)
    name_en: str = Field(max_length=60)
    timezone: str = Field(max_length=64)
    program: str = Field(max_length=40)


class Welcome(Shape):
    """What the head office has: lines up to `acked`, the last of which has this digest.

    An incarnation is the life of one database: it begins anew, after `since`, each time somebody accepts that a store
    was restored from a backup.
    """

    standing: Standing
    incarnation: int
    since: int
    acked: int
    digest: str | None


class Moment(Shape):
    """A store's present moment for the wall. Times in seconds since the epoch, by the store's own clock."""

    at: float
    is_open: bool
    waiting: int = Field(ge=0)
    longest_s: int = Field(ge=0)
    vip_waiting: int = Field(ge=0)
    vip_longest_s: int = Field(ge=0)
    at_risk: int = Field(ge=0)
    late: int = Field(ge=0)
    alerts: int = Field(ge=0)
    counters: int = Field(ge=0)
    counters_open: int = Field(ge=0)
    issued: int = Field(ge=0)
    kept: int = Field(ge=0)
    missed: int = Field(ge=0)
    queues: list[dict[str, JsonValue]] = Field(max_length=64)
    last_call: dict[str, JsonValue] | None = None


class Batch(Shape):
    """Lines that follow one another without a gap, and the moment they led to."""

    incarnation: int = Field(ge=1, le=LARGEST_SEQ)
    newest: int = Field(ge=0, le=LARGEST_SEQ)
    lines: list[JournalLine] = Field(max_length=MOST_LINES)
    moment: Moment | None = None


class Taken(Shape):
    """Committed up to `acked`; None of a batch that came while all are busy: it is to be sent again after a rest."""

    acked: int | None
    has_mail: bool = False
    rest_s: float = 0.0


class Mail(Shape):
    """Something a store is to do, once. Its number is the store's own, without gaps."""

    id: int = Field(ge=1, le=LARGEST_SEQ)
    kind: str
    body: dict[str, JsonValue]


class MailAnswer(Shape):
    """Done, or not and why: an error's code and what it said. `seq`: the journal's last line then."""

    id: int = Field(ge=1, le=LARGEST_SEQ)
    seq: int = Field(ge=0, le=LARGEST_SEQ)
    state: Literal[MailState.APPLIED, MailState.REFUSED]
    code: str | None = Field(default=None, max_length=64)
    reason: str | None = Field(default=None, max_length=2000)
    result: dict[str, JsonValue] = Field(default_factory=dict)


class ListMail(Shape):
    """A list to take over, or with `dry_run` to look at; `seen`: of the look that was agreed to.

    `list` is the head office's number of it, `sha256` of the whole `size` bytes. They are not in the mail: asked for.
    """

    list: int = Field(ge=1, le=LARGEST_SEQ)
    size: int = Field(ge=1, le=LARGEST_LIST)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    dry_run: bool = False
    seen: str | None = None


class ListAsked(Shape):
    """Asks for the bytes from `offset` on of the list that pending mail speaks of."""

    mail: int = Field(ge=1, le=LARGEST_SEQ)
    offset: int = Field(ge=0, le=LARGEST_LIST)


class ListPart(Shape):
    """Some bytes in Base64; None while others are given theirs: to be asked for again after a rest."""

    part: str | None = None
    rest_s: float = 0.0


class Places(Shape):
    """What a store holds of one slot and kind; it wants at least `wanted` returned.

    The head office books until `until`, both in seconds since the epoch. `services` as `db.chain_places` has them.
    """

    slot_at: float
    services: str = Field(min_length=1, max_length=4000)
    length_s: float = Field(gt=0, le=86_400)
    until: float
    granted: int = Field(ge=0, le=LARGEST_SEQ)
    wanted: int = Field(ge=0, le=LARGEST_SEQ)


class Share(Shape):
    """Some of what a store holds."""

    rows: list[Places] = Field(max_length=MOST_PLACES)


class Counted(Shape):
    """What the head office counts of one slot and kind; of `booked` the store has not answered `pending` yet."""

    slot_at: float
    services: str
    length_s: float
    granted: int
    booked: int
    pending: int
    returned: int


class HeldAfter(Shape):
    """Asks for the rows after this one; from the first one on for None."""

    after: tuple[float, str] | None = None


class VisitTold(Shape):
    """How a visit stands in its store: `ref` is the head office's number of it.

    `number` and `counter` of the ticket it became; `ahead`, `low_s` and `high_s`: who stands before a place that is
    kept in line, and how long it takes; `code`: with which it is checked in.
    """

    ref: int = Field(ge=1, le=LARGEST_SEQ)
    state: VisitState
    code: str = Field(max_length=32)
    service: str = Field(max_length=64)
    slot_at: float | None = None
    expires_at: float | None = None
    number: str | None = Field(default=None, max_length=16)
    counter: int | None = None
    ahead: int | None = None
    low_s: int | None = None
    high_s: int | None = None


class Visits(Shape):
    """Visits of which there is news."""

    visits: list[VisitTold] = Field(max_length=MOST_VISITS)


class DayFacts(Shape):
    """What reports count of one past day. `tickets`, `posts`: arrays as a store keeps them, compressed, in Base64;
    `form`: which version of the derivation made them; `names`: what the day's services and tiers are called.
    """

    day: str = Field(pattern=r"^20[2-9]\d-\d\d-\d\d$")
    form: int = Field(ge=1, le=LARGEST_SEQ)
    tickets: str
    posts: str
    about: str
    names: dict[str, dict[str, tuple[str, str]]]


class Kept(Shape):
    """Whether the day was committed; if not, all are busy, and it is to be told again after a rest."""

    is_kept: bool
    rest_s: float = 0.0


def packed(content: bytes) -> str:
    """Bytes as they go over the line: compressed, in Base64."""
    return b64encode(compress(content)).decode()


def unpacked(text: str) -> bytes:
    """What `packed` made. Raises `ValueError` for anything else, and for more than `LARGEST_DAY`."""
    unpacking = decompressobj()
    try:
        content = unpacking.decompress(b64decode(text, validate=True), LARGEST_DAY)
    except zlib.error as broken:
        raise ValueError("not compressed") from broken
    if not unpacking.eof:
        raise ValueError("too long, or cut off")
    return content


def digest(line: Sequence[Any]) -> str:
    """What tells one journal line from another at the same place: 128 bits of SHA-256.

    Of what never changes and always leaves the store; `actor` and `data` may leave it abridged.
    """
    seq, at, kind, ticket, counter, _, rule, _ = line
    text = json.dumps([seq, float(at), kind, ticket, counter, rule], ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:32]
