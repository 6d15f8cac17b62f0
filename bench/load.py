"""Owns the load bench: what a whole store at full speed costs, what it costs at rest, and whether it grows.

Real processes on loopback, each part beside the bare limit of the same machine where there is one:

* Busy. 8 kiosks and 30 counters as fast as they can, 500 displays and phones following (with `--quick` 100): see
  `bench/busy.py`.
* Delivery to 500, beside a bare asyncio broadcast, and durable issue beside bare commits: as in `bench/live.py`; issue
  also where the disk takes its time: see `bench/slow_disk.py`.
* At rest. Memory per client; the server's CPU while 200 displays are connected and nothing happens.
* Start-up, from the command to "ready", beside an interpreter that imports the frameworks alone.
* Growth, from 10 to 10,000 waiting and from a day to a year of history: see `bench/growth.py`.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bench.busy import Busy, Cast, cast, measure_busy
from bench.clients import Http
from bench.delivery import COUNTER, Delivery, measure_delivery
from bench.growth import Cost, measure_pasts, measure_waiting
from bench.harness import (
    Aim,
    Json,
    Machine,
    Options,
    Served,
    finish,
    median,
    number,
    options,
    served,
    store_folder,
    table,
)
from bench.live import Rate, issue, measure_issue, show_delivery, show_issue
from bench.slow_disk import measure_slow_disks
from bench.watchers import displays

FRAMEWORKS = "import flask, flask_openapi3, flask_socketio, gevent.pywsgi, pydantic, sqlite3"
RESTING, AIMED_CROWD, AIMED_SYNC_MS = 200, 500, 5
SETTLE_S = 1.0

Slow = dict[int, dict[str, Rate]]
"""By how many ms longer a sync takes: what `measure_issue` gives there."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    crowd: int
    busy_s: float
    rounds: int
    bursts: int
    calls: int
    rest_s: float
    starts: int
    steps: int
    waiting: Sequence[int]
    days: Sequence[int]
    syncs_ms: Sequence[int]


FULL = Scale(AIMED_CROWD, 15.0, 5, 4, 50, 20.0, 5, 200, (10, 100, 1_000, 10_000), (1, 365), (2, 5, 10))
QUICK = Scale(100, 1.5, 1, 1, 6, 1.0, 1, 8, (1_000,), (), (AIMED_SYNC_MS,))


