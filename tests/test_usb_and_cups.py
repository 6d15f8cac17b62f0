"""Printers on USB and in the print system, and finding printers without printing anything."""

import socket
from pathlib import Path

import pytest
from fake_printer import FakePrinter, Mode
from fake_usb import FakeUsb

from db.paper_records import PrintState
from printer import cups, discovery, errors, talking, usb_link
from printer.device import open_printer

JOB = bytes(5000) + b"\x1dVB\x00"
LP = """#!/bin/sh
case "$0" in
  */lpstat) case "$*" in
      "-e") echo receipt ;;
      *not-completed*) cat {folder}/waiting 2>/dev/null ;;
      *) cat {folder}/state ;;
    esac ;;
  */lp) cat > {folder}/job; echo "request id is receipt-7 (1 file(s))" ;;
  */cancel) echo "$*" > {folder}/cancelled; rm -f {folder}/waiting ;;
esac
exit $(cat {folder}/code 2>/dev/null || echo 0)
"""


@pytest.fixture
def usb_printer(monkeypatch: pytest.MonkeyPatch) -> FakeUsb:
    fake = FakeUsb()
    monkeypatch.setattr(usb_link, "usb_backend", lambda: fake)
    monkeypatch.setattr(discovery, "usb_backend", lambda: fake)
    monkeypatch.setattr(talking, "ANSWER_S", 0.2)
    return fake


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The print system's programs, as far as they are asked here; a folder that says how the queue is."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("lp", "lpstat", "cancel"):
        (programs / name).write_text(LP.format(folder=tmp_path))
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/bin:/usr/bin")
    monkeypatch.setattr(cups, "DONE_S", 0.5)
    (tmp_path / "state").write_text("printer receipt is idle.  enabled since today\n\tAlerts: none\n")
    return tmp_path


@pytest.mark.parametrize("address", ["usb://", "usb://04b8:0e15", "usb://04b8:0e15/J3X1"])
def test_a_usb_printer_prints_and_confirms_and_is_neither_reset_nor_opened_anew(
    usb_printer: FakeUsb, address: str
) -> None:
    printer = open_printer(address)
    assert [printer.send(JOB), printer.send(JOB)] == [PrintState.PRINTED, PrintState.PRINTED]
    assert usb_printer.wait_for_jobs(2) == [JOB, JOB]
    assert (usb_printer.claims, usb_printer.resets) == (1, 0)
    printer.close()


def test_a_usb_printer_that_is_unplugged_and_plugged_in_again_is_found_again(usb_printer: FakeUsb) -> None:
    printer = open_printer("usb://")
    printer.look()
    usb_printer.mode = Mode.DROPS
    with pytest.raises(errors.ConnectionLost):
        printer.send(JOB)
    with pytest.raises(errors.Unreachable):
        printer.look()
    usb_printer.mode = Mode.OK
    assert printer.send(JOB) is PrintState.PRINTED
    printer.close()


@pytest.mark.parametrize("address", ["usb://04b8:0001", "usb://04b8:0e15/OTHER"])
def test_another_usb_device_is_not_taken_for_the_printer(usb_printer: FakeUsb, address: str) -> None:
    with pytest.raises(errors.Unreachable):
        open_printer(address).look()
    assert usb_printer.claims == 0


def test_a_queue_gets_the_bytes_as_they_are_and_never_confirms_paper(queue: Path) -> None:
    assert open_printer("cups://receipt").send(JOB) is PrintState.UNKNOWN
    assert (queue / "job").read_bytes() == JOB


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        ("printer receipt disabled since today -\n\tPaused\n", errors.QueueStopped),
        ("printer receipt is idle.\n\tAlerts: media-empty-error\n", errors.OutOfPaper),
        ("printer receipt is idle.\n\tAlerts: cover-open\n", errors.CoverOpen),
        ("printer receipt is idle.\n\tAlerts: offline-report\n", errors.Offline),
    ],
)
def test_what_the_print_system_says_of_a_queue_is_told(
    queue: Path, state: str, fault: type[errors.PrinterFault]
) -> None:
    (queue / "state").write_text(state)
    with pytest.raises(fault) as raised:
        open_printer("cups://receipt").send(JOB)
    assert not raised.value.paper_out
    assert not (queue / "job").exists()


def test_a_job_that_stays_in_the_queue_is_taken_back_before_it_is_tried_again(queue: Path) -> None:
    (queue / "waiting").write_text("receipt-7 root 1024\n")
    with pytest.raises(errors.NotAnswering) as raised:
        open_printer("cups://receipt").send(JOB)
    assert raised.value.paper_out
    assert (queue / "cancelled").read_text() == "receipt-7\n"


def test_a_queue_that_does_not_exist_or_no_print_system_is_unreachable(
    queue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (queue / "code").write_text("1")
    with pytest.raises(errors.Unreachable):
        open_printer("cups://receipt").look()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(errors.Unreachable):
        open_printer("cups://receipt").look()
    assert cups.queues() == []


def test_printers_are_found_and_nothing_is_printed(usb_printer: FakeUsb, queue: Path) -> None:
    assert queue.exists()
    found = {one.address for one in discovery.find()}
    assert {"usb://04b8:0e15/J3X1", "cups://receipt"} <= found
    assert not any("046d" in address for address in found)
    assert usb_printer.jobs == []


def test_a_named_network_is_looked_through_and_nothing_is_sent() -> None:
    with FakePrinter() as printer, socket.socket() as silent:
        silent.bind(("127.0.0.2", 0))
        port = int(printer.address.rpartition(":")[2])
        found = discovery.listening(["127.0.0.1", "127.0.0.2"], port)
        assert [one.address for one in found] == [printer.address]
        assert (printer.jobs, printer.queries) == ([], 0)


@pytest.mark.parametrize("network", ["8.8.8.0/24", "10.0.0.0/16", "not a network"])
def test_a_large_or_public_network_is_not_looked_through(network: str) -> None:
    with pytest.raises(errors.BadNetwork):
        discovery.hosts_of(network)
    assert len(discovery.hosts_of("192.168.1.7/24")) == 254
