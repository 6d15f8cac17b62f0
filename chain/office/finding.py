"""Owns what the public sees of stores: which there are, whether they are there, their queues, and how old that is."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from chain.errors import UnknownStore
from chain.office.database import Conn
from chain.office.errors import NoWaitKnown, StoreOffline, StoreShut
from chain.office.stores import IS_THERE

MOST_FOUND = 50
VIP = "vip"
_SEEN = (
    "SELECT stores.id, name, region, name_zh, name_en, timezone, moments.body AS moment,"
    " extract(epoch FROM now() - heard_at)::float AS silent_s, extract(epoch FROM now() - told_at)::float AS age_s,"
    f" {IS_THERE} AS is_there"
    " FROM stores LEFT JOIN moments ON moments.store = stores.id WHERE standing = 'joined' AND heard_at IS NOT NULL"
)


class Door(StrEnum):
    """Whether one can go there now."""

    OPEN = "open"
    CLOSED = "closed"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Seen:
    """A store as the public sees it. `age_s`: how old its last moment is, in seconds; None before the first."""

    id: int
    name: str
    region: str
    name_zh: str
    name_en: str
    timezone: str
    moment: dict[str, Any] | None
    silent_s: float
    age_s: float | None
    is_there: bool

    @property
    def door(self) -> Door:
        """Of a store that cannot be reached nobody knows whether it is open."""
        if not self.is_there or self.moment is None:
            return Door.OFFLINE
        return Door.OPEN if self.moment["is_open"] else Door.CLOSED

    def called(self, language: str) -> str:
        """What it is called on its own screens."""
        return (self.name_en if language == "en" else self.name_zh) or self.name

    @property
    def queues(self) -> list[dict[str, Any]]:
        """The queues that a walk-in may join, and the VIPs'."""
        rows = self.moment["queues"] if self.moment else []
        return [row for row in rows if row["on_kiosk"] or row["class"] == VIP]

    @property
    def services(self) -> dict[str, dict[str, str]]:
        """What its services are called, by code."""
        rows = self.moment["queues"] if self.moment else []
        return {row["code"]: row["name"] for row in rows if row["class"] != VIP}

    def local(self, at: float) -> datetime:
        """The store's local time."""
        return datetime.fromtimestamp(at, ZoneInfo(self.timezone))

    def day_span(self, day: date) -> tuple[float, float]:
        """A local day from midnight to midnight, in seconds since the epoch."""
        begins = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.timezone))
        next_day = date.fromordinal(day.toordinal() + 1)
        ends = datetime(next_day.year, next_day.month, next_day.day, tzinfo=ZoneInfo(self.timezone))
        return begins.timestamp(), ends.timestamp()

    def require_wait(self, service: str) -> dict[str, Any]:
        """The wait of who joins a queue now. Raises `StoreOffline`, `StoreShut`, `NoWaitKnown`."""
        if self.door == Door.OFFLINE:
            raise StoreOffline
        if self.door == Door.CLOSED:
            raise StoreShut
        for row in self.queues:
            if row["code"] == service and row["class"] != VIP and "low_s" in (row["quote"] or {}):
                quote: dict[str, Any] = row["quote"]
                return quote
        raise NoWaitKnown


def search(conn: Conn, text: str, region: str) -> list[Seen]:
    """Stores whose names or region hold each of these words, in a region; the first of them by region and name."""
    words = [f"%{_literal(word)}%" for word in text.split()]
    rows = conn.execute(
        f"{_SEEN} AND (region = %(region)s OR %(region)s = '' OR starts_with(region, %(region)s || '/'))"
        " AND concat_ws(' ', name, name_zh, name_en, region) ILIKE ALL (%(words)s::text[]) ORDER BY region, name LIMIT %(most)s",
        {"region": region, "words": words, "most": MOST_FOUND},
    )
    return [Seen(**row) for row in rows]


def regions(conn: Conn) -> list[str]:
    """Where there are stores."""
    rows = conn.execute(
        "SELECT DISTINCT region FROM stores WHERE standing = 'joined' AND heard_at IS NOT NULL AND region <> '' ORDER BY region"
    )
    return [row["region"] for row in rows]


def one_store(conn: Conn, store_id: int) -> Seen:
    """One of them. Raises `UnknownStore`."""
    row = conn.execute(f"{_SEEN} AND stores.id = %(id)s", {"id": store_id}).fetchone()
    if row is None:
        raise UnknownStore(store=store_id)
    return Seen(**row)


def _literal(word: str) -> str:
    """A word in which nothing stands for anything else."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