@dataclass(frozen=True, slots=True)
class Rest:
    """A store at rest: memory per client in kB, and shares of one CPU (0 to 1) without and with clients."""

    kb_each: float
    alone: float
    followed: float


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until a server is ready, and until an interpreter has imported the frameworks alone."""

    ready_s: float
    bare_s: float


def measure_rest(store: Served, seconds: float) -> Rest:
    """With nobody, then with so many displays."""
    time.sleep(SETTLE_S)
    alone, before = _busy(store, seconds), store.memory_kb()
    with displays(store.port, RESTING):
        time.sleep(SETTLE_S)
        after = store.memory_kb()
        return Rest((after - before) / RESTING, alone, _busy(store, seconds))


def _busy(store: Served, seconds: float) -> float:
    used = store.cpu_s()
    time.sleep(seconds)
    return (store.cpu_s() - used) / seconds


def measure_start(times: int) -> Start:
    """So many starts of a store that exists, and of the frameworks, by turns."""
    ready, bare = [], []
    with store_folder() as folder:
        cast(folder)
        for _ in range(times):
            began = time.monotonic()
            subprocess.run([sys.executable, "-c", FRAMEWORKS], check=True)
            bare.append(time.monotonic() - began)
            began = time.monotonic()
            with served(folder):
                ready.append(time.monotonic() - began)
    return Start(median(ready), median(bare))


def show_busy(busy: Busy) -> None:
    """Print the first table."""
    rows = [
        [name, number(spread.p50), number(spread.p99), rate]
        for name, spread, rate in (
            ("a number issued", busy.issue, number(busy.issued_per_s)),
            ("a call answered", busy.call, number(busy.calls_per_s)),
            (f"a call at {busy.crowd} displays and phones", busy.delivery, ""),
        )
    ]
    table("8 kiosks and 30 counters as fast as they can", ["", "p50 ms", "p99 ms", "per s"], rows)
    print(
        f"Of one CPU: the server {busy.server_busy:.0%}, these kiosks and counters {busy.client_busy:.0%}."
        f" Calls: {busy.arrived}/{busy.expected} frames."
    )


def show_rest(rest: Rest, start: Start) -> None:
    """Print what a store costs at rest and at its start."""
    rows = [
        [f"CPU with nobody, with {RESTING} displays", f"{rest.alone:.1%}", f"{rest.followed:.1%}"],
        ["memory per client, kB", "", number(rest.kb_each)],
        ["start, s: the frameworks alone, until ready", number(start.bare_s), number(start.ready_s)],
    ]
    table("At rest", ["", "", ""], rows)


def show_growth(title: str, costs: Sequence[Cost]) -> None:
    """Print what grows, with the first as the measure."""
    rows = []
    for cost in costs:
        row = [f"{cost.size:,}"]
        for spread in (cost.issue, cost.call, cost.read):
            row += [number(spread.p50), number(spread.p99)]
        rows.append([*row, number(cost.call.p50 / costs[0].call.p50)])
    headings = ["issue p50 ms", "p99", "call p50", "p99", "reading the lobby p50", "p99", "call × first"]
    table(title, ["", *headings], rows)


def show_slow(slow: Slow) -> None:
    """Print what durable numbers cost where a sync takes longer."""
    rows = []
    for delay_ms, rates in slow.items():
        bare, one, eight = (rates[name].per_s for name in ("bare", "1", "8"))
        rows.append([str(delay_ms), *map(number, (bare, one, eight, one / bare, eight / bare))])
    headings = ["bare commits per s", "numbers per s, 1 kiosk", "8 kiosks", "1 × bare", "8 × bare"]
    table("Where a sync takes so many ms more", ["", *headings], rows)


def aims(
    rates: dict[str, Rate], slow: Slow, delivery: Delivery, rest: Rest, waiting: Sequence[Cost], past: Sequence[Cost]
) -> list[Aim]:
    """What the product promises."""
    thousand = next(cost for cost in waiting if cost.size == 1_000)
    found = [
        _issue_aim("", rates),
        _issue_aim(f", a sync of {AIMED_SYNC_MS} ms", slow[AIMED_SYNC_MS]),
        Aim("a call's p99 with 1,000 waiting", thousand.call.p99, 20, "ms"),
        Aim(f"CPU at rest with {RESTING} displays", rest.followed * 100, 2, "%"),
    ]
    if delivery.size == AIMED_CROWD:
        times = delivery.product.p50 / delivery.bare.p50
        found.append(Aim(f"a call's median to {AIMED_CROWD} displays, over a bare broadcast's", times, 2.5, "×"))
    if past:
        first, last = past[0], past[-1]
        found += [
            Aim("a call after a year, over one after a day", last.call.p50 / first.call.p50, 1.25, "×"),
            Aim("an issue after a year, over one after a day", last.issue.p50 / first.issue.p50, 1.25, "×"),
        ]
    return found


def _issue_aim(where: str, rates: dict[str, Rate]) -> Aim:
    return Aim(f"bare commits per durable issue, 8 kiosks{where}", rates["bare"].per_s / rates["8"].per_s, 1 / 0.6, "×")


def _measure_store(who: Cast, store: Served, scale: Scale) -> tuple[Rest, dict[str, Rate], Delivery, Busy]:
    """All that one served store is measured for, in the order in which it disturbs least."""
    rest = measure_rest(store, scale.rest_s)
    rates = measure_issue(store, who.kiosks[0], scale.rounds, scale.bursts)
    with Http(store.port, who.kiosks[0]) as kiosk, Http(store.port, who.counters[COUNTER - 1]) as desk:
        for _ in range(20):
            issue(kiosk)
        delivery = measure_delivery(store, desk, scale.crowd, scale.calls)
    return rest, rates, delivery, measure_busy(store, who, scale.crowd * 4 // 5, scale.crowd // 5, scale.busy_s)


def measure(given: Options) -> tuple[Json, list[Aim]]:
    """Measure and print everything; returns the figures and the aims."""
    scale = QUICK if given.quick else FULL
    with store_folder() as folder:
        who = cast(folder)
        with served(folder) as store:
            rest, rates, delivery, busy = _measure_store(who, store, scale)
    show_busy(busy)
    show_issue(rates)
    slow = measure_slow_disks(scale.syncs_ms, scale.rounds, scale.bursts)
    show_slow(slow)
    show_delivery([delivery])
    start = measure_start(scale.starts)
    show_rest(rest, start)
    waiting = [measure_waiting(size, scale.steps) for size in scale.waiting]
    show_growth("As the lobby fills: people waiting", waiting)
    past = measure_pasts(scale.days, scale.steps)
    if past:
        show_growth("As the past grows: tickets of a day and of a year", past)
    figures: Json = {
        "busy": asdict(busy),
        "rest": asdict(rest),
        "start": asdict(start),
        "issue": {name: asdict(rate) for name, rate in rates.items()},
        "slow": {delay_ms: {name: asdict(rate) for name, rate in found.items()} for delay_ms, found in slow.items()},
        "delivery": asdict(delivery),
        "waiting": [asdict(cost) for cost in waiting],
        "past": [asdict(cost) for cost in past],
    }
    return figures, aims(rates, slow, delivery, rest, waiting, past)


def main() -> int:
    """Run the bench; returns the exit code."""
    given = options("A whole store at full speed, at rest, and as it grows.")
    machine = Machine()
    figures, promised = measure(given)
    others = machine.others()
    print(f"\nOther programs used {others:.0%} of this machine's {os.cpu_count()} CPUs during the run.")
    return finish(given, "load", {"others_cpu": others, **figures}, promised)


if __name__ == "__main__":
    sys.exit(main())
