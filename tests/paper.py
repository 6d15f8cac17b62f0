"""Owns reading a job back as paper: an ESC/POS interpreter of its own, written from Epson's command reference.

It shares nothing with the code that wrote the job, knows only the commands a slip needs, and refuses every other byte.
"""

import re
from dataclasses import dataclass, field

import zxingcpp
from PIL import Image, ImageOps


@dataclass(frozen=True)
class Line:
    """A printed line: its text, how many times its letters are magnified, and how it stands.

    `cells` are the narrow letters it takes across, unmagnified; `doubled` is whether a printer that heeds only `FS !`
    for Chinese prints it twice as wide and high.
    """

    text: str
    width: int = 1
    height: int = 1
    bold: bool = False
    align: int = 0
    cells: int = field(default=0, compare=False)
    doubled: bool = field(default=False, compare=False)


@dataclass
class Paper:
    """What came out: text lines, QR codes the printer drew itself, pictures, and cuts."""

    lines: list[Line] = field(default_factory=list)
    native_qr: list[str] = field(default_factory=list)
    pictures: list[Image.Image] = field(default_factory=list)
    cuts: int = 0
    density: int = 0

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def picture(self) -> Image.Image:
        """All pictures as the one they make on paper."""
        page = Image.new("1", (self.pictures[0].width, sum(part.height for part in self.pictures)))
        top = 0
        for part in self.pictures:
            page.paste(part, (0, top))
            top += part.height
        return page

    @property
    def qr_codes(self) -> list[str]:
        """The QR codes a phone would find on this paper."""
        found = [code.text for code in zxingcpp.read_barcodes(self.picture.convert("L"))] if self.pictures else []
        return self.native_qr + found


# ESC @ a E t 3 J, GS ! V v ( k ( K, FS & . !, with the number of their parameter bytes
_COMMANDS = {
    b"\x1b@": 0,
    b"\x1ba": 1,
    b"\x1bE": 1,
    b"\x1bt": 1,
    b"\x1b3": 1,
    b"\x1bJ": 1,
    b"\x1d!": 1,
    b"\x1c&": 0,
    b"\x1c.": 0,
    b"\x1c!": 1,
    b"\x1dV": 2,
    b"\x1dv0": 5,
    b"\x1d(k": 2,
    b"\x1d(K": 2,
}
_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 18: "cp852", 19: "cp858"}
_COMMAND = re.compile(b"|".join(re.escape(name) for name in _COMMANDS))
_TEXT = re.compile(rb"[^\x00-\x1f]+")


class _Reader:
    def __init__(self, job: bytes, *, begins_in_kanji: bool) -> None:
        self.job = job
        self.begins_in_kanji = begins_in_kanji
        self.at = 0
        self.paper = Paper()
        self.reset()

    def reset(self) -> None:
        self.line, self.bold, self.align, self.width, self.height, self.qr = "", False, 0, 1, 1, ""
        self.cells, self.doubled, self.page, self.kanji = 0, False, "cp437", self.begins_in_kanji

    def take(self, count: int) -> bytes:
        part = self.job[self.at : self.at + count]
        assert len(part) == count, "the job ends in the middle of a command"
        self.at += count
        return part

    def run(self) -> Paper:
        while self.at < len(self.job):
            if found := _TEXT.match(self.job, self.at):
                self.letters(self.take(len(found[0])))
            elif self.job[self.at : self.at + 1] == b"\n":
                self.at += 1
                self.feed()
            else:
                self.command()
        assert not self.line, "a line was never printed"
        return self.paper

    def letters(self, data: bytes) -> None:
        text = data.decode("gb18030" if self.kanji else self.page)
        self.line += text
        self.cells += sum(2 if self.kanji and not letter.isascii() else 1 for letter in text)

    def feed(self) -> None:
        how = (self.width, self.height, self.bold, self.align, self.cells, self.doubled)
        self.paper.lines.append(Line(self.line, *how))
        self.line, self.cells = "", 0

    def command(self) -> None:
        found = _COMMAND.match(self.job, self.at)
        assert found, f"unknown byte at {self.at}: {self.job[self.at : self.at + 4]!r}"
        name = self.take(len(found[0]))
        self.obey(name, self.take(_COMMANDS[name]))

    def obey(self, name: bytes, values: bytes) -> None:
        match name:
            case b"\x1b@":
                self.reset()
            case b"\x1ba":
                self.align = values[0] % 48
            case b"\x1bE":
                self.bold = bool(values[0] & 1)
            case b"\x1d!":
                self.width, self.height = (values[0] >> 4 & 7) + 1, (values[0] & 7) + 1
            case b"\x1dV":
                assert values[0] in (65, 66), "only these feed the paper to the cutter"
                self.paper.cuts += 1
            case b"\x1dv0":
                self.raster(values)
            case b"\x1d(k":
                self.symbol(self.take(int.from_bytes(values, "little")))
            case b"\x1d(K":
                function, density = self.take(int.from_bytes(values, "little"))
                assert function == 49, "not the density"
                self.paper.density = density - 256 * (density > 127)
            case _:
                self.set(name, values)

    def set(self, name: bytes, values: bytes) -> None:
        match name:
            case b"\x1bt":
                self.page = _PAGES[values[0]]
            case b"\x1b3" | b"\x1bJ":
                pass  # only white
            case b"\x1c!":
                assert values[0] in (0, 0x0C), "only both ways"
                self.doubled = values[0] > 0
            case b"\x1c&" | b"\x1c.":
                self.kanji = name == b"\x1c&"

    def raster(self, values: bytes) -> None:
        across, down = int.from_bytes(values[1:3], "little"), int.from_bytes(values[3:5], "little")
        ink = Image.frombytes("1", (across * 8, down), self.take(across * down))
        self.paper.pictures.append(ImageOps.invert(ink))

    def symbol(self, body: bytes) -> None:
        """GS ( k: function 80 stores a QR code's data, function 81 prints it."""
        assert body[:1] == b"1", "not a QR code"
        if body[1] == 80:
            self.qr = body[3:].decode()
        elif body[1] == 81:
            self.paper.native_qr.append(self.qr)


def read(job: bytes, *, begins_in_kanji: bool = False) -> Paper:
    """The paper a printer would make of a job; models for China begin in kanji mode."""
    return _Reader(job, begins_in_kanji=begins_in_kanji).run()
