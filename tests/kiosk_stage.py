"""Owns a kiosk for browser tests: a store with long names, a scanner's keys, and what must hold of every picture."""

from pathlib import Path
from sqlite3 import Connection
from typing import Any

from browsing import TOO_WIDE, Screen, audit, wait_until
from playwright.sync_api import Page, expect

from db import settings
from db.setting_records import Service
from db.store import Store
from db.words import Names
from lobby import sample

SIZES = [(1080, 1920), (1920, 1080), (1366, 768), (1024, 768)]
MODES: list[tuple[str, ...]] = [(), ("large",), ("contrast",), ("reach",), ("large", "contrast", "reach")]
SMALLEST_TARGET = 64
LOW_REACH_FROM = 0.38
"""In low reach nothing that is touched stands higher than this part of the screen."""

_CLIPPED = """() => {
    const boxes = "main, header, footer, .grid, .type, .person, .given, .inside";
    return [...document.querySelectorAll(".stage *")]
        .filter((e) => getComputedStyle(e).overflowY !== "visible" || e.matches(boxes))
        .filter((e) => e.clientHeight > 0 && e.scrollHeight > e.clientHeight + 2 && !e.classList.contains("sr"))
        .map((e) => `${e.scrollHeight} in ${e.clientHeight}: ${e.outerHTML.slice(0, 100)}`);
}"""

_TARGETS = """() => [...document.querySelectorAll("button")]
    .filter((b) => b.offsetParent && (!document.querySelector("dialog[open]") || b.closest("dialog")))
    .map((b) => ({text: b.innerText, box: b.getBoundingClientRect().toJSON()}))"""

_OVERLAPPING = """() => {
    const shown = [...document.querySelectorAll("main > *, .person > *, .stage > header, .stage > footer, .act")]
        .filter((e) => e.offsetParent && !e.classList.contains("sr") && !e.matches(".person"));
    const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
    const box = (e) => e.getBoundingClientRect();
    return shown.flatMap((a, i) => shown.slice(i + 1)
        .filter((b) => !a.contains(b) && !b.contains(a) && over(box(a), box(b)))
        .map((b) => `${a.className || a.tagName} over ${b.className || b.tagName}`));
}"""

_FITTED = """() => {
    const { width, height } = document.querySelector(".stage").getBoundingClientRect();
    const fills = Math.abs(width - innerWidth) < 2 || Math.abs(height - innerHeight) < 2;
    return fills && width < innerWidth + 2 && height < innerHeight + 2;
}"""

_BURST = """(code) => [...code, "Enter"].forEach((key) => (document.activeElement ?? document.body)
    .dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})))"""

_GROUPS = (
    Names("套餐、号卡与国际漫游业务", "Plans, SIM cards and international roaming"),
    Names("宽带与设备", "Broadband & devices"),
)
_MANY = (
    ("roaming", "F", "国际漫游与港澳台业务办理及变更", "International roaming and cross-border service changes", 0),
    ("family", "G", "家庭融合套餐与亲情号码办理", "Family bundles and shared numbers", 0),
    ("repair", "H", "宽带故障报修与上门服务预约", "Broadband faults and home visits", 1),
    ("recycle", "J", "旧机回收与以旧换新", "Trade-in and recycling", 1),
    ("company", "K", "政企客户专线与集团业务", "Company lines and group accounts", None),
)  # fmt: skip


def many_services(folder: Path) -> None:
    """A store of ten services with long names, most of them in two groups."""
    store = Store(folder)
    store.write(_add_services)
    store.close()


def _add_services(conn: Connection) -> None:
    sample.create_if_new(conn, 0)
    for at, (code, letter, zh, en, group) in enumerate(_MANY):
        service = Service(code, letter, Names(zh, en), "question", 10 + at, 600, 0.8)
        settings.add_service(conn, service)
        settings.set_group(conn, code, None if group is None else _GROUPS[group])
    settings.set_group(conn, "plan", _GROUPS[0])
    settings.set_group(conn, "device", _GROUPS[1])


def start(screen: Screen, url: str, language: str = "zh") -> Page:
    """The kiosk's home scene, in a language."""
    width, height = SIZES[0]
    screen.page.set_viewport_size({"width": width, "height": height})
    page = screen.go(f"{url}/kiosk")
    expect(page.locator("footer")).to_be_visible()
    if language == "en":
        page.locator("[data-lang-choice=en]").click()
    return page


def scan(page: Page, code: str) -> None:
    """A reader that types like a keyboard, all at once."""
    page.evaluate(_BURST, code)


def set_modes(page: Page, modes: tuple[str, ...]) -> None:
    """Touch the switches until just these modes are on."""
    page.locator("footer [data-action=modes]").click()
    for mode in ("large", "contrast", "reach"):
        switch = page.locator(f"[data-mode={mode}]")
        if (switch.get_attribute("aria-checked") == "true") != (mode in modes):
            switch.click()
    page.locator("[data-sheet=modes] [data-action=close]").click()


def settle(page: Page) -> None:
    """Wait until the sheet fits the screen and text that shrinks has been measured."""
    wait_until(page, _FITTED)
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 40))))"
    )


def faults(page: Page, modes: tuple[str, ...]) -> list[str]:
    """What is wrong with the picture: text cut off, parts over each other, targets too small or too high."""
    size = page.viewport_size
    assert size is not None
    found: list[str] = [*page.evaluate(TOO_WIDE), *page.evaluate(_CLIPPED), *page.evaluate(_OVERLAPPING)]
    for target in page.evaluate(_TARGETS):
        found += [
            f"{target['text']!r} {fault}" for fault in _of_target(target["box"], size["width"], size["height"], modes)
        ]
    return found


def _of_target(box: dict[str, Any], width: int, height: int, modes: tuple[str, ...]) -> list[str]:
    found = []
    if min(box["width"], box["height"]) < SMALLEST_TARGET:
        found.append(f"is {box['width']:.0f} × {box['height']:.0f}")
    if box["left"] < 0 or box["top"] < 0 or box["right"] > width + 1 or box["bottom"] > height + 1:
        found.append("is cut off")
    if "reach" in modes and box["top"] < LOW_REACH_FROM * height:
        found.append(f"is too high at {box['top']:.0f}")
    return found


def axe(page: Page, modes: tuple[str, ...]) -> list[str]:
    """What axe says; high contrast is held to the enhanced rule."""
    rules = {"target-size": {"enabled": True}, "color-contrast-enhanced": {"enabled": "contrast" in modes}}
    found = audit(page, rules=rules)
    return [
        f"{fault['id']}: {[node['html'][:100] for node in fault['nodes']]}" for fault in found.response["violations"]
    ]
