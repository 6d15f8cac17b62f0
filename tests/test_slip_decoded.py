"""What each slip says on each kind of printer, decoded by programs that are not ours: npos, zxing, tesseract."""

from itertools import product

import pytest
from decoding import Decoded, Unreadable, decode, letters
from test_slip_bytes import HOLDERS, PAPERS, name

from db.ticket_records import TicketClass
from db.words import Names
from printer import samples
from printer.encoding import encode
from printer.facts import Facts, Texts
from printer.paper import CodePage, Font, Paper, QrWay, paper_of
from printer.slip import Cut, Slip, Text
from printer.slips import default_template
from printer.template import render
from printer.testpage import test_page as job_of_test_page

STORE, SERVICE = Names("海棠路营业厅", "Haitang Road Store"), Names("套餐与账单", "Plans and bills")
TIER = Names("金卡", "Gold")
URL = "http://192.168.1.10:8080/t/p4Zr8sKq1WnYb6TcX0eLdA"
RULE = "———"  # a line from side to side

ZH_TOP = ["海棠路营业厅", "Haitang Road Store", RULE, "套餐与账单", "Plans and bills"]
EN_TOP = ["Haitang Road Store", "海棠路营业厅", RULE, "Plans and bills", "套餐与账单"]
ZH_BELOW = [
    "前面 3 位", "3 ahead", "预计等候 8-17 分钟", "About 8-17 min", "扫码查看排队进度", "Scan to follow your place",
    RULE, "请在等候区就座，留意叫号", "Take a seat, watch the screen.", "过号请到服务台",
    "Missed your call? Ask the desk.", "分队叫号，不一定按号码顺序", "Not always in number order.", "2026-11-21 09:05",
]  # fmt: skip
EN_BELOW = [
    "3 ahead", "前面 3 位", "About 8-17 min", "预计等候 8-17 分钟", "Scan to follow your place", "扫码查看排队进度",
    RULE, "Take a seat, watch the screen.", "请在等候区就座，留意叫号", "Missed your call? Ask the desk.",
    "过号请到服务台", "Not always in number order.", "分队叫号，不一定按号码顺序", "2026-11-21 09:05",
]  # fmt: skip
ZH_BOOKED = ["预约 09:30", "Appointment 09:30", "09:25 起叫号", "Called from 09:25"]
EN_BOOKED = ["Booked 09:30", "预约 09:30", "Called from 09:25", "09:25 起叫号"]
SAYS = {
    ("zh", TicketClass.ORDINARY): [*ZH_TOP, "B007", *ZH_BELOW],
    ("zh", TicketClass.VIP): [*ZH_TOP, "V012", "贵宾 金卡", "VIP Gold", *ZH_BELOW],
    ("zh", TicketClass.APPOINTMENT): [*ZH_TOP, "A003", *ZH_BOOKED, *ZH_BELOW],
    ("en", TicketClass.ORDINARY): [*EN_TOP, "B007", *EN_BELOW],
    ("en", TicketClass.VIP): [*EN_TOP, "V012", "VIP Gold", "贵宾 金卡", *EN_BELOW],
    ("en", TicketClass.APPOINTMENT): [*EN_TOP, "A003", *EN_BOOKED, *EN_BELOW],
}
WITH_A_FONT = [paper for paper in PAPERS if paper.chinese is Font.GB18030]
DRAWN = [paper for paper in PAPERS if paper.chinese is Font.RASTER]
Kind = tuple[Paper, str, TicketClass]


def facts(ticket_class: TicketClass) -> Facts:
    return samples.facts(ticket_class, STORE, SERVICE, TIER, Texts())


def job(paper: Paper, language: str, ticket_class: TicketClass) -> bytes:
    slip = render(default_template(language, ticket_class), language, facts(ticket_class))
    return encode(slip, paper, reprint=False)


def lines(decoded: Decoded) -> list[str]:
    return [RULE if not line.strip("-") else line for line in decoded.text.splitlines()]


@pytest.fixture(scope="module")
def slips() -> dict[Kind, Decoded]:
    """Every template of the product on every kind of printer."""
    kinds = [(paper, *holder) for paper, holder in product(PAPERS, HOLDERS)]
    return dict(zip(kinds, decode(job(*kind) for kind in kinds), strict=True))


@pytest.mark.parametrize("paper", WITH_A_FONT, ids=name)
@pytest.mark.parametrize(("language", "ticket_class"), HOLDERS)
def test_every_line_is_read_from_the_bytes(
    slips: dict[Kind, Decoded], paper: Paper, language: str, ticket_class: TicketClass
) -> None:
    assert lines(slips[paper, language, ticket_class]) == SAYS[language, ticket_class]


