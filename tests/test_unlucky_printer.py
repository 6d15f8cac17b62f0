"""Whatever a printer does, whenever the server is killed: no slip is lost, no double goes unmarked, order is kept."""

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from printing_store import NOW, a_spool, issue, open_store
from unlucky import UnluckyPrinter, faults

from db import print_jobs
from db.store import Store
from printer import talking

TICKETS = 40


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_printer_that_fails_at_random_and_a_server_that_is_killed_lose_no_slip(
    store: Store, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(talking, "ANSWER_S", 0.3)
    monkeypatch.setattr(talking, "END_S", 0.4)
    chance, now = random.Random(seed), NOW
    with UnluckyPrinter(seed, chance=0.2) as printer:
        spool = a_spool(store, printer.address)
        issued = [issue(store, f"A{number:03}").number for number in range(TICKETS)]
        while (due := spool.next_due()) is not None:
            now = max(now + 0.1, due)
            if chance.random() < 0.1:  # the plug is pulled while a slip is being printed
                store.write(partial(print_jobs.claim, printer_id=1, now=now))
                store.write(print_jobs.release_claimed)
                spool = a_spool(store, printer.address)
            spool.step(now)
        assert faults(issued, printer.on_paper) == []
        assert printer.troubles > 3
        firsts = list(dict.fromkeys(number for number, _ in printer.on_paper))
        assert firsts == issued
