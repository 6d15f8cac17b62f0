"""Owns the display bench: whether a display stays as it is over a day.

One display in a real Chromium, served by a real server, lives through 24 hours: two calls a minute, recalls,
four snapshots a minute, a line that drops each hour, pictures that rotate, its own clock. Time and the line are the
page's own (`bench/display_day.js`) and go as fast as the page takes them; with `--quick` a tenth as many calls, and
repeating timers come once a step instead of each second. Before each look the garbage is collected. The heap after 24
hours is compared with that after the first, and so are the page's nodes, which would leak first. This Chromium makes no
machine code (`--jitless`): the code that functions get as they warm up, some 400 kB in a day and bounded, is no leak
and would hide one. How soon a call is painted says `bench/live.py`.
"""

import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, CDPSession, Page, ViewportSize

from bench.chromium import browser
from bench.harness import Aim, Json, Machine, Served, finish, number, options, served_store, table

JITLESS = "--js-flags=--jitless"
HOURS = 24
OPENINGS, DRAWN_WITHIN_S = 3, 20.0
WHOLE, QUICK = (60, True, 1), (6, False, 5)
"""Steps of an hour; whether each second's tick counts; every how many steps a picture is painted."""
SMALL = ViewportSize(width=480, height=270)
"""Painting is by software here; a small picture has the same page behind it."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the page holds after garbage was collected: JavaScript's heap in kB, nodes, listeners."""

    heap_kb: float
    nodes: int
    listeners: int


def prepare(folder: Path) -> None:
    """Two pictures that rotate."""
    (folder / "media").mkdir()
    for name, colour in (("a.png", "#0B5A60"), ("b.png", "#FFC83D")):
        Image.new("RGB", (640, 360), colour).save(folder / "media" / name)


def measure_day(store: Served, chromium: Browser, *, quick: bool) -> list[Held]:
    """What the page holds after each hour of a day."""
    page = chromium.new_context(viewport=SMALL).new_page()
    with urlopen(f"http://127.0.0.1:{store.port}/api/v1/board") as answer:
        board = answer.read().decode()
    page.add_init_script(path=Path(__file__).with_name("display_day.js"))
    page.add_init_script(f"window.sample = {board}; window.sample.store.hold_s = 6;")
    _open(page, f"http://127.0.0.1:{store.port}/display")
    cdp = page.context.new_cdp_session(page)
    held = []
    for _ in range(HOURS):
        page.evaluate("(pace) => window.hour(...pace)", QUICK if quick else WHOLE)
        held.append(_held(cdp))
    page.context.close()
    return held


def _open(page: Page, url: str) -> None:
    """The display, drawn; opened anew if not: its clock runs ahead of the server's, so an answer may come too late."""
    for _ in range(OPENINGS):
        page.goto(url)
        until = time.monotonic() + DRAWN_WITHIN_S
        while time.monotonic() < until:
            if page.locator("header").count():
                return
            page.evaluate("window.settle()")
    raise RuntimeError("the display was not drawn")


def _held(cdp: CDPSession) -> Held:
    for _ in range(3):
        cdp.send("HeapProfiler.collectGarbage")
    counted = cdp.send("Memory.getDOMCounters")
    used = float(cdp.send("Runtime.getHeapUsage")["usedSize"])
    return Held(used / 1024, int(counted["nodes"]), int(counted["jsEventListeners"]))


def show_day(held: list[Held]) -> None:
    """Print the first table."""
    rows = [
        [f"hour {at + 1}", number(held[at].heap_kb), str(held[at].nodes), str(held[at].listeners)]
        for at in (0, 5, 11, 17, HOURS - 1)
    ]
    table("A display's day", ["after", "heap kB", "nodes", "listeners"], rows)


def main() -> int:
    """Run the bench; returns the exit code."""
    given = options("A display's day.")
    machine = Machine()
    with served_store(prepare) as store, browser(JITLESS) as chromium:
        held = measure_day(store, chromium, quick=given.quick)
    show_day(held)
    others = machine.others()
    print(f"\nOther programs used {others:.0%} of this machine's {os.cpu_count()} CPUs during the run.")
    first, last = held[0], held[-1]
    aims = [
        Aim("heap after 24 hours, over that after the first", last.heap_kb / first.heap_kb, 1.10, "×"),
        Aim("nodes after 24 hours, over those after the first", last.nodes / first.nodes, 1.10, "×"),
    ]
    figures: Json = {
        "others_cpu": others,
        "day": [asdict(one) for one in held],
    }
    return finish(given, "display", figures, aims)


if __name__ == "__main__":
    sys.exit(main())
