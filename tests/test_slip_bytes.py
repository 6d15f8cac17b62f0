"""What each kind of printer prints, read back from the bytes by a decoder that shares nothing with the encoder."""

import io
from itertools import product

import pytest
from paper import Paper as Printed
from paper import read
from PIL import Image

from db.ticket_records import TicketClass
from db.words import Names
from printer import samples
from printer.encoding import encode
from printer.facts import Facts, Texts
from printer.logo import kept
from printer.paper import CodePage, Font, Paper, QrWay, paper_of
from printer.slip import Columns, Cut, Qr, Slip, Text
from printer.slips import LANGUAGES, default_template
from printer.template import render
from printer.testpage import test_page as job_of_test_page

LONG = Names(
    "中国移动通信集团有限公司上海分公司人民广场旗舰营业厅（24小时）",
    "Shanghai People's Square Flagship Telecommunications Store",
)
HARD = Names("宽带与家庭综合信息服务办理及变更", "Donaudampfschifffahrtsgesellschaftskapitänspatent")
TIER = Names("钻石卡", "Diamond")
PAPERS = [
    paper_of({"width_mm": width, "font": font, "qr": qr})
    for width, font, qr in product(("58", "80"), Font, QrWay)
    if not (font == Font.RASTER and qr == QrWay.NATIVE)  # a picture holds its QR code anyway
]
HOLDERS = list(product(LANGUAGES, TicketClass))


def name(paper: Paper) -> str:
    return f"{paper.width_dots}-{paper.chinese}-{paper.qr}"


def facts(ticket_class: TicketClass, store: Names = LONG, service: Names = HARD) -> Facts:
    return samples.facts(ticket_class, store, service, TIER, Texts())


def printed(language: str, ticket_class: TicketClass, paper: Paper) -> Printed:
    slip = render(default_template(language, ticket_class), language, facts(ticket_class))
    return read(encode(slip, paper, reprint=False))


@pytest.mark.parametrize("paper", PAPERS, ids=name)
@pytest.mark.parametrize(("language", "ticket_class"), HOLDERS)
def test_a_phone_finds_the_ticket_on_every_slip(language: str, ticket_class: TicketClass, paper: Paper) -> None:
    out = printed(language, ticket_class, paper)
    assert out.qr_codes == [facts(ticket_class).url]
    assert out.cuts == 1
    assert bool(out.native_qr) == (paper.chinese is Font.GB18030 and paper.qr is QrWay.NATIVE)


@pytest.mark.parametrize("paper", [paper for paper in PAPERS if paper.chinese is Font.GB18030], ids=name)
@pytest.mark.parametrize(("language", "ticket_class"), HOLDERS)
def test_text_says_what_the_ticket_is_and_stays_on_the_paper(
    language: str, ticket_class: TicketClass, paper: Paper
) -> None:
    out = printed(language, ticket_class, paper)
    whole = "".join(line.text for line in out.lines).replace(" ", "")
    ticket = facts(ticket_class)
    words = {
        LONG.zh,
        LONG.en,
        HARD.zh,
        HARD.en,
        ticket.number,
        "前面3位",
        "3ahead",
        "预计等候8-17分钟",
        "2026-11-2109:05",
    }
    words |= {"VIPDiamond", "贵宾钻石卡"} if ticket_class is TicketClass.VIP else set()
    words |= {"预约09:30", "09:25起叫号"} if ticket_class is TicketClass.APPOINTMENT else set()
    assert {word for word in words if word.replace(" ", "") not in whole} == set()
    assert [line for line in out.lines if line.cells * line.width > paper.columns] == []


@pytest.mark.parametrize("width", ["58", "80"])
def test_the_number_is_the_largest_thing_on_the_paper(width: str) -> None:
    out = printed("zh", TicketClass.VIP, paper_of({"width_mm": width}))
    (number,) = [line for line in out.lines if line.text == "V012"]
    assert number.height >= 3 * max(line.height for line in out.lines if line is not number)
    assert number.bold


