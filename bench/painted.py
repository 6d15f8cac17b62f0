"""Owns measuring how long a call takes from the request until a browser has painted it, beside a bare page's.

`call-next` is sent over a persistent socket; the time runs from just before it until the frame that shows the number
has been handed to the compositor (an animation frame after the change, and the task after it), in Chromium, on this
machine. In turn with each call the bare limit: one row committed and a text broadcast by an asyncio server
(`bench/bare.py`) to a page that does nothing but write it. Both pages are open all the while. A call keeps the big
place for no time here, so that each takes it at once; `prepare` makes the store so.
"""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page

from bench.bare import Broadcaster
from bench.clients import Http
from bench.harness import Served, Spread, spread_ms
from db import settings
from db.store import Store
from lobby import sample

COUNTER = 5
WAIT_S = 0.25
PATIENCE_S = 10.0
LOOK_MS = 20

_STAMP = """
window.painted = [];
window.note = () => requestAnimationFrame(() => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = () => window.painted.push((performance.timeOrigin + performance.now()) / 1000);
    port2.postMessage(0);
});
"""
_DISPLAY = """() => {
    let last = null;
    new MutationObserver(() => {
        const now = document.querySelector("[data-now-number]");
        if (now && now !== last) window.note();
        last = now;
    }).observe(document.getElementById("app"), {subtree: true, childList: true});
}"""
_BARE = """(port) => new Promise((resolve) => {
    document.body.innerHTML = "<p style='font-size:300px'></p>";
    const line = new WebSocket(`ws://127.0.0.1:${port}`);
    line.onmessage = ({data}) => { document.querySelector("p").textContent = data; window.note(); };
    line.onopen = () => resolve();
})"""


def prepare(folder: Path) -> None:
    """A new sample store in which calls take the big place at once."""
    store = Store(folder)
    store.write(lambda conn: sample.create_if_new(conn, 0))
    store.write(lambda conn: settings.save(conn, replace(settings.load(conn), hold_s=0)))
    store.close()


def measure_painted(store: Served, desk: Http, chromium: Browser, calls: int) -> tuple[Spread, Spread]:
    """So many calls and bare texts by turns: (the bare limit's, the display's), in ms."""
    display, bare = _page(chromium), _page(chromium)
    display.goto(f"http://127.0.0.1:{store.port}/display")
    display.wait_for_selector("header")
    display.evaluate(_STAMP)
    display.evaluate(_DISPLAY)
    bare.evaluate(_STAMP)
    broadcaster = Broadcaster(store.folder)
    try:
        bare.evaluate(_BARE, broadcaster.port)
        taken: list[tuple[float, float]] = []
        for turn in range(calls + 1):
            called = _timed(display, lambda: desk.post(f"/api/v1/counters/{COUNTER}/call-next"))
            desk.post(f"/api/v1/counters/{COUNTER}/return")
            time.sleep(WAIT_S)
            text = json.dumps({"number": f"A{turn:03}"})
            taken.append((_timed(bare, lambda text=text: broadcaster.broadcast(text)), called))  # type: ignore[misc]
            time.sleep(WAIT_S)
    finally:
        broadcaster.end()
        display.context.close()
        bare.context.close()
    warm = taken[1:]  # the first call of each is the first of its kind: code is loaded, fonts are drawn
    return spread_ms([limit for limit, _ in warm]), spread_ms([called for _, called in warm])


def _timed(page: Page, act: Callable[[], object]) -> float:
    """From just before `act` until the page has painted what it brought, in s. Both read this machine's clock."""
    before = int(page.evaluate("window.painted.length"))
    begun = time.time()
    act()
    while not page.evaluate("(before) => window.painted.length > before", before):
        if time.time() - begun > PATIENCE_S:
            raise TimeoutError("the page has painted nothing")
        page.wait_for_timeout(LOOK_MS)
    return float(page.evaluate("(before) => window.painted[before]", before)) - begun


def _page(chromium: Browser) -> Page:
    return chromium.new_context(viewport={"width": 1920, "height": 1080}).new_page()
