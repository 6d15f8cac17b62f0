"""Owns comparing the calling rules: the same customers, described or from a log, meet each rule; a table of figures.

Counters stand to the VIPs as in the sample store: one is theirs first and lends itself, two back it up, the others
serve all alike.
"""

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean, stdev

from counter.chances import lognormal
from counter.outcome import Figures, figures
from counter.scenario import Scenario, draw, known_times, ticket_of
from counter.simulation import Customer, Day, simulate
from db.errors import BadFile, BadSetting
from db.records import Counter, RuleKind, Rules, ServiceTime, TicketClass
from lobby import crowd, sample

RULES = Rules()
KNOWN = 200
"""A described store has measured its services often enough to trust their times."""
GUESS_S, GUESS_CV = 300.0, 0.8
MINUTE_S = 60.0
FIRST_TIER, *_ = sample.TIERS

Row = dict[str, str | float | None]
Step = tuple[RuleKind, Sequence[Customer]]
Show = Callable[[Sequence[Step]], AbstractContextManager[Iterable[Step]]]


@dataclass(frozen=True, slots=True)
class Question:
    """What to compare the rules on: a described day, `days` times over, or with `log` one recorded `date`.

    Shares and `load` (at the peak) are of 1; `counters` None means the sample store's six, or as many as the log shows.
    """

    counters: int | None = None
    vip_share: float = 0.15
    appointment_share: float = 0.10
    load: float = 0.95
    days: int = 20
    seed: int = 1
    log: Path | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """Who comes, day by day, to which counters, and what is known of the service times."""

    crowds: Sequence[Sequence[Customer]]
    counters: Sequence[Counter]
    service_times: Mapping[str, ServiceTime]


def compare(question: Question, show: Show) -> list[Row]:
    """A row of figures for each rule; `show` wraps the steps to show progress. Raises `BadFile`, `BadSetting`."""
    store = _described(question) if question.log is None else _recorded(question, question.log)
    days: dict[RuleKind, list[Day]] = {kind: [] for kind in RuleKind}
    with show([(kind, people) for kind in RuleKind for people in store.crowds]) as steps:
        for kind, people in steps:
            days[kind].append(simulate(people, store.counters, replace(RULES, kind=kind), store.service_times))
    return [row(kind, figures(days[kind])) for kind in RuleKind]


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
    counters = _counters(question.counters or len(sample.COUNTERS))
    services = {service.code: service for service in sample.SERVICES}
    scenario = Scenario(
        services={code: (services[code], share) for code, share in crowd.SHARES.items()},
        tiers=[(tier, crowd.TIERS.count(tier.code)) for tier in sample.TIERS],
        counters=len(counters),
        load=question.load,
        vip_share=question.vip_share,
        appointment_share=question.appointment_share,
    )
    if question.vip_share + question.appointment_share > 1:
        raise BadSetting(setting="--vip-share", reason="VIPs and appointments together are more than all")
    crowds = [draw(scenario, RULES, f"{question.seed} {day}") for day in range(question.days)]
    return Store(crowds, counters, known_times(services, RULES, KNOWN))


def _counters(number: int) -> list[Counter]:
    """The sample store's, those who can do the most first; further ones are like its last."""
    skilled = sorted(sample.COUNTERS, key=lambda counter: -len(counter.skills))
    more = (replace(sample.COUNTERS[-1], number=n) for n in range(len(skilled) + 1, number + 1))
    return [*skilled[:number], *more]


def _recorded(question: Question, log: Path) -> Store:
    """A log's day with arrivals, classes and service times as recorded; every counter can do all of its services.

    One who left is as patient as they were and, if called in time, takes their service's mean. Who neither waited nor
    was served never stood in the queue and is left out.
    """
    if question.date is None:
        raise BadSetting(setting="--date", reason="say which day of the log to take, such as 1999-02-07")
    content = log.read_text("utf-8-sig")
    present = [line for line in crowd.read_log(content, question.date) if float(line["waited_s"] or 0) or _served(line)]
    if not present:
        raise BadFile(reason=f"nobody came on {question.date}")
    earlier = [line for line in csv.DictReader(content.splitlines()) if line["date"] < question.date]
    times = _measured(earlier, {line["service"] for line in present})
    number = question.counters or crowd.servers(present)
    counters = [replace(counter, skills=frozenset(times)) for counter in _counters(number)]
    return Store([_logged(present, times)], counters, times)


def _measured(earlier: Sequence[Mapping[str, str]], services: Iterable[str]) -> dict[str, ServiceTime]:
    """Service times from the days before, as the rule would have known them then."""
    logs: dict[str, list[float]] = {code: [] for code in services}
    for line in earlier:
        if line["service"] in logs and _served(line):
            logs[line["service"]].append(math.log(_served(line)))
    return {code: _fitted(own) for code, own in logs.items()}


def _fitted(logs: Sequence[float]) -> ServiceTime:
    """Log-mean and log-sd of served seconds, the mean stretched by caution; a guess where too few are known."""
    if len(logs) < RULES.known_services:
        return ServiceTime(*lognormal(GUESS_S * RULES.caution, GUESS_CV), len(logs))
    return ServiceTime(fmean(logs) + math.log(RULES.caution), stdev(logs), len(logs))


def _logged(lines: Sequence[Mapping[str, str]], times: Mapping[str, ServiceTime]) -> list[Customer]:
    people = []
    for n, line in enumerate(sorted(lines, key=lambda line: crowd.seconds(line["arrived"])), start=1):
        kind = TicketClass.VIP if line["priority"] == "vip" else TicketClass.ORDINARY
        ticket = ticket_of(kind, line["service"], crowd.seconds(line["arrived"]), RULES, tier=FIRST_TIER)
        time = times[line["service"]]
        mean_s = math.exp(time.log_mean + time.log_sd**2 / 2) / RULES.caution
        patience_s = float(line["waited_s"]) if line["outcome"] == "abandoned" else None
        people.append(Customer(replace(ticket, id=n, number=f"{n:04}"), _served(line) or mean_s, patience_s=patience_s))
    return people


def _served(line: Mapping[str, str]) -> float:
    return float(line["served_s"] or 0)


def _percent(share: float) -> float | None:
    return _rounded(100 * share)


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 2)
