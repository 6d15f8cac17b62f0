"""Owns the crowd of a demo: who comes when, for what, and how each behaves; by a seed or from a log. Pure."""

import csv
import io
import math
from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from db.setting_records import Service
from kiosk.errors import BadFile

DAY_S = 86_400.0
HALF_HOUR_S = 1_800.0
SLOT_S = 900.0
LOADS = (*(0.5,) * 16, 0.7, 0.8, 0.9, 1.0, 1.05, 1.1, 1.0, 0.9, 0.8, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.05, 1.0,
         0.95, 0.9, 0.85, 0.8, 0.75, 0.7, *(0.6,) * 4, *(0.5,) * 4)  # fmt: skip
"""The share of the counters' capacity that arrives in each half hour of the day; a demo's night is quiet, not empty."""

SHARES = {"plan": 0.30, "billing": 0.25, "other": 0.20, "device": 0.15, "support": 0.10}
"""How many of a hundred customers want what, the most wanted first; a log's services are mapped in this order."""

VIPS, APPOINTMENTS, NO_SHOWS, CANCELLERS, SLOW_WALKERS, ENGLISH = 0.15, 0.10, 0.04, 0.06, 0.06, 0.08
WALK_MEAN_S, WALK_CV = 15.0, 0.5
SLOW_WALK_S = (35.0, 55.0)
CANCEL_AFTER_S = (60.0, 600.0)
TIERS = ("silver", "silver", "silver", "gold", "gold", "diamond")

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
_GIVEN = ("静怡", "浩然", "雨桐", "子墨", "思远", "佳宁", "明哲", "晓岚", "文博", "若曦", "建国", "秀英")


@dataclass(frozen=True, slots=True)
class Visit:
    """One customer's visit. `arrives_s` counts from the local midnight; every duration is in the store's seconds.

    `walk_s` is None for one who does not come when called, `patience_s` for one who never gives up. `phone` is a VIP's,
    `booking` an appointment's code.
    """

    key: str
    arrives_s: float
    service: str
    walk_s: float | None
    service_s: float
    patience_s: float | None = None
    phone: str | None = None
    booking: str | None = None
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody who comes in one day, in order of arrival, and the lists a carrier would send ahead of them."""

    visits: tuple[Visit, ...]
    members_csv: str
    appointments_csv: str


@dataclass(frozen=True, slots=True)
class Span:
    """A day and the part of it, in seconds after its midnight, in which customers arrive."""

    day: date
    starts_s: float = 0.0
    ends_s: float = DAY_S


def from_profile(seed: int, span: Span, services: Mapping[str, Service], counters: int) -> Crowd:
    """A seeded day that keeps `counters` about nine tenths busy in its working hours."""
    random = Random(f"{seed} {span.day}")  # noqa: S311 — a crowd, not a secret
    mean_s = WALK_MEAN_S + sum(share * services[code].mean_s for code, share in SHARES.items())
    visits: list[Visit] = []
    for arrives_s in _arrivals(random, counters / mean_s, span):
        service = services[random.choices(list(SHARES), list(SHARES.values()))[0]]
        visits.append(_visitor(random, span.day, len(visits), arrives_s, service))
    return _crowd(span.day, visits)


def from_log(rows: Iterable[Mapping[str, str]], span: Span, services: Mapping[str, Service], seed: int = 0) -> Crowd:
    """The customers of a log's day as it recorded them, on another date. Raises `BadFile`."""
    random = Random(seed)  # noqa: S311 — a crowd, not a secret
    logged = sorted(rows, key=lambda row: seconds(row["arrived"]))
    wanted = _wanted(logged, services)
    present = [row for row in logged if span.starts_s <= seconds(row["arrived"]) < span.ends_s]
    visits = [
        _logged_visitor(random, span.day, index, row, services[wanted[row["service"]]])
        for index, row in enumerate(present)
    ]
    return _crowd(span.day, visits)


def read_log(text: str, day: str) -> list[dict[str, str]]:
    """The rows of one day of a log. Raises `BadFile` if it is no log or has no such day."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    columns = ("date", "arrived", "service", "priority", "waited_s", "outcome", "served_s", "server")
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise BadFile(reason=f"the heading lacks {', '.join(missing)}")
    rows = list(reader)
    found = [row for row in rows if row["date"] == day]
    if not found:
        raise BadFile(reason=f"it has no day {day}, only {', '.join(sorted({row['date'] for row in rows}))}")
    return found


def servers(rows: Iterable[Mapping[str, str]]) -> int:
    """How many servers were at work in a log's rows; at least one."""
    return len({row["server"] for row in rows} - {""}) or 1


def first_arrival_s(rows: Iterable[Mapping[str, str]]) -> float:
    """When the first customer of a log's rows came, in seconds after midnight."""
    return min(seconds(row["arrived"]) for row in rows)