def test_chinese_is_large_also_on_a_printer_that_heeds_only_its_own_size_command() -> None:
    out = printed("zh", TicketClass.ORDINARY, Paper())
    assert {line.doubled for line in out.lines if line.width == 2} == {True}
    assert {line.doubled for line in out.lines if line.width == 1} == {False}


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (CodePage.CP437, "Café Ñandú ß"),
        (CodePage.CP850, "Ação São João"),
        (CodePage.CP852, "Žižkov Łódź Gyór"),
        (CodePage.CP858, "Œuvre? São"),
        (CodePage.CP1252, "Žena Œuvre Ýmir"),
    ],
)
def test_letters_with_accents_survive_in_every_code_page(page: CodePage, text: str) -> None:
    job = encode(Slip((Text(text), Cut())), Paper(code_page=page), reprint=False)
    (line,) = read(job).lines
    assert line.text == text
    assert read(job, begins_in_kanji=True).lines == [line]
    if page is not CodePage.CP858:  # it has no Œ, which is then as wide as a Chinese character
        assert line.cells == len(text)


def test_chinese_punctuation_and_rare_characters_are_not_taken_for_letters() -> None:
    (line,) = read(encode(Slip((Text("“㐂”，…é·℃"), Cut())), Paper(code_page=CodePage.CP1252), reprint=False)).lines
    assert line.text == "“㐂”，…é·℃"
    assert line.cells == 2 * 7 + 1


def test_columns_stand_at_both_edges_and_break_into_two_lines_where_they_must() -> None:
    slip = Slip((Columns("排队号", "B007"), Columns("二" * 12, "right side"), Cut()))
    lines = read(encode(slip, paper_of({"width_mm": "58"}), reprint=False)).lines
    assert [(line.text, line.align) for line in lines] == [
        ("排队号" + " " * 22 + "B007", 0),
        ("二" * 12, 0),
        ("right side", 2),
    ]


def test_a_code_too_long_for_its_size_is_printed_smaller_than_wished() -> None:
    slip = Slip((Qr("https://lobby.example/" + "x" * 250, module=8), Cut()))
    for qr in QrWay:
        assert read(encode(slip, paper_of({"width_mm": "58", "qr": qr}), reprint=False)).qr_codes
    out = read(encode(slip, paper_of({"width_mm": "58", "qr": "raster"}), reprint=False))
    assert out.picture.width <= 384


@pytest.mark.parametrize(("density", "read_back"), [("0", 0), ("4", 4), ("-3", -3)])
def test_the_printers_darkness_is_set(density: str, read_back: int) -> None:
    assert read(encode(Slip((Cut(),)), paper_of({"density": density}), reprint=False)).density == read_back


def test_paper_that_is_torn_is_not_cut() -> None:
    for font in Font:
        job = encode(Slip((Text("a"), Cut())), paper_of({"cutter": "no", "font": font}), reprint=False)
        assert read(job).cuts == 0
        assert job.endswith(b"\x1bJ\x78")


def test_a_slip_in_two_parts_is_cut_twice() -> None:
    for font in Font:
        job = encode(Slip((Text("a"), Cut(), Text("b"), Cut())), paper_of({"font": font}), reprint=False)
        assert read(job).cuts == 2


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_the_test_page_fills_the_width_and_its_code_reads(paper: Paper) -> None:
    out = read(job_of_test_page(paper))
    assert out.qr_codes == ["https://lobbyline.example/t/printer-test"]
    assert max(picture.width for picture in out.pictures) == paper.width_dots
    assert all(line.cells * line.width <= paper.columns for line in out.lines)


def test_a_logo_is_dots_no_wider_than_three_quarters_of_the_paper(wide_logo: bytes) -> None:
    slip = render("logo\nnumber\ncut", "zh", facts(TicketClass.ORDINARY), kept(wide_logo))
    (picture,) = read(encode(slip, paper_of({"width_mm": "58"}), reprint=False)).pictures
    assert picture.width == 288
    black = picture.convert("L").histogram()[0] / (picture.width * picture.height)
    assert 0.3 < black < 0.6


@pytest.fixture
def wide_logo() -> bytes:
    """A picture of an even grey, transparent around."""
    file = io.BytesIO()
    picture = Image.new("RGBA", (1200, 300), (0, 0, 0, 0))
    picture.paste((128, 128, 128, 255), (100, 50, 1100, 250))
    picture.save(file, "PNG")
    return file.getvalue()
