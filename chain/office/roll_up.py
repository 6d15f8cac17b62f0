"""Owns rolling a store's day up: from its facts to sums by hour, service and class, promises, and every miss. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from chain.office.errors import BadFacts, UnknownForm
from chain.office.sums import HIGHEST, Kind, packed
from db.event_records import StoredFacts
from db.ticket_records import TicketClass, TicketState
from display.inspection import GUARDED
from display.ticket_facts import CAUSES, CLASSES, FORM, NOBODY, STATES, WORDS, Facts, Rows, unpack

Json = dict[str, Any]
HOURS = 24
BOOKED = ("completed", "no_show", "cancelled")


@dataclass(frozen=True, slots=True)
class Row:
    """One part of a day: its sums by name, waits in whole seconds and arrivals of its hours as `sums.packed` has them."""

    kind: Kind
    key: str
    numbers: Json
    waits: bytes
    cells: bytes


@dataclass(frozen=True, slots=True)
class RolledUp:
    """A day in parts: sums; promises by class and tier; misses; visits booked by what became of them."""

    rows: Sequence[Row]
    promises: Sequence[Json]
    misses: Sequence[Json]
    bookings: Json


def roll_up(stored: StoredFacts) -> RolledUp:
    """A day as a store told it, in parts. Raises `UnknownForm`, and `BadFacts` for what no store of ours would tell."""
    if stored.form != FORM:
        raise UnknownForm(form=stored.form, known=FORM)
    try:
        date.fromisoformat(stored.day)
        facts = unpack(stored)
        if _is_sound(facts):
            return RolledUp(list(rows(facts)), list(promises(facts)), list(misses(facts)), bookings(facts))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, IndexError) as error:
        raise BadFacts(day=stored.day) from error
    raise BadFacts(day=stored.day)


def _is_sound(facts: Facts) -> bool:
    """Whether every place is one of its list, every duration is one, and every number is of one ticket."""
    tickets, posts = facts.tickets, facts.posts
    limits = {"class": len(CLASSES), "state": len(STATES), "hour": HOURS, "cause": len(CAUSES)}
    waits = _known(tickets["wait_s"])
    return (
        all((tickets[name] < limit).all() for name, limit in limits.items())
        and bool((posts["hour"] < HOURS).all() and (tickets["service"] != NOBODY).all())
        and all((_named(tickets[kind]) < len(facts.words[kind])).all() for kind in WORDS)
        and all(isinstance(word, str) and "\0" not in word for kind in WORDS for word in facts.words[kind])
        and len(np.unique(tickets["number"])) == len(tickets)
        and bool((waits >= 0).all())
        and not any(np.isinf(part[name]).any() for part in (tickets, posts) for name in _numbers(part))
    )


def _numbers(part: Rows) -> list[str]:
    return [name for name in part.dtype.names or () if part.dtype[name].kind == "f"]


def _named(places: Rows) -> Rows:
    return np.asarray(places[places != NOBODY])


def rows(facts: Facts) -> Iterator[Row]:
    """The whole day, then each hour, service and class that there was."""
    tickets, posts = facts.tickets, facts.posts
    hours = sorted({*tickets["hour"].tolist(), *posts["hour"].tolist()})
    yield _row(Kind.ALL, "", tickets, posts, len(hours), facts.longest_run)
    for hour in hours:
        yield _row(Kind.HOUR, str(hour), tickets[tickets["hour"] == hour], posts[posts["hour"] == hour], 1)
    for place in np.unique(tickets["service"]).tolist():
        yield _row(Kind.SERVICE, facts.words["service"][place], tickets[tickets["service"] == place], posts[:0], 0)
    for place in np.unique(tickets["class"]).tolist():
        yield _row(Kind.CLASS, CLASSES[place].value, tickets[tickets["class"] == place], posts[:0], 0)


def _row(kind: Kind, key: str, tickets: Rows, posts: Rows, hours: int, longest_run: int = 0) -> Row:
    waits = _known(tickets["wait_s"])
    arrivals = np.bincount(tickets["hour"], minlength=HOURS)
    numbers = {**_counts(tickets), **_times(tickets), **_promises(tickets), **_words(tickets)}
    numbers |= {name: float(posts[name].sum(dtype=float)) for name in ("open_s", "paused_s", "busy_s")}
    numbers |= {"hours": hours, HIGHEST[1]: longest_run}
    return Row(kind, key, numbers, packed(np.rint(waits.astype(float))), packed(arrivals[arrivals > 0]))


def _counts(tickets: Rows) -> Json:
    is_called = ~np.isnan(tickets["wait_s"])
    return {
        "issued": len(tickets),
        "served": int(_is_state(tickets, TicketState.COMPLETED).sum()),
        "no_show": int(_is_state(tickets, TicketState.NO_SHOW).sum()),
        "abandoned": len(_known(tickets["left_s"])),
        "expired": int((_is_state(tickets, TicketState.EXPIRED) & ~is_called).sum()),
        "called": int(is_called.sum()),
    }


def _times(tickets: Rows) -> Json:
    handled = tickets[~np.isnan(tickets["handling_s"])]
    walks = _known(tickets["walk_s"])
    return {
        "wait_s": _sum(_known(tickets["wait_s"])),
        "left_s": _sum(_known(tickets["left_s"])),
        "walks": len(walks),
        "walk_s": _sum(walks),
        "handled": len(handled),
        "handling_s": _sum(handled["handling_s"]),
        "work_s": _sum(handled["handling_s"] + np.nan_to_num(handled["walk_s"])),
    }


def _promises(tickets: Rows) -> Json:
    found: Json = {}
    for kind in GUARDED:
        kept = tickets["kept"][tickets["class"] == CLASSES.index(kind)]
        found |= {f"{kind}_kept": int((kept == 1).sum()), f"{kind}_missed": int((kept == 0).sum())}
    return found


def _words(tickets: Rows) -> Json:
    passes = tickets["overtakes"][tickets["overtakes"] >= 0]
    errors = _known(tickets["error_s"])
    scores = tickets["score"][tickets["score"] > 0]
    return {
        "overtaken": len(passes),
        "overtakes": int(passes.sum()),
        "overtakes_max": int(passes.max()) if len(passes) else 0,
        "quotes": len(errors),
        "error_s": _sum(np.abs(errors)),
        "bias_s": _sum(errors),
        "covered": int((tickets["covered"] == 1).sum()),
        "ratings": len(scores),
        "score": int(scores.sum(dtype=int)),
    }


def promises(facts: Facts) -> Iterator[Json]:
    """What was promised to each tier of VIPs and to appointments, and kept; durations in seconds."""
    for kind in GUARDED:
        of_class = facts.tickets[facts.tickets["class"] == CLASSES.index(kind)]
        tiers = np.unique(of_class["tier"]) if kind == TicketClass.VIP else [NOBODY]
        for tier in tiers:
            some = of_class[of_class["tier"] == tier] if kind == TicketClass.VIP else of_class
            if len(some):
                yield {"class": kind.value, "tier": _word(facts, "tier", int(tier)) or "", **_attainment(some)}


def _attainment(some: Rows) -> Json:
    waits, causes = _known(some["wait_s"]), some["cause"][some["kept"] == 0]
    return {
        "came": len(some),
        "kept": int((some["kept"] == 1).sum()),
        "missed": int((some["kept"] == 0).sum()),
        "targets": int((some["on_target"] >= 0).sum()),
        "on_target": int((some["on_target"] == 1).sum()),
        "called": len(waits),
        "wait_s": _sum(waits),
        "wait_max_s": float(waits.max()) if len(waits) else 0.0,
        **{cause.value: int((causes == place).sum()) for place, cause in enumerate(CAUSES)},
    }


def misses(facts: Facts) -> Iterator[Json]:
    """Every promise that was missed; `since` in seconds since the epoch."""
    for row in facts.tickets[(facts.tickets["kept"] == 0) & (facts.tickets["cause"] >= 0)]:
        waited_s, counter = float(row["wait_s"]), int(row["counter"])
        yield {
            "number": row["number"].decode(),
            "class": CLASSES[row["class"]].value,
            "tier": _word(facts, "tier", int(row["tier"])),
            "service": _word(facts, "service", int(row["service"])),
            "since": float(row["since"]),
            "limit_s": round(float(row["limit_s"])),
            "waited_s": None if np.isnan(waited_s) else round(waited_s),
            "counter": None if counter == NOBODY else counter,
            "state": STATES[row["state"]].value,
            "cause": CAUSES[row["cause"]].value,
        }


def bookings(facts: Facts) -> dict[str, int]:
    """Visits that were booked for the day, and what became of them."""
    return {"booked": sum(facts.bookings.values()), **{state: facts.bookings.get(state, 0) for state in BOOKED}}


def _word(facts: Facts, kind: str, place: int) -> str | None:
    return None if place == NOBODY else facts.words[kind][place]


def _is_state(tickets: Rows, state: TicketState) -> Rows:
    return np.asarray(tickets["state"] == STATES.index(state))


def _known(values: Rows) -> Rows:
    return np.asarray(values[~np.isnan(values)])


def _sum(values: Rows) -> float:
    return float(values.sum(dtype=float))
