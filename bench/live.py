"""Owns the live bench: how fast a ticket is issued durably, and how fast a call reaches the displays.

Everything runs on this machine over loopback, the server in one process, its clients in others; Lobbyline and the bare
limit take turns within the same run, so that a noisy machine disturbs both alike.

Issue. 1 and 8 clients POST to `/api/v1/tickets` with a kiosk's token, each on one persistent socket. Tickets are issued
in bursts of at most 40; between the bursts, outside every time taken, one client cancels them through the API. So 20 to
60 people wait all the while, and 10 displays follow. The bare limit is one SQLite commit of a similar row on the same
disk, one after another. Figures are the medians of several rounds' p50, p99 and tickets per second. The client is not
the bottleneck: its share of a CPU is printed.

Delivery. See `bench/delivery.py`; until a browser has painted the call: `bench/painted.py`. With `--phones N` also a
lobby that N phones follow: see `bench/phones.py`.
"""

import itertools
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from uuid import uuid4

from bench.bare import Disk
from bench.chromium import browser
from bench.clients import Answer, Burst, Http, burst
from bench.delivery import COUNTER, Delivery, measure_delivery
from bench.harness import (
    Aim,
    Json,
    Machine,
    Served,
    Spread,
    finish,
    median,
    number,
    options,
    served_store,
    spread_ms,
    table,
)
from bench.painted import measure_painted, prepare
from bench.phones import Followed, measure_phones
from bench.watchers import displays

WAITING, BURST, DISPLAYS = 20, 40, 10
SIZES = (1, 50, 500)
AIMED_SIZE, AIMED_CLIENTS = 50, 8
STAFF, PIN = "bench", "246810"
PHONES = itertools.cycle(f"127.0.0.{n}" for n in range(2, 250))
SERVICES = itertools.cycle(("plan", "device", "billing", "support", "other"))


@dataclass(frozen=True, slots=True)
class Rate:
    """Durable writes: their spread in ms, how many per second, and the client's share of CPU (0 to 1)."""

    spread: Spread
    per_s: float
    client_busy: float = 0.0


def issue(client: Http) -> Answer:
    """Issue one ticket to a walk-in."""
    return client.post("/api/v1/tickets", {"request_key": uuid4().hex, "service": next(SERVICES)})


def cancel(client: Http, answers: Sequence[Answer]) -> None:
    """Give these tickets up again, as their holders: phones of ever other addresses, each of which has its limit."""
    with Http(client.port, address=next(PHONES)) as phone:
        for answer in answers:
            phone.post(f"/api/v1/tickets/{answer.body['token']}/cancel")


def measure_issue(store: Served, token: str, rounds: int, bursts: int) -> dict[str, Rate]:
    """Bare commits, one client, eight clients, by turns."""
    disk = Disk(store.folder)
    taken: dict[str, list[Rate]] = {"bare": [], "1": [], "8": []}
    with kiosks(store, token, AIMED_CLIENTS) as clients, displays(store.port, DISPLAYS):
        for _ in range(rounds):
            commits = [disk.commit() for _ in range(200)]
            taken["bare"].append(Rate(spread_ms(commits), len(commits) / sum(commits)))
            taken["1"].append(_issue_round(clients[:1], bursts))
            taken["8"].append(_issue_round(clients, bursts))
    disk.close()
    return {name: _middle(rates) for name, rates in taken.items()}