def name(index: int) -> str:
    """An invented person's name; 360 differ."""
    return _SURNAMES[index % len(_SURNAMES)] + _GIVEN[index // len(_SURNAMES) % len(_GIVEN)]


def _arrivals(random: Random, capacity_per_s: float, span: Span) -> Iterator[float]:
    """A Poisson process whose rate follows the profile: drawn at the highest rate, then thinned."""
    highest = max(LOADS)
    at = span.starts_s
    while True:
        at += random.expovariate(capacity_per_s * highest)
        if at >= span.ends_s:
            return
        if random.random() < LOADS[int(at // HALF_HOUR_S)] / highest:
            yield at


def _visitor(random: Random, day: date, index: int, arrives_s: float, service: Service) -> Visit:
    kind = random.random()
    return Visit(
        key=f"{day}-{index}",
        arrives_s=arrives_s,
        service=service.code,
        walk_s=_walk(random),
        service_s=_lognormal(random, service.mean_s, service.cv),
        patience_s=random.uniform(*CANCEL_AFTER_S) if random.random() < CANCELLERS else None,
        phone=_phone(day, index) if kind < VIPS else None,
        booking=_booking_code(day, index) if VIPS <= kind < VIPS + APPOINTMENTS else None,
        language="en" if random.random() < ENGLISH else "zh",
    )


def _logged_visitor(random: Random, day: date, index: int, row: Mapping[str, str], service: Service) -> Visit:
    return Visit(
        key=f"{day}-{index}",
        arrives_s=seconds(row["arrived"]),
        service=service.code,
        walk_s=_lognormal(random, WALK_MEAN_S, WALK_CV),
        service_s=float(row["served_s"] or 0) or service.mean_s,
        patience_s=float(row["waited_s"] or 0) if row["outcome"] == "abandoned" else None,
        phone=_phone(day, index) if row["priority"] == "vip" else None,
    )


def _walk(random: Random) -> float | None:
    kind = random.random()
    if kind < NO_SHOWS:
        return None
    if kind < NO_SHOWS + SLOW_WALKERS:
        return random.uniform(*SLOW_WALK_S)
    return _lognormal(random, WALK_MEAN_S, WALK_CV)


def _lognormal(random: Random, mean: float, cv: float) -> float:
    spread = math.log(1 + cv * cv)
    return random.lognormvariate(math.log(mean) - spread / 2, math.sqrt(spread))


def _wanted(rows: Sequence[Mapping[str, str]], services: Mapping[str, Service]) -> dict[str, str]:
    """The log's services by how often they are asked for → ours in the same order, the rest → the last."""
    ours = [code for code in SHARES if code in services]
    frequent = Tally(row["service"] for row in rows).most_common()
    return {theirs: ours[min(rank, len(ours) - 1)] for rank, (theirs, _) in enumerate(frequent)}


def _crowd(day: date, visits: Sequence[Visit]) -> Crowd:
    return Crowd(tuple(visits), _members_csv(day, visits), _appointments_csv(day, visits))


def _members_csv(day: date, visits: Sequence[Visit]) -> str:
    """A card for every VIP: valid for a year around the day."""
    valid = (day - timedelta(days=90)).isoformat(), (day + timedelta(days=275)).isoformat()
    rows = [
        (f"D{visit.phone}", name(index), visit.phone, TIERS[index % len(TIERS)], *valid)
        for index, visit in enumerate(visits)
        if visit.phone
    ]
    return _csv(("member_no", "name", "phone", "tier", "valid_from", "valid_until"), rows)


def _appointments_csv(day: date, visits: Sequence[Visit]) -> str:
    """A booking for everybody who has one, in the slot nearest to when they will come."""
    rows = [
        (visit.booking, _phone(day, index), name(index), visit.service, day.isoformat(), _slot(visit.arrives_s), "web")
        for index, visit in enumerate(visits)
        if visit.booking
    ]
    return _csv(("code", "phone", "name", "service", "date", "time", "channel"), rows)


def _slot(arrives_s: float) -> str:
    slot_s = min(round(arrives_s / SLOT_S) * SLOT_S, DAY_S - SLOT_S)
    return f"{int(slot_s // 3600):02}:{int(slot_s % 3600 // 60):02}"


def _phone(day: date, index: int) -> str:
    return f"190{day.toordinal() % 1000:03}{index:05}"


def _booking_code(day: date, index: int) -> str:
    return f"{day.toordinal() % 90 + 10}{index:04}"


def _csv(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([heading, *rows])
    return out.getvalue()


def seconds(time_of_day: str) -> float:
    """`7:02:55` → seconds after midnight."""
    try:
        hours, minutes, seconds = (int(part) for part in time_of_day.split(":"))
    except ValueError:
        raise BadFile(reason=f"“{time_of_day}” is not a time like 7:02:55") from None
    return hours * 3600.0 + minutes * 60.0 + seconds
