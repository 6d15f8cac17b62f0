"""Owns measuring how fast a call reaches the displays, beside a bare server that does the same.

`call-next` is sent over a persistent socket every 0.16 s (the ticket is put back in between, untimed) and the
time runs from just before the request is sent until each display has read its `called` frame: HTTP, rule, commit and
sending are all in it. In turn with each call a bare asyncio server does the same work with nothing around it: it gets a
request, commits one row and sends the same bytes to as many of the same clients with `websockets.broadcast`, timed from
just before the request is sent. That is the bare limit the aim compares with: like with like, the same disk waited for
by both. The broadcast alone, timed from just before it begins, is printed beside it. Median and p99 are over all
clients and calls. `within` is how long after the first display the others had the call.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from bench.bare import Broadcaster
from bench.clients import Answer, Http
from bench.harness import Served, Spread, spread_ms
from bench.watchers import Receipts, Watchers, displays

COUNTER = 5
CYCLE_S = 0.16
FIRST_BARE = 10_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """Calls to `size` displays. All in ms: to each display, and after the first display. `answered`: the HTTP call."""

    size: int
    bare: Spread
    bare_whole: Spread
    product: Spread
    bare_within: Spread
    within: Spread
    answered: Spread
    arrived: int
    expected: int


def measure_delivery(store: Served, desk: Http, size: int, calls: int) -> Delivery:
    """Calls and bare broadcasts by turns to `size` clients each."""
    with ExitStack() as stack, displays(store.port, size) as product:
        broadcaster = Broadcaster(store.folder)
        stack.callback(broadcaster.end)
        bare = Watchers(broadcaster.port, size, bare=True)
        stack.callback(bare.end)
        call = _sample_call(store, desk)
        turns = [_take_turns(desk, broadcaster, call, turn) for turn in range(calls)]
        return _delivery(size, turns, product.receipts()[0], bare.receipts()[0])


def _take_turns(desk: Http, broadcaster: Broadcaster, call: str, turn: int) -> tuple[Answer, tuple[float, float]]:
    """One call, timed; the ticket put back; one bare broadcast, timed. It takes `CYCLE_S`."""
    started = time.monotonic()
    answer = desk.post(f"/api/v1/counters/{COUNTER}/call-next")
    _sleep_until(started + CYCLE_S * 0.4)
    desk.post(f"/api/v1/counters/{COUNTER}/return")
    _sleep_until(started + CYCLE_S * 0.75)
    begun = broadcaster.broadcast(call.replace("VERSION", str(FIRST_BARE + turn)))
    _sleep_until(started + CYCLE_S)
    return answer, begun


def _sample_call(store: Served, desk: Http) -> str:
    """The very text of a call, with VERSION in place of its version, for the bare server to send."""
    with displays(store.port, 1) as one:
        version = desk.post(f"/api/v1/counters/{COUNTER}/call-next").body["version"]
        desk.post(f"/api/v1/counters/{COUNTER}/return")
        _, text = one.receipts()
    return text.replace(f'"version":{version}', '"version":VERSION')


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def _delivery(
    size: int, turns: Sequence[tuple[Answer, tuple[float, float]]], product: Receipts, bare: Receipts
) -> Delivery:
    called = {answer.body["version"]: answer for answer, _ in turns}
    begun = {FIRST_BARE + turn: times for turn, (_, times) in enumerate(turns)}
    got = {version: product.get(version, []) for version in called}
    return Delivery(
        size=size,
        bare=_after({version: sent for version, (_, sent) in begun.items()}, bare),
        bare_whole=_after({version: asked for version, (asked, _) in begun.items()}, bare),
        product=_after({version: answer.sent_at for version, answer in called.items()}, got),
        bare_within=_after_first(bare),
        within=_after_first(got),
        answered=spread_ms([answer.took for answer in called.values()]),
        arrived=sum(map(len, got.values())),
        expected=size * len(called),
    )


def _after(begun: dict[int, float], receipts: Receipts) -> Spread:
    return spread_ms([at - begun[version] for version, times in receipts.items() for at in times])


def _after_first(receipts: Receipts) -> Spread:
    return spread_ms([at - min(times) for times in receipts.values() for at in times])
