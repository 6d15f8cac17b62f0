"""No name on a slip is ever taken for a command of the printer: what is no letter stays off the paper."""

import pytest

from db.ticket_records import TicketClass
from db.words import Names
from printer import samples
from printer.encoding import encode
from printer.facts import Texts
from printer.paper import Font, Paper, paper_of
from printer.slip import Columns, Number, Slip, Text
from printer.slips import LANGUAGES, default_template
from printer.template import render

GB18030, RASTER = paper_of({"font": "gb18030"}), paper_of({"font": "raster"})
CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
TURNING = ["\u202a", "\u202e", "\u2066", "\u2069", "\ud800", "\udfff"]
DRAWER, CUT, STATUS, KANJI = "\x1bp\0\x19\xfa", "\x1dV\0", "\x10\x04\x01", "\x1c&"


def slip_of(text: str) -> bytes:
    return encode(Slip((Text(text), Columns(text, text), Number(text))), GB18030, reprint=False)


@pytest.mark.parametrize("control", CONTROLS + TURNING, ids=ascii)
def test_a_text_with_a_control_character_prints_as_the_text_without(control: str) -> None:
    assert slip_of(f"王{control}x") in {slip_of("王x"), slip_of("王 x")}


@pytest.mark.parametrize("paper", [GB18030, RASTER], ids=[Font.GB18030, Font.RASTER])
@pytest.mark.parametrize("language", LANGUAGES)
def test_names_full_of_commands_print_as_the_names_alone(language: str, paper: Paper) -> None:
    def job(harm: str) -> bytes:
        name = Names(f"营业厅{harm}<b>", f"Store{harm}'; DROP TABLE t")
        facts = samples.facts(TicketClass.VIP, name, name, name, Texts())
        return encode(render(default_template(language, TicketClass.VIP), language, facts), paper, reprint=True)

    harm = DRAWER + CUT + STATUS + KANJI
    assert job(harm) == job("".join(" " if letter in CONTROLS else letter for letter in harm))
