"""The picture of a slip: the dots a printer would make of its bytes, no more and no fewer."""

import io
from itertools import product

import pytest
import zxingcpp
from paper import read
from PIL import Image, ImageOps

from db.ticket_records import TicketClass
from db.words import Names
from printer import samples
from printer.encoding import encode
from printer.facts import Texts
from printer.interpreter import HEAD_TO_CUTTER, UnknownBytes, sheets
from printer.paper import Font, Paper, QrWay, paper_of
from printer.preview import png, png_of
from printer.slip import Align, Cut, Slip, Text
from printer.slips import LANGUAGES, default_template
from printer.template import render

STORE, SERVICE, TIER = Names("人民广场营业厅", "People's Square"), Names("账单", "Bills"), Names("金卡", "Gold")
INIT = b"\x1b@"


def slip(language: str, ticket_class: TicketClass) -> Slip:
    facts = samples.facts(ticket_class, STORE, SERVICE, TIER, Texts())
    return render(default_template(language, ticket_class), language, facts)


def opened(picture: bytes) -> Image.Image:
    with Image.open(io.BytesIO(picture)) as image:
        image.load()
        return image


def ink(page: Image.Image) -> tuple[int, int, int, int]:
    """The box around all black dots."""
    box = ImageOps.invert(page.convert("L")).getbbox()
    assert box is not None
    return box


def bands(page: Image.Image) -> list[tuple[int, int]]:
    """Where rows with black dots begin and end, from top to bottom."""
    rows = [min(page.crop((0, top, page.width, top + 1)).get_flattened_data()) == 0 for top in range(page.height)]
    edges = [top for top in range(1, len(rows)) if rows[top] != rows[top - 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


@pytest.mark.parametrize(("width", "font", "qr"), list(product(("58", "80"), Font, QrWay)))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_reads_the_ticket_off_every_preview(language: str, width: str, font: Font, qr: QrWay) -> None:
    paper = paper_of({"width_mm": width, "font": font, "qr": qr})
    for ticket_class in TicketClass:
        page = opened(png(slip(language, ticket_class), paper))
        found = zxingcpp.read_barcodes(page.convert("L"))
        assert [code.text for code in found] == [f"http://192.168.1.10:8080/t/{samples.TOKEN}"]
        assert page.width == paper.width_dots
        assert page.info["dpi"] == pytest.approx((203, 203), abs=0.1)


@pytest.mark.parametrize("width", ["58", "80"])
def test_lines_lie_apart_in_the_middle_and_the_number_is_the_tallest(width: str) -> None:
    paper = paper_of({"width_mm": width, "qr": "raster"})
    page = opened(png(slip("zh", TicketClass.ORDINARY), paper))
    lines = read(encode(slip("zh", TicketClass.ORDINARY), paper, reprint=False)).lines
    found = bands(page)
    code = max(found, key=lambda band: band[1] - band[0])
    texts = [band for band in found if band != code]
    heights = [bottom - top for top, bottom in texts]
    (number,) = [line for line in lines if line.text == "B007"]
    assert max(heights) == pytest.approx(number.height * 24 * 0.65, rel=0.15)  # a capital letter in its cell
    assert heights.index(max(heights)) == lines.index(number)
    for top, bottom in [*texts, code]:
        left, _, right, _ = ink(page.crop((0, top, page.width, bottom)))
        assert (left + right) / 2 == pytest.approx(page.width / 2, abs=24)


def test_a_picture_of_a_job_stands_dot_for_dot_on_the_paper() -> None:
    job = encode(slip("en", TicketClass.VIP), Paper(chinese=Font.RASTER), reprint=False)
    (page,) = sheets(job, 576)
    drawn = read(job).picture
    assert page.crop((0, HEAD_TO_CUTTER, 576, HEAD_TO_CUTTER + drawn.height)).tobytes() == drawn.tobytes()


def test_magnified_letters_are_the_same_dots_larger() -> None:
    (small,) = sheets(INIT + "\x1c&国\x1c.A\n".encode("gb18030"), 384)
    (large,) = sheets(INIT + b"\x1d!\x22" + "\x1c&国\x1c.A\n".encode("gb18030"), 384)
    cells = (0, HEAD_TO_CUTTER, 36, HEAD_TO_CUTTER + 24)
    nine = large.crop((0, HEAD_TO_CUTTER, 108, HEAD_TO_CUTTER + 72))
    assert nine.tobytes() == small.crop(cells).resize((108, 72), Image.Resampling.NEAREST).tobytes()


def test_bold_is_blacker_and_a_later_size_command_counts() -> None:
    def black(*commands: bytes) -> int:
        (page,) = sheets(INIT + b"".join(commands) + "\x1c&国\x1c.\n".encode("gb18030"), 384)
        return page.convert("L").histogram()[0]

    assert black(b"\x1bE\x01") > black()
    assert black(b"\x1c!\x0c") == black(b"\x1d!\x11") == 4 * black()
    assert black(b"\x1c!\x0c", b"\x1d!\x22") == 9 * black()


@pytest.mark.parametrize(("align", "left"), [(Align.LEFT, 0), (Align.CENTER, 264), (Align.RIGHT, 528)])
def test_a_line_stands_where_it_is_told_to(align: Align, left: int) -> None:
    box = ink(opened(png(Slip((Text("国国", align=align), Cut())), Paper())))
    assert (box[0], box[2]) == pytest.approx((left, left + 48), abs=3)  # less the white of the letters' own cells


def test_what_is_too_wide_goes_on_in_the_next_line_as_on_a_printer() -> None:
    (page,) = sheets(INIT + b"A" * 33 + b"\n", 384)
    assert len(bands(page)) == 2


def test_parts_cut_apart_have_a_dashed_line_between_them() -> None:
    once = opened(png(Slip((Text("a"), Cut())), Paper()))
    twice = opened(png(Slip((Text("a"), Cut(), Text("a"), Cut())), Paper()))
    assert twice.height > 2 * once.height
    assert len(bands(twice)) == 2 * len(bands(once)) + 1


@pytest.mark.parametrize("job", [b"\x1bZ", b"\x1d(k\x09\x00", b"\x1dv0\x00\x01\x00\x01", b"\x1bt\x63", b"\x07"])
def test_bytes_no_printer_of_ours_knows_are_refused(job: bytes) -> None:
    with pytest.raises(UnknownBytes):
        png_of(INIT + job, Paper())
