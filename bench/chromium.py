"""Owns starting the system's Chromium, for benches and tests."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which

from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--disable-background-networking",
    "--disable-component-update", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip


@contextmanager
def browser(*flags: str) -> Iterator[Browser]:
    """Its build without a window, which costs a fifth less, else the one with; or what CHROMIUM names."""
    executable = os.environ.get("CHROMIUM") or which("chromium-headless-shell") or which("chromium")
    assert executable, "no chromium found: ./test installs it"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, chromium_sandbox=False, args=[*FLAGS, *flags])
        yield chromium
        chromium.close()