@pytest.mark.parametrize("paper", PAPERS, ids=name)
@pytest.mark.parametrize(("language", "ticket_class"), HOLDERS)
def test_the_code_leads_to_the_ticket(
    slips: dict[Kind, Decoded], paper: Paper, language: str, ticket_class: TicketClass
) -> None:
    slip = slips[paper, language, ticket_class]
    assert slip.qr_codes == [URL]
    is_native = paper.chinese is Font.GB18030 and paper.qr is QrWay.NATIVE
    assert slip.symbol_functions == ([65, 67, 69, 80, 81] if is_native else [])  # model, size, safety, content, print
    assert bool(slip.pictures) != is_native


def test_all_text_of_a_drawn_slip_is_read_from_its_picture(slips: dict[Kind, Decoded]) -> None:
    kinds = [kind for kind in slips if kind[0] in DRAWN]
    pictures = [picture for kind in kinds for picture in slips[kind].pictures]
    assert [picture.width for picture in pictures] == [paper.width_dots for paper, *_ in kinds]
    for (_, language, ticket_class), read in zip(kinds, letters(pictures), strict=True):
        said = "".join(line for line in SAYS[language, ticket_class] if line != RULE)
        assert "".join(read) == "".join(said.split())  # where a line breaks is the font's matter


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_a_slip_begins_with_a_reset_and_ends_with_one_cut(slips: dict[Kind, Decoded], paper: Paper) -> None:
    for holder in HOLDERS:
        names = [command for command, _ in slips[(paper, *holder)].commands]
        assert (names[0], names[-1]) == ("ESC@", "GSV")
        assert names.count("GSV") == 1


@pytest.mark.parametrize("width", ["58", "80"])
def test_a_slip_once_more_says_so_first(width: str) -> None:
    slip = render(default_template("zh", TicketClass.VIP), "zh", facts(TicketClass.VIP))
    (again,) = decode([encode(slip, paper_of({"width_mm": width}), reprint=True)])
    assert lines(again) == ["重印 / Reprint", *SAYS["zh", TicketClass.VIP]]


@pytest.mark.parametrize(
    ("page", "number", "text"),
    [
        (CodePage.CP437, 0, "Café Ñandú ß"),
        (CodePage.CP850, 2, "Ação São João"),
        (CodePage.CP1252, 16, "Žena Œuvre Ýmir"),
        (CodePage.CP852, 18, "Žižkov Łódź Gyór"),
        (CodePage.CP858, 19, "Ação São Čech"),
    ],
)
def test_letters_with_accents_are_sent_in_the_code_page_that_was_chosen(page: CodePage, number: int, text: str) -> None:
    (slip,) = decode([encode(Slip((Text(text), Cut())), Paper(code_page=page), reprint=False)])
    chosen, read = [], ""
    in_kanji = False
    for command, body in slip.commands:
        in_kanji = command == "FS&" if command in {"FS&", "FS."} else in_kanji
        chosen += [*body] if command == "ESCt" else []
        read += body.decode("gb18030" if in_kanji else page) if command == "STX" else ""
    assert chosen == [number]
    assert read == f"{text}\n"


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_the_test_page_is_understood_to_its_end(paper: Paper) -> None:
    (page,) = decode([job_of_test_page(paper)])
    assert page.qr_codes == ["https://lobbyline.example/t/printer-test"]
    assert max(picture.width for picture in page.pictures) == paper.width_dots
    assert page.commands[-1][0] == "GSV"
    if paper.chinese is Font.GB18030:
        assert {"打印测试 / Printer test", "居中 / centre", "双倍 double", "A123"} <= set(lines(page))


def test_a_byte_nobody_knows_is_noticed() -> None:
    whole = job(Paper(), "zh", TicketClass.VIP)
    with pytest.raises(Unreadable, match="Can not parse"):
        decode([whole.replace(b"\x1dV", b"\x1d\x7f")])


def test_a_code_of_a_wrong_length_is_noticed() -> None:
    whole = job(Paper(), "zh", TicketClass.VIP)
    length = (len(URL) + 3).to_bytes(2, "little")
    for wrong in (len(URL) + 2, len(URL) + 4):
        (slip,) = decode([whole.replace(b"\x1d(k" + length, b"\x1d(k" + wrong.to_bytes(2, "little"))])
        assert slip.qr_codes != [URL]
