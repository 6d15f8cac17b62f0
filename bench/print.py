"""Owns the proof of what paper costs and that none is lost: touch to last byte, and 1,000 tickets through bad luck.

Usage: bench/print.py [--quick] [--json] [--check]. First one kiosk after the other touches a service, and the time
until the printer has the last byte of the slip is measured; the bare limit is a commit and a socket's connect and send
of the same bytes. Then 1,000 tickets (with --quick 24) go to a printer that fails at random, half of them through a
print agent, while server and agent are killed (SIGKILL) again and again.
"""

import itertools
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from fake_printer import FakePrinter
from serving import LOBBYLINE, Serving
from unlucky import UnluckyPrinter, faults

from bench.harness import (
    Aim,
    Json,
    Machine,
    Spread,
    finish,
    number,
    options,
    spread_ms,
    store_folder,
    table,
)  # fmt: skip

TOUCHES, QUICK_TOUCHES = 300, 40
TICKETS, QUICK_TICKETS = 1000, 24
CHANCE = 0.04
SEED = 20261121
LIMIT_P99_MS = 500.0
_END_OF_SLIP = b"\x1dVB\x00"
_PATIENCE_S = 900.0


def main() -> int:
    """Measure and tell."""
    given = options("What paper costs, and that no slip is lost.")
    machine = Machine()
    with store_folder() as folder:
        touched, sizes = _touches(folder / "store", QUICK_TOUCHES if given.quick else TOUCHES)
        bare = _bare(folder, max(sizes), len(touched))
        luck = _bad_luck(folder, QUICK_TICKETS if given.quick else TICKETS)
    product, limit = spread_ms(touched), spread_ms(bare)
    rows = [_row("touch → last byte at the printer", product), _row("bare: commit, connect, send", limit)]
    table(f"{len(touched)} slips of {max(sizes):,} bytes, one after the other", ["", "p50 ms", "p99 ms"], rows)
    ratio = product.p50 / limit.p50
    print(f"\n{number(ratio)} times the bare limit; others used {machine.others():.0%} of the CPUs")
    print(
        f"\n{luck['tickets']} tickets, {luck['troubles']} troubles of the printers, {luck['kills']} kills:"
        f" {luck['on_paper']} slips on paper, {luck['reprints']} marked as reprints, {luck['faults']} lost or unmarked"
        f" ({luck['s']:.0f} s)"
    )
    aims = [
        Aim("touch to last byte, p99", product.p99, LIMIT_P99_MS, "ms"),
        Aim("slips lost, or doubled without saying so", luck["faults"], 0, ""),
    ]
    figures = {
        "touch": {"p50_ms": product.p50, "p99_ms": product.p99},
        "bare": {"p50_ms": limit.p50, "p99_ms": limit.p99},
        "ratio": ratio,
        "luck": luck,
    }
    return finish(given, "print", figures, aims)


def _row(name: str, spread: Spread) -> list[str]:
    return [name, number(spread.p50), number(spread.p99)]


class _Timed(FakePrinter):
    """Notes when the last byte of each slip was there."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = threading.Event()
        self.at = 0.0

    def _answer(self, received: bytes, send: Callable[[bytes], None]) -> bytes:
        if _END_OF_SLIP in received and not self.arrived.is_set():
            self.at = time.perf_counter()
            self.arrived.set()
        return super()._answer(received, send)


def _touches(folder: Path, count: int) -> tuple[list[float], list[int]]:
    """Seconds from the touch until the printer has the slip, and the slips' sizes in bytes."""
    took = []
    with _Timed() as printer, Serving(folder) as server:
        server.ask("printer-add", name="P1", address=printer.address)
        token = server.ask("device-add", kind="kiosk", name="bench")["token"]
        with server.client(token) as client:
            for touch in range(count + 5):
                printer.arrived.clear()
                begun = time.perf_counter()
                client.post("/api/v1/tickets", json={"request_key": f"t{touch}", "service": "plan"}).raise_for_status()
                if not printer.arrived.wait(20):
                    raise RuntimeError("a slip did not arrive")
                took.append(printer.at - begun)
                printer.wait_for_jobs(touch + 1)
        return took[5:], [len(job) for job in printer.jobs]


