"""Owns measuring a lobby that many customers follow on their phones, each its own ticket, while calls go on.

Everybody with a phone waits, so every change concerns many of them at once: the dearest lobby there is. Every 0.3 s a
call is sent over a persistent socket (the ticket is put back in between, untimed). Timed from just before that request:
until each phone has read its `called` frame; until the called phone has read the snapshot that says so; and how long
the kiosk waits for a number that it asks for while the phones are being told. Beside them, per change of the lobby: how
many snapshots and bytes the phones received, and the server's CPU time.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from bench.clients import Answer, Http
from bench.delivery import COUNTER
from bench.harness import Served, Spread, spread_ms
from bench.watchers import Phones

TURN_S, AFTER_CALL_S = 0.3, 0.03
SERVICE = "plan"


@dataclass(frozen=True, slots=True)
class Followed:
    """A lobby with `size` phones; times in ms, the rest per change of the lobby."""

    size: int
    called: Spread
    own_snapshot: Spread
    issue: Spread
    snapshots: float
    kilobytes: float
    cpu_ms: float
    arrived: int
    expected: int


def _serve(desk: Http) -> None:
    """Whoever has been called comes and goes."""
    for step in ("start", "finish"):
        desk.post(f"/api/v1/counters/{COUNTER}/{step}")


def measure_phones(store: Served, kiosk: Http, desk: Http, size: int, calls: int) -> Followed:
    """Calls while `size` phones follow; who waits without a phone is sent home before."""
    while desk.post(f"/api/v1/counters/{COUNTER}/call-next").body["queue"]:
        _serve(desk)
    _serve(desk)
    tokens = [_issue(kiosk).body["token"] for _ in range(size)]
    with Phones(store.port, tokens) as phones:
        time.sleep(0.5)
        phones.begin()
        cpu = store.cpu_s()
        turns = [_take_turn(kiosk, desk) for _ in range(calls)]
        noted = phones.noted()
        cpu = store.cpu_s() - cpu
    for n, token in enumerate(tokens):
        with Http(store.port, address=f"127.0.1.{1 + n % 250}") as phone:
            phone.post(f"/api/v1/tickets/{token}/cancel")
    receipts = [(call, noted.receipts.get(call.body["version"], [])) for call, _ in turns]
    changes = 4 * calls
    return Followed(
        size=size,
        called=spread_ms([at - call.sent_at for call, times in receipts for at in times]),
        own_snapshot=spread_ms(_first_after([call.sent_at for call, _ in turns], noted.own)),
        issue=spread_ms([issued.took for _, issued in turns]),
        snapshots=noted.snapshots / changes,
        kilobytes=noted.bytes / changes / 1000,
        cpu_ms=cpu * 1000 / changes,
        arrived=sum(len(times) for _, times in receipts),
        expected=size * calls,
    )


def _take_turn(kiosk: Http, desk: Http) -> tuple[Answer, Answer]:
    """Four changes: a call, a number given and given up again, the call put back."""
    started = time.monotonic()
    call = desk.post(f"/api/v1/counters/{COUNTER}/call-next")
    time.sleep(max(0.0, started + AFTER_CALL_S - time.monotonic()))
    issued = _issue(kiosk)
    time.sleep(max(0.0, started + TURN_S / 2 - time.monotonic()))
    kiosk.post(f"/api/v1/tickets/{issued.body['token']}/cancel")
    desk.post(f"/api/v1/counters/{COUNTER}/return")
    time.sleep(max(0.0, started + TURN_S - time.monotonic()))
    return call, issued


def _issue(kiosk: Http) -> Answer:
    return kiosk.post("/api/v1/tickets", {"request_key": uuid4().hex, "service": SERVICE})


def _first_after(begun: Sequence[float], times: Sequence[float]) -> list[float]:
    return [min((at for at in times if at > start), default=float("inf")) - start for start in begun]