def _issue_round(clients: Sequence[Http], bursts: int) -> Rate:
    done: list[Burst] = []
    for _ in range(bursts):
        done.append(burst(clients, BURST // len(clients), issue))
        cancel(clients[0], done[-1].answers)
    took = [answer.took for each in done for answer in each.answers]
    seconds = sum(each.seconds for each in done)
    return Rate(spread_ms(took), len(took) / seconds, median([each.client_busy for each in done]))


def _middle(rates: Sequence[Rate]) -> Rate:
    spread = Spread(median([r.spread.p50 for r in rates]), median([r.spread.p99 for r in rates]))
    return Rate(spread, median([r.per_s for r in rates]), median([r.client_busy for r in rates]))


@contextmanager
def kiosks(store: Served, token: str, count: int) -> Iterator[list[Http]]:
    """Keep-alive connections of one kiosk."""
    with ExitStack() as stack:
        yield [stack.enter_context(Http(store.port, token)) for _ in range(count)]


def show_issue(rates: dict[str, Rate]) -> None:
    """Print the first table."""
    bare = rates["bare"]
    rows = [["one SQLite commit (bare limit)", number(bare.spread.p50), number(bare.spread.p99), number(bare.per_s)]]
    rows[0] += ["1", "1", "–"]
    for clients in ("1", "8"):
        rate = rates[clients]
        times = (number(rate.spread.p50 / bare.spread.p50), number(rate.per_s / bare.per_s))
        figures = [number(rate.spread.p50), number(rate.spread.p99), number(rate.per_s)]
        rows.append([f"Lobbyline over HTTP, {clients} at a time", *figures, *times, f"{rate.client_busy:.0%}"])
    headings = ["durable issue", "p50 ms", "p99 ms", "per s", "p50 × bare", "per s × bare", "client's CPU"]
    table("Issuing a ticket", headings, rows)


def show_delivery(measured: Sequence[Delivery]) -> None:
    """Print the second table."""
    rows = []
    for one in measured:
        kinds = (
            ("bare broadcast alone", one.bare, one.bare_within),
            ("bare limit: request, commit, broadcast", one.bare_whole, one.bare_within),
        )
        for name, spread, within in (*kinds, ("Lobbyline call-next", one.product, one.within)):
            sent = [number(within.p50), number(within.p99)] if within else ["", ""]
            times = [number(spread.p50 / one.bare.p50), number(spread.p50 / one.bare_whole.p50)]
            rows.append([f"{one.size:>3}  {name}", number(spread.p50), number(spread.p99), *times, *sent, "", ""])
        rows[-1][-2:] = [number(one.answered.p50), f"{one.arrived}/{one.expected}"]
    within_headings = ["within p50", "within p99", "answer p50", "frames"]
    headings = ["displays", "p50 ms", "p99 ms", "p50 × broadcast", "p50 × limit", *within_headings]
    table("From a call to the displays", headings, rows)


def aims(rates: dict[str, Rate], measured: Sequence[Delivery]) -> list[Aim]:
    """What the product promises."""
    fifty = next(one for one in measured if one.size == AIMED_SIZE)
    lost = sum(one.expected - one.arrived for one in measured)
    return [
        Aim("a call's median to 50 displays, over the bare limit's", fifty.product.p50 / fifty.bare_whole.p50, 3, "×"),
        Aim("a call's p99 to 50 displays", fifty.product.p99, 50, "ms"),
        Aim("issue's p99 with 8 clients", rates[str(AIMED_CLIENTS)].spread.p99, 25, "ms"),
        Aim("calls that did not arrive", lost, 0, "frames"),
    ]


def show_phones(followed: Sequence[Followed]) -> None:
    """Print the third table, if it was asked for."""
    for one in followed:
        spreads = (("a call, on every phone", one.called), ("the called phone's own snapshot", one.own_snapshot))
        rows = [
            [name, number(s.p50), number(s.p99)] for name, s in (*spreads, ("a number issued meanwhile", one.issue))
        ]
        table(f"{one.size} phones follow", ["ms", "p50", "p99"], rows)
        print(
            f"Per change: {number(one.snapshots)} snapshots, {number(one.kilobytes)} kB, {number(one.cpu_ms)} ms of the"
            f" server's CPU. Calls: {one.arrived}/{one.expected} frames."
        )


def show_painted(bare: Spread, painted: Spread) -> None:
    """Print how soon a call is on a display's glass."""
    named = (("bare limit: commit, broadcast, write, paint", bare), ("Lobbyline call-next", painted))
    rows = [[name, number(one.p50), number(one.p99), number(one.p50 / bare.p50)] for name, one in named]
    table("From a call to the painted display", ["", "p50 ms", "p99 ms", "p50 × limit"], rows)


def phone_aims(followed: Sequence[Followed]) -> list[Aim]:
    """What the product promises to a lobby full of phones."""
    return [
        aim
        for one in followed
        for aim in (
            Aim(f"a call's p99 to {one.size} phones", one.called.p99, 200, "ms"),
            Aim(f"issue's p99 while {one.size} phones are told", one.issue.p99, 200, "ms"),
        )
    ]


def _open_lobby(store: Served) -> tuple[str, str]:
    """A counter with somebody at it and people waiting; returns the kiosk's and the staff member's token."""
    kiosk = store.command("device", "add", "kiosk", "--name", "bench")["token"]
    store.command("staff", "add", "--name", STAFF, "--role", "counter", "--pin", PIN)
    with Http(store.port) as nobody, Http(store.port, kiosk) as client:
        session = nobody.post("/api/v1/sessions", {"staff": STAFF, "pin": PIN, "counter": COUNTER})
        for _ in range(WAITING):
            issue(client)
    return kiosk, session.body["token"]


def main() -> int:
    """Run the bench; returns the exit code."""
    given = options("Durable issue and delivery of calls, beside their bare limits.", phones=True)
    rounds, bursts, calls, paintings = (3, 2, 12, 6) if given.quick else (5, 6, 60, 60)
    machine = Machine()
    with served_store(prepare) as store:
        kiosk, person = _open_lobby(store)
        rates = measure_issue(store, kiosk, rounds, bursts)
        show_issue(rates)
        with Http(store.port, person) as desk:
            measured = [measure_delivery(store, desk, size, calls) for size in SIZES]
            show_delivery(measured)
            with browser() as chromium:
                bare, painted = measure_painted(store, desk, chromium, paintings)
            show_painted(bare, painted)
            with Http(store.port, kiosk) as at_kiosk:
                followed = [measure_phones(store, at_kiosk, desk, given.phones, calls)] if given.phones else []
        show_phones(followed)
    others = machine.others()
    print(f"\nOther programs used {others:.0%} of this machine's {os.cpu_count()} CPUs during the run.")
    figures: Json = {
        "others_cpu": others,
        "issue": {name: asdict(rate) for name, rate in rates.items()},
        "delivery": [asdict(one) for one in measured],
        "painted": {"bare": asdict(bare), "display": asdict(painted)},
        "phones": [asdict(one) for one in followed],
    }
    seen = Aim("a call's median until painted, over the bare limit's", painted.p50 / bare.p50, 5, "×")
    return finish(given, "live", figures, [*aims(rates, measured), seen, *phone_aims(followed)])


if __name__ == "__main__":
    sys.exit(main())
