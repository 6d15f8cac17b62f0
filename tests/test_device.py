"""From a slip to bytes a printer understands, and to a printer that may fail."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_printer import FakePrinter, Mode
from paper import Line, read

from db.paper_records import PrintState
from printer import errors
from printer.device import open_printer
from printer.encoding import encode
from printer.paper import Font, Paper, paper_of
from printer.slip import Cut, Divider, Feed, Number, Qr, Slip, Text

URL = "https://lobby.example.cn/t/AbCdEfGhIjKlMnOpQrStUv"
SLIP = Slip((Text("账单查询，（急）㐂𠮷", 2, bold=True), Number("V012"), Divider(), Feed(), Qr(URL), Cut()))


def paper_for(font: Font, width_mm: int) -> Paper:
    return paper_of({"font": font, "width_mm": str(width_mm)})


JOB = encode(SLIP, paper_for(Font.GB18030, 80), reprint=False)


def test_chinese_with_punctuation_and_rare_characters_survives_as_gb18030() -> None:
    assert read(JOB).lines[0] == Line("账单查询，（急）㐂𠮷", width=2, height=2, bold=True, align=1)


@pytest.mark.parametrize(("width_mm", "dots"), [(58, 384), (80, 576)])
def test_the_number_is_the_printers_own_letters_nearly_as_wide_as_the_paper(width_mm: int, dots: int) -> None:
    lines = read(encode(SLIP, paper_for(Font.GB18030, width_mm), reprint=False)).lines
    (number,) = [line for line in lines if line.text == "V012"]
    assert number.width == number.height
    assert dots * 0.6 < len("V012") * 12 * number.width < dots


def test_a_long_line_breaks_between_words_and_fits_narrow_paper() -> None:
    slip = Slip((Text("Missed your call? See the help desk."), Text("国" * 20), Cut()))
    lines = [line.text for line in read(encode(slip, paper_for(Font.GB18030, 58), reprint=False)).lines]
    assert lines == ["Missed your call? See the help", "desk.", "国" * 16, "国" * 4]


@pytest.mark.parametrize("width_mm", [58, 80])
@pytest.mark.parametrize("font", list(Font))
def test_a_phone_reads_the_ticket_page_from_the_qr_code(font: Font, width_mm: int) -> None:
    assert read(encode(SLIP, paper_for(font, width_mm), reprint=False)).qr_codes == [URL]


@pytest.mark.parametrize(("width_mm", "dots"), [(58, 384), (80, 576)])
def test_a_raster_slip_is_one_picture_as_wide_as_the_paper(width_mm: int, dots: int) -> None:
    paper = read(encode(SLIP, paper_for(Font.RASTER, width_mm), reprint=False))
    assert (paper.text, paper.picture.width) == ("", dots)


def test_every_chinese_character_of_a_raster_slip_is_drawn_with_a_glyph_of_its_own() -> None:
    letters = "人民广场营业厅前面位贵宾钻石卡预约扫码查看排队进度过号请到服务台重印"
    drawn = {
        read(encode(Slip((Text(one), Cut())), paper_for(Font.RASTER, 58), reprint=False)).picture.tobytes()
        for one in letters
    }
    assert len(drawn) == len(set(letters))


@pytest.mark.parametrize("font", list(Font))
def test_the_paper_is_cut_once_at_the_end(font: Font) -> None:
    job = encode(SLIP, paper_for(font, 80), reprint=False)
    assert read(job).cuts == 1
    assert job.endswith(b"\x1dVB\x00")


def test_a_reprint_says_so_at_the_top() -> None:
    assert read(encode(SLIP, paper_for(Font.GB18030, 80), reprint=True)).lines[0].text == "重印 / Reprint"


def test_a_raster_reprint_is_longer_by_its_mark() -> None:
    heights = [read(encode(SLIP, paper_for(Font.RASTER, 80), reprint=mark)).picture.height for mark in (False, True)]
    assert heights[0] < heights[1]


@pytest.mark.parametrize(
    "options",
    [
        {"font": "times"},
        {"width_mm": "70"},
        {"width_mm": "wide"},
        {"code_page": "cp999"},
        {"cutter": "maybe"},
        {"qr": "none"},
        {"density": "7"},
    ],
)
def test_an_unknown_option_of_the_paper_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(errors.BadPrinterOption):
        paper_of(options)


def test_a_printer_without_options_has_a_chinese_font_and_wide_paper() -> None:
    assert paper_of({}) == Paper()


@pytest.mark.parametrize(
    "address", ["", "192.168.1.5", "tcp://", "tcp://host:port", "http://host", "file://", "file://host/a"]
)
def test_a_bad_address_is_refused(address: str) -> None:
    with pytest.raises(errors.BadPrinterAddress):
        open_printer(address)


@pytest.mark.parametrize("mode", [Mode.OK, Mode.PAPER_LOW])
def test_a_printer_that_confirms_has_printed(mode: Mode) -> None:
    with FakePrinter(mode) as printer:
        assert open_printer(printer.address).send(JOB) is PrintState.PRINTED
        assert printer.wait_for_jobs(1) == [JOB]


def test_a_large_picture_arrives_whole() -> None:
    job = encode(SLIP, paper_for(Font.RASTER, 80), reprint=False)
    with FakePrinter() as printer:
        open_printer(printer.address).send(job)
        assert printer.wait_for_jobs(1) == [job]


def test_a_silent_printer_gets_the_slip_and_costs_about_a_second() -> None:
    with FakePrinter(Mode.SILENT) as printer:
        started = time.monotonic()
        assert open_printer(printer.address).send(JOB) is PrintState.UNKNOWN
        assert time.monotonic() - started < 1.5
        assert printer.wait_for_jobs(1) == [JOB]
        assert printer.queries == 1


@pytest.mark.parametrize(
    ("mode", "fault"),
    [(Mode.PAPER_OUT, errors.OutOfPaper), (Mode.COVER_OPEN, errors.CoverOpen), (Mode.FAULTY, errors.Offline)],
)
def test_a_printer_that_cannot_print_is_not_sent_the_slip(mode: Mode, fault: type[errors.PrinterFault]) -> None:
    with FakePrinter(mode) as printer, pytest.raises(fault) as raised:
        open_printer(printer.address).send(JOB)
    assert printer.jobs == []
    assert not raised.value.paper_out


def test_paper_that_ends_during_a_slip_is_a_fault_that_may_have_put_out_paper() -> None:
    with FakePrinter(Mode.PAPER_ENDS) as printer, pytest.raises(errors.OutOfPaper) as raised:
        open_printer(printer.address).send(JOB)
    assert raised.value.paper_out


def test_a_connection_that_breaks_in_a_slip_is_a_fault_that_may_have_put_out_paper() -> None:
    with FakePrinter(Mode.DROPS) as printer, pytest.raises(errors.ConnectionLost) as raised:
        open_printer(printer.address).send(JOB)
    assert raised.value.paper_out


def test_a_printer_that_is_switched_off_put_out_no_paper() -> None:
    with FakePrinter(Mode.REFUSES) as printer, pytest.raises(errors.Unreachable) as raised:
        open_printer(printer.address).send(JOB)
    assert not raised.value.paper_out


def test_a_plain_file_collects_the_jobs(tmp_path: Path) -> None:
    printer = open_printer((tmp_path / "小票.bin").as_uri())
    assert [printer.send(JOB), printer.send(JOB)] == [PrintState.PRINTED, PrintState.PRINTED]
    assert (tmp_path / "小票.bin").read_bytes() == JOB + JOB


def test_a_device_node_cannot_confirm(tmp_path: Path) -> None:
    node = tmp_path / "lp0"
    os.mkfifo(node)
    reader = os.open(node, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert open_printer(node.as_uri()).send(JOB) is PrintState.UNKNOWN
        assert os.read(reader, 65536) == JOB
    finally:
        os.close(reader)


def test_a_device_node_that_takes_no_more_is_a_fault(tmp_path: Path) -> None:
    node = tmp_path / "lp0"
    os.mkfifo(node)
    reader = os.open(node, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(errors.ConnectionLost) as raised:
            open_printer(node.as_uri()).send(bytes(1_000_000))
    finally:
        os.close(reader)
    assert raised.value.paper_out


def test_an_unplugged_device_is_not_replaced_by_a_file() -> None:
    node = Path("/dev/no-such-printer")
    with pytest.raises(errors.Unreachable):
        open_printer(node.as_uri()).send(JOB)
    assert not node.exists()


def test_importing_the_printer_does_not_change_how_the_program_logs() -> None:
    check = "import logging, printer.device; print(len(logging.root.handlers))"
    run = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert run.stdout == "0\n"
