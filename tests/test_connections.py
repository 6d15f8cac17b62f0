"""Every way a printer is connected, and every fault it may have there: a socket, a serial line, a device node, USB."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fake_printer import FakePrinter, FakePtyPrinter, Mode

from db.paper_records import PrintState
from printer import errors, talking
from printer.device import Printer, open_printer

JOB = "账单 B007\n".encode("gb18030") * 40 + b"\x1dVB\x00"
Fake = FakePrinter | FakePtyPrinter
Plug = Callable[[Mode], tuple[Fake, Printer]]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talking, "ANSWER_S", 0.2)
    monkeypatch.setattr(talking, "END_S", 0.8)


@pytest.fixture(params=["socket", "serial", "node"])
def plug(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Plug]:
    """A printer in a given mode, and the way to it."""
    with ExitStack() as plugged:

        def plug_in(mode: Mode) -> tuple[Fake, Printer]:
            fake: Fake
            if request.param == "socket":
                fake = plugged.enter_context(FakePrinter(mode))
                address = fake.address
            else:
                fake = plugged.enter_context(FakePtyPrinter(tmp_path, mode))
                address = f"{'serial' if request.param == 'serial' else 'file'}://{fake.path}"
            printer = open_printer(address)
            plugged.callback(printer.close)
            return fake, printer

        yield plug_in


@pytest.mark.parametrize("mode", [Mode.OK, Mode.PAPER_LOW, Mode.PLAIN, Mode.CHATTERS])
def test_a_printer_that_answers_behind_the_job_has_printed(plug: Plug, mode: Mode) -> None:
    fake, printer = plug(mode)
    assert printer.send(JOB) is PrintState.PRINTED
    assert fake.wait_for_jobs(1) == [JOB]
    told = printer.condition
    assert (told.answers, told.marks_end, told.paper_low) == (True, mode is not Mode.PLAIN, mode is Mode.PAPER_LOW)


@pytest.mark.parametrize(
    ("mode", "fault"),
    [
        (Mode.PAPER_OUT, errors.OutOfPaper),
        (Mode.COVER_OPEN, errors.CoverOpen),
        (Mode.OVERHEATED, errors.Overheated),
        (Mode.CUTTER, errors.CutterStuck),
        (Mode.BROKEN, errors.Broken),
        (Mode.FAULTY, errors.Offline),
    ],
)
def test_a_fault_is_told_before_anything_is_on_paper(plug: Plug, mode: Mode, fault: type[errors.PrinterFault]) -> None:
    fake, printer = plug(mode)
    with pytest.raises(fault) as raised:
        printer.send(JOB)
    assert (fake.jobs, raised.value.paper_out) == ([], False)
    with pytest.raises(fault):
        printer.look()


@pytest.mark.parametrize("mode", [Mode.PAPER_ENDS, Mode.PAPER_ENDS_LATE])
def test_paper_that_ends_in_a_slip_is_noticed_even_after_the_first_good_answer(plug: Plug, mode: Mode) -> None:
    _, printer = plug(mode)
    with pytest.raises(errors.OutOfPaper) as raised:
        printer.send(JOB)
    assert raised.value.paper_out


def test_a_printer_that_takes_the_job_and_stalls_is_no_printed_slip(plug: Plug) -> None:
    fake, printer = plug(Mode.STALLS)
    with pytest.raises(errors.NotAnswering) as raised:
        printer.send(JOB)
    assert raised.value.paper_out
    fake.mode = Mode.SILENT
    with pytest.raises(errors.NotAnswering) as again:
        printer.send(JOB)
    assert not again.value.paper_out
    assert len(fake.wait_for_jobs(1)) == 1


def test_a_model_that_never_answers_is_unknown_and_never_guessed(plug: Plug) -> None:
    fake, printer = plug(Mode.SILENT)
    assert [printer.send(JOB), printer.send(JOB)] == [PrintState.UNKNOWN, PrintState.UNKNOWN]
    assert fake.wait_for_jobs(2) == [JOB, JOB]
    assert (printer.condition.answers, printer.condition.paper_low) == (False, None)


def test_a_line_that_breaks_in_a_slip_may_have_put_out_paper_and_is_opened_anew(plug: Plug) -> None:
    fake, printer = plug(Mode.DROPS)
    with pytest.raises(errors.ConnectionLost) as raised:
        printer.send(JOB * 50)
    assert raised.value.paper_out
    if isinstance(fake, FakePtyPrinter):
        fake.switch_on()
    fake.mode = Mode.OK
    assert printer.send(JOB) is PrintState.PRINTED
    assert fake.wait_for_jobs(1)[-1] == JOB


def test_a_printer_that_is_switched_off_is_unreachable_until_it_is_on(plug: Plug) -> None:
    fake, printer = plug(Mode.REFUSES)
    if isinstance(fake, FakePtyPrinter):
        printer = open_printer(f"serial://{fake.path}")
    with pytest.raises(errors.Unreachable):
        printer.look()
    fake.switch_on()
    assert printer.send(JOB) is PrintState.PRINTED
    printer.close()


@pytest.mark.parametrize("address", ["usb://", "usb://04b8:0e15", "usb://04b8:0e15/J3X1234", "cups://receipt"])
def test_an_address_of_each_kind_is_taken(address: str) -> None:
    open_printer(address).close()


@pytest.mark.parametrize(
    "address",
    ["usb://04b8", "usb://xyzw:0001", "serial:///dev/ttyS0?baud=1", "serial://", "cups://", "cups://a b", "agent+"],
)
def test_an_address_that_no_printer_has_is_refused(address: str) -> None:
    with pytest.raises(errors.BadPrinterAddress):
        open_printer(address)
