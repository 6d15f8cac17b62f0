"""Owns comparing the calling rules: the same customers, described or from a log, meet each rule; a table of figures.

Counters stand to the VIPs as in the sample store: one is theirs first and lends itself, two back it up, the others
serve all alike.
"""

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from counter.outcome import Figures, figures
from counter.scenario import Scenario, draw, known_times
from counter.simulation import Customer, Day, Pause, simulate
from db.counter_records import Counter
from db.setting_records import RuleKind, Rules
from lobby import crowd, past_days, sample
from lobby.errors import BadSetting
from lobby.past_days import Store

RULES = Rules()
KNOWN = 200
"""A described store has measured its services often enough to trust their times."""
MINUTE_S = 60.0
LUNCH_AT_S = 11.5 * 3600.0

Row = dict[str, str | float | None]
Step = tuple[RuleKind, Sequence[Customer]]
Show = Callable[[Sequence[Step]], AbstractContextManager[Iterable[Step]]]


@dataclass(frozen=True, slots=True)
class Question:
    """What to compare the rules on: a described day, `days` times over; with `log` one recorded `date` of it; or the
    store's `own` business day, from its `data` folder.

    Shares and `load` (at the peak) are of 1; `counters` None means the sample store's six, or as many as were recorded.
    Of a described day: `patience` is the mean after which one who waits leaves silently, `lunch` how long each counter
    pauses, one after the other; both in minutes, None for never.
    """

    counters: int | None = None
    vip_share: float = 0.15
    appointment_share: float = 0.10
    load: float = 0.95
    days: int = 20
    seed: int = 1
    log: Path | None = None
    date: str | None = None
    own: str | None = None
    data: Path | None = None
    patience: float | None = None
    lunch: float | None = None


def compare(question: Question, show: Show) -> list[Row]:
    """A row of figures for each rule; `show` wraps the steps to show progress. Raises `BadFile`, `BadSetting`."""
    store = _store(question)
    days: dict[RuleKind, list[Day]] = {kind: [] for kind in RuleKind}
    with show([(kind, people) for kind in RuleKind for people in store.crowds]) as steps:
        for kind, people in steps:
            days[kind].append(
                simulate(people, store.counters, replace(store.rules, kind=kind), store.times, store.pauses)
            )
    return [row(kind, figures(days[kind])) for kind in RuleKind]


def _store(question: Question) -> Store:
    if question.own is not None:
        return past_days.own(question.data, question.own)
    if question.log is not None:
        return past_days.logged(question.log, question.date, question.counters)
    return _described(question)


def row(kind: RuleKind, found: Figures) -> Row:
    """Figures as people read them: percent and minutes; None where there was nobody."""
    known: Row = {
        "rule": kind.value,
        "customers": found.customers,
        "vip_within_10_min_percent": _percent(found.vip_within),
        "appointments_on_time_percent": _percent(found.on_time),
    }
    for kind_of, waits in found.waits.items():
        for name, value in list(asdict(waits).items())[1:]:
            known[f"{kind_of.value}_{name.removesuffix('_s')}_min"] = _rounded(value / MINUTE_S)
    return known | {
        "overtakes_per_ordinary": _rounded(found.overtakes),
        "most_overtakes": found.most_overtakes,
        "longest_run_of_overtakes": found.longest_run,
        "abandoned_percent": _percent(found.abandoned),
        "utilisation_percent": _percent(found.utilisation),
    }


def write_csv(rows: Sequence[Row], file: Path) -> None:
    """One line a rule, under a heading."""
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def text(rows: Sequence[Row]) -> Iterator[str]:
    """The table as lines, figures down and rules across: there are more figures than rules."""
    names = list(rows[0])
    cells = [
        [name.replace("_", " "), *("–" if row[name] is None else str(row[name]) for row in rows)] for name in names
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    for first, *others in cells:
        yield "  ".join([first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(others, widths[1:], strict=True))])


def _described(question: Question) -> Store:
    counters = past_days.like_the_samples(question.counters or len(sample.COUNTERS))
    services = {service.code: service for service in sample.SERVICES}
    scenario = Scenario(
        services={code: (services[code], share) for code, share in crowd.SHARES.items()},
        tiers=[(tier, crowd.TIERS.count(tier.code)) for tier in sample.TIERS],
        counters=len(counters),
        load=question.load,
        vip_share=question.vip_share,
        appointment_share=question.appointment_share,
        patience_s=None if question.patience is None else question.patience * MINUTE_S,
    )
    if question.vip_share + question.appointment_share > 1:
        raise BadSetting(setting="--vip-share", reason="VIPs and appointments together are more than all")
    crowds = [draw(scenario, RULES, f"{question.seed} {day}") for day in range(question.days)]
    return Store(crowds, counters, known_times(services, RULES, KNOWN), RULES, _lunches(question.lunch, counters))


def _lunches(minutes: float | None, counters: Sequence[Counter]) -> list[Pause]:
    """Each counter pauses once, as soon as the one before it is back."""
    if minutes is None:
        return []
    length_s = minutes * MINUTE_S
    return [Pause(counter.number, LUNCH_AT_S + n * length_s, length_s) for n, counter in enumerate(counters)]


def _percent(share: float) -> float | None:
    return _rounded(100 * share)


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 2)
