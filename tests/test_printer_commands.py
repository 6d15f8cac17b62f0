"""Printers are set up beside the lobby's work: added, changed, taken out of service without losing a slip."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_printer import FakePrinter, Mode
from printing_store import NOW, add, issue, named, open_store, printers, spool
from unlucky import number_of

from counter.web import Context
from db import print_jobs, staff
from db.errors import LobbyError
from db.paper_records import PrintState
from db.people_records import DeviceKind
from db.store import Store
from lobby import commands, printer_commands


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.close()


def run(store: Store, command: str, /, **arguments: object) -> Any:
    context = Context(store, lambda: NOW, "http://lobby", print_test=lambda one: printer_commands.test_here(store, one))
    return commands.run(context, command, arguments, "command")


def test_a_model_sets_what_its_paper_can_do_and_what_is_given_beside_it_counts_more(store: Store) -> None:
    run(store, "printer-add", name="P1", address="usb://", model="NT-5890K", copies=2, cutter=True)
    assert dict(named(store, "P1").options) == {
        "address": "usb://", "font": "gb18030", "width_mm": "58", "model": "NT-5890K", "qr": "raster", "cutter": "yes",
        "copies": "2",
    }  # fmt: skip


def test_a_change_keeps_what_is_not_given_and_repeats_change_nothing(store: Store) -> None:
    run(store, "printer-add", name="P1", address="tcp://192.168.1.50")
    assert run(store, "printer-set", name="P1", new_name="Door", density=2) == {"changed": True}
    assert run(store, "printer-set", name="Door", density=2) == {"changed": False}
    assert named(store, "Door").options["address"] == "tcp://192.168.1.50"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"address": "nowhere"}, "bad_printer_address"),
        ({"model": "Typewriter"}, "bad_printer_option"),
        ({"copies": 9}, "bad_printer_option"),
        ({"density": 40}, "bad_printer_option"),
        ({"fallback": "nobody"}, "bad_printer_option"),
        ({"fallback": "P1"}, "fallback_is_itself"),
        ({"new_name": "P2"}, "name_taken"),
        ({"name": "P3"}, "unknown_printer"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(store: Store, wish: dict[str, Any], code: str) -> None:
    for name in ("P1", "P2"):
        run(store, "printer-add", name=name, address="usb://")
    before = printers(store)
    with pytest.raises(LobbyError) as refused:
        run(store, "printer-set", **{"name": "P1", **wish})
    assert refused.value.code == code
    assert printers(store) == before


def test_a_printer_taken_out_of_service_leaves_its_slips_to_another_and_its_name_is_free(store: Store) -> None:
    with FakePrinter(Mode.REFUSES) as broken, FakePrinter() as other:
        add(store, "door", broken, fallback="desk")
        ticket = issue(store, "B007")
        desk = add(store, "desk", other)
        kiosk, _ = store.write(lambda conn: staff.add_device(conn, DeviceKind.KIOSK, "K1", {}))
        store.write(lambda conn: staff.use_printer(conn, kiosk, named(store, "door").id))
        assert run(store, "printer-remove", name="door") == {"removed": True, "moved": 1}
        assert spool(store, desk).step(NOW)
        assert number_of(other.wait_for_jobs(1)[0]) == ("B007", False)
    with store.read() as conn:
        assert print_jobs.state_of(conn, ticket.id) is PrintState.PRINTED
    (listed,) = run(store, "printer-list")["printers"]
    assert (listed["name"], listed["kiosks"]) == ("desk", ["K1"])
    run(store, "printer-add", name="door", address="usb://")


def test_the_last_printer_takes_its_slips_with_it(store: Store) -> None:
    with FakePrinter(Mode.REFUSES) as broken:
        add(store, "door", broken)
        ticket = issue(store, "B007")
        assert run(store, "printer-remove", name="door") == {"removed": True, "moved": 0}
    with store.read() as conn:
        assert print_jobs.state_of(conn, ticket.id) is PrintState.NONE


@pytest.mark.parametrize(
    ("mode", "state", "code"),
    [
        (Mode.OK, "printed", "trial_printed"),
        (Mode.SILENT, "unknown", "trial_sent"),
        (Mode.COVER_OPEN, "failed", "printer_cover_open"),
        (Mode.REFUSES, "failed", "printer_unreachable"),
    ],
)
def test_a_test_page_says_in_words_what_came_back(store: Store, mode: Mode, state: str, code: str) -> None:
    with FakePrinter(mode) as own:
        add(store, "door", own)
        outcome = run(store, "printer-test", name="door")
    assert (outcome["state"], outcome["said"][0]["code"]) == (state, code)


def test_a_kiosk_prints_on_a_printer_of_its_own_or_on_the_first(store: Store) -> None:
    for name in ("P1", "P2"):
        run(store, "printer-add", name=name, address="usb://")
    store.write(lambda conn: staff.add_device(conn, DeviceKind.KIOSK, "K1", {}))

    def kiosks() -> dict[str, list[str]]:
        return {one["name"]: one["kiosks"] for one in run(store, "printer-list")["printers"]}

    assert kiosks() == {"P1": ["K1"], "P2": []}
    run(store, "printer-use", kiosk="K1", printer="P2")
    assert kiosks() == {"P1": [], "P2": ["K1"]}
    run(store, "printer-use", kiosk="K1")
    assert kiosks() == {"P1": ["K1"], "P2": []}
