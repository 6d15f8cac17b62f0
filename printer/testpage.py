"""Owns the test page: what a technician reads off it about letters, width, alignment, darkness and QR codes."""

from printer.encoding import encode
from printer.paper import Font, Paper
from printer.slip import Align, Block, Columns, Cut, Divider, Feed, Number, Pattern, Qr, Slip, Text

_ADDRESS = "https://lobbyline.example/t/printer-test"
_RULER = "1234567890"


def test_page(paper: Paper) -> bytes:
    """The job of a test page for one printer."""
    return encode(test_slip(paper), paper, reprint=False)


def test_slip(paper: Paper) -> Slip:
    """What it says: the settings in use, then each thing that can be wrong."""
    millimetres = {384: 58, 576: 80}[paper.width_dots]
    settings: list[Block] = [
        Text("打印测试 / Printer test", bold=True),
        Columns("纸宽 / Width", f"{millimetres} mm, {paper.width_dots} dots"),
        Columns("中文 / Chinese", paper.chinese),
        Columns("代码页 / Code page", paper.code_page),
        Columns("二维码 / QR code", paper.qr),
        Columns("浓度 / Density", f"{paper.density:+d}" if paper.density else "0"),
    ]
    letters: list[Block] = [
        Text("靠左 / left", align=Align.LEFT),
        Text("居中 / centre"),
        Text("靠右 / right", align=Align.RIGHT),
        *([Text((_RULER * 5)[: paper.columns], align=Align.LEFT)] if paper.chinese is Font.GB18030 else []),
        Text("鑫龘，。（）“”￥ éüñ Àß"),
        Text("加粗 bold", bold=True),
        Text("双倍 double", size=2),
        Number("A123"),
    ]
    symbols: list[Block] = [Pattern(), Feed(), Qr(_ADDRESS), Text("请用手机扫码 / Scan me")]
    return Slip((*settings, Divider(), *letters, Divider(), *symbols, Cut()))