def _bare(folder: Path, size: int, count: int) -> list[float]:
    """A durable row and the same bytes to a socket, with nothing of a product around them."""
    conn = sqlite3.connect(folder / "bare.db", isolation_level=None)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, data BLOB)")
    data, took = os.urandom(size), []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for _ in range(count):
            begun = time.perf_counter()
            conn.execute("INSERT INTO jobs (data) VALUES (?)", (data,))
            with socket.create_connection(listener.getsockname()) as link, listener.accept()[0] as far:
                link.sendall(data)
                left = size
                while left:
                    left -= len(far.recv(65536))
            took.append(time.perf_counter() - begun)
    conn.close()
    return took


def _bad_luck(folder: Path, count: int) -> Json:
    """Tickets through two printers that fail at random, one of them at an agent; both processes are killed."""
    begun, chance = time.monotonic(), random.Random(SEED)
    kills = 0
    with UnluckyPrinter(SEED, CHANCE) as here, UnluckyPrinter(SEED + 1, CHANCE) as there:
        server = Serving(folder / "unlucky")
        server.start()
        port = server.port
        server.ask("printer-add", name="Here", address=here.address)
        token = server.ask("printer-add", name="There", address="agent+usb://")["token"]
        kiosks = [
            server.ask("device-add", kind="kiosk", name=f"{name} kiosk", printer=name)["token"]
            for name in ("Here", "There")
        ]
        agent = _agent(server.url, token, folder / "agent", there.address)
        issued: list[list[str]] = [[], []]
        kill_every = max(10, count // 12)
        for ticket in range(count):
            which = ticket % 2
            issued[which].append(_issue(server.url, kiosks[which], f"luck-{ticket}"))
            if ticket % kill_every == kill_every - 1:
                kills += 1
                time.sleep(chance.random() / 2)
                if kills % 2:
                    server.kill()
                    server.start(port)
                else:
                    agent = _restart(agent, server.url, token, folder / "agent", there.address)
        _wait_until_all_is_said(server.url, server.sign_in("梅", "manager"))
        _end(agent, signal.SIGTERM)
        server.stop()
        wrong = faults(issued[0], here.on_paper) + faults(issued[1], there.on_paper)
        on_paper = [*here.on_paper, *there.on_paper]
        troubles = here.troubles + there.troubles
    for line in wrong:
        print(line, file=sys.stderr)
    return {
        "tickets": count,
        "troubles": troubles,
        "kills": kills,
        "on_paper": len(on_paper),
        "reprints": sum(is_reprint for _, is_reprint in on_paper),
        "faults": len(wrong),
        "s": time.monotonic() - begun,
    }


def _issue(url: str, token: str, key: str) -> str:
    """One touch; it is repeated with its key while the server is away."""
    headers = {"Authorization": f"Bearer {token}"}
    for _ in _tries():
        try:
            answer = httpx.post(
                f"{url}/api/v1/tickets", json={"request_key": key, "service": "plan"}, headers=headers, trust_env=False
            )
        except httpx.TransportError:
            continue
        if answer.is_success:
            return str(answer.json()["number"])
    raise RuntimeError("the server did not come back")


def _tries() -> Iterator[int]:
    for at in itertools.count():
        if at > 300:
            return
        yield at
        time.sleep(0.02 if at < 5 else 0.2)


def _wait_until_all_is_said(url: str, token: str) -> None:
    """Until no printer has anything left to print."""
    until = time.monotonic() + _PATIENCE_S
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:
        while any(printer["pending"] for printer in client.get("/api/v1/floor").json()["printers"]):
            if time.monotonic() > until:
                raise RuntimeError("slips are still waiting")
            time.sleep(0.2)


def _agent(url: str, token: str, folder: Path, printer: str) -> "subprocess.Popen[bytes]":
    words = [LOBBYLINE, "agent", "--server", url, "--data", str(folder), "--printer", printer]
    environment = {**os.environ, "LOBBYLINE_AGENT_TOKEN": token}
    return subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)


def _restart(
    agent: "subprocess.Popen[bytes]", url: str, token: str, folder: Path, printer: str
) -> "subprocess.Popen[bytes]":
    _end(agent, signal.SIGKILL)
    return _agent(url, token, folder, printer)


def _end(agent: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    agent.send_signal(how)
    agent.wait(30)


if __name__ == "__main__":
    sys.exit(main())
