"""Owns putting sums into figures: as a store's own reports say them, of any stores and days. Pure.

docs/reports.md says what each figure means. Shares are in percent, durations in seconds; None where there was nobody.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from chain.office.sums import Kind, Sums
from display.inspection import GUARDED, kept_percent
from display.reports import needed_for, share_percent
from display.ticket_facts import HOUR_S

Json = dict[str, Any]


class By(StrEnum):
    """What a chain's report is grouped by."""

    REGION = "region"
    STORE = "store"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    HOUR = "hour"
    SERVICE = "service"
    CLASS = "class"


KIND = {By.HOUR: Kind.HOUR, By.SERVICE: Kind.SERVICE, By.CLASS: Kind.CLASS}
"""Of which part of a day the rows are that a grouping is summed from; all other groupings: the whole day."""
BY_TIME = frozenset({By.MONTH, By.WEEK, By.DAY, By.HOUR})


def figures(sums: Sums, kind: Kind) -> Json:
    """The figures of one group. Counters' times are of whole days and hours only."""
    found = {**_counts(sums.numbers), **_times(sums), **_promises(sums.numbers), **_words(sums.numbers)}
    if kind == Kind.ALL:
        found |= {"longest_run": int(sums.numbers["longest_run"])}
    if kind in {Kind.ALL, Kind.HOUR}:
        found |= {**_posts(sums.numbers), **_demand(sums)}
    return found


def _counts(of: Mapping[str, float]) -> Json:
    return {
        **{key: int(of[key]) for key in ("issued", "served", "no_show", "abandoned", "expired")},
        "abandoned_percent": share_percent(of["abandoned"], of["issued"]),
        "abandoned_wait_s": _mean(of["left_s"], of["abandoned"]),
        "no_show_percent": share_percent(of["no_show"], of["called"]),
    }


def _times(sums: Sums) -> Json:
    of = sums.numbers
    return {
        "wait_mean_s": _mean(of["wait_s"], of["called"]),
        **{f"wait_p{percent}_s": sums.waits.percentile(percent) for percent in (50, 90, 95)},
        "wait_max_s": sums.waits.percentile(100),
        "walk_mean_s": _mean(of["walk_s"], of["walks"]),
        "handling_mean_s": _mean(of["handling_s"], of["handled"]),
    }


def _promises(of: Mapping[str, float]) -> Json:
    found: Json = {}
    for kind in GUARDED:
        kept, missed = int(of[f"{kind}_kept"]), int(of[f"{kind}_missed"])
        found |= {
            f"{kind}_kept": kept,
            f"{kind}_missed": missed,
            f"{kind}_percent": share_percent(kept, kept + missed),
        }
    return found


def _words(of: Mapping[str, float]) -> Json:
    return {
        "overtakes_mean": round(of["overtakes"] / of["overtaken"], 2) if of["overtaken"] else None,
        "overtakes_max": int(of["overtakes_max"]) if of["overtaken"] else None,
        "quotes": int(of["quotes"]),
        "quote_error_s": _mean(of["error_s"], of["quotes"]),
        "quote_bias_s": _mean(of["bias_s"], of["quotes"]),
        "quote_covered_percent": share_percent(of["covered"], of["quotes"]),
        "ratings": int(of["ratings"]),
        "rating_mean": round(of["score"] / of["ratings"], 2) if of["ratings"] else None,
    }


def _posts(of: Mapping[str, float]) -> Json:
    return {
        "open_s": round(of["open_s"]),
        "paused_s": round(of["paused_s"]),
        "utilisation_percent": share_percent(of["busy_s"], of["open_s"] - of["paused_s"]),
    }


def _demand(sums: Sums) -> Json:
    """Counters there against counters needed, as means over the hours of all stores in which somebody came or was there."""
    of = sums.numbers
    if not of["handled"] or of["work_s"] <= 0 or not len(sums.cells):
        return {"counters_open": None, "counters_needed": None}
    work_s = of["work_s"] / of["handled"]
    needed = sum(
        needed_for(arrivals, work_s) * times
        for arrivals, times in zip(sums.cells.values.tolist(), sums.cells.counts.tolist(), strict=True)
    )
    return {
        "counters_open": round((of["open_s"] - of["paused_s"]) / HOUR_S / of["hours"], 1),
        "counters_needed": round(needed / of["hours"], 1),
    }


def attainment(of: Mapping[str, Any]) -> Json:
    """What was promised and kept, from sums; shares rounded down, so that 100 means all."""
    kept, missed = int(of["kept"]), int(of["missed"])
    return {
        "came": int(of["came"]),
        "promised": kept + missed,
        "kept": kept,
        "missed": missed,
        "kept_percent": kept_percent(kept, kept + missed),
        "on_target_percent": kept_percent(int(of["on_target"]), int(of["targets"])),
        "left_before": int(of["came"]) - kept - missed,
        "wait_mean_s": _mean(of["wait_s"], of["called"]),
        "wait_max_s": round(of["wait_max_s"]) if of["called"] else None,
    }


def _mean(total: float, count: float) -> int | None:
    return round(total / count) if count else None
