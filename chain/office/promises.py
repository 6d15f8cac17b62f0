"""Owns reading the inspection report of a chain: promises kept by month, region and store, and why others were not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chain.office.asking import CHOSEN, Asked, Wish, ask, frame
from chain.office.database import Conn
from chain.office.figures import By, attainment
from db.ticket_records import TicketClass
from display.causes import Cause

Json = dict[str, Any]
MOST_MISSES = 500
"""So many misses are listed, the newest; all of them are counted."""

_ADDED = ("came", "kept", "missed", "targets", "on_target", "called", "wait_s", *Cause)
_PROMISED = ", ".join([*(f"sum({key})::float8 AS {key}" for key in _ADDED), "max(wait_max_s) AS wait_max_s"])
_ORDER = {TicketClass.VIP: 0, TicketClass.APPOINTMENT: 1}


def read_inspection(conn: Conn, wish: Wish) -> Json:
    """Attainment per month and tier, and per region or store; bookings per month, causes, and the newest misses.

    `rows` name the group, its VIPs and appointments, and the cause of most of its misses.
    Raises `BadSpan`, `UnknownRegion`, `UnknownStore`.
    """
    asked = ask(conn, wish)
    parts = _parts(conn, asked)
    kinds = sorted({_kind(part) for part in parts}, key=lambda kind: (_ORDER[TicketClass(kind[0])], kind[1]))
    months = sorted({part["month"] for part in parts})
    by_month = [
        {"month": month, **_kind_row(kind, [part for part in parts if part["month"] == month])}
        for month in months
        for kind in kinds
    ]
    return {
        **frame(conn, asked, wish),
        "totals": [_kind_row(kind, parts) for kind in kinds],
        "months": [row for row in by_month if row["promised"]],
        "rows": _groups(asked, parts),
        "bookings": _bookings(conn, asked),
        "causes": _causes(parts),
        "missed": sum(int(part["missed"]) for part in parts),
        "misses": _misses(conn, asked),
    }


def _parts(conn: Conn, asked: Asked) -> list[Json]:
    """Sums by month, group, class and tier."""
    found: list[Json] = []
    for values in asked.months():
        found += conn.execute(
            f"SELECT %(from)s::date::text AS month, place, class, tier, {_PROMISED}"
            f" FROM promise_figures JOIN {CHOSEN} USING (store) WHERE day BETWEEN %(from)s AND %(to)s GROUP BY 2, 3, 4",
            values,
        )
    return [{**part, "month": part["month"][:7]} for part in found]


def _misses(conn: Conn, asked: Asked) -> list[Json]:
    """The newest, newest first; times as RFC 3339 in the store's zone. Months are gone back only as far as it takes."""
    found: list[Json] = []
    for values in reversed(list(asked.months())):
        found += conn.execute(
            "SELECT day::text AS day, stores.name AS store, stores.region, number, class, tier, service, misses.since, limit_s,"
            f" waited_s, counter, state, cause, timezone FROM misses JOIN {CHOSEN} USING (store)"
            " JOIN stores ON stores.id = store WHERE day BETWEEN %(from)s AND %(to)s"
            " ORDER BY misses.day DESC, store, misses.since LIMIT %(most)s",
            {**values, "most": MOST_MISSES - len(found)},
        )
        if len(found) == MOST_MISSES:
            break
    for row in found:
        zone = ZoneInfo(row.pop("timezone") or "UTC")
        row["since"] = datetime.fromtimestamp(row["since"], zone).isoformat(timespec="milliseconds")
    return found


def _bookings(conn: Conn, asked: Asked) -> list[Json]:
    rows = conn.execute(
        "SELECT to_char(day, 'YYYY-MM') AS month, sum(booked) AS booked, sum(completed) AS completed, sum(no_show) AS no_show,"
        f" sum(cancelled) AS cancelled FROM day_facts JOIN {CHOSEN} USING (store)"
        " WHERE day BETWEEN %(from)s AND %(to)s GROUP BY 1 HAVING sum(booked) > 0 ORDER BY 1",
        asked.values(asked.first, asked.last),
    )
    return list(rows)


def _groups(asked: Asked, parts: Sequence[Json]) -> list[Json]:
    """Each region or store, most misses first."""
    rows = []
    for place, group in enumerate(asked.groups):
        own = [part for part in parts if part["place"] == place]
        if own:
            of_class = {kind: [part for part in own if part["class"] == kind] for kind in _ORDER}
            causes = _causes(own)
            rows.append({
                "group": group,
                **{kind.value: attainment(_added(some)) for kind, some in of_class.items()},
                "missed": sum(int(part["missed"]) for part in own),
                "cause": causes[0]["cause"] if causes else None,
            })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["missed"], row["group"]))


def _causes(parts: Sequence[Json]) -> list[Json]:
    """Why promises were missed, most frequent first."""
    counts = {cause: sum(int(part[cause]) for part in parts) for cause in Cause}
    return [{"cause": cause, "misses": n} for cause, n in sorted(counts.items(), key=lambda item: -item[1]) if n]


def _kind(part: Json) -> tuple[str, str]:
    return part["class"], part["tier"]


def _kind_row(kind: tuple[str, str], parts: Sequence[Json]) -> Json:
    of_class, tier = kind
    return {
        "class": of_class,
        "tier": tier or None,
        **attainment(_added([part for part in parts if _kind(part) == kind])),
    }


def _added(parts: Sequence[Json]) -> Json:
    sums: Json = {key: sum(part[key] for part in parts) for key in _ADDED}
    return {**sums, "wait_max_s": max((part["wait_max_s"] for part in parts), default=0.0)}


GROUPINGS = (By.REGION, By.STORE)
"""What an inspection report is grouped by."""
