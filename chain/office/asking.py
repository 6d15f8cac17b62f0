"""Owns what a report of a chain is asked for: which stores, which days, grouped by what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chain.errors import UnknownStore
from chain.office import months, regions, stores
from chain.office.database import Conn, one
from chain.office.errors import UnknownRegion
from chain.office.figures import By
from chain.office.stores import ChainStore
from display.errors import BadSpan

Json = dict[str, Any]
LONGEST_DAYS = 800
USUAL_DAYS = 30

CHOSEN = "unnest(%(stores)s::int[], %(places)s::int[]) AS chosen (store, place)"
"""Joined to a table by its store, this leaves the stores asked about, each with the place of its group."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which stores (those of a region, or one; without either all), from which business day to which, grouped by what.

    Without days the last thirty are meant.
    """

    region: str = ""
    store: str | None = None
    first: date | None = None
    last: date | None = None
    by: By = By.REGION


@dataclass(frozen=True, slots=True)
class Asked:
    """What a wish means: the stores and for each the place of its group among `groups`; the first and last day."""

    stores: Sequence[ChainStore]
    groups: Sequence[str]
    places: Sequence[int]
    first: date
    last: date

    def months(self) -> Iterator[Json]:
        """The values of a query for each month of the span: what is held at once never grows with the span."""
        begins = self.first
        while begins <= self.last:
            next_month = months.following(begins)
            yield self.values(begins, min(self.last, next_month - timedelta(days=1)))
            begins = next_month

    def values(self, first: date, last: date) -> Json:
        """The values of a query over some days."""
        ids = [store.id for store in self.stores]
        return {"stores": ids, "places": list(self.places), "from": first, "to": last}


def ask(conn: Conn, wish: Wish) -> Asked:
    """What the wish means now. Raises `BadSpan`, `UnknownRegion`, `UnknownStore`."""
    chosen = _stores(stores.everyone(conn), wish)
    names = [store.name if wish.by == By.STORE else regions.below(store.region, wish.region) for store in chosen]
    if wish.by not in {By.REGION, By.STORE}:
        names = ["" for _ in chosen]
    groups = list(dict.fromkeys(names))
    first, last = _span(wish, today(conn))
    return Asked(chosen, groups, [groups.index(name) for name in names], first, last)


def today(conn: Conn) -> date:
    """The newest day that a store told, or the day it is here if that is later: stores lie in many zones."""
    newest = one(conn.execute("SELECT max(day) AS day FROM day_facts"))["day"]
    here = datetime.now(UTC).date()
    return max(newest or here, here)


def frame(conn: Conn, asked: Asked, wish: Wish) -> Json:
    """What every report says of itself: `stores` there are, `told` of them any of these days; names by code."""
    told = one(
        conn.execute(
            "SELECT count(*) AS n FROM unnest(%(stores)s::int[]) AS chosen (store) WHERE EXISTS"
            " (SELECT 1 FROM day_facts WHERE day_facts.store = chosen.store AND day BETWEEN %(from)s AND %(to)s)",
            asked.values(asked.first, asked.last),
        )
    )
    shown = asked.stores[0] if wish.store is not None else None
    return {
        "by": wish.by,
        "region": shown.region if shown else wish.region,
        "store": wish.store,
        "from": str(asked.first),
        "to": str(asked.last),
        "today": str(today(conn)),
        "stores": len(asked.stores),
        "told": told["n"],
        "names": names(conn),
    }


def names(conn: Conn) -> Json:
    """What services and tiers are called, by code: {service: {code: {zh, en}}, tier: …}."""
    found: Json = {"service": {}, "tier": {}}
    for row in conn.execute("SELECT kind, code, zh, en FROM words ORDER BY kind, code"):
        found.setdefault(row["kind"], {})[row["code"]] = {"zh": row["zh"], "en": row["en"]}
    return found


def choices(conn: Conn) -> Json:
    """The regions and stores there are to choose from."""
    known = stores.everyone(conn)
    return {
        "regions": regions.every(store.region for store in known),
        "stores": [{"store": store.name, "region": store.region} for store in known],
    }


def _stores(known: Sequence[ChainStore], wish: Wish) -> Sequence[ChainStore]:
    if wish.store is not None:
        found = [store for store in known if store.name == wish.store]
        if not found:
            raise UnknownStore(store=wish.store)
        return found
    found = [store for store in known if regions.is_in(store.region, wish.region)]
    if not found and wish.region:
        raise UnknownRegion(region=wish.region)
    return found


def _span(wish: Wish, now: date) -> tuple[date, date]:
    last = wish.last or max(now, wish.first or now)
    first = wish.first or last - timedelta(days=USUAL_DAYS - 1)
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise BadSpan(days=LONGEST_DAYS)
    return first, last
